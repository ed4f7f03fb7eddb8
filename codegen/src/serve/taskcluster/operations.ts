import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject, resolved, type Schemas, schemaAt } from '../core/schemas.ts';
import type { Operation, Paging } from '../core/service.ts';
import type { ScopeTemplate } from './scopes.ts';

/** An operation, with what Taskcluster says about who may call it. */
export interface TaskclusterOperation extends Operation {
  /** Absent when no authentication is needed. */
  readonly scopes?: ScopeTemplate;
}

/** Every method of every API of the deployment. */
export function operationsOf(
  files: ReadonlyMap<string, JsonValue>,
  schemas: Schemas,
): readonly TaskclusterOperation[] {
  return [...files]
    .filter(([path]) => /^references\/[^/]+\/[^/]+\/api\.json$/.test(path))
    .flatMap(([, reference]) => (isObject(reference) ? operationsOfApi(reference, schemas) : []));
}

function operationsOfApi(reference: JsonObject, schemas: Schemas): readonly TaskclusterOperation[] {
  const service = String(reference['serviceName']);
  const root = `/api/${service}/${String(reference['apiVersion'])}`;
  const entries = Array.isArray(reference['entries']) ? reference['entries'] : [];
  return entries.filter(isObject).map((entry) => {
    const schemaPath = (key: string) => {
      const value = entry[key];
      return typeof value === 'string' && /\.json#?$/.test(value)
        ? `schemas/${service}/${value.replace(/#$/, '')}`
        : undefined;
    };
    const query = Array.isArray(entry['query']) ? entry['query'].map(String) : [];
    const input = schemaPath('input');
    const output = schemaPath('output');
    const pages = pagesOf(schemas, query, output);
    return {
      service,
      name: String(entry['name']),
      verb: String(entry['method']).toUpperCase(),
      route: root + String(entry['route']),
      query,
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
      ...(pages === undefined ? {} : { pages }),
      // The reference was checked against its meta schema, which is what this type restates.
      ...(entry['scopes'] === undefined ? {} : { scopes: entry['scopes'] as ScopeTemplate }),
    };
  });
}

/** A list that comes in pages has a token, and one array beside it. */
function pagesOf(schemas: Schemas, query: readonly string[], output: string | undefined): Paging | undefined {
  const key = 'continuationToken';
  if (output === undefined || !query.includes(key)) return undefined;
  const schema = schemaAt(schemas, output);
  const properties =
    isObject(schema) && isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  const items = properties.find(([, property]) => {
    const target = resolved(schemas, property);
    return isObject(target) && target['type'] === 'array';
  });
  return items === undefined ? undefined : { items: items[0], key };
}
