import type { JsonValue } from '../../model.ts';
import { sample } from './pattern.ts';
import { isObject, type JsonObject, resolved, type Schemas } from './schemas.ts';

/** What an example may be told. */
export interface ExampleOptions {
  /** Values for properties of these names, used where the schema allows them: what the route said. */
  readonly known?: Readonly<Record<string, string>>;
  /** Which of the possible examples: 0 is the plainest. Two numbers give two values where the schema has room. */
  readonly variant?: number;
}

/** Deep enough for any answer; a schema that contains itself ends here. */
const maxDepth = 12;

/** The moment in which all examples play. */
const epoch = Date.parse('2026-01-01T00:00:00.000Z');

/**
 * A value that is valid against a schema, always the same.
 *
 * Every property is filled in, so that a caller sees what there can be; what a schema can't be satisfied with
 * (`not: {}`) is left out.
 */
export function example(schemas: Schemas, schema: JsonValue, options: ExampleOptions = {}): JsonValue {
  return value(schemas, schema, {
    known: options.known ?? {},
    variant: options.variant ?? 0,
    depth: 0,
    name: '',
  });
}

interface Place {
  readonly known: Readonly<Record<string, string>>;
  readonly variant: number;
  readonly depth: number;
  /** The property that is being filled in. */
  readonly name: string;
}

function value(schemas: Schemas, given: JsonValue, place: Place): JsonValue {
  const schema = plain(schemas, given);
  if (schema['const'] !== undefined) return schema['const'];
  const choices = schema['enum'];
  if (Array.isArray(choices)) return choices[place.variant % choices.length] ?? null;

  switch (typeOf(schema)) {
    case 'object':
      return object(schemas, schema, place);
    case 'array':
      return array(schemas, schema, place);
    case 'string':
      return string(schema, place);
    case 'integer':
    case 'number':
      return number(schema, place);
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return {};
  }
}

/** Of several types the one that says most, so that `null` is what there is only where there is nothing else. */
function typeOf({ type, properties }: JsonObject): JsonValue | undefined {
  if (Array.isArray(type)) return type.find((one) => one !== 'null') ?? 'null';
  return type ?? (isObject(properties) ? 'object' : undefined);
}

/** The schema with one branch of each union, and all of `allOf`, folded into it. */
function plain(schemas: Schemas, given: JsonValue): JsonObject {
  const schema = resolved(schemas, given);
  if (!isObject(schema)) return {};
  const { oneOf, anyOf, allOf, ...rest } = schema;
  const [chosen, ...rejected] = Array.isArray(oneOf) ? oneOf : [];
  const branches = [
    ...(Array.isArray(allOf) ? allOf : []),
    ...(chosen === undefined ? [] : [chosen]),
    ...(Array.isArray(anyOf) ? anyOf.slice(0, 1) : []),
  ];
  const sum = branches.reduce<JsonObject>((all, branch) => folded(all, plain(schemas, branch)), rest);
  return rejected.reduce<JsonObject>(without, sum);
}

/** Without what would make a branch that wasn't chosen valid too: the optional properties that it asks for. */
function without(schema: JsonObject, rejected: JsonValue): JsonObject {
  if (!isObject(rejected) || !isObject(schema['properties']) || isObject(rejected['properties']))
    return schema;
  const wanted = new Set(arrayAt(rejected, 'required'));
  for (const name of arrayAt(schema, 'required')) wanted.delete(name);
  const properties = Object.entries(schema['properties']).filter(([name]) => !wanted.has(name));
  return { ...schema, properties: Object.fromEntries(properties) };
}

function folded(a: JsonObject, b: JsonObject): JsonObject {
  const both = (key: string) => ({ ...objectAt(a, key), ...objectAt(b, key) });
  return {
    ...a,
    ...b,
    ...(isObject(a['properties']) || isObject(b['properties']) ? { properties: both('properties') } : {}),
    required: [...arrayAt(a, 'required'), ...arrayAt(b, 'required')],
  };
}

