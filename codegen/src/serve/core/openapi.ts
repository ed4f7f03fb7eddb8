import type { JsonValue } from '../../model.ts';
import { childPath, isObject, type JsonObject, resolved, type Schemas, schemaAt } from './schemas.ts';
import type { Operation } from './service.ts';

const verbs = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'];

/** An operation, and all that its document says about it. */
export interface DescribedOperation extends Operation {
  readonly told: JsonObject;
}

/**
 * The operations that OpenAPI documents tell, with the schemas of their JSON bodies and answers as paths into these
 * documents. `service` is the first tag and `name` the operationId, which is what faults are matched by.
 *
 * @param schemas the documents themselves, as `schemasOf` gives them
 * @param root what stands before a path unless the path has it already: `/v1`
 */
export function openApiOperations(schemas: Schemas, root: string): readonly DescribedOperation[] {
  // A document may refer to a path of another one.
  const places = new Map<string, Place>();
  for (const [file, document] of schemas) {
    const paths = isObject(document) && isObject(document['paths']) ? document['paths'] : {};
    for (const [path, given] of Object.entries(paths)) {
      const at = placeOf(schemas, `${file}#/paths/${escaped(path)}`);
      const item = resolved(schemas, given);
      if (!isObject(item)) continue;
      for (const verb of verbs) {
        const place = `${verb} ${decodeURIComponent(at)} ${path}`;
        if (isObject(item[verb]) && !places.has(place)) places.set(place, { at, verb, item, root, path });
      }
    }
  }
  return [...places.values()].map((place) => operation(schemas, place));
}

interface Place {
  readonly at: string;
  readonly verb: string;
  readonly item: JsonObject;
  readonly root: string;
  readonly path: string;
}

function operation(schemas: Schemas, { at, verb, item, root, path }: Place): DescribedOperation {
  const own = item[verb];
  const told = isObject(own) ? own : {};
  const parameters = [...listAt(item, 'parameters'), ...listAt(told, 'parameters')]
    .map((parameter) => resolved(schemas, parameter))
    .filter(isObject);
  const [tag] = listAt(told, 'tags');
  const responses = isObject(told['responses']) ? Object.keys(told['responses']) : [];
  const success = responses.filter((status) => /^2/.test(status)).sort()[0];
  const input = jsonSchema(schemas, told['requestBody'] && `${at}/${verb}/requestBody`);
  const output = jsonSchema(schemas, success && `${at}/${verb}/responses/${success}`);
  const full = path.startsWith(`${root}/`) ? path : root + path;
  return {
    service: String(tag ?? ''),
    name: String(told['operationId'] ?? `${verb.toUpperCase()} ${path}`),
    verb: verb.toUpperCase(),
    route: full.replace(/\{([^}]+)\}/g, '<$1>'),
    query: parameters.filter((one) => one['in'] === 'query').map((one) => String(one['name'])),
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    told,
  };
}

/** The path of the schema of what a body or a response has as JSON, if it has JSON. */
function jsonSchema(schemas: Schemas, path: string | JsonValue | undefined): string | undefined {
  if (typeof path !== 'string') return undefined;
  const content = resolved(schemas, schemaAt(schemas, path));
  const types = isObject(content) && isObject(content['content']) ? content['content'] : {};
  const json = Object.keys(types).find((type) => /^application\/(.*\+)?json\b/.test(type));
  const media = json === undefined ? undefined : types[json];
  if (json === undefined || !isObject(media) || media['schema'] === undefined) return undefined;
  return childPath(schemas, path, 'content', escaped(json), 'schema');
}

/** Where a path leads when what stands there is a reference. */
function placeOf(schemas: Schemas, path: string): string {
  const value = schemaAt(schemas, path);
  const reference = isObject(value) ? value['$ref'] : undefined;
  return typeof reference === 'string' ? placeOf(schemas, reference) : path;
}

function listAt(object: JsonObject, key: string): readonly JsonValue[] {
  const found = object[key];
  return Array.isArray(found) ? found : [];
}

function escaped(token: string): string {
  return encodeURIComponent(token.replaceAll('~', '~0').replaceAll('/', '~1'));
}
