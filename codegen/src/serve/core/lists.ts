import type { JsonValue } from '../../model.ts';
import { childPath, isObject, resolved, type Schemas, schemaAt } from './schemas.ts';
import type { Operation } from './service.ts';

/** Where an answer keeps its only list. */
export interface ListPlace {
  /** The property; absent when the answer is the list itself. */
  readonly name?: string;
  /** The path of the schema of an item. */
  readonly item: string;
}

/** `undefined` when the answer of the operation is no list. */
export function listPlace(schemas: Schemas, { output, pages }: Operation): ListPlace | undefined {
  if (output === undefined) return undefined;
  const schema = resolved(schemas, schemaAt(schemas, output));
  if (isArray(schema)) return { item: childPath(schemas, output, 'items') };
  const properties =
    isObject(schema) && isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  const [first, ...others] = properties;
  const only =
    first !== undefined && others.length === 0 && isArray(resolved(schemas, first[1])) ? first[0] : undefined;
  const name = pages?.items ?? only;
  if (name === undefined) return undefined;
  return { name, item: childPath(schemas, childPath(schemas, output, 'properties', name), 'items') };
}

function isArray(schema: JsonValue): boolean {
  return isObject(schema) && schema['type'] === 'array' && schema['items'] !== undefined;
}

/** Whether the route of an operation is that of a creator without its last parameters, maybe in the plural. */
export function isListOf(operation: Operation, creator: Operation): boolean {
  if (operation.verb !== 'GET') return false;
  const route = operation.route.replace(/\/$/, '');
  const stem = creator.route.replace(/(\/<[^/>]+>)+$/, '');
  if (route === `${stem}s` || route === `${stem}/list`) return true;
  return creator.route.startsWith(`${route}/`) && /^(\/<[^/>]+>)+$/.test(creator.route.slice(route.length));
}
