import { isObject, type JsonObject } from '../core/schemas.ts';
import { type Handler, json, Refusal, type Reply, type RequestHead } from '../core/service.ts';
import { plainJson } from '../core/wire.ts';
import { bodyIn, chunksOf, credentialsIn } from './cherrypy-body.ts';
import { refused } from './cherrypy-page.ts';
import { clientNames } from './clients.ts';
import { authenticate, keepToken, permissionsOf, tokenCalled } from './credentials.ts';
import type { Master, SaltCall, Token } from './deployment.ts';
import { failures } from './failures.ts';
import { jobInfo } from './jobs.ts';
import { fireHook, runLowstate, runOne, toldLogin, type Wire } from './netapi.ts';
import { newKeys } from './new-keys.ts';
import { sessionCookie, sessionId, startSession, usedSession } from './sessions.ts';
import { eventStream } from './streams.ts';
import { openSocket, refuseSocket } from './websocket.ts';
import { yamlText } from './yaml.ts';

/** What wants a session. */
const guarded = new Set(
  'low logout minions startJobs minion jobs job keys key websocket hook hookPath stats'.split(' '),
);

/** What neither looks for a session nor gives one. */
const withoutSessions = new Set('welcome token run generateKeys app asset'.split(' '));

/** What says nothing about who may keep the answer, though it is for one caller. */
const notPrivate = new Set('loginNotice login keys key events websocketByToken'.split(' '));

/** What is answered as it is, whatever the caller accepts. */
const asItIs = new Set('generateKeys events websocket websocketByToken app asset'.split(' '));

const routes: Readonly<Record<string, Handler<SaltCall>>> = {
  welcome,
  low: async (call) => {
    const chunks = chunksOf(await bodyIn(call.request));
    return json({ return: await runLowstate(call.master, chunks, caller(call)) });
  },
  run: async ({ master, request }) => {
    const chunks = chunksOf(await bodyIn(request));
    for (const chunk of chunks) {
      const token = isObject(chunk) ? chunk['token'] : undefined;
      if (token !== undefined && !/^[0-9a-f]+$/i.test(String(token))) throw failures.invalidToken();
    }
    return json({ return: await runLowstate(master, chunks) });
  },
  loginNotice: () => json({ status: null, return: 'Please log in' }, 200, { 'www-authenticate': 'Session' }),
  login: async ({ master, request }) => {
    const given = credentialsIn(await bodyIn(request));
    const found = authenticate(master, given);
    if (found === undefined) throw new Refusal(401, '', 'Could not authenticate using provided credentials');
    const token = keepToken(master, found);
    const id = startSession(master, token);
    return json({ return: [toldLogin(id, token, permissionsOf(master, token))] }, 200, {
      'x-auth-token': id,
      'set-cookie': sessionCookie(master, id),
    });
  },
  logout: ({ master, request }) => {
    master.sessions.delete(sessionId(request) ?? '');
    return json({ return: 'Your token has been cleared' });
  },
  token: async ({ master, request }) => {
    const body = await bodyIn(request);
    const all = chunksOf(body).filter(isObject);
    return json(all.map((given) => madeToken(master, given)));
  },
  minions: async (call) => grains(call, '*'),
  minion: async (call) => grains(call, call.params['mid'] ?? ''),
  startJobs: async (call) => {
    const chunks = chunksOf(await bodyIn(call.request)).filter(isObject);
    const started = await runLowstate(
      call.master,
      chunks.map((chunk) => ({ ...chunk, client: 'local_async' })),
      caller(call),
    );
    const jobs = started.flatMap((one) =>
      isObject(one) && one['jid'] !== undefined ? [{ href: `/jobs/${String(one['jid'])}` }] : [],
    );
    return json({ return: started, _links: { jobs } }, 202);
  },
  jobs: async (call) => json({ return: [await asked(call, { client: 'runner', fun: 'jobs.list_jobs' })] }),
  job: async (call) => {
    const jid = call.params['jid'] ?? '';
    const info = await asked(call, { client: 'runner', fun: 'jobs.list_job', kwarg: { jid } });
    const values = await asked(call, { client: 'runner', fun: 'jobs.lookup_jid', kwarg: { jid } });
    const data = isObject(values) && isObject(values['data']) ? values['data'] : values;
    return json({ info: [info ?? jobInfo(call.master, jid)], return: [data] });
  },
  keys: async (call) => json({ return: await wheel(call, { fun: 'key.list_all' }) }),
  key: async (call) =>
    json({
      return: await wheel(call, { fun: 'key.finger', arg: [], kwarg: { match: call.params['mid'] ?? '' } }),
    }),
  generateKeys: async ({ master, request }) => await newKeys(master, credentialsIn(await bodyIn(request))),
  events: ({ master, request }) => {
    const isAllowed = listener(master, request);
    if (!isAllowed()) throw noPermission();
    const headers = { 'content-type': 'text/event-stream;charset=utf-8', 'cache-control': 'no-cache' };
    return { headers, stream: eventStream(master, request, isAllowed) };
  },
  websocket: noUpgrade,
  websocketByToken: noUpgrade,
  hook: (call) => hooked(call, ''),
  hookPath: (call) => hooked(call, call.params['path'] ?? ''),
  stats: ({ master, request }) =>
    json({
      'CherryPy Applications': {
        Enabled: true,
        'Current Requests': 1,
        'Current Time': master.clock.now() / 1000,
        'Server Version': '18.8.0',
        Uptime: process.uptime(),
        Requests: { 'main thread': { 'Request-Line': `GET ${request.path} HTTP/1.1` } },
      },
    }),
  app: () => ({
    data: '<!DOCTYPE html>\n<html><head><title>Salt</title></head><body></body></html>\n',
    headers: { 'content-type': 'text/html;charset=utf-8' },
  }),
  asset: ({ request }) => {
    throw noRoute(request.path);
  },
};

