import type { JsonValue } from '../model.ts';
import { isArray, isObject, type JsonObject } from './values.ts';

/**
 * Where schemas stand inside of a schema. Whoever looks at keywords by name has to know this: in
 * `properties: { title: … }` the word is a name, and in `default: { $ref: … }` it is data.
 */
const ONE = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
]);
const LIST = new Set(['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems']);
const MAP = new Set([
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);

type Segments = readonly (string | number)[];

/** Called for a schema after everything inside of it; its answer takes the schema's place. */
export type Transform = (schema: JsonObject, at: Segments) => JsonObject;

/** A copy of a schema in which every schema, itself included, was transformed. Boolean schemas stay. */
export function mapSchemas(schema: JsonValue, transform: Transform, at: Segments = []): JsonValue {
  if (!isObject(schema)) return schema;
  const inner = Object.entries(schema).map(([keyword, value]): [string, JsonValue] => [
    keyword,
    mapKeyword(keyword, value, transform, [...at, keyword]),
  ]);
  return transform(Object.fromEntries(inner), at);
}

function mapKeyword(keyword: string, value: JsonValue, transform: Transform, at: Segments): JsonValue {
  if (isArray(value)) {
    return LIST.has(keyword) ? value.map((one, index) => mapSchemas(one, transform, [...at, index])) : value;
  }
  if (ONE.has(keyword)) return mapSchemas(value, transform, at);
  if (!MAP.has(keyword) || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, mapSchemas(one, transform, [...at, name])]),
  );
}
