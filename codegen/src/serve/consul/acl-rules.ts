/** From less to more. */
const levels: readonly string[] = ['deny', 'read', 'list', 'write'];

export type Access = 'read' | 'list' | 'write';

/** What rules are about. The first ones are about names, the others about everything of a kind. */
export type Resource =
  | 'key'
  | 'service'
  | 'node'
  | 'session'
  | 'event'
  | 'query'
  | 'agent'
  | 'operator'
  | 'acl'
  | 'keyring'
  | 'mesh'
  | 'peering';

export interface Rule {
  readonly resource: Resource;
  /** `''` for a rule without a name. */
  readonly name: string;
  /** Holds for all names that begin so. */
  readonly prefix: boolean;
  readonly level: string;
  /** On a service: what is allowed about intentions to it, where rules say. */
  readonly intentions?: string;
}

export interface Authorizer {
  may(resource: Resource, name: string, access: Access): boolean;
  /** Whether it may read (or write) the intentions of a service. */
  mayIntend(service: string, access: Access): boolean;
}

const resources: ReadonlySet<string> = new Set<Resource>([
  'key',
  'service',
  'node',
  'session',
  'event',
  'query',
  'agent',
  'operator',
  'acl',
  'keyring',
  'mesh',
  'peering',
]);

function isResource(name: string): name is Resource {
  return resources.has(name);
}

export const everything: Authorizer = { may: () => true, mayIntend: () => true };

/** Rules of several policies together: the most exact name decides, and `deny` among equals. */
export function authorizer(rules: readonly Rule[], defaultPolicy: 'allow' | 'deny'): Authorizer {
  const level = (resource: Resource, name: string, of: (rule: Rule) => string | undefined) => {
    let best: Rule | undefined;
    for (const rule of rules) {
      if (rule.resource !== resource || of(rule) === undefined) continue;
      if (rule.prefix ? !name.startsWith(rule.name) : rule.name !== name) continue;
      if (best === undefined || weight(rule) > weight(best)) best = rule;
      else if (weight(rule) === weight(best) && rank(of(rule)) > rank(of(best))) best = rule;
      if (weight(rule) === weight(best) && of(rule) === 'deny') best = rule;
    }
    return best === undefined ? undefined : of(best);
  };
  const allows = (found: string | undefined, access: Access) =>
    found === undefined ? defaultPolicy === 'allow' : rank(found) >= rank(access);
  return {
    may: (resource, name, access) =>
      allows(
        level(resource, name, (rule) => rule.level),
        access,
      ),
    mayIntend(service, access) {
      const own = level('service', service, (rule) => rule.intentions);
      if (own !== undefined) return allows(own, access);
      // Whoever may see a service may see who may call it.
      const seen = level('service', service, (rule) => rule.level);
      return access === 'read' && seen !== undefined ? rank(seen) >= 1 : allows(undefined, access);
    },
  };
}

/** An exact name says more than a prefix, and a longer prefix more than a shorter one. */
function weight({ prefix, name }: Rule): number {
  return prefix ? name.length : Number.MAX_SAFE_INTEGER;
}

function rank(level: string | undefined): number {
  return level === undefined ? -1 : levels.indexOf(level);
}

/** What a service's identity may do: be that service and its sidecar, and see the others. */
export function serviceIdentityRules(name: string): readonly Rule[] {
  return [
    { resource: 'service', name, prefix: false, level: 'write' },
    { resource: 'service', name: `${name}-sidecar-proxy`, prefix: false, level: 'write' },
    { resource: 'service', name: '', prefix: true, level: 'read' },
    { resource: 'node', name: '', prefix: true, level: 'read' },
  ];
}

export function nodeIdentityRules(name: string): readonly Rule[] {
  return [
    { resource: 'node', name, prefix: false, level: 'write' },
    { resource: 'service', name: '', prefix: true, level: 'read' },
  ];
}

/**
 * The rules of a policy, in HCL or JSON. Of HCL what policies are made of: `key_prefix "a" { policy = "read" }` and
 * `operator = "read"`. Throws an `Error` that tells the place when it is neither.
 */
export function parseRules(source: string): readonly Rule[] {
  if (source.trim() === '') return [];
  return source.trim().startsWith('{') ? fromJson(source) : fromHcl(source);
}

function fromHcl(source: string): readonly Rule[] {
  const tokens = tokensOf(source);
  const rules: Rule[] = [];
  for (let at = 0; at < tokens.length; ) {
    const kind = tokens[at]?.text ?? '';
    const second = tokens[at + 1];
    if (second?.text === '=') {
      rules.push(rule(kind, '', unquoted(tokens[at + 2]?.text), {}));
      at += 3;
      continue;
    }
    const named = second?.text.startsWith('"') === true;
    const open = tokens[at + (named ? 2 : 1)];
    const from = at + (named ? 3 : 2);
    const to = tokens.findIndex((token, index) => index >= from && token.text === '}');
    if (open?.text !== '{' || to < 0) throw unclosed(source);
    const body: Record<string, string> = {};
    for (let one = from; one < to; one += 3) {
      if (tokens[one + 1]?.text !== '=') throw unclosed(source);
      body[unquoted(tokens[one]?.text)] = unquoted(tokens[one + 2]?.text);
    }
    rules.push(rule(kind, named ? unquoted(second?.text) : '', body['policy'] ?? '', body));
    at = to + 1;
  }
  return rules;
}

function fromJson(source: string): readonly Rule[] {
  const parsed: unknown = JSON.parse(source);
  return entries(parsed).flatMap(([kind, value]) =>
    typeof value === 'string'
      ? [rule(kind, '', value, {})]
      : entries(value).map(([name, inner]) => {
          const body = Object.fromEntries(entries(inner).map(([key, one]) => [key, String(one)]));
          return rule(kind, name, body['policy'] ?? '', body);
        }),
  );
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function rule(kind: string, name: string, level: string, body: Readonly<Record<string, string>>): Rule {
  const prefix = kind.endsWith('_prefix');
  const resource = prefix ? kind.slice(0, -'_prefix'.length) : kind;
  if (!isResource(resource)) throw new Error(`Invalid key ${JSON.stringify(kind)} found`);
  if (rank(level) < 0) throw new Error(`Invalid ${kind} policy: ${JSON.stringify(level)}`);
  const { intentions } = body;
  return { resource, name, prefix, level, ...(intentions === undefined ? {} : { intentions }) };
}

function tokensOf(source: string): readonly { readonly text: string }[] {
  const plain = source.replace(/^\s*(?:#|\/\/).*$/gm, '');
  return [...plain.matchAll(/"(?:[^"\\]|\\.)*"|[A-Za-z_][\w-]*|[={}]|[^\s,]/g)].map(([text]) => ({ text }));
}

function unquoted(text = ''): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

function unclosed(source: string): Error {
  const lines = source.split('\n');
  return new Error(
    `At ${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}: object expected closing RBRACE got: EOF`,
  );
}
