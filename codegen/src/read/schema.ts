import { InputError } from '../errors.ts';
import { pointerOf } from '../json/pointer.ts';
import { isArray, isObject, type JsonObject, sortKeys } from '../json/values.ts';
import type { JsonSchema, JsonValue } from '../model.ts';

type Segments = readonly (string | number)[];

/** Where a schema stands, and how to read the references in it. */
export interface SchemaContext {
  readonly file: string;
  /**
   * What a `$ref` refers to, as a text that two references share when they mean the same; undefined when it
   * allows anything. Throws an `InputError` when there is no such thing, or when it may not be referred to.
   */
  readonly resolve: (ref: string, at: Segments) => string | undefined;
  /** Whether a property belongs to the type at all. Default: all do. */
  readonly keeps?: (property: JsonValue, name: string, at: Segments) => boolean;
  /** What a format says beside JSON Schema: the schema that takes the place of a reduced one. */
  readonly finish?: (reduced: JsonSchema, raw: JsonObject, at: Segments) => JsonSchema;
}

const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
type TypeName = (typeof TYPES)[number];

/**
 * Reduces a JSON Schema (draft-04 to 2020-12) to what matters for a type: constraints on values, titles, examples
 * and every keyword that we don't know go, so that none of them can have a meaning to a library further on.
 * References become what {@link SchemaContext.resolve} answers; properties are sorted by name.
 */
export function reduceSchema(raw: JsonValue, context: SchemaContext, at: Segments = []): JsonSchema {
  if (raw === true) return {};
  if (raw === false) return NOTHING;
  if (!isObject(raw)) {
    throw new InputError('not a schema', {
      file: context.file,
      pointer: pointerOf(at),
      hint: 'Write an object, true or false',
    });
  }
  const reduced = { ...annotations(raw), ...assertions(raw, context, at) };
  return context.finish === undefined ? reduced : context.finish(reduced, raw, at);
}

/** No value at all is valid. */
const NOTHING: JsonSchema = { enum: [] };

function annotations({ description, default: preset, format }: JsonObject): JsonSchema {
  return {
    ...(typeof description === 'string' && { description }),
    ...(preset !== undefined && { default: sortKeys(preset) }),
    ...(typeof format === 'string' && { format }),
  };
}

function assertions(raw: JsonObject, context: SchemaContext, at: Segments): JsonSchema {
  const inner = (value: JsonValue, ...steps: Segments) => reduceSchema(value, context, [...at, ...steps]);
  const { $ref, const: constant, enum: values } = raw;
  if (typeof $ref === 'string') {
    if (SIBLINGS.some((keyword) => keyword in raw)) {
      const { $ref: _, ...rest } = raw;
      const allOf = [inner({ $ref }), inner(rest)].filter(saysSomething);
      return allOf.length === 0 ? {} : withRequired({ allOf }, requiredElsewhere(rest));
    }
    const target = context.resolve($ref, [...at, '$ref']);
    return target === undefined ? {} : { $ref: target };
  }
  if (constant !== undefined) return { const: sortKeys(constant) };
  if (isArray(values)) return { enum: values.map(sortKeys) };

  const types = typesOf(raw);
  if (types.length > 1) {
    const { description, default: preset, format, ...rest } = raw;
    return { anyOf: types.map((type) => inner({ ...rest, type })) };
  }
  const [type] = types;
  const reduced = {
    ...(type !== undefined && { type }),
    ...(type === 'object' && objectKeywords(raw, context, at, inner)),
    ...(type === 'array' && arrayKeywords(raw, inner)),
    ...combinators(raw, inner),
  };
  return isArray(raw['allOf'])
    ? withRequired(reduced, [raw, ...raw['allOf'].filter(isObject)].flatMap(requiredElsewhere))
    : reduced;
}

/** What makes more of a `$ref` than what it refers to, since draft 2019-09. */
const SIBLINGS = ['additionalProperties', 'allOf', 'anyOf', 'oneOf', 'properties', 'required'];

/** The properties that a schema requires and leaves it to others to declare. */
function requiredElsewhere({ $ref, properties, required }: JsonObject): readonly string[] {
  if ($ref !== undefined || !isArray(required)) return [];
  const own = isObject(properties) ? properties : {};
  return required.filter((name) => typeof name === 'string').filter((name) => !Object.hasOwn(own, name));
}

/**
 * Requires properties where a part of the schema declares them. What none of the parts at hand declares may stand behind a
 * reference: a part of its own, `{ type: 'object', required }`, says so.
 */
