import type { JsonValue } from '../../../model.ts';
import { isObject, type JsonObject, resolved, type Schemas, schemaAt } from '../../core/schemas.ts';
import { Failure } from '../failures.ts';
import { isLargeInteger } from '../rpc/numbers.ts';
import { typePath } from './facades.ts';
import { propertiesOf } from './wire-schema.ts';

/**
 * Parameters as Go decodes them: names match in any case, the last one wins; what isn't known and what is null is left
 * out; nothing is required. What is of another type fails, in Go's words.
 */
export function decode(schemas: Schemas, definition: string, given: JsonValue | undefined): JsonObject {
  if (given === undefined || given === null) return {};
  if (!isObject(given)) {
    throw new Failure(`json: cannot unmarshal ${kindOf(given)} into Go value of type params.${definition}`);
  }
  const value = decoded({ schemas, struct: definition, field: '' }, { $ref: typePath(definition) }, given);
  return isObject(value) ? value : {};
}

interface Place {
  readonly schemas: Schemas;
  /** The outermost type, as Go names it. */
  readonly struct: string;
  /** The way from there. */
  readonly field: string;
}

function decoded(place: Place, given: JsonValue, value: JsonValue): JsonValue {
  const schema = resolved(place.schemas, given);
  if (!isObject(schema)) return value;
  const kind = kindOf(value);
  const { type } = schema;
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object':
      if (kind !== 'object' || !isObject(value)) break;
      return object(place, schema, value);
    case 'array':
      if (!Array.isArray(value)) break;
      return value.map((item) => decoded(place, schema['items'] ?? {}, item ?? null));
    case 'string':
      if (kind === 'string' || value === null) return value ?? '';
      break;
    case 'integer':
      if (value === null || isLargeInteger(value) || Number.isInteger(value)) return value ?? 0;
      break;
    case 'number':
      if (value === null || kind === 'number') return value ?? 0;
      break;
    case 'boolean':
      if (value === null || kind === 'bool') return value ?? false;
      break;
    default:
      return value;
  }
  if (value === null) return null;
  const shown = kind === 'number' && type === 'integer' ? `number ${String(value)}` : kind;
  throw new Failure(
    `json: cannot unmarshal ${shown} into Go struct field ${place.struct}.${place.field} of type ${goType(given, schema)}`,
  );
}

function object(place: Place, schema: JsonObject, value: JsonObject): JsonObject {
  const properties = propertiesOf(schema);
  const byLowerCase = new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]));
  const { additionalProperties } = schema;
  if (schema['properties'] === undefined && additionalProperties === undefined) return value;
  const result = new Map<string, JsonValue>();
  for (const [key, item] of Object.entries(value)) {
    const name = Object.hasOwn(properties, key) ? key : byLowerCase.get(key.toLowerCase());
    const of = name === undefined ? additionalProperties : properties[name];
    if (of === undefined || of === false || (item === null && name !== undefined)) continue;
    const field = place.field === '' ? (name ?? key) : `${place.field}.${name ?? key}`;
    result.set(name ?? key, decoded({ ...place, field }, of, item));
  }
  return Object.fromEntries(result);
}

function kindOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  if (isLargeInteger(value)) return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function goType(given: JsonValue, { type, items, additionalProperties }: JsonObject): string {
  const reference = isObject(given) ? given['$ref'] : undefined;
  if (typeof reference === 'string') return `params.${decodeURIComponent(reference.replace(/^.*\//, ''))}`;
  switch (Array.isArray(type) ? type[0] : type) {
    case 'array':
      return `[]${elementType(items)}`;
    case 'object':
      return `map[string]${elementType(additionalProperties)}`;
    case 'boolean':
      return 'bool';
    case 'integer':
      return 'int';
    case 'number':
      return 'float64';
    default:
      return 'string';
  }
}

function elementType(schema: JsonValue | undefined): string {
  return isObject(schema) && (schema['type'] ?? schema['$ref']) !== undefined
    ? goType(schema, schema)
    : 'interface {}';
}

/** A value as Go writes it: what a type doesn't have is left out, and what it must have is there, as zero if need be. */
export function fit(schemas: Schemas, definition: string, value: JsonValue): JsonValue {
  return fitted(schemas, schemaAt(schemas, typePath(definition)), value);
}

function fitted(schemas: Schemas, given: JsonValue, value: JsonValue): JsonValue {
  const schema = resolved(schemas, given);
  if (!isObject(schema)) return value;
  if (Array.isArray(value)) return value.map((item) => fitted(schemas, schema['items'] ?? {}, item ?? null));
  if (!isObject(value)) return value;
  const { properties, additionalProperties = {} } = schema;
  if (!isObject(properties)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, fitted(schemas, additionalProperties, item)]),
    );
  }
  const required = new Set(Array.isArray(schema['required']) ? schema['required'].map(String) : []);
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) => {
      const item = Object.hasOwn(value, name) ? value[name] : undefined;
      if (item !== undefined) return [[name, fitted(schemas, property, item)]];
      return required.has(name) ? [[name, zero(schemas, property)]] : [];
    }),
  );
}

/** What Go has where nothing was set. */
function zero(schemas: Schemas, given: JsonValue): JsonValue {
  const schema = resolved(schemas, given);
  if (!isObject(schema)) return null;
  const { type, format } = schema;
  if (Array.isArray(type) || type === undefined) return null;
  switch (type) {
    case 'object':
      return fitted(schemas, schema, {});
    case 'array':
      return [];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return 0;
    default:
      return format === 'date-time' ? '0001-01-01T00:00:00Z' : '';
  }
}
