import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import {
  gotTransport,
  type Transport,
  TransportFailure,
  type TransportRequest,
  undiciTransport,
} from '@fairlead/runtime';
import { certificate } from '../servers/certificate.ts';
import { inTurn, reply, replyJson, reset, silence, truncated, WireServer } from '../servers/wire.ts';

const makers = { got: gotTransport, undici: undiciTransport };

const text = (body: Uint8Array | AsyncIterable<Uint8Array>): string => {
  assert.ok(body instanceof Uint8Array);
  return Buffer.from(body).toString();
};

async function collect(body: Uint8Array | AsyncIterable<Uint8Array>): Promise<Buffer> {
  assert.ok(!(body instanceof Uint8Array));
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function failure(promise: Promise<unknown>): Promise<TransportFailure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof TransportFailure, `expected a TransportFailure, not ${String(error)}`);
  return error;
}

for (const [name, make] of Object.entries(makers)) {
  describe(`the transport ${name}`, () => {
    const send = (url: string, more: Partial<TransportRequest> = {}, transport: Transport = make()) =>
      transport({ method: 'GET', headers: {}, url, ...more });

    test('sends the URL byte for byte, and the host with its port', async () => {
      await using server = await WireServer.start(reply(200));
      const transport = make();
      for (const target of [
        '/plain',
        "/a'b(c)*!~?x='y'&z=%27",
        '/a%2Fb%2e%2e/%2E%2E/c',
        '/a/../b/./c//d',
        '/a|b^c`{}?q=|^`{}[]"<>',
        '/?',
        '/%F0%9F%8C%8A?=&&==',
      ]) {
        await send(server.url + target, {}, transport);
        const seen = server.requests.at(-1);
        assert.equal(seen?.line, `GET ${target} HTTP/1.1`);
        assert.equal(seen.headers['host'], server.url.slice('http://'.length));
      }
    });

    test('sends a body with its length, and no body as none, whatever the method', async () => {
      await using server = await WireServer.start(reply(200));
      const transport = make();
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        await send(server.url, { method, body: '{"é":1}' }, transport);
        const full = server.requests.at(-1);
        assert.equal(full?.method, method);
        assert.equal(full.body.toString(), '{"é":1}');
        assert.equal(full.headers['content-length'], '8');

        await send(server.url, { method }, transport);
        const empty = server.requests.at(-1);
        assert.equal(empty?.body.length, 0);
        assert.equal(empty.headers['transfer-encoding'], undefined);
        assert.equal(empty.headers['content-type'], undefined);
      }
      for (const method of ['GET', 'HEAD']) {
        await send(server.url, { method }, transport);
        assert.equal(server.requests.at(-1)?.headers['content-length'], undefined);
      }
    });

    test('sends bytes and streams', async () => {
      await using server = await WireServer.start(reply(200));
      const bytes = randomBytes(100_000);
      await send(server.url, { method: 'PUT', body: new Uint8Array(bytes) });
      assert.deepEqual(server.requests[0]?.body, bytes);
      async function* pieces() {
        yield bytes.subarray(0, 70_000);
        yield bytes.subarray(70_000);
      }
      await send(server.url, { method: 'PUT', body: pieces(), headers: { 'content-length': '100000' } });
      assert.deepEqual(server.requests[1]?.body, bytes);
      assert.equal(server.requests[1]?.headers['content-length'], '100000');
    });

    test('gives status, headers in lower case with repeated ones joined, and the bytes', async () => {
      const bytes = randomBytes(300_000);
      await using server = await WireServer.start(
        reply(418, bytes, { 'X-One': 'a', 'Set-Cookie': 'a=1\r\nSet-Cookie: b=2' }),
      );
      const response = await send(server.url);
      assert.equal(response.status, 418);
      assert.equal(response.headers['x-one'], 'a');
      assert.equal(response.headers['set-cookie'], 'a=1, b=2');
      assert.ok(response.body instanceof Uint8Array);
      assert.ok(bytes.equals(response.body));
    });

    test('does not follow redirects', async () => {
      await using server = await WireServer.start(reply(303, 'elsewhere', { location: '/b' }));
      const response = await send(server.url);
      assert.equal(response.status, 303);
      assert.equal(response.headers['location'], '/b');
      assert.equal(text(response.body), 'elsewhere');
      assert.equal(server.requests.length, 1);
    });

    test('undoes gzip, deflate and br, at once and as a stream', async () => {
      const plain = 'the quick brown fox '.repeat(1000);
      const encodings = { gzip: gzipSync(plain), deflate: deflateSync(plain), br: brotliCompressSync(plain) };
      for (const [encoding, bytes] of Object.entries(encodings)) {
        await using server = await WireServer.start(reply(200, bytes, { 'content-encoding': encoding }));
        assert.equal(text((await send(server.url)).body), plain);
        const streamed = await send(server.url, { stream: true });
        assert.equal((await collect(streamed.body)).toString(), plain);
        assert.match(server.requests[0]?.headers['accept-encoding'] ?? '', /gzip.*br/);
      }
    });

    test('leaves the answer to HEAD alone, which only describes a body', async () => {
      await using server = await WireServer.start((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 500\r\n\r\n');
      });
      const response = await send(server.url, { method: 'HEAD' });
      assert.equal(text(response.body), '');
    });

    test('a damaged or bombed compression is a failure', async () => {
      for (const encoding of ['gzip', 'deflate', 'br']) {
        await using damaged = await WireServer.start(
          reply(200, 'not compressed at all', { 'content-encoding': encoding }),
        );
        assert.equal((await failure(send(damaged.url))).kind, 'protocol', encoding);
      }
      await using bomb = await WireServer.start(
        reply(200, gzipSync(Buffer.alloc(10_000_000)), { 'content-encoding': 'gzip' }),
      );
      assert.equal((await failure(send(bomb.url, { maxBytes: 1_000_000 }))).kind, 'too-large');
    });

    test('keeps connections, and makes no more than it may', async () => {
      await using server = await WireServer.start((socket, request) => {
        setTimeout(() => reply(200)(socket, request), 5);
      });
      const transport = make({ maxSockets: 3 });
      await Promise.all(Array.from({ length: 20 }, () => send(server.url, {}, transport)));
      assert.equal(server.requests.length, 20);
      assert.equal(server.connections, 3);
    });

    test('a call that follows another one has its connection', async () => {
      await using server = await WireServer.start(reply(200, 'x'));
      const transport = make();
      for (let call = 0; call < 10; call += 1) await send(server.url, {}, transport);
      assert.equal(server.connections, 1);
    });

    test('keeps no connection when told not to', async () => {
      await using server = await WireServer.start(reply(200));
      const transport = make({ keepAlive: false });
      await send(server.url, {}, transport);
      await send(server.url, {}, transport);
      assert.equal(server.connections, 2);
    });

    test('tells a refused connection from a name that nobody has', async () => {
      const server = await WireServer.start(silence);
      const { url } = server;
      await server[Symbol.asyncDispose]();
      const refused = await failure(send(url));
      assert.equal(refused.kind, 'connect');
      assert.equal(refused.code, 'ECONNREFUSED');
      assert.equal(refused.message, `no connection to ${url.slice('http://'.length)} (ECONNREFUSED)`);
      assert.equal((await failure(send('http://nobody.invalid/'))).kind, 'connect');
    });

    test('a connection that breaks before an answer is a reset, and stale only when it had served before', async () => {
      await using server = await WireServer.start(inTurn(reset, reply(200), reset));
      const transport = make({ maxSockets: 1 });
      const fresh = await failure(send(server.url, { method: 'POST' }, transport));
      assert.deepEqual([fresh.kind, fresh.stale], ['reset', false]);
      await send(server.url, {}, transport);
      const used = await failure(send(server.url, { method: 'POST' }, transport));
      assert.deepEqual([used.kind, used.stale], ['reset', true]);
      assert.deepEqual(
        server.requests.map(({ connection }) => connection),
        [1, 2, 2],
      );
    });

    test('a reset after the first byte of an answer is not stale', async () => {
      await using server = await WireServer.start(
        inTurn(reply(200), (socket) => {
          socket.write('HTTP/1.1 20', () => setTimeout(() => socket.resetAndDestroy(), 20));
        }),
      );
      const transport = make({ maxSockets: 1 });
      await send(server.url, {}, transport);
      const error = await failure(send(server.url, { method: 'POST' }, transport));
      assert.equal(error.stale, false);
      assert.equal(server.connections, 1);
    });

    test('a body that ends early is truncated, at once and as a stream', async () => {
      await using server = await WireServer.start(truncated);
      assert.equal((await failure(send(server.url))).kind, 'truncated');
      const streamed = await send(server.url, { stream: true });
      assert.equal((await failure(collect(streamed.body))).kind, 'truncated');
    });

    test('what is not HTTP is a protocol failure', async () => {
      await using server = await WireServer.start((socket) => socket.end('220 smtp ready\r\n\r\n'));
      assert.equal((await failure(send(server.url))).kind, 'protocol');
    });

    test('gives up on a server that never answers, or stops in the middle', async () => {
      await using server = await WireServer.start(
        inTurn(silence, (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345')),
      );
      const transport = make();
      const first = await failure(send(server.url, { timeoutMs: 30 }, transport));
      assert.equal(first.kind, 'timeout');
      assert.match(first.message, /^no answer from 127\.0\.0\.1:\d+ within 30 ms$/);
      assert.equal((await failure(send(server.url, { timeoutMs: 30 }, transport))).kind, 'timeout');
      const streamed = await send(server.url, { timeoutMs: 30, stream: true }, transport);
      assert.equal((await failure(collect(streamed.body))).kind, 'timeout');
    });

    test('the limit of a stream does not run while its consumer is busy', async () => {
      await using server = await WireServer.start(reply(200, randomBytes(500_000)));
      const { body } = await send(server.url, { timeoutMs: 40, stream: true });
      assert.ok(!(body instanceof Uint8Array));
      let size = 0;
      for await (const piece of body) {
        if (size === 0) await new Promise((resolve) => setTimeout(resolve, 80));
        size += piece.length;
      }
      assert.equal(size, 500_000);
    });

    test('an abort rejects with the reason of the signal: before, during the wait and in a stream', async () => {
      await using server = await WireServer.start(
        inTurn(silence, (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345')),
      );
      const reason = new Error('changed my mind');
      const transport = make();
      await assert.rejects(send(server.url, { signal: AbortSignal.abort(reason) }, transport), reason);
      assert.equal(server.requests.length, 0);

      const during = new AbortController();
      const waiting = send(server.url, { signal: during.signal }, transport);
      setTimeout(() => during.abort(reason), 10);
      await assert.rejects(waiting, reason);

      const late = new AbortController();
      const { body } = await send(server.url, { signal: late.signal, stream: true }, transport);
      setTimeout(() => late.abort(reason), 10);
      await assert.rejects(collect(body), reason);
    });

    test('a body longer than allowed is a failure, and the connection is closed', async () => {
      await using server = await WireServer.start(reply(200, Buffer.alloc(2_000_000)));
      const error = await failure(send(server.url, { maxBytes: 1000 }));
      assert.equal(error.kind, 'too-large');
      assert.equal(error.message, 'the answer is longer than 1000 bytes');
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(server.sockets.size, 0);
    });

    test('leaving a stream early closes its connection', async () => {
      await using server = await WireServer.start(reply(200, Buffer.alloc(5_000_000)));
      const { body } = await send(server.url, { stream: true });
      assert.ok(!(body instanceof Uint8Array));
      for await (const piece of body) {
        assert.ok(piece.length > 0);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(server.sockets.size, 0);
    });

    test('a stream read to its end leaves a connection for the next call', async () => {
      await using server = await WireServer.start(reply(200, Buffer.alloc(200_000)));
      const transport = make({ maxSockets: 1 });
      for (let round = 0; round < 3; round += 1) {
        const { body } = await send(server.url, { stream: true }, transport);
        assert.equal((await collect(body)).length, 200_000);
      }
      assert.equal(server.connections, 1);
    });

    test('speaks TLS with those it was told to trust, and with nobody else', async () => {
      await using server = await WireServer.start(replyJson({ ok: true }), certificate);
      const trusting = make({ ca: certificate.cert });
      assert.equal(text((await send(server.url, {}, trusting)).body), '{"ok":true}');
      assert.equal((await failure(send(server.url))).kind, 'certificate');
      const misnamed = make({ ca: [certificate.cert], serverName: 'other.example.com' });
      assert.equal((await failure(send(server.url, {}, misnamed))).kind, 'certificate');
    });

    test('a stale connection is known as such under TLS, too', async () => {
      await using server = await WireServer.start(inTurn(reply(200), reset), certificate);
      const transport = make({ ca: certificate.cert, maxSockets: 1 });
      await send(server.url, {}, transport);
      assert.equal((await failure(send(server.url, { method: 'POST' }, transport))).stale, true);
    });

    test('leaves no listener on a signal that many calls share', async () => {
      await using server = await WireServer.start(reply(200));
      const controller = new AbortController();
      const { signal } = controller;
      let listeners = 0;
      const { addEventListener, removeEventListener } = signal;
      signal.addEventListener = (...parameters: Parameters<typeof addEventListener>) => {
        listeners += 1;
        addEventListener.apply(signal, parameters);
      };
      signal.removeEventListener = (...parameters: Parameters<typeof removeEventListener>) => {
        listeners -= 1;
        removeEventListener.apply(signal, parameters);
      };
      const transport = make();
      await send(server.url, { signal }, transport);
      await collect((await send(server.url, { signal, stream: true }, transport)).body);
      assert.equal(listeners, 0);
    });

    test('idle connections do not keep a process alive', async () => {
      await using server = await WireServer.start(reply(200));
      const began = performance.now();
      await run(`
        import { ${make.name} } from '@fairlead/runtime';
        await ${make.name}()({ method: 'GET', url: '${server.url}', headers: {} });`);
      assert.equal(server.requests.length, 1);
      assert.ok(performance.now() - began < 3000, 'the process waited for its connection to be closed');
    });
  });
}

test('importing the runtime and making a transport loads no HTTP library', async () => {
  const stdout = await run(`
    import { gotTransport, undiciTransport } from '@fairlead/runtime';
    gotTransport();
    undiciTransport();
    console.log(process.moduleLoadList.filter((name) => /NativeModule (http|https|tls|zlib|net)$/.test(name)).join());`);
  assert.equal(stdout.trim(), '');
});

async function run(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    timeout: 10_000,
  });
  return stdout;
}
