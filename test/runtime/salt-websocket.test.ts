import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { TransportFailure } from '../../runtime/src/http/transport.ts';
import { openWebSocket } from '../../runtime/src/http/websocket.ts';
import { ConnectionError, NetapiError, salt } from '../../runtime/src/services/salt/index.ts';
import { rejection } from './salt-netapi.ts';

/** One connection of a server of WebSockets, which takes and gives short texts. */
class Side {
  readonly #socket: Duplex;
  readonly path: string;
  readonly token: string | undefined;
  readonly texts: string[] = [];
  #news = Promise.withResolvers<void>();

  constructor(socket: Duplex, path: string, token: string | undefined) {
    this.#socket = socket;
    this.path = path;
    this.token = token;
    socket.on('error', () => {});
    socket.on('data', (frame: Buffer) => {
      const length = (frame[1] ?? 0) & 127;
      const masked = frame.subarray(6, 6 + length);
      const plain = masked.map((byte, index) => byte ^ (frame[2 + (index % 4)] ?? 0));
      // A close is answered, as is polite.
      if (((frame[0] ?? 0) & 15) === 8) socket.end(Buffer.concat([Buffer.from([0x88, length]), plain]));
      else this.texts.push(Buffer.from(plain).toString());
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    });
  }

  async said(text: string): Promise<void> {
    while (!this.texts.includes(text)) await this.#news.promise;
  }

  send(text: string): void {
    const body = Buffer.from(text);
    const head = Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
    this.#socket.write(Buffer.concat([body.length < 126 ? Buffer.from([0x81, body.length]) : head, body]));
  }

  cut(): void {
    this.#socket.destroy();
  }

  async gone(): Promise<void> {
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }
}

class SocketServer implements AsyncDisposable {
  readonly #server = createServer((_request, response) => {
    const user = { token: 'abc', start: 1, expire: 43_201 };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ return: [user] }));
  });
  readonly #sides: Side[] = [];
  #news = Promise.withResolvers<void>();
  #taken = 0;
  url = '';

  static async start(): Promise<SocketServer> {
    const own = new SocketServer();
    own.#server.on('upgrade', (request, socket) => {
      const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const accept = createHash('sha1').update(key).digest('base64');
      if (request.url === '/refused') {
        socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
      socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`);
      // What CherryPy does to a body that isn't there.
      if (/gzip/.test(request.headers['accept-encoding'] ?? '')) socket.write(gzipSync(''));
      const token = request.headers['x-auth-token'];
      own.#sides.push(new Side(socket, request.url ?? '', typeof token === 'string' ? token : undefined));
      own.#news.resolve();
    });
    own.#server.listen(0, '127.0.0.1');
    await once(own.#server, 'listening');
    const address = own.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    own.url = `http://127.0.0.1:${address.port}`;
    return own;
  }

  /** The next connection. */
  async next(): Promise<Side> {
    for (;;) {
      const side = this.#sides[this.#taken];
      if (side !== undefined) {
        this.#taken += 1;
        return side;
      }
      this.#news = Promise.withResolvers();
      await this.#news.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const side of this.#sides) side.cut();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

test('events over a WebSocket come once the server is told that someone is there', async () => {
  await using server = await SocketServer.start();
  const user = { username: 'tester', password: 'hush', eauth: 'auto' };
  await using session = salt({ url: server.url, netapi: 'cherrypy', ...user });
  const listener = session.listen('salt/job/{jid}/ret/{minion}', {
    over: 'websocket',
    reconnect: { delayMs: 1 },
  });
  const loop = listener[Symbol.asyncIterator]();
  const first = loop.next();
  const side = await server.next();
  assert.deepEqual([side.path, side.token], ['/ws', 'abc']);
  await side.said('websocket client ready');
  side.send('server received message');
  side.send('data: {"tag": "salt/auth", "data": {}}\n\n');
  side.send(`data: ${JSON.stringify({ tag: 'salt/job/1/ret/m1', data: { return: 'grün'.repeat(50) } })}\n\n`);
  assert.deepEqual((await first).value?.parts, { jid: '1', minion: 'm1' });

  const second = loop.next();
  side.cut();
  const again = await server.next();
  await again.said('websocket client ready');
  again.send('data: {"tag": "salt/job/2/ret/m1", "data": 2}\n\n');
  assert.equal((await second).value?.data, 2);
  await listener.close();
  await again.gone();
  assert.deepEqual(await loop.next(), { done: true, value: undefined });
});

test('rest_tornado has the token of a WebSocket in its route, which is not shown', async () => {
  await using server = await SocketServer.start();
  await using session = salt({ url: server.url, netapi: 'tornado', token: 'abc' });
  const listener = session.listen('x', { over: 'websocket', reconnect: false });
  const loop = listener[Symbol.asyncIterator]();
  const first = loop.next();
  const side = await server.next();
  assert.equal(side.path, '/all_events/abc');
  await side.said('websocket client ready');
  // An event is an object alone here, without `data: ` before it.
  side.send('{"tag": "y", "data": 1}');
  side.send('{"tag": "x", "data": {"a": "b\\n\\nc"}}');
  assert.deepEqual((await first).value?.data, { a: 'b\n\nc' });
  const second = loop.next();
  side.cut();
  const error = await rejection(second, ConnectionError);
  assert.match(
    error.message,
    /^GET \/all_events\/\*\*\*: the WebSocket with 127\.0\.0\.1:\d+ broke \(1006\)$/,
  );
});

test('rest_cherrypy opens a WebSocket for a session only', async () => {
  const session = salt({ url: 'http://127.0.0.1:1', netapi: 'cherrypy', token: 'abc' });
  const error = await rejection(session.listen('x', { over: 'websocket' }).ready(), NetapiError);
  assert.match(error.message, /needs a session/);
});

test('a WebSocket that is refused, late or aborted is not opened', async () => {
  await using server = await SocketServer.start();
  const refused = await rejection(
    openWebSocket(`${server.url.replace('http', 'ws')}/refused`),
    TransportFailure,
  );
  assert.equal(refused.kind, 'connect');
  const reason = new Error('enough');
  await assert.rejects(openWebSocket('ws://127.0.0.1:1/', { signal: AbortSignal.abort(reason) }), reason);
  await using silent = await silence();
  const late = await rejection(openWebSocket(silent.url, { timeoutMs: 20 }), TransportFailure);
  assert.equal(late.kind, 'timeout');
});

test('what waits for a reader that is too slow is bounded', async () => {
  await using server = await SocketServer.start();
  const opening = openWebSocket(server.url.replace('http', 'ws'), { maxWaiting: 100 });
  const side = await server.next();
  const socket = await opening;
  for (let each = 0; each < 5; each += 1) side.send('x'.repeat(50));
  await side.gone();
  const failed = rejection(
    (async () => {
      for await (const text of socket.texts) assert.equal(text.length, 50);
    })(),
    TransportFailure,
  );
  assert.equal((await failed).kind, 'too-large');
});

/** A server that takes a request and says nothing. */
async function silence() {
  const server = createServer(() => {});
  server.on('upgrade', (_request, socket) => socket.on('end', () => socket.end()).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `ws://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
