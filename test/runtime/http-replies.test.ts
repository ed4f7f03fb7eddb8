import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ProtocolError, ResponseError } from '../../runtime/src/errors.ts';
import type { Headers } from '../../runtime/src/http/headers.ts';
import { path } from '../../runtime/src/http/path.ts';
import { readNoMeta } from '../../runtime/src/http/read-meta.ts';
import { Reply } from '../../runtime/src/http/reply.ts';
import { transportOf } from '../../runtime/src/http/transports.ts';
import { certificate } from '../servers/certificate.ts';
import { endpointOn, rejection } from '../servers/endpoint.ts';
import { inTurn, reply, replyJson, WireServer } from '../servers/wire.ts';

const ping = path`/ping`;

for (const transport of ['got', 'undici'] as const) {
  describe(`a reply over ${transport}`, () => {
    test('is a promise of the value, and has status, headers and record for who asks', async () => {
      await using server = await WireServer.start(replyJson({ a: 1 }, 201, { 'x-index': '7' }));
      const made = endpointOn(server, { transport }).post<{ a: number }>(ping, { body: {} });
      assert.ok(made instanceof Reply);
      assert.equal(Object.prototype.toString.call(made), '[object Reply]');
      assert.deepEqual(await made, { a: 1 });
      const { value, status, headers, record } = await made.withResponse();
      assert.deepEqual(value, { a: 1 });
      assert.equal(status, 201);
      assert.equal(headers['x-index'], '7');
      assert.deepEqual(
        record.attempts.map((attempt) => attempt.status),
        [201],
      );
      assert.equal(server.requests.length, 1);
    });

    test('behaves as a promise does', async () => {
      await using server = await WireServer.start(inTurn(replyJson(1), reply(404, 'no')));
      const endpoint = endpointOn(server, { transport });
      const settled: string[] = [];
      const one = endpoint.get<number>(ping);
      assert.equal(await one.finally(() => settled.push('one')).then((value) => value + 1), 2);
      const none = endpoint.get(ping);
      assert.equal(await none.catch((error: unknown) => error instanceof ResponseError), true);
      await assert.rejects(
        none.finally(() => settled.push('none')),
        ResponseError,
      );
      await assert.rejects(none.withResponse(), ResponseError);
      assert.deepEqual(await Promise.all([one, 2]), [1, 2]);
      assert.deepEqual(settled, ['one', 'none']);
    });

    test('has what further statuses mean, which are never tried again', async () => {
      await using server = await WireServer.start(
        inTurn(replyJson({ status: 'critical' }, 503), reply(404, 'no such key'), reply(429, '[]')),
      );
      const endpoint = endpointOn(server, { transport });
      const health = endpoint.get(ping, { data: [429, 503] });
      assert.deepEqual(await health, { status: 'critical' });
      assert.equal((await health.withResponse()).status, 503);
      assert.equal(await endpoint.get(ping, { absent: [404] }), undefined);
      const failure = await rejection(endpoint.get(ping, { absent: [404], retry: false }), ResponseError);
      assert.equal(failure.status, 429);
      assert.equal(server.requests.length, 3);
    });

    test('is not taken for nothing when a page says so', async () => {
      const page = reply(404, '<!doctype html><title>No such site</title>', { 'content-type': 'text/html' });
      await using server = await WireServer.start(page);
      const asked = endpointOn(server, { transport }).get(ping, { absent: [404] });
      const failure = await rejection(asked, ProtocolError);
      assert.equal(failure.message, 'GET /api/queue/v1/ping: 404 with a page: "No such site"');
    });

    test('is the first of a list, or undefined', async () => {
      await using server = await WireServer.start(
        inTurn(replyJson([{ a: 1 }]), replyJson([]), replyJson(null), reply(200), replyJson({})),
      );
      const endpoint = endpointOn(server, { transport });
      assert.deepEqual(await endpoint.get(ping, { first: true }), { a: 1 });
      for (let n = 0; n < 3; n += 1) assert.equal(await endpoint.get(ping, { first: true }), undefined);
      const failure = await rejection(endpoint.get(ping, { first: true }), ProtocolError);
      assert.equal(failure.message, 'GET /api/queue/v1/ping: 200 with a body that is not a list');
    });

    test('is the first of a list in the shape of an element', async () => {
      await using server = await WireServer.start(
        reply(200, '[{"flags":18446744073709551615}]', { 'content-type': 'application/json' }),
      );
      const shape = { props: { flags: () => 'bigint' as const } };
      const first = await endpointOn(server, { transport }).get(ping, { first: true, shape });
      assert.deepEqual(first, { flags: 18446744073709551615n });
    });

    test('is read as text or bytes where the method says so, and asks for what it says', async () => {
      await using server = await WireServer.start(replyJson([1]));
      const endpoint = endpointOn(server, { transport });
      assert.equal(await endpoint.get(ping, { as: 'text' }), '[1]');
      assert.deepEqual(await endpoint.read(ping, { as: 'bytes' }), new TextEncoder().encode('[1]'));
      await endpoint.get(ping, { accept: 'application/vnd.a+json' });
      assert.equal(server.requests.at(-1)?.headers['accept'], 'application/vnd.a+json');
    });

    test('of a read is asked for when it is awaited, once, and with what it adds', async () => {
      await using server = await WireServer.start(replyJson([1], 200, { 'x-version': '12' }));
      const readMeta = (headers: Headers) => ({ ...readNoMeta(), index: BigInt(headers['x-version'] ?? 0) });
      const endpoint = endpointOn(server, { transport }, { readMeta });
      const read = endpoint.blocking<number[]>('index', ping, { verb: 'post', body: {}, query: { a: 1 } });
      assert.equal(server.requests.length, 0);
      assert.deepEqual(await read, [1]);
      assert.equal((await read.withMeta()).meta.index, 12n);
      assert.equal(server.requests[0]?.line, 'POST /api/queue/v1/ping?a=1 HTTP/1.1');
      await assert.rejects(endpoint.read(ping, { timeoutMs: -1 }), { name: 'TypeError' });
      assert.equal(server.requests.length, 1);
      // A session that says nothing of headers knows nothing of them.
      const { meta } = await endpointOn(server, { transport }).read(ping).withMeta();
      assert.equal(meta.index, undefined);
    });

    test('comes through a Unix socket', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'fairlead-'));
      const socketPath = join(folder, 'agent.sock');
      const hosts: (string | undefined)[] = [];
      const server = createServer((request, response) => {
        hosts.push(request.headers.host);
        response.setHeader('content-type', 'application/json').end('"through the socket"');
      });
      await new Promise<void>((resolve) => server.listen(socketPath, resolve));
      const made = transportOf({ transport, connection: { socketPath } });
      try {
        const endpoint = endpointOn({ url: 'http://localhost' }, { transport: made });
        assert.equal(await endpoint.get(ping), 'through the socket');
        assert.deepEqual(hosts, ['localhost']);
      } finally {
        await made.close?.();
        await new Promise((resolve) => server.close(resolve));
        await rm(folder, { recursive: true });
      }
    });

    test('comes from a server whose certificate nobody trusts only when it is asked for so', async () => {
      await using server = await WireServer.start(replyJson('ok'), certificate);
      await assert.rejects(endpointOn(server, { transport, retry: false }).get(ping), { code: 'connect' });
      const connection = { insecureSkipVerify: true };
      assert.equal(await endpointOn(server, { transport, connection }).get(ping), 'ok');
    });

    test('to more calls at once than there are connections waits, without a limit it does not', async () => {
      await using server = await WireServer.start(
        // Answers none before all have come.
        (socket, request) => {
          waiting.push(() => replyJson(request.number)(socket, request));
          if (waiting.length === 60) for (const answer of waiting) answer();
        },
      );
      const waiting: (() => void)[] = [];
      const connection = { maxSockets: Number.POSITIVE_INFINITY };
      const endpoint = endpointOn(server, { transport, connection });
      const all = await Promise.all(Array.from({ length: 60 }, () => endpoint.get<number>(ping)));
      assert.equal(new Set(all).size, 60);
    });
  });
}

