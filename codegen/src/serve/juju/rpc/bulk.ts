import type { JsonValue } from '../../../model.ts';
import { type JsonObject, type Schemas, schemaAt } from '../../core/schemas.ts';
import { asFailure, failureJson } from '../failures.ts';
import { typePath } from '../schema/facades.ts';
import { propertiesOf } from '../schema/wire-schema.ts';

/** What is to be done several times: the only list of the parameters. */
export function bulkItems(
  schemas: Schemas,
  definition: string,
  params: JsonObject,
): readonly JsonValue[] | undefined {
  const properties = Object.entries(propertiesOf(schemaAt(schemas, typePath(definition))));
  const lists = properties.filter(([, schema]) => isList(schema)).map(([name]) => name);
  const [only, ...others] = lists;
  if (only === undefined || others.length > 0) return undefined;
  const items = params[only];
  return Array.isArray(items) ? items : [];
}

/** One result for each; what fails says so in its own, and the others go on. */
export async function each(
  items: readonly JsonObject[],
  run: (item: JsonObject, index: number) => JsonObject | undefined | Promise<JsonObject | undefined>,
): Promise<readonly JsonObject[]> {
  const results: JsonObject[] = [];
  for (const [index, item] of items.entries()) {
    try {
      results.push((await run(item, index)) ?? {});
    } catch (error) {
      results.push({ error: failureJson(asFailure(error)) });
    }
  }
  return results;
}

function isList(schema: JsonValue): boolean {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema) || !('type' in schema))
    return false;
  const { type } = schema;
  return type === 'array' || (Array.isArray(type) && type.includes('array'));
}
