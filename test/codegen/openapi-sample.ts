import type { Api, HttpCall, JsonSchema, JsonValue, Method, Model, Param } from '../../codegen/src/model.ts';
import { arrangeDocuments, type ReadOptions, readModel } from '../../codegen/src/read/index.ts';
import { httpCall, type JsonMap } from './read-sample.ts';

/** A small document about pets. */
export function document(more: JsonMap = {}): JsonMap {
  return { openapi: '3.1.0', info: { title: 'Pet Store', version: '1.2' }, paths: {}, ...more };
}

/** An operation of the tag `pets` that answers with nothing. */
export function operation(more: JsonMap = {}): JsonMap {
  return { tags: ['pets'], operationId: 'act', responses: { 204: { description: '' } }, ...more };
}

export function json(schema: JsonValue): JsonMap {
  return { 'application/json': { schema } };
}

export function answers(schema: JsonValue): JsonMap {
  return { 200: { description: '', content: json(schema) } };
}

export function sends(schema: JsonValue): JsonMap {
  return { required: true, content: json(schema) };
}

/** Documents by their paths. */
export function files(contents: Readonly<Record<string, JsonValue>>): Promise<Model> {
  const found = { origin: 'sample', files: new Map(Object.entries(contents)) };
  return readModel(arrangeDocuments(found));
}

export function readDocument(content: JsonMap, options: ReadOptions = {}): Promise<Model> {
  return readModel(arrangeDocuments({ origin: 'sample', files: new Map([['pets.yaml', content]]) }), options);
}

export interface ReadMethod {
  readonly model: Model;
  readonly api: Api;
  readonly method: Method;
  readonly call: HttpCall;
}

/** The one method of a document with one operation, `GET /pets` unless told otherwise. */
export async function readOperation(
  given: JsonMap,
  {
    more = {},
    verb = 'get',
    path = '/pets',
    ...options
  }: ReadOptions & { more?: JsonMap; verb?: string; path?: string } = {},
): Promise<ReadMethod> {
  const model = await readDocument(
    document({ paths: { [path]: { [verb]: operation(given) } }, ...more }),
    options,
  );
  const [api] = model.apis;
  const [method] = api?.methods ?? [];
  if (api === undefined || method === undefined) throw new Error('the document has no operation');
  return { model, api, method, call: httpCall(method) };
}

/** The one parameter of an operation with one. */
export async function readParameter(
  parameter: JsonMap,
  options: ReadOptions & { path?: string } = {},
): Promise<Param> {
  const { method } = await readOperation({ parameters: [parameter] }, options);
  const [param] = [...method.query, ...method.path];
  if (param === undefined) throw new Error('the operation has no parameter');
  return param;
}

/** The types of a document whose components are these and which answers with all and asks for none. */
export async function typesOf(
  components: JsonMap,
  options: ReadOptions & { request?: boolean; openapi?: string } = {},
): Promise<Readonly<Record<string, JsonSchema>>> {
  const all = {
    type: 'object',
    properties: Object.fromEntries(
      Object.keys(components).map((name) => [
        name,
        { $ref: `#/components/schemas/${name.replaceAll('/', '~1')}` },
      ]),
    ),
  };
  const { request = false, openapi = '3.1.0', ...settings } = options;
  const { model } = await readOperation(request ? { requestBody: sends(all) } : { responses: answers(all) }, {
    verb: 'post',
    more: { openapi, components: { schemas: components } },
    ...settings,
  });
  const { ActRequest, ActResult, ...types } = byName(model);
  return types;
}

export function byName(model: Model): Record<string, JsonSchema> {
  return Object.fromEntries(model.types.map(({ name, schema }) => [name, schema]));
}
