import type { JsonSchema, NamedType } from '../model.ts';
import { identifier, quote } from './literal.ts';

/** The types that a file can name: how it calls each, and what it is. */
export type Scope = ReadonlyMap<string, { readonly text: string; readonly schema: JsonSchema }>;

/** Types as a file calls them that has `namespace` before their names: `types.`, or nothing in their own file. */
export function scopeOf(types: readonly NamedType[], namespace: string, others: Scope = new Map()): Scope {
  const scope = new Map(others);
  for (const { name, schema } of types) scope.set(name, { text: namespace + identifier(name), schema });
  return scope;
}

/** `Task/properties/priority` is `Task['priority']`, without the `undefined` of a property that may be absent. */
export function referenceType($ref: string, scope: Scope): string {
  const { name, steps } = parseReference($ref);
  let text = scope.get(name)?.text ?? undefinedType(identifier(name));
  let owner = resolved({ $ref: name }, scope);
  for (const step of steps) {
    if (step.kind === 'items') text = `${text}[number]`;
    else if (owner?.required?.includes(step.key) === true) text = `${text}[${quote(step.key)}]`;
    else text = `Required<${text}>[${quote(step.key)}]`;
    owner = resolved(follow(owner, step), scope);
  }
  return text;
}

/** The schema that stands at the end of a chain of references. */
export function resolved(schema: JsonSchema | undefined, scope: Scope): JsonSchema | undefined {
  if (schema?.$ref === undefined) return schema;
  const { name, steps } = parseReference(schema.$ref);
  let at = resolved(scope.get(name)?.schema, scope);
  for (const step of steps) at = resolved(follow(at, step), scope);
  return at;
}

type Step = { readonly kind: 'items' } | { readonly kind: 'property'; readonly key: string };

function parseReference($ref: string): { readonly name: string; readonly steps: readonly Step[] } {
  const [name = '', ...words] = $ref
    .split('/')
    .map((word) => word.replaceAll('~1', '/').replaceAll('~0', '~'));
  const steps: Step[] = [];
  while (words.length > 0) {
    const keyword = words.shift();
    const key = keyword === 'properties' ? words.shift() : undefined;
    if (keyword !== 'items' && key === undefined)
      throw new Error(`no type stands at ${JSON.stringify($ref)}`);
    steps.push(key === undefined ? { kind: 'items' } : { kind: 'property', key });
  }
  return { name, steps };
}

function undefinedType(name: string): never {
  throw new Error(`the model refers to a type ${JSON.stringify(name)} and doesn't define it`);
}

function follow(schema: JsonSchema | undefined, step: Step): JsonSchema | undefined {
  return step.kind === 'items' ? schema?.items : schema?.properties?.[step.key];
}
