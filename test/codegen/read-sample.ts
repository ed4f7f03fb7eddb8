import { isObject } from '../../codegen/src/json/values.ts';
import type { Api, Event, HttpCall, JsonSchema, JsonValue, Method, Topic } from '../../codegen/src/model.ts';
import type { Documents } from '../../codegen/src/read/documents.ts';
import { arrangeDocuments, type ReadOptions, readModel } from '../../codegen/src/read/index.ts';

export type JsonMap = { readonly [key: string]: JsonValue };

/** A small service called `shelf`, in the forms in which Taskcluster publishes its references. */
export function apiReference(entries: readonly JsonMap[], more: JsonMap = {}): JsonMap {
  return {
    $schema: '/schemas/common/api-reference-v0.json#',
    apiVersion: 'v1',
    serviceName: 'shelf',
    entries: entries.map(entry),
    ...more,
  };
}

function entry(given: JsonMap): JsonMap {
  return {
    type: 'function',
    method: 'get',
    route: '/',
    args: [],
    query: [],
    name: 'read',
    stability: 'stable',
    ...given,
  };
}

export function exchangesReference(entries: readonly JsonMap[], more: JsonMap = {}): JsonMap {
  return {
    $schema: '/schemas/common/exchanges-reference-v0.json#',
    apiVersion: 'v1',
    serviceName: 'shelf',
    exchangePrefix: 'exchange/taskcluster-shelf/v1/',
    entries: entries.map((given) => ({ type: 'topic-exchange', ...given })),
    ...more,
  };
}

/** Schemas by the names of their files: `{ 'v1/book.json': { … } }`. */
export function schemas(files: JsonMap): JsonMap[] {
  return Object.entries(files).map(([name, schema]) => {
    const own = isObject(schema) ? schema : {};
    return { $schema: '/schemas/common/metaschema.json#', $id: `/schemas/shelf/${name}#`, ...own };
  });
}

/** Documents as they would be found, by names that mean nothing. */
export function found(contents: readonly JsonValue[]): Documents {
  return { origin: 'sample', files: new Map(contents.map((content, index) => [`${index}.json`, content])) };
}

export async function readSample(
  contents: readonly JsonValue[],
  options?: ReadOptions,
): Promise<readonly Api[]> {
  return (await readModel(arrangeDocuments(found(contents)), options)).apis;
}

/** The one Api of a sample. */
export async function readOne(contents: readonly JsonValue[], options?: ReadOptions): Promise<Api> {
  const [api] = await readSample(contents, options);
  if (api === undefined) throw new Error('the sample has no Api');
  return api;
}

export function typesByName(api: Api): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(api.types.map(({ name, schema }) => [name, schema]));
}

/** The call of a method of HTTP. */
export function httpCall({ name, call }: Method): HttpCall {
  if (call.kind === 'http') return call;
  throw new Error(`${name} is no call of HTTP`);
}

/** The exchange of an event of AMQP. */
export function topicOf({ name, source }: Event): Topic {
  if (source.kind === 'topic') return source;
  throw new Error(`${name} comes from no exchange`);
}
