import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { pointerOf, valueAt } from '../../codegen/src/json/pointer.ts';
import { isArray, isObject, type JsonObject } from '../../codegen/src/json/values.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { readDocuments } from '../../codegen/src/read/files.ts';

/** A value of one of the files of `schemas/consul`, and where it stands. */
export interface Place {
  readonly file: string;
  readonly segments: readonly string[];
  readonly value: JsonObject;
}

export interface Operation extends Place {
  /** `GET /kv/{key}` */
  readonly name: string;
  readonly verb: string;
  readonly matches: (path: string) => boolean;
}

export const FOLDER: string = fileURLToPath(new URL('../../schemas/consul', import.meta.url));

const VERBS = ['get', 'put', 'post', 'delete'];

/** The files of `schemas/consul` without `service.yaml`, as plain JSON. */
export async function consulDocuments(): Promise<ReadonlyMap<string, JsonObject>> {
  const { files } = await readDocuments(FOLDER);
  const documents = new Map<string, JsonObject>();
  for (const [file, value] of files) if (isObject(value) && 'openapi' in value) documents.set(file, value);
  return documents;
}

/** Every operation, those with the most literal text in their path first. */
export function operationsOf(documents: ReadonlyMap<string, JsonObject>): readonly Operation[] {
  const operations = [...documents].flatMap(([file, document]) =>
    Object.entries(objectAt(document, 'paths')).flatMap(([template, item]) =>
      VERBS.flatMap((verb): Operation[] => {
        const value = isObject(item) ? item[verb] : undefined;
        if (!isObject(item) || !isObject(value)) return [];
        return [
          {
            file,
            verb,
            value,
            segments: ['paths', template, verb],
            name: `${verb.toUpperCase()} ${template}`,
            matches: matcherOf(template, item),
          },
        ];
      }),
    ),
  );
  return operations.toSorted((a, b) => literal(b) - literal(a));
}

const literal = ({ name }: Operation): number => name.replaceAll(/\{\w+\}/g, '').length;

function matcherOf(template: string, item: JsonObject): (path: string) => boolean {
  const { parameters } = item;
  const slashes = (isArray(parameters) ? parameters : []).flatMap((one) =>
    isObject(one) && one['x-slashes'] === true ? [one['name']] : [],
  );
  const source = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    slashes.includes(name) ? '.*' : '[^/]+',
  );
  const pattern = new RegExp(`^${source}$`);
  return (path) => pattern.test(path);
}

/** The response for a status: its own, or `default` for an error. A reference is followed. */
export function responseOf(
  documents: ReadonlyMap<string, JsonObject>,
  operation: Operation,
  status: number,
): Place | undefined {
  const responses = objectAt(operation.value, 'responses');
  const key = `${status}` in responses ? `${status}` : 'default';
  if (key === 'default' && status < 400) return undefined;
  return follow(documents, {
    file: operation.file,
    segments: [...operation.segments, 'responses', key],
    value: objectAt(responses, key),
  });
}

function follow(documents: ReadonlyMap<string, JsonObject>, place: Place): Place {
  const { $ref } = place.value;
  if (typeof $ref !== 'string') return place;
  const [file = '', pointer = ''] = $ref.split('#');
  const target = file === '' ? place.file : file;
  const segments = pointer.split('/').slice(1);
  const value = valueAt(documents.get(target) ?? {}, segments);
  if (!isObject(value)) throw new Error(`${place.file} refers to ${$ref}, which is nothing`);
  return { file: target, segments, value };
}

export function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isObject(found) ? found : {};
}

/** Tells what is wrong with a value. An object with a property that its schema doesn't name is wrong. */
export type Check = (place: Omit<Place, 'value'>, value: unknown) => readonly string[];

export function checkerOf(documents: ReadonlyMap<string, JsonObject>, view: 'answer' | 'request'): Check {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    ownProperties: true,
    validateSchema: false,
    logger: false,
  });
  formats.default(ajv);
  for (const [file, document] of documents) {
    const closed = close(document, view);
    if (isObject(closed)) ajv.addSchema(closed, `/${file}`);
  }
  return ({ file, segments }, value) => {
    const validate = ajv.getSchema(`/${file}#${encodeURI(pointerOf(segments))}`);
    if (validate === undefined) throw new Error(`there is no schema at ${file}#${pointerOf(segments)}`);
    if (validate(value) === true) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

function close(value: JsonValue, view: 'answer' | 'request'): JsonValue {
  if (isArray(value)) return value.map((one) => close(one, view));
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, close(one, view)]));
  const { properties, required, additionalProperties } = inner;
  if (!isObject(properties)) return inner;
  return {
    ...inner,
    ...(additionalProperties === undefined && { unevaluatedProperties: false }),
    ...(isArray(required) && view === 'request' && { required: required.filter(isSent(properties)) }),
  };
}

/** What only the server says isn't required in a request. */
const isSent =
  (properties: JsonObject) =>
  (name: JsonValue): boolean =>
    objectAt(properties, String(name))['readOnly'] !== true;
