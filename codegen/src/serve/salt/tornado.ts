import type { JsonValue } from '../../model.ts';
import { assertJson } from '../../read/bounds.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import {
  type Handler,
  json,
  type ReceivedRequest,
  Refusal,
  type Reply,
  type RequestHead,
} from '../core/service.ts';
import { isClientName, runChunk } from './clients.ts';
import { authenticate, callerOf, keepToken, permissionsOf, tokenCalled } from './credentials.ts';
import type { Master, SaltCall, Token } from './deployment.ts';
import { failures } from './failures.ts';
import { cookie, fireHook, header, toldLogin, type Wire } from './netapi.ts';
import { eventStream } from './streams.ts';
import { targeted } from './targets.ts';
import { openSocket, refuseSocket } from './websocket.ts';

/** The clients that it has. It doesn't ask which ones are enabled. */
const clients: readonly string[] = ['local', 'local_async', 'runner', 'runner_async'];

const open = new Set(['welcome', 'loginNotice', 'login', 'run']);

const nobody = 'No minions matched the target. No command was sent, no jid was assigned.';

const routes: Readonly<Record<string, Handler<SaltCall>>> = {
  welcome: () => json({ return: 'Welcome', clients: [...clients] }),
  low: async (call) => await ran(call, chunksIn(call.request)),
  run: async (call) => await ran(call, chunksIn(call.request)),
  loginNotice: () =>
    json({ status: '401 Unauthorized', return: 'Please log in' }, 401, { 'www-authenticate': 'Session' }),
  login: ({ master, request }) => {
    const given = bodyIn(request);
    if (!isObject(given) || ['username', 'password', 'eauth'].some((name) => given[name] === undefined))
      throw new Refusal(400, '', '');
    const found = authenticate(master, given);
    if (found === undefined) throw new Refusal(401, '', '');
    const token = keepToken(master, found);
    return json({ return: [toldLogin(token.token, token, permissionsOf(master, token))] }, 200, {
      'set-cookie': `session_id=${token.token}; Path=/`,
    });
  },
  minions: async (call) => await ran(call, [{ client: 'local', tgt: '*', fun: 'grains.items' }]),
  minion: async (call) =>
    await ran(call, [{ client: 'local', tgt: call.params['mid'] ?? '', fun: 'grains.items' }]),
  startJobs: async (call) =>
    await ran(
      call,
      chunksIn(call.request).map((chunk) => (isObject(chunk) ? { ...chunk, client: 'local_async' } : chunk)),
    ),
  jobs: async (call) => await ran(call, [{ client: 'runner', fun: 'jobs.list_jobs' }]),
  job: async (call) =>
    await ran(call, [{ client: 'runner', fun: 'jobs.list_job', kwarg: { jid: call.params['jid'] ?? '' } }]),
  events: ({ master, request, token }) => {
    const isAllowed = () => token !== undefined && tokenCalled(master, token.token) !== undefined;
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };
    return { headers, stream: eventStream(master, request, isAllowed) };
  },
  hook: (call) => hooked(call, ''),
  hookPath: (call) => hooked(call, call.params['path'] ?? ''),
  allEvents: noUpgrade,
  formattedEvents: noUpgrade,
};

export const tornado: Wire = {
  tag: 'rest-tornado',
  routes: Object.fromEntries(
    Object.entries(routes).map(([name, handler]) => [
      name,
      async (call: SaltCall) => {
        const reply = await handler(call);
        return { ...reply, headers: { 'content-type': 'application/json', ...reply.headers } };
      },
    ]),
  ),
  unchecked: new Set(['minion', 'minions', 'startJobs']),
  maxBodyBytes: 100 * 1024 * 1024,
  admit(master, call) {
    const shown = header(call.request, 'x-auth-token') ?? cookie(call.request, 'session_id');
    const token = shown === undefined ? undefined : tokenCalled(master, shown);
    if (token === undefined && !open.has(call.operation.name) && !call.operation.name.endsWith('Events'))
      throw new Refusal(302, '', '', { location: '/login' });
    return { ...call, master, token };
  },
  refusal(_, { status, message, headers }) {
    const title = `${status}: ${titles[status] ?? 'Internal Server Error'}`;
    const page = `<html><title>${title}</title><body>${title}</body></html>`;
    const data = status === 302 ? '' : message.startsWith(`${status} `) ? message : page;
    return { status, data, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers } };
  },
  async elsewhere(master, request, verbs) {
    return this.refusal(master, new Refusal(verbs.length === 0 ? 404 : 405, '', ''), request, undefined);
  },
  headers: () => ({ server: 'TornadoServer/6.1' }),
  upgrade(master, head, socket) {
    const [, route = '', token = ''] = head.path.split('/');
    const isAllowed = () => tokenCalled(master, token) !== undefined;
    if (route !== 'all_events' && route !== 'formatted_events') refuseSocket(socket, '404 Not Found');
    else if (isAllowed()) openSocket(master, head, socket, isAllowed, (text) => text);
    else refuseSocket(socket, '401 Unauthorized');
  },
};

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Request Entity Too Large',
  503: 'Service Unavailable',
};

/** A chunk that fails is a text among the answers. Only a client that isn't there refuses them all. */
async function ran({ master, token }: SaltCall, chunks: readonly JsonValue[]): Promise<Reply> {
  for (const chunk of chunks) {
    if (!isObject(chunk) || !clients.includes(String(chunk['client'])))
      throw new Refusal(400, '', '400 Invalid Client: Client not found in salt clients');
  }
  const elements: JsonValue[] = [];
  for (const chunk of chunks) if (isObject(chunk)) elements.push(await element(master, token, chunk));
  return json({ return: elements });
}

async function element(master: Master, session: Token | undefined, chunk: JsonObject): Promise<JsonValue> {
  try {
    const token = session ?? callerOf(master, chunk);
    const client = String(chunk['client']);
    for (const name of ['tgt', 'fun'])
      if (client.startsWith('local') && chunk[name] === undefined) throw failures.unexpected(`'${name}'`);
    if (
      client === 'local' &&
      targeted(master, chunk['tgt'] ?? '', String(chunk['tgt_type'] ?? 'glob')).length === 0
    )
      return nobody;
    const { full_return: _, ...asked } = chunk;
    const [answer = null] = isClientName(client)
      ? await runChunk(master, token, client, client === 'local' ? asked : chunk)
      : [];
    return answer;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) return 'Failed to authenticate';
    return `Unexpected exception while handling request: ${error.message}`;
  }
}

function bodyIn({ body, headers }: ReceivedRequest): JsonValue {
  const text = Buffer.from(body).toString();
  if (/^application\/x-www-form-urlencoded/.test(headers['content-type'] ?? ''))
    return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    assertJson(value, 'the body');
    return value;
  } catch {
    throw new Refusal(400, '', '');
  }
}

function chunksIn(request: ReceivedRequest): readonly JsonValue[] {
  const body = bodyIn(request);
  return Array.isArray(body) ? body : [body];
}

function hooked({ master, request }: SaltCall, path: string): Reply {
  const post = request.body.length === 0 ? {} : bodyIn(request);
  fireHook(master, request, path, { post, get: Object.fromEntries(request.query) });
  return json({ success: true });
}

function noUpgrade({ request }: { readonly request: RequestHead }): Reply {
  throw new Refusal(
    400,
    '',
    request.headers.upgrade === undefined ? '400 Can "Upgrade" only to "WebSocket".' : '',
  );
}
