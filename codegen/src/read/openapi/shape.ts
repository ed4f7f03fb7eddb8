import { child } from '../../json/pointer.ts';
import { isArray, isObject, type JsonObject } from '../../json/values.ts';
import type { Documents } from '../documents.ts';
import { type Node, refuse } from './node.ts';
import { resolve } from './references.ts';

/** How many references lead from one to the next before a schema counts as endless. */
const MAX_CHAIN = 100;

/** What a schema is, whatever it is called: the one at the end of its references. */
function target(schema: Node, documents: Documents): JsonObject {
  let node = schema;
  for (let step = 0; step < MAX_CHAIN; step += 1) {
    const { value } = node;
    if (!isObject(value)) return {};
    const only = isArray(value['allOf']) && value['allOf'].length === 1 ? value['allOf'][0] : undefined;
    const ref = value['$ref'] ?? child(only, '$ref');
    if (typeof ref !== 'string') return value;
    node = resolve(documents, ref, node);
  }
  return refuse(schema, 'refers to nothing but itself', 'Say what the schema is at one place');
}

/** Whether a parameter is one value, a list of them or an object. */
export function shapeOf(schema: Node, documents: Documents): 'value' | 'list' | 'object' {
  const raw = target(schema, documents);
  const { type } = raw;
  const is = (name: string) => type === name || (isArray(type) && type.includes(name));
  if (is('array') || (type === undefined && 'items' in raw)) return 'list';
  return is('object') || (type === undefined && ('properties' in raw || 'additionalProperties' in raw))
    ? 'object'
    : 'value';
}

export function isText(schema: Node, documents: Documents): boolean {
  return target(schema, documents)['type'] === 'string';
}

export function isBinary(schema: Node, documents: Documents): boolean {
  const { type, format, contentMediaType } = target(schema, documents);
  return type === 'string' && (format === 'binary' || contentMediaType === 'application/octet-stream');
}
