import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type CallRecord, ConnectionError, ProtocolError } from '../../runtime/src/errors.ts';
import { RpcConnection } from '../../runtime/src/rpc/connection.ts';
import { RpcError } from '../../runtime/src/rpc/rpc-error.ts';
import { openSocket } from '../../runtime/src/rpc/socket.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import { type Answering, RpcServer, type WireRequest } from '../servers/rpc-server.ts';

const ping = { facade: 'Pinger', version: 1, method: 'Ping' };

async function connected(server: RpcServer, clock?: FakeClock): Promise<RpcConnection> {
  return new RpcConnection(await openSocket(server.url), { url: server.url, clock });
}

const silent: Answering = () => {};
const echo: Answering = (request, peer) => peer.answer(request, request.params);

test('a call is sent as Juju wants it: ids from 1, no empty version or id, params always', async () => {
  await using server = await RpcServer.start(echo);
  const connection = await connected(server);
  await connection.call(ping);
  await connection.call({ facade: 'Admin', method: 'Login' });
  await connection.call({
    facade: 'StringsWatcher',
    version: 1,
    id: 'w-7',
    method: 'Next',
    params: { a: 1 },
  });
  assert.deepEqual(server.texts, [
    '{"request-id":1,"type":"Pinger","version":1,"request":"Ping","params":{}}',
    '{"request-id":2,"type":"Admin","request":"Login","params":{}}',
    '{"request-id":3,"type":"StringsWatcher","version":1,"id":"w-7","request":"Next","params":{"a":1}}',
  ]);
  await connection.close();
  assert.deepEqual(server.ends, [1000]);
});

test('any number of calls is under way at once, and answers come in any order', async () => {
  const held: WireRequest[] = [];
  await using server = await RpcServer.start((request, peer) => {
    held.push(request);
    if (held.length === 500) for (const each of held.toReversed()) peer.answer(each, each.params);
  });
  const connection = await connected(server);
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, n) => connection.call<{ n: number }>({ ...ping, params: { n } })),
  );
  assert.deepEqual(
    answers.map(({ n }) => n),
    answers.map((_, index) => index),
  );
  await connection.close();
});

test('an error comes first, though there is a response beside it', async () => {
  await using server = await RpcServer.start((request, peer) => {
    peer.refuse(request, 'charm "x" not found', 'not found', { macaroon: 'secret' });
  });
  const connection = await connected(server);
  const error = await connection.call(ping).catch((reason: unknown) => reason);
  assert.ok(error instanceof RpcError);
  assert.equal(error.message, 'Pinger.Ping: not found: charm "x" not found');
  assert.equal(error.category, 'not-found');
  assert.equal(error.code, 'not found');
  assert.deepEqual(error.info, { macaroon: 'secret' });
  assert.doesNotMatch(inspect(error, { depth: 9 }), /secret/);
  assert.doesNotMatch(JSON.stringify(error), /secret/);
  await connection.close();
});

test('nothing of the parameters is in an error or a record', async () => {
  await using server = await RpcServer.start((request, peer) => peer.refuse(request, 'no', 'bad request'));
  const connection = await connected(server);
  const records: CallRecord[] = [];
  const params = { password: 'hunter2' };
  const error = await connection
    .call({ ...ping, params, onRecord: (record) => records.push(record) })
    .catch((reason: unknown) => reason);
  assert.doesNotMatch(inspect([error, records], { depth: 9, showHidden: true }), /hunter2/);
  assert.equal(records.length, 1);
  assert.equal(records[0]?.method, 'Pinger.Ping');
  assert.equal(records[0]?.url, server.url);
  assert.equal(records[0]?.attempts.length, 1);
  await connection.close();
});

test('a call that is aborted rejects with the reason of the signal, and its late answer is dropped', async () => {
  let late: (() => void) | undefined;
  await using server = await RpcServer.start((request, peer) => {
    if (request.request === 'Slow') late = () => peer.answer(request, { late: true });
    else peer.answer(request, {});
  });
  const connection = await connected(server);
  const controller = new AbortController();
  const reason = new Error('enough');
  const slow = connection.call({ facade: 'Thing', method: 'Slow', signal: controller.signal });
  await connection.call(ping);
  controller.abort(reason);
  await assert.rejects(slow, reason);
  late?.();
  await connection.call(ping);
  assert.equal(connection.broken.aborted, false);
  const aborted = connection.call({ ...ping, signal: controller.signal });
  await assert.rejects(aborted, reason);
  assert.equal(server.asked.length, 3, 'a signal that is aborted already: nothing is sent');
  await connection.close();
});

