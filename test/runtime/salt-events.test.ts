import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { tag } from '../../runtime/src/http/tag.ts';
import {
  ConnectionError,
  type ListenNotice,
  NetapiError,
  ResponseError,
  salt,
} from '../../runtime/src/services/salt/index.ts';
import { tagReader } from '../../runtime/src/services/salt/tags.ts';
import { certificate } from '../servers/certificate.ts';
import { json, Loopback, login, page, plain, rejection, Stream } from './salt-netapi.ts';

const jobReturned = (parts: { jid?: string; minion?: string } = {}) =>
  tag<{ return: unknown }, 'jid' | 'minion'>('salt/job/{jid}/ret/{minion}', parts);

const quickly = { delayMs: 1, maxDelayMs: 1 };

/** The first events of a loop, as many as are asked for. */
async function take<E>(listener: AsyncIterable<E>, count: number): Promise<E[]> {
  const events: E[] = [];
  for await (const event of listener) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

test('events come as they happen, chosen by their tag, with its parts', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server.on('POST /login', login('token')).on('GET /events', stream.answer);
  await using session = server.session();
  const listener = session.listen(jobReturned({ jid: '1' }));
  await listener.ready();
  await stream.send('salt/auth', { id: 'm1' });
  await stream.send('1', { minions: ['m1'] });
  await stream.send('salt/job/2/ret/m1', { return: 'other' });
  await stream.send('salt/job/1/ret/m1', { return: true });
  await stream.send('salt/job/1/ret/m2', { return: 'grün' });
  const [first, second] = await take(listener, 2);
  assert.deepEqual(first, {
    tag: 'salt/job/1/ret/m1',
    data: { return: true },
    parts: { jid: '1', minion: 'm1' },
  });
  assert.equal(second?.data.return, 'grün');
  assert.equal(server.to('GET /events')[0]?.headers['x-auth-token'], 'token');
  await stream.gone();
});

test('the signal of a listener is listened to until the loop is left', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server.on('POST /login', login('token')).on('GET /events', stream.answer);
  await using session = server.session();
  const { signal } = new AbortController();
  const listener = session.listen('salt/auth', { signal });
  await listener.ready();
  assert.equal(getEventListeners(signal, 'abort').length, 1);
  await stream.send('salt/auth', {});
  await take(listener, 1);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
  await stream.gone();
});

test('several tags, and texts as tags', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server.on('POST /login', login('token')).on('GET /events', stream.answer);
  await using session = server.session();
  const listener = session.listen(['salt/auth', 'salt/netapi/hook/{path}']);
  await listener.ready();
  await stream.send('salt/authx', 0);
  await stream.send('salt/netapi/hook/a/b', { body: '' });
  await stream.send('salt/auth', 1);
  const events = await take(listener, 2);
  assert.deepEqual(
    events.map(({ parts }) => parts),
    [{ path: 'a/b' }, {}],
  );
});

test('a tag is matched part by part, the last with its slashes', () => {
  const read = (pattern: string, parts: Record<string, string>, text: string) =>
    tagReader({ kind: 'tag', pattern, parts })(text);
  const ret = 'salt/job/{jid}/ret/{minion}';
  assert.deepEqual(read(ret, {}, 'salt/job/1/ret/a.b'), { jid: '1', minion: 'a.b' });
  assert.equal(read(ret, { minion: 'x' }, 'salt/job/1/ret/a.b'), undefined);
  assert.equal(read(ret, {}, 'salt/job/1/2/ret/a'), undefined);
  assert.equal(read(ret, {}, 'xsalt/job/1/ret/a'), undefined);
  assert.deepEqual(read('salt/beacon/{minion}/{beacon}', {}, 'salt/beacon/m/inotify//etc/x'), {
    minion: 'm',
    beacon: 'inotify//etc/x',
  });
  assert.deepEqual(read('{jid}', {}, '20261121191945861034'), { jid: '20261121191945861034' });
  assert.equal(read('{jid}', {}, 'salt/auth'), undefined);
  assert.equal(read('a.b', {}, 'axb'), undefined);
});