function withRequired(schema: JsonSchema, names: readonly string[]): JsonSchema {
  const { allOf } = schema;
  if (allOf === undefined || names.length === 0) return schema;
  const declares = ({ properties = {} }: JsonSchema, name: string) => Object.hasOwn(properties, name);
  const required = (part: JsonSchema): JsonSchema => {
    const own = names.filter((name) => declares(part, name));
    return own.length === 0 ? part : { ...part, required: distinct([...(part.required ?? []), ...own]) };
  };
  const others = names.filter((name) => ![schema, ...allOf].some((part) => declares(part, name)));
  const isClosed = others.length === 0 || allOf.every(({ properties }) => properties !== undefined);
  const rest: JsonSchema = { type: 'object', required: distinct(others) };
  return { ...required(schema), allOf: [...allOf.map(required), ...(isClosed ? [] : [rest])] };
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

type Inner = (value: JsonValue, ...steps: Segments) => JsonSchema;

/** A schema may leave out the `type` that its keywords imply. */
function typesOf(raw: JsonObject): readonly TypeName[] {
  const { type } = raw;
  const names = isArray(type) ? type : type === undefined ? [] : [type];
  const types = TYPES.filter((candidate) => names.includes(candidate));
  if (types.length > 0) return types;
  if (['properties', 'additionalProperties', 'patternProperties'].some((keyword) => keyword in raw))
    return ['object'];
  return 'items' in raw || 'prefixItems' in raw ? ['array'] : [];
}

function objectKeywords(raw: JsonObject, context: SchemaContext, at: Segments, inner: Inner): JsonSchema {
  const { properties: declared, required } = raw;
  const { keeps = () => true } = context;
  const properties = Object.entries(isObject(declared) ? declared : {})
    .filter(([, schema]) => schema !== false)
    .filter(([name, schema]) => keeps(schema, name, at))
    .map(([name, schema]) => [name, inner(schema, 'properties', name)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const names = new Set<JsonValue>(properties.map(([name]) => name));
  const listed = (isArray(required) ? required : [])
    .filter((name) => typeof name === 'string')
    .filter((name) => names.has(name));
  const rest = otherProperties(raw, inner);
  return {
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(listed.length > 0 && { required: distinct(listed) }),
    ...(rest !== undefined && { additionalProperties: rest }),
  };
}

/** TypeScript has no index signature by pattern: one for all of them stands for it. */
function otherProperties(raw: JsonObject, inner: Inner): boolean | JsonSchema | undefined {
  const { additionalProperties: additional, patternProperties } = raw;
  const patterns = isObject(patternProperties) ? Object.entries(patternProperties) : [];
  if (patterns.length > 0) {
    if (additional !== false) return true;
    const schemas = patterns.map(([pattern, schema]) => inner(schema, 'patternProperties', pattern));
    const [first = {}] = schemas;
    return schemas.length === 1 ? first : { anyOf: schemas };
  }
  if (additional === undefined || typeof additional === 'boolean') return additional;
  return inner(additional, 'additionalProperties');
}

function arrayKeywords(raw: JsonObject, inner: Inner): JsonSchema {
  const { items, prefixItems, maxItems } = raw;
  if (isArray(prefixItems) && (items === false || maxItems === prefixItems.length)) {
    return { prefixItems: prefixItems.map((item, index) => inner(item, 'prefixItems', index)) };
  }
  // Of a list that only begins in a certain way TypeScript is told what any element may be.
  if (isArray(prefixItems) && items !== undefined && !isArray(items)) {
    const first = prefixItems.map((item, index) => inner(item, 'prefixItems', index));
    return { items: { anyOf: [...first, inner(items, 'items')] } };
  }
  if (items === undefined) return {};
  if (!isArray(items)) return { items: inner(items, 'items') };
  return { items: { anyOf: items.map((item, index) => inner(item, 'items', index)) } };
}

/**
 * A branch that only says which properties are required, or how long a string is, tells nothing about the type:
 * next to others in a union it would make the whole union unknown.
 */
function combinators(raw: JsonObject, inner: Inner): JsonSchema {
  const branches = (keyword: string) => {
    const list = raw[keyword];
    return isArray(list) ? list.map((branch, index) => inner(branch, keyword, index)) : [];
  };
  const allOf = branches('allOf').filter(saysSomething);
  const union = (keyword: string) => {
    const list = branches(keyword);
    return list.every(saysSomething) ? list : [];
  };
  const [anyOf, oneOf] = [union('anyOf'), union('oneOf')];
  return {
    ...(allOf.length > 0 && { allOf }),
    ...(anyOf.length > 0 && { anyOf }),
    ...(oneOf.length > 0 && { oneOf }),
  };
}

function saysSomething({ description, default: preset, format, ...assertions }: JsonSchema): boolean {
  return Object.keys(assertions).length > 0;
}

const NO_PARTS: readonly JsonSchema[] = [];

/** The schemas directly inside of a reduced schema. */
export function partsOf(schema: JsonSchema): readonly JsonSchema[] {
  const { properties, additionalProperties, items, prefixItems = [], allOf, anyOf, oneOf } = schema;
  const hasNone =
    (properties ?? additionalProperties ?? items ?? schema.prefixItems ?? allOf ?? anyOf ?? oneOf) ===
    undefined;
  // Most schemas: a text, a number, a reference.
  if (hasNone) return NO_PARTS;
  return [
    ...Object.values(properties ?? {}),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
    ...(items === undefined ? [] : [items]),
    ...prefixItems,
    ...alternativesOf(schema),
  ];
}

/** The schemas that are combined into one: as large as itself, where {@link partsOf} are smaller. */
export function alternativesOf({ allOf = [], anyOf = [], oneOf = [] }: JsonSchema): readonly JsonSchema[] {
  return [...allOf, ...anyOf, ...oneOf];
}

/** A copy in which every schema directly inside was replaced. */
export function mapParts(schema: JsonSchema, map: (part: JsonSchema) => JsonSchema): JsonSchema {
  const { properties, additionalProperties, items, prefixItems, allOf, anyOf, oneOf } = schema;
  return {
    ...schema,
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, map(part)])),
    }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: map(additionalProperties) }),
    ...(items !== undefined && { items: map(items) }),
    ...(prefixItems !== undefined && { prefixItems: prefixItems.map(map) }),
    ...(allOf !== undefined && { allOf: allOf.map(map) }),
    ...(anyOf !== undefined && { anyOf: anyOf.map(map) }),
    ...(oneOf !== undefined && { oneOf: oneOf.map(map) }),
  };
}
