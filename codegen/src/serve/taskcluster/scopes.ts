/** A scope expression of a reference, with `<parameters>` in it. */
export type ScopeTemplate =
  | string
  | { readonly AllOf: readonly ScopeTemplate[] }
  | { readonly AnyOf: readonly ScopeTemplate[] }
  | { readonly if: string; readonly then: ScopeTemplate; readonly else?: ScopeTemplate }
  | { readonly for: string; readonly each: string; readonly in: string };

/** A scope expression with values in it. */
export type ScopeExpression =
  | string
  | { readonly AllOf: readonly ScopeExpression[] }
  | { readonly AnyOf: readonly ScopeExpression[] };

/** What a template's parameters stand for. */
export type ScopeValues = Readonly<Record<string, unknown>>;

/** The names that a template needs values for. */
export function scopeParameters(template: ScopeTemplate): ReadonlySet<string> {
  if (typeof template === 'string') return new Set(placeholders(template));
  if ('AllOf' in template) return union(template.AllOf.map(scopeParameters));
  if ('AnyOf' in template) return union(template.AnyOf.map(scopeParameters));
  if ('if' in template) {
    const branches = [template.then, ...(template.else === undefined ? [] : [template.else])];
    return union([new Set([template.if]), ...branches.map(scopeParameters)]);
  }
  const inner = placeholders(template.each).filter((name) => name !== template.for);
  return new Set([template.in, ...inner]);
}

/** A template with its values. A value that is missing is a defect of the stand-in. */
export function renderScopes(template: ScopeTemplate, values: ScopeValues): ScopeExpression {
  const [only, ...others] = rendered(template, values);
  return only === undefined || others.length > 0 ? { AllOf: rendered(template, values) } : only;
}

/** One template may give no expression (an `if` without `else`) or many (a `for`). */
function rendered(template: ScopeTemplate, values: ScopeValues): readonly ScopeExpression[] {
  if (typeof template === 'string') return [filled(template, values)];
  if ('AllOf' in template) return [{ AllOf: template.AllOf.flatMap((part) => rendered(part, values)) }];
  if ('AnyOf' in template) return [{ AnyOf: template.AnyOf.flatMap((part) => rendered(part, values)) }];
  if ('if' in template) {
    const branch = scopeValue(values, template.if) === true ? template.then : template.else;
    return branch === undefined ? [] : rendered(branch, values);
  }
  const items = scopeValue(values, template.in);
  if (!Array.isArray(items)) throw new TypeError(`the scope parameter ${template.in} is not a list`);
  return items.map((item) => filled(template.each, { ...values, [template.for]: item }));
}

function filled(template: string, values: ScopeValues): string {
  return template.replace(/<([^>]*)>/g, (_, name: string) => String(scopeValue(values, name)));
}

function scopeValue(values: ScopeValues, name: string): unknown {
  if (values[name] === undefined) throw new Error(`the scope parameter ${name} has no value`);
  return values[name];
}

function placeholders(template: string): readonly string[] {
  return [...template.matchAll(/<([^>]*)>/g)].map(([, name = '']) => name);
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

/** Whether one scope grants another: the same, or a prefix of it with a star at the end. */
export function grants(scope: string, wanted: string): boolean {
  return scope === wanted || (scope.endsWith('*') && wanted.startsWith(scope.slice(0, -1)));
}

export function satisfies(scopes: readonly string[], expression: ScopeExpression): boolean {
  if (typeof expression === 'string') return scopes.some((scope) => grants(scope, expression));
  if ('AllOf' in expression) return expression.AllOf.every((part) => satisfies(scopes, part));
  return expression.AnyOf.some((part) => satisfies(scopes, part));
}

export function satisfiesAll(scopes: readonly string[], wanted: readonly string[]): boolean {
  return satisfies(scopes, { AllOf: wanted });
}

/** What of an expression isn't satisfied, for the message that says so. */
export function missingScopes(scopes: readonly string[], expression: ScopeExpression): readonly string[] {
  if (satisfies(scopes, expression)) return [];
  if (typeof expression === 'string') return [expression];
  return ('AllOf' in expression ? expression.AllOf : expression.AnyOf).flatMap((part) =>
    missingScopes(scopes, part),
  );
}

/** Without those that another one grants, sorted. */
export function normalized(scopes: Iterable<string>): readonly string[] {
  const all = [...new Set(scopes)].sort();
  const broad = all.filter((scope) => scope.endsWith('*'));
  return all.filter((scope) => !broad.some((other) => other !== scope && grants(other, scope)));
}

/** A role as scopes are expanded with: what having `assume:<roleId>` means. */
export interface RoleScopes {
  readonly roleId: string;
  readonly scopes: readonly string[];
}

/**
 * Adds what the roles grant that the scopes allow to assume, and so on until nothing new is found.
 *
 * A role whose name ends with `*` is assumed by every name with that prefix, and `<..>` in its scopes stands for
 * the rest of that name.
 */
export function expandScopes(scopes: Iterable<string>, roles: Iterable<RoleScopes>): readonly string[] {
  const known = [...roles];
  const found = new Set(scopes);
  // A set's iteration goes on to what is added during it.
  for (const scope of found) {
    for (const role of known) for (const granted of grantedBy(scope, role)) found.add(granted);
  }
  return normalized(found);
}

/**
 * Whether a role hands on the rest of its name to itself, straight or through others: such a name may grow for ever.
 */
export function isCyclic(role: RoleScopes, others: Iterable<RoleScopes>): boolean {
  const starred = [role, ...others].filter(({ roleId }) => roleId.endsWith('*'));
  const heirs = ({ scopes }: RoleScopes): readonly RoleScopes[] => {
    const beginnings = scopes
      .filter((scope) => scope.includes('<..>'))
      .map((scope) => scope.replace(/<\.\.>.*$/, ''));
    return starred.filter(({ roleId }) => {
      const prefix = `assume:${roleId.slice(0, -1)}`;
      return beginnings.some((beginning) => beginning.startsWith(prefix) || prefix.startsWith(beginning));
    });
  };
  const found = new Set(heirs(role));
  for (const heir of found) for (const next of heirs(heir)) found.add(next);
  return found.has(role);
}

function grantedBy(scope: string, role: RoleScopes): readonly string[] {
  const assumed = `assume:${role.roleId}`;
  const prefix = assumed.endsWith('*') ? assumed.slice(0, -1) : undefined;
  if (prefix !== undefined && scope.startsWith(prefix)) {
    const rest = scope.slice(prefix.length);
    return role.scopes.map((granted) =>
      granted.replace(/<\.\.>.*$/, (tail) => (rest.endsWith('*') ? rest : rest + tail.slice(4))),
    );
  }
  return grants(scope, assumed) ? role.scopes.map((granted) => granted.replace(/<\.\.>.*$/, '*')) : [];
}