test('a stream that ends is opened again, with a new token, and the gap is told', async () => {
  await using server = await Loopback.start();
  const [one, two] = [new Stream(), new Stream()];
  server.on('POST /login', login('old'), login('new')).on('GET /events', one.answer, two.answer);
  await using session = server.session();
  const notices: ListenNotice[] = [];
  const listener = session.listen('x', { reconnect: quickly, onNotice: (notice) => notices.push(notice) });
  await listener.ready();
  await one.send('x', 1);
  const events = listener[Symbol.asyncIterator]();
  assert.equal((await events.next()).value?.data, 1);
  const next = events.next();
  await one.end();
  await two.send('x', 2);
  assert.equal((await next).value?.data, 2);
  assert.deepEqual(
    server.to('GET /events').map(({ headers }) => headers['x-auth-token']),
    ['old', 'new'],
  );
  await new Promise(setImmediate);
  assert.deepEqual(
    notices.map((notice) => (notice.kind === 'connected' ? notice.gap : notice.kind)),
    [false, 'disconnected', true],
  );
});

test('a connection that breaks is made again, with the token that there is', async () => {
  await using server = await Loopback.start();
  const [one, two] = [new Stream(), new Stream()];
  server
    .on('POST /login', login('old'), login('new'))
    .on('GET /events', one.answer, page(503, 'busy'), two.answer);
  await using session = server.session();
  const listener = session.listen('x', { reconnect: quickly });
  await listener.ready();
  const events = take(listener, 1);
  await one.cut();
  await two.send('x', 2);
  assert.equal((await events)[0]?.data, 2);
  assert.equal(server.to('POST /login').length, 1);
  assert.equal(server.to('GET /events').length, 3);
});

test('a stream that is silent for too long is made anew', async () => {
  await using server = await Loopback.start();
  const [one, two] = [new Stream(), new Stream()];
  server.on('POST /login', login('token')).on('GET /events', one.answer, two.answer);
  await using session = server.session();
  const listener = session.listen('x', { reconnect: quickly, idleTimeoutMs: 50 });
  const events = take(listener, 1);
  await two.send('x', 2);
  assert.equal((await events)[0]?.data, 2);
});

test('an event that cannot be read is passed over, and told', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server.on('POST /login', login('token')).on('GET /events', stream.answer);
  await using session = server.session();
  const notices: ListenNotice[] = [];
  const listener = session.listen('x', { onNotice: (notice) => notices.push(notice) });
  await listener.ready();
  await stream.write('tag: x\ndata: {"tag": "x", \n\ntag: x\ndata: [1]\n\ndata: {"tag":"x","data":1}\n\n');
  assert.equal((await take(listener, 1))[0]?.data, 1);
  await new Promise(setImmediate);
  assert.deepEqual(
    notices.map(({ kind }) => kind),
    ['connected', 'dropped', 'dropped'],
  );
});

test('what cannot pass ends the loop at once', async () => {
  await using server = await Loopback.start();
  server.on('POST /login', login('token')).on('GET /events', page(404, 'not here'));
  await using session = server.session();
  const error = await rejection(take(session.listen('x'), 1), ResponseError);
  assert.equal(error.message, 'GET /events: 404: not here');
  assert.equal(server.to('GET /events').length, 1);
});

test('a certificate that is not trusted will be none later: it ends the loop at once', async () => {
  const server = createServer({ cert: certificate.cert, key: certificate.key });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await using session = salt({
    url: `https://127.0.0.1:${port}`,
    eauth: 'pam',
    username: 'u',
    password: 'p',
  });
  const error = await rejection(take(session.listen('x', { reconnect: quickly }), 1), ConnectionError);
  assert.equal(error.code, 'connect');
  assert.match(error.message, /certificate/);
  assert.equal(connections, 1);
  server.close();
});

test('how a listener comes back is checked when it is made', async () => {
  await using session = salt({ url: 'http://127.0.0.1:1', eauth: 'pam', username: 'u', password: 'p' });
  for (const reconnect of [{ delayMs: -5 }, { maxDelayMs: Number.NaN }, { retries: -1 }]) {
    assert.throws(() => session.listen('x', { reconnect }), {
      name: 'TypeError',
      message: /^reconnect\.\w+ must/,
    });
  }
});

test('without reconnecting, a lost connection ends the loop', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server.on('POST /login', login('token')).on('GET /events', stream.answer);
  await using session = server.session();
  const listener = session.listen('x', { reconnect: false });
  await listener.ready();
  await stream.cut();
  await assert.rejects(take(listener, 1), { name: 'ConnectionError' });
});

