import type { JsonValue } from '../../model.ts';
import { assertJson } from '../../read/bounds.ts';
import { parseDocument } from '../../read/files.ts';
import { isObject } from '../core/schemas.ts';
import { type ReceivedRequest, Refusal } from '../core/service.ts';
import { yamlValue } from './arguments.ts';

/** What a request to rest_cherrypy brings, whichever of the types it takes. `undefined` for nothing at all. */
export async function bodyIn(request: ReceivedRequest): Promise<JsonValue | undefined> {
  const { body, headers } = request;
  if (body.length === 0) return undefined;
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  const text = Buffer.from(body).toString();
  switch (type) {
    case 'application/json':
      return parsed(text, () => {
        throw new Refusal(400, '', 'Invalid JSON document');
      });
    case 'text/plain':
      return parsed(text, () => text);
    case 'application/x-yaml':
    case 'text/yaml':
      return await parseDocument(body, 'body.yaml').catch(() => {
        throw new Refusal(500, '', '');
      });
    case 'application/x-www-form-urlencoded':
      return await formIn(text);
    default:
      throw new Refusal(406, '', 'Content type not supported');
  }
}

/** Chunks: an object alone is one. */
export function chunksOf(body: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(body)) return body;
  if (isObject(body) && Object.keys(body).length > 0) return [body];
  throw new Refusal(400, '', 'Lowstates must be a list');
}

/** What somebody logs in with: an object, or the first of a list. */
export function credentialsIn(body: JsonValue | undefined) {
  const given = Array.isArray(body) ? body[0] : body;
  return isObject(given) ? given : {};
}

function parsed(text: string, otherwise: () => JsonValue): JsonValue {
  try {
    const value: unknown = JSON.parse(text);
    assertJson(value, 'the body');
    return value;
  } catch {
    return otherwise();
  }
}

/** A name that comes again makes a list; the values of `arg` and `kwarg` are YAML. */
async function formIn(text: string): Promise<JsonValue> {
  const fields = new Map<string, JsonValue>();
  const query = new URLSearchParams(text);
  for (const name of new Set(query.keys())) {
    const isYaml = name === 'arg' || name === 'kwarg';
    const values = await Promise.all(query.getAll(name).map((one) => (isYaml ? yamlValue(one) : one)));
    const [only = null, ...more] = values;
    fields.set(name, more.length > 0 ? values : only);
  }
  return Object.fromEntries(fields);
}