test('an error says what the service said, wherever it said it', async () => {
  const rows: readonly [unknown, string][] = [
    [{ type: 'about:blank', title: 'Not a pet', detail: 'it barks' }, '418: Not a pet: it barks'],
    [{ title: 'Only a title' }, '418: Only a title'],
    [{ code: 'E7', message: 'a message' }, '418 E7: a message'],
    [{ error: { message: 'nested' } }, '418: nested'],
    [{ error: 'invalid_grant', error_description: 'too late' }, '418 invalid_grant: too late'],
    [{ errors: ['one', { message: 'two' }, { detail: 'three' }] }, '418: one; two; three'],
    [{ detail: [{ msg: 'x' }] }, '418: the answer does not say why'],
    [[], '418: the answer does not say why'],
    ['<html><body><h1>No</h1> tea </body></html>', '418: No tea'],
    ['<html><body></body></html>', '418: a page without a text'],
    [
      { error: { error: { error: { error: { error: { error: 'deep' } } } } } },
      '418: the answer does not say why',
    ],
  ];
  for (const [body, what] of rows) {
    await using server = await WireServer.start(replyJson(body, 418));
    const failure = await rejection(endpointOn(server).get(ping), ResponseError);
    assert.equal(failure.message, `GET /api/queue/v1/ping: ${what}`);
    assert.deepEqual(failure.body, body);
  }
});
