import { isArray, isObject, type JsonObject } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';
import { type Documents, documentsOf } from '../documents.ts';

/**
 * Facades without what somebody wrote about them, in the order of names and versions. Lists of required properties are
 * sorted, too: upstream has them in the order of fields in Go, which means nothing.
 */
export function reduce({ origin, files }: Documents): Documents {
  return documentsOf(
    origin,
    [...files].map(([path, content]) => [path, facades(content)]),
  );
}

function facades(content: JsonValue): JsonValue {
  if (!isArray(content)) return content;
  return content.map(facade).sort(inOrder);
}

function facade(entry: JsonValue): JsonValue {
  if (!isObject(entry)) return entry;
  const { Description: _, Schema, ...facts } = entry;
  if (!isObject(Schema)) return facts;
  const { properties, definitions, ...rest } = Schema;
  return {
    ...facts,
    Schema: {
      ...rest,
      ...(isObject(properties) && { properties: each(properties, method) }),
      ...(isObject(definitions) && { definitions: each(definitions, schema) }),
    },
  };
}

function method(value: JsonValue): JsonValue {
  if (!isObject(value)) return value;
  const { description: _, ...facts } = value;
  return facts;
}

function schema(value: JsonValue): JsonValue {
  if (!isObject(value)) return value;
  const { required, properties, ...rest } = value;
  return {
    ...rest,
    ...(isObject(properties) && { properties: each(properties, schema) }),
    ...(isArray(required) && { required: required.map(String).sort() }),
  };
}

function each(map: JsonObject, reduced: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, reduced(value)]));
}

function inOrder(a: JsonValue, b: JsonValue): number {
  const [[name, version], [otherName, otherVersion]] = [keyOf(a), keyOf(b)];
  if (name === otherName) return version - otherVersion;
  return name < otherName ? -1 : 1;
}

function keyOf(entry: JsonValue): [string, number] {
  return isObject(entry) ? [String(entry['Name']), Number(entry['Version'])] : ['', 0];
}