test('a call whose time is over says so, and its late answer is dropped', async () => {
  let late: (() => void) | undefined;
  await using server = await RpcServer.start((request, peer) => {
    if (request.request === 'Slow') late = () => peer.answer(request, {});
    else peer.answer(request, {});
  });
  const clock = new FakeClock();
  const connection = await connected(server, clock);
  const slow = connection.call({ facade: 'Thing', method: 'Slow', timeoutMs: 5000 });
  await connection.call(ping);
  clock.advance(5000);
  await assert.rejects(slow, (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.equal(error.code, 'timeout');
    assert.match(error.message, /^Thing\.Slow: no answer within 5000 ms/);
    return true;
  });
  late?.();
  await connection.call(ping);
  await connection.call({ ...ping, timeoutMs: 1000 });
  assert.equal(clock.asleep, 0, 'no timer is left behind');
  await connection.close();
});

test('closing fails what waits at once, with a ConnectionError, and so does what is asked afterwards', async () => {
  await using server = await RpcServer.start(silent);
  const connection = await connected(server);
  const waiting = Array.from({ length: 10 }, () => connection.call(ping));
  await server.until(() => server.asked.length === 10);
  const closing = connection.close();
  for (const outcome of await Promise.allSettled(waiting)) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof ConnectionError);
    assert.equal(outcome.reason.category, 'unavailable');
  }
  assert.ok(connection.broken.aborted);
  assert.equal(connection.failure, undefined);
  await assert.rejects(connection.call(ping), /Pinger\.Ping: the connection is closed/);
  await closing;
  await connection.close();
  assert.equal(server.asked.length, 10);
});

for (const [how, end] of [
  ['goes away', (server: RpcServer) => server.peers[0]?.terminate()],
  ['closes', (server: RpcServer) => server.peers[0]?.close(1001)],
] as const) {
  test(`when the server ${how}, what waits fails with a ConnectionError, and so does what is asked afterwards`, async () => {
    await using server = await RpcServer.start(silent);
    const connection = await connected(server);
    const waiting = connection.call(ping);
    await server.until(() => server.asked.length === 1);
    end(server);
    await assert.rejects(waiting, ConnectionError);
    assert.ok(connection.broken.aborted);
    assert.equal(connection.broken.reason, connection.failure);
    assert.ok(connection.failure instanceof ConnectionError);
    await assert.rejects(connection.call(ping), /the connection was lost/);
    await connection.close();
  });
}

const nonsense: readonly (readonly [string, string])[] = [
  ['what is no JSON', 'hello'],
  ['an array', '[1]'],
  ['null', 'null'],
  ['an answer to nothing', '{"request-id":77,"response":{}}'],
  ['an answer to no request', '{"request-id":0,"response":{}}'],
  ['an answer to an old kind of request', '{"RequestId":1,"Response":{}}'],
  ['an id that is a text', '{"request-id":"1","response":{}}'],
  ['a request', '{"request-id":1,"type":"Pinger","request":"Ping"}'],
  ['two objects', '{"request-id":1,"response":{}}{"request-id":2,"response":{}}'],
];
for (const [what, text] of nonsense) {
  test(`${what} in place of an answer breaks the connection with a ProtocolError`, async () => {
    await using server = await RpcServer.start((_request, peer) => peer.raw(text));
    const connection = await connected(server);
    await assert.rejects(connection.call(ping), (error) => {
      assert.ok(error instanceof ProtocolError, String(error));
      assert.doesNotMatch(error.message, /hello/);
      return true;
    });
    assert.ok(connection.failure instanceof ProtocolError);
    await server.until(() => server.ends.length === 1);
    assert.deepEqual(server.ends, [1000]);
  });
}

test('an answer that comes twice is taken once', async () => {
  await using server = await RpcServer.start((request, peer) => {
    peer.answer(request, { n: 1 });
    peer.answer(request, { n: 2 });
    peer.refuse(request, 'no');
  });
  await using connection = await connected(server);
  assert.deepEqual(await connection.call(ping), { n: 1 });
  assert.deepEqual(await connection.call(ping), { n: 1 });
  assert.equal(connection.broken.aborted, false);
});