function object(schemas: Schemas, schema: JsonObject, place: Place): JsonValue {
  const required = new Set(arrayAt(schema, 'required'));
  const room = numberAt(schema, 'maxProperties', Number.POSITIVE_INFINITY);
  const result = new Map<string, JsonValue>();
  const named = objectAt(schema, 'properties');
  const { additionalProperties: others = {} } = schema;
  const unnamed = [...required].filter((name) => !Object.hasOwn(named, String(name)));
  const properties = [...Object.entries(named), ...unnamed.map((name) => [String(name), others] as const)];
  // What must be there comes first, so that it has room.
  for (const wanted of [true, false]) {
    for (const [name, property] of properties) {
      if (required.has(name) !== wanted || result.size >= room) continue;
      if (!wanted && (place.depth >= maxDepth || isImpossible(property))) continue;
      result.set(name, value(schemas, property, { ...place, depth: place.depth + 1, name }));
    }
  }
  return Object.fromEntries([...result].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function array(schemas: Schemas, schema: JsonObject, place: Place): JsonValue {
  const min = numberAt(schema, 'minItems', 0);
  const max = numberAt(schema, 'maxItems', Number.POSITIVE_INFINITY);
  const { items } = schema;
  if (items === undefined || (place.depth >= maxDepth && min === 0)) return [];
  return Array.from({ length: Math.min(max, Math.max(1, min)) }, (_, index) =>
    value(schemas, items, { ...place, depth: place.depth + 1, variant: place.variant + index }),
  );
}

function string(schema: JsonObject, place: Place): string {
  const minLength = numberAt(schema, 'minLength', 0);
  const maxLength = numberAt(schema, 'maxLength', Number.POSITIVE_INFINITY);
  const pattern = typeof schema['pattern'] === 'string' ? schema['pattern'] : undefined;
  const fits = (text: string) =>
    text.length >= minLength &&
    text.length <= maxLength &&
    (pattern === undefined || new RegExp(pattern).test(text));

  const known = place.known[place.name];
  const format = typeof schema['format'] === 'string' ? formats[schema['format']] : undefined;
  if (known !== undefined && format === undefined && fits(known)) return known;
  if (format !== undefined) return format(place.variant);

  const word = place.name === '' ? 'example' : place.name;
  const plainest = place.variant === 0 ? word : `${word}-${place.variant}`;
  if (fits(plainest)) return plainest;
  const made =
    pattern === undefined
      ? plainest.padEnd(minLength, '-').slice(0, maxLength)
      : sample(pattern, { minLength, maxLength, variant: place.variant });
  if (made === undefined) throw new Error(`no example was found for the pattern ${pattern}`);
  return made;
}

const formats: Readonly<Record<string, (variant: number) => string>> = {
  'date-time': (variant) => new Date(epoch + variant * 60_000).toISOString(),
  date: (variant) => new Date(epoch + variant * 86_400_000).toISOString().slice(0, 10),
  email: (variant) => `someone${variant || ''}@example.com`,
  hostname: (variant) => `host${variant || ''}.example.com`,
  ipv4: (variant) => `192.0.2.${(variant % 254) + 1}`,
  ipv6: (variant) => `2001:db8::${(variant + 1).toString(16)}`,
  regex: () => '.*',
  uri: (variant) => `https://example.com/${variant || ''}`,
  uuid: (variant) => `00000000-0000-4000-8000-${variant.toString(16).padStart(12, '0')}`,
};

function number(schema: JsonObject, place: Place): number {
  const step = numberAt(schema, 'multipleOf', 1);
  const exclusive = numberAt(schema, 'exclusiveMinimum', Number.NEGATIVE_INFINITY);
  const least = Math.max(numberAt(schema, 'minimum', 0), exclusive);
  const first = Math.ceil(least / step) * step;
  const start = first === exclusive ? first + step : first;
  const last = numberAt(schema, 'maximum', Number.POSITIVE_INFINITY);
  if (start > last) return last;
  const varied = start + place.variant * step;
  return varied <= last ? varied : start;
}

function isImpossible(schema: JsonValue): boolean {
  return (
    schema === false ||
    (isObject(schema) && isObject(schema['not']) && Object.keys(schema['not']).length === 0)
  );
}

function objectAt(schema: JsonObject, key: string): JsonObject {
  const found = schema[key];
  return isObject(found) ? found : {};
}

function arrayAt(schema: JsonObject, key: string): readonly JsonValue[] {
  const found = schema[key];
  return Array.isArray(found) ? found : [];
}

function numberAt(schema: JsonObject, key: string, otherwise: number): number {
  const found = schema[key];
  return typeof found === 'number' ? found : otherwise;
}
