import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { isArray, isObject } from '../../codegen/src/json/values.ts';
import type { JsonValue } from '../../codegen/src/model.ts';

/** A chunk of low state as it came in. */
export type Chunk = Readonly<Record<string, JsonValue>>;

/** What the master does with a chunk: the answer's element, a status with a text, or nothing at all (it hangs). */
export type Reply =
  | { readonly value: JsonValue }
  | { readonly status: number; readonly body: string; readonly type?: string }
  | 'silence';

export interface Master {
  readonly url: string;
  /** The chunks that came, without credentials. */
  readonly chunks: readonly Chunk[];
  /** How many chunks were under way at the same time, at most. */
  readonly most: () => number;
}

export const PASSWORD = 'cannot-be-guessed';
export const ENV = { SALTAPI_USER: 'tester', SALTAPI_PASS: PASSWORD, SALTAPI_EAUTH: 'file' };

/** A salt-api on loopback, for as long as `use` runs. */
export async function withMaster(
  netapi: 'cherrypy' | 'wsgi',
  reply: (chunk: Chunk) => Reply,
  use: (master: Master) => Promise<void>,
): Promise<void> {
  const chunks: Chunk[] = [];
  let [underWay, most] = [0, 0];
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: string, type = 'application/json') =>
      response.writeHead(status, { 'content-type': type }).end(body);
    const returned = (value: JsonValue) => answer(200, JSON.stringify({ return: value }));
    if (request.method === 'GET') return returned(netapi === 'wsgi' ? [...'They found me.'] : 'Welcome');
    if (request.url === '/login') {
      const { username, password, eauth } = fields(JSON.parse(await text(request)));
      const isRight = username === 'tester' && password === PASSWORD && eauth === 'file';
      if (isRight) return returned([{ token: 'a-token', user: 'tester' }]);
      return answer(
        401,
        page('Could not authenticate using provided credentials'),
        'text/html;charset=utf-8',
      );
    }
    const chunk = await chunkOf(request, netapi);
    if (chunk === undefined)
      return answer(401, page('No permission -- see authorization schemes'), 'text/html');
    chunks.push(chunk);
    underWay += 1;
    most = Math.max(most, underWay);
    const replied = reply(chunk);
    // Lets another request arrive, should there be one.
    await new Promise(setImmediate);
    underWay -= 1;
    if (replied === 'silence') return undefined;
    if ('value' in replied) return returned([replied.value]);
    return answer(replied.status, replied.body, replied.type);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  try {
    await use({ url: `http://127.0.0.1:${port}`, chunks, most: () => most });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** How CherryPy shows an error. */
export function page(message: string): string {
  return `<!DOCTYPE html><html><head><title>Error</title></head><body><h2>Error</h2><p>${message}</p></body></html>`;
}

/** One chunk of one that may ask; undefined for who may not. */
async function chunkOf(request: IncomingMessage, netapi: 'cherrypy' | 'wsgi'): Promise<Chunk | undefined> {
  const { username, password, eauth, ...chunk } = fields(JSON.parse(await text(request)));
  const isRight =
    netapi === 'wsgi'
      ? username === 'tester' && password === PASSWORD && eauth === 'file'
      : request.headers['x-auth-token'] === 'a-token';
  return isRight ? chunk : undefined;
}

function fields(value: JsonValue): Chunk {
  const first = isArray(value) ? value[0] : value;
  return isObject(first) ? first : {};
}
