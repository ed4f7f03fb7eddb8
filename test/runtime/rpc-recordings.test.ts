import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError, ProtocolError } from '../../runtime/src/errors.ts';
import { shapedJson } from '../../runtime/src/json/shape.ts';
import { RpcConnection, type RpcRequest } from '../../runtime/src/rpc/connection.ts';
import { RpcError } from '../../runtime/src/rpc/rpc-error.ts';
import { openSocket } from '../../runtime/src/rpc/socket.ts';
import { type Exchange, exchanges } from '../recordings/juju-rpc.ts';
import { RpcServer, type WireRequest } from '../servers/rpc-server.ts';

/** What each recorded answer is for a caller: the answer, or the error with its code and category. */
const given: Readonly<Record<string, unknown>> = {
  'ok ping': {},
  'ping without params': {},
  'params null': {},
  'login ok': {
    facades: [{ name: 'Pinger', versions: [1] }],
    'controller-tag': 'controller-x',
    'server-version': '3.6.28',
  },
  'login bad': [
    'Admin.Login: unauthorized access: invalid entity name or password',
    'unauthorized access',
    'unauthorized',
    {},
  ],
  redirect: [
    'Admin.Login: redirection required: redirection to alternative server required',
    'redirection required',
    'failed',
    { 'ca-cert': 'CA', servers: [] },
  ],
  'admin with id': ['Admin.Login: not found: id not found', 'not found', 'not-found', {}],
  'unknown facade': ['Nope.X: not implemented: unknown object type "Nope"', 'not implemented', 'invalid', {}],
  'unknown method': [
    'Thing.Nope: not implemented: no such request - method Thing.Nope is not implemented',
    'not implemented',
    'invalid',
    {},
  ],
  'lower-case method': [
    'Pinger.ping: not implemented: no such request - method Pinger.ping is not implemented',
    'not implemented',
    'invalid',
    {},
  ],
  'bad param type': [
    'Thing.Echo: json: cannot unmarshal string into Go struct field P.n of type int',
    undefined,
    'invalid',
    {},
  ],
  'echo zero': { n: 0n, s: null, m: null, b: null, d: 0n, p: null, i: null, e: {} },
  'echo full': {
    n: 9007199254740992n,
    s: ['a'],
    m: { k: 'v' },
    b: new Uint8Array([1, 2, 3]),
    d: 1500000000n,
    t: '2020-01-02T03:04:05.6Z',
    p: 5,
    o: 'x',
    i: [1, 'a', null],
    e: {},
  },
  'echo int64 raw': { n: 5n, s: null, m: null, b: null, d: 0n, p: null, i: null, e: {} },
  'id passed': { ID: 'w-7' },
  panic: ['Thing.Panic: boom', undefined, 'failed', {}],
  'plain error': ['Thing.Plain: plain error', undefined, 'failed', {}],
  'request-id 0': ProtocolError,
  'request-id missing': ProtocolError,
  'request-id string': ConnectionError,
  'negative id': ConnectionError,
  'big id 2^53': {},
  'dup ids': {},
  'out of order': {},
  'not json': ConnectionError,
  array: ConnectionError,
  'two objects in one frame': {},
  'a response sent by client': ConnectionError,
  'v0 style': ProtocolError,
  'unknown top-level field + trace': {},
  'params array': [
    'Thing.Echo: json: cannot unmarshal array into Go value of type main.P',
    undefined,
    'invalid',
    {},
  ],
  'client close with outstanding': ConnectionError,
};

/** What the echo is known to hold. */
const shape = {
  props: {
    n: () => 'bigint' as const,
    d: () => 'bigint' as const,
    b: () => 'bytes' as const,
    t: () => 'time' as const,
  },
};

/** What was sent on purpose and no client of ours would: broken ids, what is no request, other spellings. */
const foreign = new Set([
  'request-id 0',
  'request-id missing',
  'request-id string',
  'negative id',
  'not json',
  'array',
  'two objects in one frame',
  'a response sent by client',
  'v0 style',
  'client close with outstanding',
  'dup ids',
]);