for (const reply of [{}, { response: null }]) {
  test(`a reply that says yes and nothing else (${JSON.stringify(reply)}) is an empty answer`, async () => {
    await using server = await RpcServer.start((request, peer) =>
      peer.raw(JSON.stringify({ 'request-id': request['request-id'], ...reply })),
    );
    await using connection = await connected(server);
    assert.deepEqual(await connection.call(ping), {});
    const shape = { props: { n: () => 'bigint' as const } };
    assert.deepEqual(await connection.call({ ...ping, shape }), {});
  });
}

test('an answer of many megabytes is taken, up to the length that may be', async () => {
  const large = 'x'.repeat(24 * 1024 * 1024);
  await using server = await RpcServer.start((request, peer) => peer.answer(request, { large }));
  const connection = await connected(server);
  assert.equal((await connection.call<{ large: string }>(ping)).large.length, large.length);
  await connection.close();
  const socket = await openSocket(server.url, { maxBytes: 1024 * 1024 });
  const narrow = new RpcConnection(socket, { url: server.url });
  await assert.rejects(narrow.call(ping), ProtocolError);
  await narrow.close();
});

test('parameters and answers keep every digit and every byte', async () => {
  await using server = await RpcServer.start((request, peer) => {
    peer.raw(
      `{"request-id":${request['request-id']},"response":{"mem":18446744073709551615,"small":5,"key":"AQID"}}`,
    );
  });
  const connection = await connected(server);
  const answer = await connection.call({
    ...ping,
    params: { n: 9223372036854775807n, bytes: new Uint8Array([1, 2, 3]), none: undefined },
    shape: { props: { mem: () => 'bigint', small: () => 'bigint', key: () => 'bytes' } },
  });
  assert.match(server.texts[0] ?? '', /"params":\{"n":9223372036854775807,"bytes":"AQID"\}\}$/);
  assert.deepEqual(answer, { mem: 18446744073709551615n, small: 5n, key: new Uint8Array([1, 2, 3]) });
  await connection.close();
});

test('an answer that is not of its shape fails its call only', async () => {
  await using server = await RpcServer.start((request, peer) => peer.answer(request, { key: '!secret' }));
  const connection = await connected(server);
  const shape = { props: { key: () => 'bytes' as const } };
  await assert.rejects(connection.call({ ...ping, shape }), (error) => {
    assert.ok(error instanceof ProtocolError);
    assert.equal(error.message, 'Pinger.Ping: an answer in which /response/key is not base64');
    return true;
  });
  await connection.call(ping);
  await connection.close();
});

test('an error that is no text fails its call only', async () => {
  await using server = await RpcServer.start((request, peer) => {
    const error = request['request-id'] === 1 ? { message: 'no' } : null;
    peer.raw(JSON.stringify({ 'request-id': request['request-id'], error, response: {} }));
  });
  const connection = await connected(server);
  await assert.rejects(connection.call(ping), ProtocolError);
  assert.deepEqual(await connection.call(ping), {});
  await connection.close();
});

test('what the caller throws on being told of a call fails that call only', async () => {
  await using server = await RpcServer.start(echo);
  const connection = await connected(server);
  const onRecord = () => {
    throw new Error('of the caller');
  };
  await assert.rejects(connection.call({ ...ping, onRecord }), /of the caller/);
  await connection.call(ping);
  await connection.close();
});

test('an answer that is nested too deeply fails its call only', async () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  await using server = await RpcServer.start((request, peer) => {
    peer.raw(`{"request-id":${request['request-id']},"response":{"n":12345678901234567890,"deep":${deep}}}`);
  });
  const connection = await connected(server);
  await assert.rejects(
    connection.call({ ...ping, shape: { props: { n: () => 'bigint' as const } } }),
    /^ProtocolError: .*: an answer that nests too deeply$/,
  );
  assert.equal(connection.broken.aborted, false);
  await connection.close();
});

test('parameters that JSON has no word for are refused before anything is sent', async () => {
  await using server = await RpcServer.start(echo);
  const connection = await connected(server);
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  await assert.rejects(connection.call({ ...ping, params: circle }), TypeError);
  await connection.call(ping);
  assert.equal(server.asked[0]?.['request-id'], 1);
  await connection.close();
});

test('a time that is none is refused before anything is sent', async () => {
  await using server = await RpcServer.start(echo);
  await using connection = await connected(server);
  for (const timeoutMs of [0, -1, Number.NaN]) {
    await assert.rejects(connection.call({ ...ping, timeoutMs }), TypeError);
  }
  assert.equal(server.asked.length, 0);
});
