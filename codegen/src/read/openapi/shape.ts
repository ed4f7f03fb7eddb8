import { child } from '../../json/pointer.ts';
import { isArray, isObject, type JsonObject } from '../../json/values.ts';
import type { Documents } from '../documents.ts';
import { listAt, member, type Node, type ObjectNode, refuse } from './node.ts';
import { resolve } from './references.ts';

/** How many references lead from one to the next before a schema counts as endless. */
const MAX_CHAIN = 100;

/** What a schema is, whatever it is called: the one at the end of its references. */
function target(schema: Node, documents: Documents): ObjectNode {
  let node = schema;
  for (let step = 0; step < MAX_CHAIN; step += 1) {
    const { value, path, pointer } = node;
    if (!isObject(value)) return { value: {}, path, pointer };
    const only = isArray(value['allOf']) && value['allOf'].length === 1 ? value['allOf'][0] : undefined;
    const ref = value['$ref'] ?? child(only, '$ref');
    if (typeof ref !== 'string') return { value, path, pointer };
    node = resolve(documents, ref, node);
  }
  return refuse(schema, 'refers to nothing but itself', 'Say what the schema is at one place');
}

/** What a value may be beside a text, a number or a boolean. */
export interface Shape {
  readonly isList: boolean;
  readonly isObject: boolean;
  /** Whether elements of a list may be lists or objects themselves. */
  readonly isNested: boolean;
}

/** What a schema, or any of those that it combines, lets a value be. */
export function shapeOf(schema: Node, documents: Documents): Shape {
  const nodes = [...alternativesOf(schema, documents)];
  const lists = nodes.filter(({ value }) => may(value, 'array', ['items', 'prefixItems']));
  const inner = lists.flatMap((list) => {
    const items = member(list, 'items');
    return items === undefined ? [] : [...alternativesOf(items, documents)];
  });
  const isRecord = ({ value }: ObjectNode) => may(value, 'object', ['properties', 'additionalProperties']);
  return {
    isList: lists.length > 0,
    isObject: nodes.some(isRecord),
    isNested: inner.some((node) => isRecord(node) || may(node.value, 'array', ['items', 'prefixItems'])),
  };
}

function may({ type, ...others }: JsonObject, name: string, keywords: readonly string[]): boolean {
  if (type === undefined) return keywords.some((keyword) => keyword in others);
  return type === name || (isArray(type) && type.includes(name));
}

/** A schema and those that it combines, near and far, without references. */
function alternativesOf(schema: Node, documents: Documents): ReadonlySet<ObjectNode> {
  const found = new Map<JsonObject, ObjectNode>();
  const waiting = [schema];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const node = target(next, documents);
    if (found.has(node.value)) continue;
    found.set(node.value, node);
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) waiting.push(...listAt(node, keyword));
  }
  return new Set(found.values());
}

export function isText(schema: Node, documents: Documents): boolean {
  return target(schema, documents).value['type'] === 'string';
}

export function isBinary(schema: Node, documents: Documents): boolean {
  const { type, format, contentMediaType } = target(schema, documents).value;
  return type === 'string' && (format === 'binary' || contentMediaType === 'application/octet-stream');
}
