import type { JsonValue } from '../../model.ts';
import { assertJson } from '../../read/bounds.ts';
import { isObject } from '../core/schemas.ts';
import { json, type ReceivedRequest, Refusal, type Reply } from '../core/service.ts';
import type { Master, SaltCall } from './deployment.ts';
import { failures } from './failures.ts';
import { runLowstate, type Wire } from './netapi.ts';

/** Told in single characters, since a text is what a list is made of there. The real one quotes a film. */
const greeting = 'Salt is here. How did you find it?';

const greet = () => json({ return: [...greeting] });

/** As any WSGI server gives them that takes text: with the standard one there would be no answer but 500. */
export const wsgi: Wire = {
  tag: 'rest-wsgi',
  routes: {
    greeting: () => labelled(greet()),
    low: async ({ master, request }: SaltCall) => labelled(await low(master, request)),
  },
  unchecked: new Set(),
  maxBodyBytes: 1024 ** 3,
  admit: (master, call) => ({ ...call, master, token: undefined }),
  refusal: (_, error) => labelled(refused(error)),
  /** Its only route is found under any path. */
  async elsewhere(master, request) {
    if (request.method === 'GET') return labelled(greet());
    if (request.method !== 'POST') throw new Refusal(405, 'Http', 'Method Not Allowed');
    return labelled(await low(master, request));
  },
  headers: () => ({ server: 'WSGIServer/0.2 CPython/3.10.15' }),
};

async function low(master: Master, request: ReceivedRequest): Promise<Reply> {
  if (request.headers['content-type'] !== 'application/json') throw new Refusal(406, 'Http', 'JSON required');
  const body = bodyIn(request);
  // An object is gone through by its keys, which are no chunks.
  const chunks = Array.isArray(body) ? body : isObject(body) ? Object.keys(body) : [];
  const elements = await runLowstate(master, chunks);
  const hasBatch = chunks.some((chunk) => isObject(chunk) && chunk['client'] === 'local_batch');
  if (hasBatch) throw failures.unserializable('generator');
  return json({ return: elements });
}

/** A chunked body has no length, and is taken for none. */
function bodyIn({ body, headers }: ReceivedRequest): JsonValue {
  const text = headers['content-length'] === undefined ? '' : Buffer.from(body).toString();
  try {
    const value: unknown = JSON.parse(text);
    assertJson(value, 'the body');
    return value;
  } catch {
    const isObjectAtStart = /^\s*\{\s*[^"}\s]/.test(text);
    throw new Refusal(
      400,
      'Http',
      isObjectAtStart
        ? 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'
        : 'Expecting value: line 1 column 1 (char 0)',
    );
  }
}

function refused({ code, status, message, headers }: Refusal): Reply {
  if (code === 'Unserializable') return { status: 500, data: message, headers };
  if (code === 'Http') return json({ return: `${status}: ${message}` }, status, headers);
  if (code === '') return json({ return: message }, status, headers);
  return json({ return: message }, code === 'EauthAuthenticationError' ? 401 : 500, headers);
}

function labelled(reply: Reply): Reply {
  return { ...reply, headers: { 'content-type': 'application/json', ...reply.headers } };
}
