import type { JsonSchema, JsonValue, NamedType } from '../model.ts';
import { code, docText } from './doc.ts';
import { identifier, quote } from './literal.ts';

/** What json-schema-to-typescript is given: only the keywords written here, and `tsType` only of our making. */
export type PrintableSchema = {
  description?: string;
  tsType?: string;
  type?: NonNullable<JsonSchema['type']>;
  properties?: Record<string, PrintableSchema>;
  required?: string[];
  additionalProperties?: boolean | PrintableSchema;
  items?: PrintableSchema;
  enum?: Literal[];
  oneOf?: PrintableSchema[];
  anyOf?: PrintableSchema[];
  allOf?: PrintableSchema[];
};

type Literal = null | boolean | number | string | Literal[] | { [key: string]: Literal };

/** The types of an Api, by name: a reference is looked up to see whether it can be absent. */
export type TypesByName = ReadonlyMap<string, JsonSchema>;

export function typesByName(types: readonly NamedType[]): TypesByName {
  return new Map(types.map(({ name, schema }) => [name, schema]));
}

/** A schema as json-schema-to-typescript shall print it, independent of the order of its properties. */
export function printable(schema: JsonSchema, types: TypesByName): PrintableSchema {
  const result: PrintableSchema = {};
  const description = docText({
    ...(schema.description !== undefined && { text: schema.description }),
    facts: facts(schema),
  });
  if (description !== undefined) result.description = description;
  const tsType = ownType(schema, types);
  if (tsType !== undefined) return { ...result, tsType };

  const inner = (part: JsonSchema): PrintableSchema => printable(part, types);
  if (schema.type !== undefined) result.type = schema.type;
  if (schema.enum !== undefined) result.enum = schema.enum.map(literal);
  if (schema.const !== undefined) result.enum = [literal(schema.const)];
  if (schema.required !== undefined) result.required = [...schema.required];
  if (schema.items !== undefined) result.items = inner(schema.items);
  if (schema.oneOf !== undefined) result.oneOf = alternatives(schema.oneOf).map(inner);
  if (schema.anyOf !== undefined) result.anyOf = alternatives(schema.anyOf).map(inner);
  if (schema.allOf !== undefined) result.allOf = schema.allOf.map(inner);
  if (schema.properties !== undefined) {
    const names = Object.keys(schema.properties).sort();
    const properties = names.map((name) => [name, inner(schema.properties?.[name] ?? {})] as const);
    result.properties = Object.fromEntries(properties);
  }
  const { additionalProperties } = schema;
  if (additionalProperties !== undefined) {
    result.additionalProperties =
      typeof additionalProperties === 'boolean' ? additionalProperties : inner(additionalProperties);
  }
  return result;
}

/**
 * Beside `{ taskId: string }`, an object without any property is told as `{ taskId?: never }`: of a bare `{}`
 * TypeScript would assume that it may have any property of any type.
 */
function alternatives(schemas: readonly JsonSchema[]): readonly JsonSchema[] {
  const names = [...new Set(schemas.flatMap(({ required = [] }) => required))];
  const absent = Object.fromEntries(names.map((name) => [name, NEVER] as const));
  return schemas.map((schema) => (isEmptyObject(schema) ? { ...schema, properties: absent } : schema));
}

/** No value is of this type. */
const NEVER: JsonSchema = { enum: [] };

function isEmptyObject({ type, additionalProperties, properties = {} }: JsonSchema): boolean {
  return type === 'object' && additionalProperties === false && Object.keys(properties).length === 0;
}

/** A copy whose keys are in a fixed order. */
function literal(value: JsonValue): Literal {
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return value.map(literal);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, literal(inner)]));
}

// `Array.isArray` doesn't know arrays that are readonly.
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** What json-schema-to-typescript has no word for. */
function ownType(schema: JsonSchema, types: TypesByName): string | undefined {
  if (schema.$ref !== undefined) return referenceType(schema.$ref, types);
  if (schema.open === true && schema.enum !== undefined) {
    return `Open<${schema.enum.map((value) => quote(String(value))).join(' | ')}>`;
  }
  if (schema.enum?.length === 0) return 'never';
  if (isEmptyObject(schema)) return 'Record<string, never>';
  const { type, properties, additionalProperties, items, oneOf, anyOf, allOf, required } = schema;
  const says = [
    type,
    properties,
    additionalProperties,
    items,
    schema.enum,
    schema.const,
    oneOf,
    anyOf,
    allOf,
    required,
  ];
  return says.every((keyword) => keyword === undefined) ? 'unknown' : undefined;
}

/**
 * `Task/properties/priority` is `Task['priority']`, without the `undefined` of a property that may be absent.
 * `namespace` goes before the name: `types.`.
 */
export function referenceType($ref: string, types: TypesByName, namespace = ''): string {
  const { name, steps } = parseReference($ref);
  let text = namespace + identifier(name);
  let owner = resolved({ $ref: name }, types);
  for (const step of steps) {
    if (step.kind === 'items') text = `${text}[number]`;
    else if (owner?.required?.includes(step.key) === true) text = `${text}[${quote(step.key)}]`;
    else text = `Required<${text}>[${quote(step.key)}]`;
    owner = resolved(follow(owner, step), types);
  }
  return text;
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

function follow(schema: JsonSchema | undefined, step: Step): JsonSchema | undefined {
  return step.kind === 'items' ? schema?.items : schema?.properties?.[step.key];
}

/** The schema that stands at the end of a chain of references. */
function resolved(schema: JsonSchema | undefined, types: TypesByName): JsonSchema | undefined {
  if (schema?.$ref === undefined) return schema;
  const { name, steps } = parseReference(schema.$ref);
  let at = resolved(types.get(name), types);
  for (const step of steps) at = resolved(follow(at, step), types);
  return at;
}

/** What a property's comment tells beside its description. */
function facts(schema: JsonSchema): string[] {
  const { format } = schema;
  const preset = schema.default === undefined ? undefined : code(literal(schema.default));
  const told = [
    ...(format === undefined ? [] : [`format \`${format.replaceAll('`', '')}\``]),
    ...(preset === undefined || preset.length > LONGEST_DEFAULT ? [] : [`default ${preset}`]),
  ];
  return told.length === 0 ? [] : [told.join(' · ')];
}

/** A default that is longer tells nothing that could be taken in at a glance. */
const LONGEST_DEFAULT = 60;