export const cherrypy: Wire = {
  tag: 'rest-cherrypy',
  routes: Object.fromEntries(
    Object.entries(routes).map(([name, handler]) => [
      name,
      async (call: SaltCall) => {
        const reply = await handler(call);
        return stamped(
          call.master,
          call.request,
          name,
          asItIs.has(name) ? reply : accepted(call.request, reply),
        );
      },
    ]),
  ),
  unchecked: new Set(),
  maxBodyBytes: 1_048_576,
  admit(master, call) {
    const session = usedSession(master, sessionId(call.request));
    if (session === undefined && guarded.has(call.operation.name)) throw noPermission();
    return { ...call, master, token: session?.token };
  },
  refusal(master, error, request, call) {
    const reply = refused(error);
    return call === undefined ? reply : stamped(master, request, call.operation.name, reply);
  },
  async elsewhere(master, request, verbs) {
    const path = request.path.replace(/(?<=.)\/+$/, '');
    if (verbs.length === 0) return refused(noRoute(path));
    // It is the root under another name, but that it looks for no session.
    if (path === '/run' && request.verb === 'GET')
      return stamped(master, request, 'run', accepted(request, welcome()));
    const isForeseen = request.method !== 'OPTIONS' && !/^\/(events|logout|ws)\b/.test(path);
    const error = isForeseen
      ? new Refusal(405, '', 'Specified method is invalid for this resource')
      : new Refusal(500, '', '');
    return stamped(master, request, path.split('/')[1] ?? '', refused(error));
  },
  headers: ({ headers }) => ({
    server: 'CherryPy/18.8.0',
    'access-control-allow-origin': headers.origin ?? '*',
    'access-control-expose-headers': 'GET, POST',
    'access-control-allow-credentials': 'true',
    vary: 'Accept-Encoding',
  }),
  upgrade(master, head, socket) {
    const [, route = '', token] = head.path.split('/');
    const isAllowed = () => usedSession(master, token ?? sessionId(head)) !== undefined;
    if (route !== 'ws') refuseSocket(socket, '404 Not Found');
    else if (isAllowed()) openSocket(master, head, socket, isAllowed, (text) => `data: ${text}\n\n`);
    else refuseSocket(socket, '401 Unauthorized');
  },
};