/** Left out or `null`, which Juju takes for the same; fields that Juju ignores. */
const sameAs: Readonly<Record<string, (sent: WireRequest) => object>> = {
  'ping without params': (sent) => ({ ...sent, params: {} }),
  'params null': (sent) => ({ ...sent, params: {} }),
  'unknown top-level field + trace': ({ 'request-id': id, type, request, version, params }) => ({
    'request-id': id,
    type,
    request,
    version,
    params,
  }),
};

function requestOf({ type, version, id, request, params }: WireRequest): RpcRequest {
  const echoes = request === 'Echo' ? { shape } : {};
  return { facade: type, version, id, method: request, params: params ?? {}, ...echoes };
}

/** The requests of an exchange as ours; of one that isn't, a ping. */
function requestsOf({ name, sent }: Exchange): readonly RpcRequest[] {
  if (foreign.has(name)) return [{ facade: 'Pinger', version: 1, method: 'Ping' }];
  return sent.map((text) => requestOf(read(text)));
}

/** A request with all digits of its integers. */
function read(text: string): WireRequest {
  return shapedJson(text, { props: { params: () => shape } }) as WireRequest;
}

/** The recorded answer as one to a request of ours, whose ids are our own. */
function answerTo(exchange: Exchange, text: string, asked: readonly WireRequest[]): string {
  const index = exchange.sent.findIndex((sent) => idIn(sent) === idIn(text));
  const id = asked[index]?.['request-id'] ?? asked[0]?.['request-id'];
  return text.replace(/("request-id":)\d+/, `$1${id}`);
}

const idIn = (text: string) => /"request-id":(\d+)/.exec(text)?.[1];

for (const exchange of exchanges) {
  const { name, received, closed } = exchange;
  test(`as recorded: ${name}`, async () => {
    assert.ok(name in given, 'what it gives is known');
    const requests = requestsOf(exchange);
    await using server = await RpcServer.start((_request, peer) => {
      if (server.asked.length < requests.length) return;
      for (const text of received) peer.raw(`${answerTo(exchange, text, server.asked)}\n`);
      if (closed !== undefined && closed.code !== 1000) peer.terminate();
      else if (received.length === 0) peer.close(closed?.code);
    });
    const connection = new RpcConnection(await openSocket(server.url), { url: server.url });
    const calls = requests.map((request) => connection.call(request));
    for (const each of calls) each.catch(() => {});
    await server.until(() => server.asked.length === requests.length);

    if (!foreign.has(name)) {
      for (const [index, text] of exchange.sent.entries()) {
        const sent = read(text);
        const expected = sameAs[name]?.(sent) ?? sent;
        assert.deepEqual(read(server.texts[index] ?? ''), { ...expected, 'request-id': index + 1 });
      }
    }
    const answered = exchange.sent.findIndex((sent) => idIn(sent) === idIn(received[0] ?? ''));
    await check(calls[name === 'out of order' ? answered : 0], given[name]);
    await connection.close();
    await Promise.allSettled(calls);
  });
}

async function check(call: Promise<unknown> | undefined, expected: unknown): Promise<void> {
  assert.ok(call !== undefined);
  if (expected === ProtocolError || expected === ConnectionError) {
    const error: unknown = await call.catch((reason: unknown) => reason);
    assert.equal(error instanceof Error && error.constructor, expected);
  } else if (Array.isArray(expected)) {
    const error: unknown = await call.catch((reason: unknown) => reason);
    assert.ok(error instanceof RpcError);
    assert.deepEqual([error.message, error.code, error.category, error.info], expected);
  } else {
    assert.deepEqual(await call, expected);
  }
}

test('every recording is held against something, and nothing else is', () => {
  assert.deepEqual(Object.keys(given).sort(), exchanges.map(({ name }) => name).sort());
});