test('an abort ends the loop with its own reason, closing ends it quietly', async () => {
  await using server = await Loopback.start();
  const [one, two] = [new Stream(), new Stream()];
  server.on('POST /login', login('token')).on('GET /events', one.answer, two.answer);
  await using session = server.session();
  const controller = new AbortController();
  const reason = new Error('enough');
  const aborted = session.listen('x', { signal: controller.signal });
  await aborted.ready();
  const loop = take(aborted, 1);
  controller.abort(reason);
  await assert.rejects(loop, reason);
  await one.gone();

  const closed = session.listen('x');
  await closed.ready();
  const quiet = take(closed, 1);
  await session.close();
  assert.deepEqual(await quiet, []);
  await two.gone();
});

test('a listener that nobody has looped over can be closed, and takes one loop', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server.on('POST /login', login('token')).on('GET /events', stream.answer);
  await using session = server.session();
  const listener = session.listen('x');
  await listener.ready();
  listener[Symbol.asyncIterator]();
  assert.throws(() => listener[Symbol.asyncIterator](), { name: 'TypeError', message: /takes one loop/ });
  await listener.close();
  await stream.gone();
  assert.throws(() => session.listen([]), TypeError);
  assert.throws(() => Reflect.apply(session.listen, session, [7]), TypeError);
});

test('a token of the master opens the stream by a header, as new releases refuse it in the query', async () => {
  await using server = await Loopback.start();
  server.on('GET /events', page(401, 'Invalid token'));
  const token = '8e2427d5324936e0e930014174b20a2f';
  await using session = salt({ url: server.url, netapi: 'cherrypy', token });
  const error = await rejection(session.listen('x', { reconnect: false }).ready(), ResponseError);
  const [asked] = server.to('GET /events');
  assert.deepEqual([asked?.headers['x-auth-token'], asked?.query], [token, '']);
  assert.doesNotMatch(JSON.stringify(error.record) + error.message, new RegExp(token));
});

test('credentials in the body get a token of the master for the stream', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server
    .on('POST /token', json([{ token: 'abc', start: 1, expire: 2, name: 'tester' }]))
    .on('GET /events', stream.answer);
  await using session = server.session({ credentialsIn: 'body' });
  await using listener = session.listen('x');
  await listener.ready();
  assert.equal(server.to('GET /events')[0]?.headers['x-auth-token'], 'abc');
});

test('rest_tornado has no tokens without a session, and takes one of its own for the stream', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server.on('POST /login', login('abc')).on('GET /events', stream.answer);
  await using session = server.session({ netapi: 'tornado', credentialsIn: 'body' });
  await using listener = session.listen('x');
  await listener.ready();
  assert.equal(server.to('GET /events')[0]?.headers['x-auth-token'], 'abc');
});

test('rest_tornado sends a stream with a token that is over to the login, too', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server
    .on('POST /login', login('old'), login('new'))
    .on('GET /events', plain(302, '', { location: '/login' }), stream.answer);
  await using session = server.session({ netapi: 'tornado' });
  await using listener = session.listen('x', { reconnect: false });
  await listener.ready();
  assert.equal(server.to('GET /events')[1]?.headers['x-auth-token'], 'new');
});

test('rest_wsgi has no events, and says where there are some', async () => {
  await using server = await Loopback.start();
  const error = await rejection(server.session({ netapi: 'wsgi' }).listen('x').ready(), NetapiError);
  assert.match(error.message, /rest_wsgi has no events: use rest_cherrypy/);
});

test('a slow loop slows the stream down instead of filling memory', async () => {
  await using server = await Loopback.start();
  let written = 0;
  const closed = Promise.withResolvers<void>();
  const stalled = Promise.withResolvers<void>();
  server.on('POST /login', login('token')).on('GET /events', (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = `data: ${JSON.stringify({ tag: 'x', data: 'y'.repeat(60_000) })}\n\n`;
    const more = () => {
      for (let each = 0; each < 10_000; each += 1) {
        written += 1;
        if (!response.write(event)) {
          response.once('drain', more);
          setImmediate(() => stalled.resolve());
          return;
        }
      }
    };
    response.once('close', () => closed.resolve());
    more();
  });
  await using session = server.session();
  for await (const event of session.listen('x')) {
    assert.equal(event.tag, 'x');
    await stalled.promise;
    break;
  }
  await closed.promise;
  assert.ok(written < 1000, `${written} events were written`);
});