/** With what rest_cherrypy says of the route and the session. */
function stamped(master: Master, request: RequestHead, name: string, reply: Reply): Reply {
  const hasSession = usedSession(master, sessionId(request)) !== undefined;
  const isPrivate = hasSession && !withoutSessions.has(name) && !notPrivate.has(name);
  return {
    ...reply,
    headers: {
      allow: allowed(name),
      ...(isPrivate ? { 'cache-control': 'private' } : {}),
      ...(withoutSessions.has(name) ? {} : { 'set-cookie': sessionCookie(master, sessionId(request)) }),
      ...reply.headers,
    },
  };
}

function allowed(name: string): string {
  if (name.startsWith('hook')) return 'POST';
  return /^(events|stats|app|asset|websocket)/.test(name) ? 'GET, HEAD' : 'GET, HEAD, POST';
}

/** In a type that the caller accepts. By then all has been done. */
function accepted(request: RequestHead, reply: Reply): Reply {
  if (reply.json === undefined) return reply;
  const { accept = '*/*' } = request.headers;
  for (const range of accept.split(',').map((one) => one.split(';')[0]?.trim() ?? '')) {
    if (/^(\*|application)\/(\*|json)$/.test(range))
      return { ...reply, headers: { 'content-type': 'application/json', ...reply.headers } };
    if (range === 'application/x-yaml') {
      const { json: value, ...rest } = reply;
      const headers = { 'content-type': 'application/x-yaml', ...reply.headers };
      return { ...rest, data: yamlText(plainJson(value ?? null)), headers };
    }
  }
  const types = 'application/json, application/x-yaml';
  throw new Refusal(
    406,
    '',
    `Your client sent this Accept header: ${accept}. But this resource only emits these media types: ${types}.`,
  );
}

function noPermission(): Refusal {
  return new Refusal(401, '', 'No permission -- see authorization schemes');
}

function noRoute(path: string): Refusal {
  return new Refusal(404, '', `The path '${path}' was not found.`);
}

function welcome(): Reply {
  return json({ return: 'Welcome', clients: [...clientNames] });
}

function noUpgrade(): Reply {
  throw new Refusal(500, '', '');
}

function caller({ token }: SaltCall): Token {
  if (token === undefined) throw noPermission();
  return token;
}

async function asked(call: SaltCall, chunk: JsonObject) {
  return await runOne(call.master, caller(call), chunk);
}

async function wheel(call: SaltCall, chunk: JsonObject) {
  const element = await asked(call, { client: 'wheel', ...chunk });
  const data = isObject(element) ? element['data'] : undefined;
  return isObject(data) ? (data['return'] ?? null) : null;
}

async function grains(call: SaltCall, tgt: string): Promise<Reply> {
  return json({ return: [await asked(call, { client: 'local', tgt, fun: 'grains.items' })] });
}

async function hooked({ master, request }: SaltCall, path: string): Promise<Reply> {
  const post = (await bodyIn(request)) ?? {};
  fireHook(master, request, path, { body: Buffer.from(request.body).toString(), post });
  return json({ success: true });
}

function madeToken(master: Master, given: JsonObject): JsonObject {
  if (['username', 'password', 'eauth'].some((name) => given[name] === undefined))
    throw new Refusal(400, '', 'Require "username", "password", and "eauth" params');
  const found = authenticate(master, given);
  if (found === undefined) throw failures.unproven(String(given['username']));
  const { token, name, eauth, start, expire } = keepToken(master, found);
  return { start: start / 1000, expire: expire / 1000, name, eauth, token };
}

/** Who may listen to events: with a session, by header, cookie or query, or with a token of the master. */
function listener(master: Master, request: RequestHead): () => boolean {
  const salt = request.query.get('salt_token');
  if (salt !== null) return () => tokenCalled(master, salt) !== undefined;
  const id = request.query.get('token') ?? sessionId(request);
  return () => usedSession(master, id) !== undefined;
}
