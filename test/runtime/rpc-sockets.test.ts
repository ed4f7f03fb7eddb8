import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
} from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { WebSocketServer } from 'ws';
import { openSocket, SocketFailure } from '../../runtime/src/rpc/socket.ts';
import { certificate } from '../servers/certificate.ts';
import { RpcServer } from '../servers/rpc-server.ts';

const echo = RpcServer.start.bind(RpcServer, (request, peer) => peer.answer(request, request.params));
const request = (id: number) => JSON.stringify({ 'request-id': id, type: 'T', request: 'R', params: { id } });
const answer = (id: number) => `${JSON.stringify({ 'request-id': id, response: { id } })}\n`;

async function refusing(
  listener: RequestListener,
): Promise<Server & AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(server, {
    url: `ws://127.0.0.1:${port}/api`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

/** A server that takes connections and says nothing. */
async function silence(): Promise<TcpServer & { readonly url: string }> {
  const server = createTcpServer((connection) => connection.on('error', () => {}).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(server, { url: `ws://127.0.0.1:${port}/api` });
}

function timers(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout');
}

async function failure(opening: Promise<unknown>): Promise<SocketFailure> {
  const error: unknown = await opening.catch((reason: unknown) => reason);
  assert.ok(error instanceof SocketFailure, String(error));
  return error;
}

test('messages come in order, also those that came before anyone listened', async () => {
  await using server = await echo();
  const socket = await openSocket(server.url);
  socket.send(request(1));
  socket.send(request(2));
  await server.until(() => server.asked.length === 2);
  const got: string[] = [];
  const three = Promise.withResolvers<void>();
  socket.receive((text) => {
    got.push(text);
    if (got.length === 3) three.resolve();
  });
  socket.send(request(3));
  await three.promise;
  assert.deepEqual(got, [answer(1), answer(2), answer(3)]);
  await socket.close();
  assert.equal((await socket.ended).code, 1000);
  assert.deepEqual(server.ends, [1000]);
  socket.send(request(4));
  await socket.close();
});

test('a socket that is paused gives nothing until it goes on, and can be closed all the same', async () => {
  await using server = await echo();
  const socket = await openSocket(server.url);
  let got = 0;
  socket.receive(() => {
    got += 1;
  });
  socket.pause();
  socket.send(request(1));
  await server.until(() => server.asked.length === 1);
  assert.equal(got, 0);
  const one = Promise.withResolvers<void>();
  socket.receive(() => one.resolve());
  socket.resume();
  await one.promise;
  socket.pause();
  await socket.close();
});

test('dropping a socket ends it at once', async () => {
  await using server = await echo();
  const socket = await openSocket(server.url);
  socket.drop();
  assert.equal((await socket.ended).code, 1006);
});

test('the end tells what the peer said', async () => {
  await using server = await echo();
  const socket = await openSocket(server.url);
  server.peers[0]?.close(1001);
  assert.deepEqual(await socket.ended, { code: 1001, reason: '' });
});

test('a socket over a connection that is given uses that one, and sends the headers', async () => {
  await using server = await echo();
  const { port } = new URL(server.url);
  const connection = connect(Number(port), '127.0.0.1');
  await once(connection, 'connect');
  const socket = await openSocket('ws://controller.example/api', {
    connect: async () => connection,
    headers: { 'X-Juju-ClientVersion': '4.0.15' },
  });
  const got = Promise.withResolvers<string>();
  socket.receive(got.resolve);
  socket.send(request(1));
  assert.equal(await got.promise, answer(1));
  await socket.close();
  assert.ok(connection.destroyed);
});

test('a server that refuses says why, and inspect does not show its headers', async () => {
  await using server = await refusing((_request, response) => {
    response.writeHead(503, { 'content-type': 'application/json', 'set-cookie': 'a=secret' });
    response.end('{"error":{"message":"busy"}}');
  });
  const error = await failure(openSocket(server.url));
  assert.equal(error.kind, 'handshake');
  assert.equal(error.status, 503);
  assert.equal(error.headers?.['content-type'], 'application/json');
  assert.equal(error.body, '{"error":{"message":"busy"}}');
  assert.match(
    error.message,
    /^127\.0\.0\.1:\d+ answered 503 in place of opening a WebSocket: \{"error":\{"message":"busy"\}\}$/,
  );
  assert.doesNotMatch(inspect(error), /secret|undefined/);
});

test('why a server refuses is told on one short line, without what proves who asks', async () => {
  await using server = await refusing((request, response) => {
    const { authorization, cookie } = request.headers;
    response.writeHead(403);
    response.end(`no:\r\n\u001b[31m${authorization}\u2028${cookie}\0 ${'x'.repeat(1_000)}`);
  });
  const headers = { Authorization: 'Basic aHVudGVyMjI=', Cookie: 'macaroon-a=c2VjcmV0LWE=; b=c2VjcmV0LWI=' };
  const { message, body } = await failure(openSocket(server.url, { headers }));
  assert.match(body ?? '', /aHVudGVyMjI=/);
  assert.match(
    message,
    /in place of opening a WebSocket: no: \[31mBasic \*\*\* macaroon-a=\*\*\*; b=\*\*\* x+…$/,
  );
  assert.ok(message.length < 300);
});

test('a server that refuses without a word has none in the message', async () => {
  await using server = await refusing((_request, response) => void response.writeHead(502).end(' \r\n'));
  const { message } = await failure(openSocket(server.url));
  assert.match(message, / answered 502 in place of opening a WebSocket$/);
});

test('of a refusal that never ends only the beginning is read', async () => {
  await using server = await refusing((_request, response) => {
    response.writeHead(500);
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    };
    response.on('drain', write);
    write();
  });
  const error = await failure(openSocket(server.url));
  assert.equal(error.body?.length, 64 * 1024);
});

test('nobody there is told apart from nobody who answers, and from who breaks off', async () => {
  const silent = await silence();
  const { url } = silent;
  const connected = once(silent, 'connection');
  const late = await failure(openSocket(url, { handshakeTimeoutMs: 50 }));
  assert.equal(late.kind, 'timeout');
  assert.match(late.message, /no WebSocket with 127\.0\.0\.1:\d+ within 50 ms/);
  await connected;
  silent.once('connection', (connection) => connection.destroy());
  assert.equal((await failure(openSocket(url))).kind, 'reset');
  silent.close();
  await once(silent, 'close');
  const gone = await failure(openSocket(url));
  assert.equal(gone.kind, 'connect');
  assert.equal(gone.code, 'ECONNREFUSED');
});

test('a server of something else is told apart from nobody there', async () => {
  const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
  const answers = {
    'another protocol': 'SSH-2.0-OpenSSH_9.2\r\n',
    'headers without end': `HTTP/1.1 101 Switching Protocols\r\n${'X-Filler: y\r\n'.repeat(10_000)}`,
    'no key': `${upgrade}\r\n`,
    'another key': `${upgrade}Sec-WebSocket-Accept: bm90aGluZw==\r\n\r\n`,
    'another upgrade': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
  };
  for (const [what, answer] of Object.entries(answers)) {
    const server = createTcpServer((connection) =>
      connection
        .on('error', () => {})
        .resume()
        .end(answer),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { kind, message } = await failure(openSocket(`ws://127.0.0.1:${port}/api`));
    assert.equal(kind, 'handshake', what);
    assert.match(message, /^127\.0\.0\.1:\d+ didn't answer as a WebSocket server does/);
    server.close();
    await once(server, 'close');
  }
});

test('a certificate that nobody trusts is told apart from nobody there', async () => {
  const server = createTlsServer(certificate);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const error = await failure(openSocket(`wss://127.0.0.1:${port}/api`));
  assert.equal(error.kind, 'certificate');
  assert.match(
    error.message,
    /^no trust in the certificate of 127\.0\.0\.1:\d+ \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/,
  );
  server.close();
  await once(server, 'close');
});

test('an abort while a socket is opened rejects with the reason of the signal', async () => {
  const silent = await silence();
  const controller = new AbortController();
  const reason = new Error('enough');
  const opening = openSocket(silent.url, { signal: controller.signal });
  silent.once('connection', () => controller.abort(reason));
  await assert.rejects(opening, reason);
  await assert.rejects(openSocket(silent.url, { signal: controller.signal }), reason);
  silent.close();
  await once(silent, 'close');
});

test('a connection that comes too late is ended', async () => {
  await using server = await echo();
  const { port } = new URL(server.url);
  const given = Promise.withResolvers<ReturnType<typeof connect>>();
  await failure(openSocket(server.url, { connect: () => given.promise, handshakeTimeoutMs: 20 }));
  const connection = connect(Number(port), '127.0.0.1');
  given.resolve(connection);
  await once(connection, 'close');
  assert.ok(connection.destroyed);
});

test('a peer that stops reading is dropped in time where that is wanted, and one that reads is not', async () => {
  const before = timers();
  await using reading = await echo();
  const heard = await openSocket(reading.url, { sendTimeoutMs: 60_000 });
  for (let id = 1; id <= 100; id += 1) heard.send(request(id));
  await reading.until(() => reading.asked.length === 100);
  assert.deepEqual(timers(), before);
  await heard.close();

  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket) => socket.on('error', () => {}).pause());
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const socket = await openSocket(`ws://127.0.0.1:${port}`, { sendTimeoutMs: 100 });
  // More than the system takes by itself.
  for (let count = 0; count < 24; count += 1) socket.send('x'.repeat(2 ** 20));
  const { code, error } = await socket.ended;
  assert.equal(code, 1006);
  assert.equal(error?.kind, 'timeout');
  assert.equal(error.message, `127.0.0.1:${port} didn't take what was sent within 100 ms`);
  assert.deepEqual(timers(), before);
  for (const each of sockets.clients) each.terminate();
  sockets.close();
  http.close();
  await once(http, 'close');
});
