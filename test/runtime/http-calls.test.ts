import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import type { Auth } from '../../runtime/src/auth/auth.ts';
import {
  type CallRecord,
  ConnectionError,
  categoryOf,
  ProtocolError,
  ResponseError,
  ServiceError,
} from '../../runtime/src/errors.ts';
import { byToken } from '../../runtime/src/http/pages.ts';
import { type Path, path, secret, slashes } from '../../runtime/src/http/path.ts';
import type { RequestOptions } from '../../runtime/src/options.ts';
import { endpointOn, rejection } from '../servers/endpoint.ts';
import { inTurn, reply, replyJson, reset, silence, truncated, WireServer } from '../servers/wire.ts';

const ping = path`/ping`;

for (const transport of ['got', 'undici'] as const) {
  describe(`an endpoint over ${transport}`, () => {
    test('gives the JSON of an answer, and undefined for an empty one', async () => {
      await using server = await WireServer.start(inTurn(replyJson({ alive: true, text: 'ä' }), reply(204)));
      const queue = endpointOn(server, { transport });
      assert.deepEqual(await queue.get(ping), { alive: true, text: 'ä' });
      assert.equal(await queue.get(ping), undefined);
      const [first] = server.requests;
      assert.equal(first?.line, 'GET /api/queue/v1/ping HTTP/1.1');
      assert.equal(first.headers['accept'], 'application/json');
      assert.equal(first.headers['user-agent'], 'fairlead');
    });

    test('sends each verb with its path, query and body', async () => {
      await using server = await WireServer.start(replyJson({}));
      const queue = endpointOn(server, { transport });
      const options = { query: { a: 'x y', b: [1, 2], c: undefined }, body: { n: 1 } };
      await queue.post(path`/task/${'a/b'}`, options);
      await queue.put(ping, options);
      await queue.patch(ping, options);
      await queue.delete(ping, options);
      await queue.head(ping);
      await queue.send('post', ping);
      assert.deepEqual(
        server.requests.map(({ line, body, headers }) => [line, body.toString(), headers['content-type']]),
        [
          ['POST /api/queue/v1/task/a%2Fb?a=x%20y&b=1&b=2 HTTP/1.1', '{"n":1}', 'application/json'],
          ['PUT /api/queue/v1/ping?a=x%20y&b=1&b=2 HTTP/1.1', '{"n":1}', 'application/json'],
          ['PATCH /api/queue/v1/ping?a=x%20y&b=1&b=2 HTTP/1.1', '{"n":1}', 'application/json'],
          ['DELETE /api/queue/v1/ping?a=x%20y&b=1&b=2 HTTP/1.1', '{"n":1}', 'application/json'],
          ['HEAD /api/queue/v1/ping HTTP/1.1', '', undefined],
          ['POST /api/queue/v1/ping HTTP/1.1', '', undefined],
        ],
      );
    });

    test('gives text, bytes, the target of a redirect, nothing, or a stream', async () => {
      await using server = await WireServer.start(
        inTurn(
          reply(200, '<svg/>'),
          reply(200, new Uint8Array([0, 255, 1])),
          reply(303, '', { location: "https://a.example.com/b%2Fc?d='e'" }),
          reply(302, '', { location: '../else' }),
          reply(200, 'dropped'),
          reply(200, 'streamed'),
        ),
      );
      const queue = endpointOn(server, { transport });
      assert.equal(await queue.text('get', ping), '<svg/>');
      assert.deepEqual(new Uint8Array(await queue.bytes('get', ping)), new Uint8Array([0, 255, 1]));
      assert.equal(await queue.location('get', ping), "https://a.example.com/b%2Fc?d='e'");
      assert.equal(await queue.location('get', ping), `${server.url}/api/queue/else`);
      assert.equal(await queue.send('post', ping), undefined);
      const { status, body } = await queue.stream('get', ping);
      let text = '';
      for await (const piece of body) text += Buffer.from(piece).toString();
      assert.deepEqual([status, text], [200, 'streamed']);
    });

    test('what the service refuses is a ResponseError, worded as what was asked and what came back', async () => {
      await using server = await WireServer.start(
        replyJson({ code: 'RequestConflict', message: 'task already exists' }, 409, { 'x-more': 'yes' }),
      );
      const queue = endpointOn(
        server,
        { transport },
        {
          readError: (_status, _headers, body) => {
            assert.deepEqual(body, { code: 'RequestConflict', message: 'task already exists' });
            return { code: 'RequestConflict', message: 'task already exists', requestInfo: { method: 'x' } };
          },
        },
      );
      const error = await rejection(queue.put(path`/task/${'abc'}`, { body: {} }), ResponseError);
      assert.equal(error.message, 'PUT /api/queue/v1/task/abc: 409 RequestConflict: task already exists');
      assert.ok(error instanceof ServiceError);
      assert.equal(error.name, 'ResponseError');
      assert.equal(error.call, 'PUT /api/queue/v1/task/abc');
      assert.deepEqual(
        [error.status, error.code, error.category, error.requestInfo, error.headers['x-more']],
        [409, 'RequestConflict', 'conflict', { method: 'x' }, 'yes'],
      );
      assert.equal(error.attempts.length, 1);
      assert.equal(error.attempts[0]?.status, 409);
    });

    test('a refusal in plain text is a text, even one that could be JSON, and JSON by that name is JSON', async () => {
      const plain = { 'content-type': 'text/plain; charset=utf-8' };
      await using server = await WireServer.start(
        inTurn(...['404', 'null', '{"message":"no"}'].map((text) => reply(404, text, plain))),
      );
      const refused = () => rejection(endpointOn(server, { transport }).get(ping), ResponseError);
      const bodies = [(await refused()).body, (await refused()).body, (await refused()).body];
      assert.deepEqual(bodies, ['404', 'null', { message: 'no' }]);
    });

    test('a page of HTML where an error was due is worded by its title', async () => {
      await using server = await WireServer.start(
        reply(404, `<html><head><title>404 Not\n Found</title></head>${'x'.repeat(5000)}</html>`, {
          'content-type': 'text/html',
        }),
      );
      const error = await rejection(endpointOn(server, { transport }).get(ping), ResponseError);
      assert.equal(error.message, 'GET /api/queue/v1/ping: 404: 404 Not Found');
      assert.equal(error.category, 'not-found');
    });

    test('what makes no sense in a success is a ProtocolError that says what came instead', async () => {
      await using server = await WireServer.start(
        inTurn(
          reply(200, '<html><title>Sign in</title></html>', { 'content-type': 'text/html' }),
          reply(200, '{"accessToken":"s3cret', { 'content-type': 'application/json' }),
          replyJson({}, 303),
        ),
      );
      const queue = endpointOn(server, { transport });
      const html = await rejection(queue.get(ping), ProtocolError);
      assert.equal(
        html.message,
        'GET /api/queue/v1/ping: 200 with a body that is not JSON (text/html, 35 bytes): "Sign in"',
      );
      assert.equal(html.category, 'failed');
      const half = await rejection(queue.get(ping), ProtocolError);
      assert.equal(
        half.message,
        'GET /api/queue/v1/ping: 200 with a body that is not JSON (application/json, 22 bytes)',
      );
      assert.ok(!inspect(half, { depth: 10, showHidden: true }).includes('s3cret'));
      const nowhere = await rejection(queue.location('get', ping), ProtocolError);
      assert.equal(nowhere.message, 'GET /api/queue/v1/ping: 303 without a Location header');
      assert.equal(server.requests.length, 3);
    });

    test('an answer that is longer than allowed is a ProtocolError and is not asked for again', async () => {
      await using server = await WireServer.start(reply(200, Buffer.alloc(100_000, 'x')));
      const queue = endpointOn(server, { transport, maxResponseBytes: 1000 });
      const error = await rejection(queue.text('get', ping), ProtocolError);
      assert.equal(error.message, 'GET /api/queue/v1/ping: the answer is longer than 1000 bytes');
      assert.equal(server.requests.length, 1);
    });

    test('tries again what is safe to repeat, as often as it may, and signs each attempt anew', async () => {
      await using server = await WireServer.start(
        inTurn(reply(500), reset, truncated, reply(502), reply(429), replyJson({ ok: 1 })),
      );
      let signed = 0;
      const auth = {
        sign: () => {
          signed += 1;
          return { authorization: `Hawk ${signed}` };
        },
      };
      const queue = endpointOn(server, { transport, connection: { keepAlive: false } }, { auth });
      const records: CallRecord[] = [];
      const options = { body: { a: 1 }, onRecord: (record: CallRecord) => records.push(record) };
      assert.deepEqual(await queue.put(ping, options), { ok: 1 });
      assert.deepEqual(
        server.requests.map(({ headers, body }) => [headers['authorization'], body.toString()]),
        [1, 2, 3, 4, 5, 6].map((number) => [`Hawk ${number}`, '{"a":1}']),
      );
      assert.deepEqual(
        records[0]?.attempts.map(({ status }) => status),
        [500, undefined, undefined, 502, 429, 200],
      );
    });

    test('gives up after the retries, with the last answer or failure', async () => {
      await using server = await WireServer.start(reply(500, 'no luck'));
      const queue = endpointOn(server, { transport, retry: { retries: 2, delayMs: 1 } });
      assert.equal((await rejection(queue.get(ping), ResponseError)).attempts.length, 3);
      assert.equal((await rejection(queue.get(ping, { retry: false }), ResponseError)).attempts.length, 1);
      assert.equal(
        (await rejection(queue.get(ping, { retry: { retries: 1 } }), ResponseError)).attempts.length,
        2,
      );
      const byDefault = endpointOn(server, { transport, retry: { delayMs: 1 } });
      assert.equal((await rejection(byDefault.get(ping), ResponseError)).attempts.length, 6);
      await using broken = await WireServer.start(reset);
      const breaks = endpointOn(broken, { transport, retry: { retries: 2, delayMs: 1 } });
      const error = await rejection(breaks.get(ping), ConnectionError);
      assert.equal(error.code, 'reset');
      assert.equal(error.category, 'unavailable');
      assert.match(
        error.message,
        /^GET \/api\/queue\/v1\/ping: the connection broke before an answer came from 127\.0\.0\.1:\d+ \(.+\), after 3 attempts$/,
      );
    });

    test('does not repeat what may have been done, unless told that it is safe', async () => {
      for (const behaviour of [reply(500), reply(503), reply(408), truncated, reset]) {
        await using server = await WireServer.start(behaviour);
        const queue = endpointOn(server, { transport, retry: { retries: 2, delayMs: 1 } });
        await rejection(queue.post(ping, { body: {} }), ServiceError);
        assert.equal(server.requests.length, 1);
        await rejection(queue.post(ping, { body: {}, safe: true }), ServiceError);
        assert.ok(server.requests.length >= 4);
      }
    });

    test('a failure that nobody thought of is not taken for a request that was not sent', async () => {
      const twoLengths = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} ';
      await using server = await WireServer.start((socket) => socket.end(twoLengths));
      const queue = endpointOn(server, { transport, retry: { retries: 2, delayMs: 1 } });
      await rejection(queue.post(ping, { body: {} }), ServiceError);
      assert.equal(server.requests.length, 1);
    });

    test('repeats any call that certainly was not carried out', async () => {
      await using limited = await WireServer.start(inTurn(reply(429), replyJson({ ok: 1 })));
      assert.deepEqual(await endpointOn(limited, { transport }).post(ping), { ok: 1 });
      await using invited = await WireServer.start(
        inTurn(reply(503, '', { 'retry-after': '0' }), replyJson({ ok: 1 })),
      );
      assert.deepEqual(await endpointOn(invited, { transport }).post(ping), { ok: 1 });

      const gone = await WireServer.start(silence);
      const { url } = gone;
      await gone[Symbol.asyncDispose]();
      const queue = endpointOn({ url }, { transport, retry: { retries: 2, delayMs: 1 } });
      const error = await rejection(queue.post(ping), ConnectionError);
      assert.deepEqual([error.code, error.attempts.length], ['connect', 3]);
    });

    test('never repeats a no', async () => {
      for (const status of [400, 401, 403, 404, 409, 501]) {
        await using server = await WireServer.start(reply(status));
        await rejection(endpointOn(server, { transport }).get(ping), ResponseError);
        assert.equal(server.requests.length, 1);
      }
    });

    test('a kept connection that was reset is replaced once, even for a POST and without retries', async () => {
      await using server = await WireServer.start(
        inTurn(replyJson(1), reset, replyJson(2), reset, reset, replyJson(3)),
      );
      const queue = endpointOn(server, { transport, retry: false, connection: { maxSockets: 1 } });
      assert.equal(await queue.post(ping), 1);
      assert.equal(await queue.post(ping), 2);
      const error = await rejection(queue.post(ping), ConnectionError);
      assert.equal(error.attempts.length, 2);
      assert.equal(server.requests.length, 5);
    });

    test('an idle connection that the server closed in the meantime is noticed without harm', async () => {
      await using server = await WireServer.start(replyJson(1));
      const queue = endpointOn(server, { transport, retry: false });
      for (let round = 0; round < 20; round += 1) {
        assert.equal(await queue.post(ping), 1);
        for (const socket of server.sockets) socket.end();
        if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    });

    test('waits at least as long as Retry-After says', async () => {
      await using server = await WireServer.start(
        inTurn(reply(503, '', { 'retry-after': '1' }), replyJson({ ok: 1 })),
      );
      const records: CallRecord[] = [];
      await endpointOn(server, { transport }).get(ping, { onRecord: (record) => records.push(record) });
      assert.equal(records[0]?.attempts[1]?.delayMs, 1000);
      const [first, second] = records[0].attempts;
      assert.ok((second?.startedAt ?? 0) - (first?.startedAt ?? 0) >= 990);
    });

    test('a wait that would go past the deadline is not begun', async () => {
      await using server = await WireServer.start(reply(429, 'slow down', { 'retry-after': '3600' }));
      const began = performance.now();
      const queue = endpointOn(server, { transport });
      const error = await rejection(queue.get(ping, { timeoutMs: 2000 }), ResponseError);
      assert.equal(error.category, 'rate-limited');
      assert.equal(error.headers['retry-after'], '3600');
      assert.ok(performance.now() - began < 1000);
    });

    test('one attempt has its limit, and the whole call has one', async () => {
      await using server = await WireServer.start(inTurn(replyJson(0), silence, replyJson(1), silence));
      const queue = endpointOn(server, { transport, attemptTimeoutMs: 40 });
      await queue.get(ping);
      assert.equal(await queue.get(ping), 1);
      assert.equal(server.requests.length, 3);
      const once = await rejection(queue.get(ping, { retry: false }), ConnectionError);
      assert.equal(once.code, 'timeout');
      assert.match(once.message, /no answer from 127\.0\.0\.1:\d+ within 40 ms$/);
      const began = performance.now();
      const tried = await rejection(queue.get(ping, { timeoutMs: 130 }), ConnectionError);
      assert.equal(tried.code, 'timeout');
      assert.ok(tried.attempts.length > 1);
      assert.ok(performance.now() - began < 1000);
      const patient = endpointOn(server, { transport });
      const short = await rejection(
        patient.get(ping, { attemptTimeoutMs: 40, retry: false }),
        ConnectionError,
      );
      assert.match(short.message, / within 40 ms$/);
      const late = await rejection(patient.get(ping, { timeoutMs: 60 }), ConnectionError);
      assert.equal(late.message, 'GET /api/queue/v1/ping: no answer within 60 ms');
      assert.equal(late.attempts.length, 1);
    });

    test('an abort rejects with its own reason: before, during an attempt, and in a wait', async () => {
      let controller = new AbortController();
      const reason = new Error('changed my mind');
      const abortSoon = () => setTimeout(() => controller.abort(reason), 5);
      await using server = await WireServer.start(
        inTurn(abortSoon, (socket, request) => {
          reply(503, '', { 'retry-after': '100' })(socket, request);
          abortSoon();
        }),
      );
      const queue = endpointOn(server, { transport });
      await assert.rejects(queue.get(ping, { signal: AbortSignal.abort(reason) }), reason);
      assert.equal(server.requests.length, 0);
      for (const statuses of [[undefined], [503]]) {
        controller = new AbortController();
        const records: CallRecord[] = [];
        const { signal } = controller;
        const call = queue.get(ping, { signal, onRecord: (record) => records.push(record) });
        await assert.rejects(call, reason);
        assert.deepEqual(
          records[0]?.attempts.map(({ status }) => status),
          statuses,
        );
      }
      assert.equal(server.requests.length, 2);
    });

    test('credentials that never come do not outlast the deadline or an abort', async () => {
      await using server = await WireServer.start(replyJson({}));
      const auth = { sign: () => new Promise<never>(() => {}) };
      const queue = endpointOn(server, { transport }, { auth });
      const error = await rejection(queue.get(ping, { timeoutMs: 30 }), ConnectionError);
      assert.equal(error.code, 'timeout');
      await assert.rejects(queue.get(ping, { signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
      assert.equal(server.requests.length, 0);
    });

    test('a 401 is tried once more when something was renewed, and only then', async () => {
      await using server = await WireServer.start(
        inTurn(replyJson({ message: 'stale' }, 401), replyJson({ ok: 1 }), reply(401)),
      );
      const given = { authorization: 'one' };
      const seen: unknown[] = [];
      let changes = true;
      const auth = {
        sign: () => given,
        renew: async (refusal: { status: number; body: unknown; signed: unknown; receivedAt: number }) => {
          assert.ok(Math.abs(refusal.receivedAt - Date.now()) < 1000);
          seen.push([refusal.status, refusal.body, refusal.signed === given]);
          return changes;
        },
      };
      const queue = endpointOn(server, { transport, retry: false }, { auth });
      assert.deepEqual(await queue.post(ping), { ok: 1 });
      assert.deepEqual(seen, [[401, { message: 'stale' }, true]]);
      const error = await rejection(queue.post(ping), ResponseError);
      assert.deepEqual([error.status, error.attempts.length, seen.length], [401, 2, 2]);
      changes = false;
      assert.equal((await rejection(queue.post(ping), ResponseError)).attempts.length, 1);
    });

    test('a stream as a body is sent once; a function that makes one is called for each attempt', async () => {
      await using server = await WireServer.start(inTurn(reply(500), reply(500), replyJson({ ok: 1 })));
      const queue = endpointOn(server, { transport });
      async function* pieces() {
        yield Buffer.from('one ');
        yield Buffer.from('two');
      }
      const error = await rejection(queue.put(ping, { body: pieces() }), ResponseError);
      assert.equal(error.attempts.length, 1);
      let made = 0;
      const body = () => {
        made += 1;
        return pieces();
      };
      assert.deepEqual(await queue.put(ping, { body }), { ok: 1 });
      assert.equal(made, 2);
      assert.deepEqual(
        server.requests.map((request) => request.body.toString()),
        ['one two', 'one two', 'one two'],
      );
    });

    test('what the source of a body throws is given to the caller as it is', async () => {
      await using server = await WireServer.start(replyJson({}));
      const broken = new Error('the disk is gone');
      const body = () =>
        (async function* pieces() {
          yield Buffer.from('one');
          throw broken;
        })();
      await assert.rejects(
        endpointOn(server, { transport }).put(ping, { body }),
        (error) => error === broken,
      );
    });

    test('a stream that breaks off throws a ConnectionError where it is read', async () => {
      await using server = await WireServer.start(truncated);
      const { body } = await endpointOn(server, { transport }).stream('get', ping);
      const read = async () => {
        for await (const piece of body) assert.ok(piece.length > 0);
      };
      const error = await rejection(read(), ConnectionError);
      assert.equal(error.code, 'truncated');
    });

    test('nothing secret is in an error, its record or what inspect shows of either', async () => {
      await using server = await WireServer.start(
        replyJson({ message: 'no', token: 'BODYSECRET' }, 403, {
          'set-cookie': 'SECRETCOOKIE=1',
          location: 'https://x.example.com/a?sig=SECRETLOCATION',
        }),
      );
      const auth = { sign: () => ({ authorization: 'Hawk SECRETMAC', 'x-proof': 'SECRETPROOF' }) };
      const queue = endpointOn(server, { transport }, { auth });
      const records: CallRecord[] = [];
      const error = await rejection(
        queue.post(path`/hooks/${'g'}/trigger/${secret('SECRETTOKEN')}`, {
          query: { bewit: 'SECRETBEWIT', limit: 1 },
          body: { password: 'SECRETPASSWORD' },
          headers: { Cookie: 'SECRETBISCUIT' },
          onRecord: (record) => records.push(record),
        }),
        ResponseError,
      );
      assert.equal(error.message, 'POST /api/queue/v1/hooks/g/trigger/***: 403: no');
      assert.equal(records[0]?.url, `${server.url}/api/queue/v1/hooks/g/trigger/***?bewit=***&limit=1`);
      const shown = [
        inspect(error, { depth: 20 }),
        inspect(error, { depth: 20, showHidden: true, getters: false }),
        inspect(error.record, { depth: 20 }),
        JSON.stringify([error, error.record, records]),
        inspect(queue, { depth: 20, showHidden: true }),
      ].join('\n');
      assert.doesNotMatch(shown, /SECRET/);
      assert.match(server.requests[0]?.target ?? '', /SECRETTOKEN\?bewit=SECRETBEWIT/);
      assert.deepEqual(error.body, { message: 'no', token: 'BODYSECRET' });
    });

    test('the record tells of each attempt: when, how long, what was sent and what came', async () => {
      await using server = await WireServer.start(inTurn(reset, replyJson({ ok: 1 })));
      const queue = endpointOn(server, { transport, headers: { 'X-Session': 'a' } });
      const records: CallRecord[] = [];
      const before = Date.now();
      await queue.get(ping, { headers: { 'X-Call': 'b' }, onRecord: (record) => records.push(record) });
      assert.equal(records.length, 1);
      const [record] = records;
      assert.deepEqual([record?.method, record?.url], ['GET', `${server.url}/api/queue/v1/ping`]);
      const [first, second] = record?.attempts ?? [];
      assert.ok(first !== undefined && second !== undefined);
      assert.ok(first.startedAt >= before && first.startedAt <= Date.now());
      assert.ok(first.durationMs >= 0 && first.durationMs < 5000);
      assert.match(first.error ?? '', /the connection broke/);
      assert.deepEqual([first.status, first.delayMs], [undefined, undefined]);
      assert.deepEqual(
        [second.requestHeaders['x-session'], second.requestHeaders['x-call'], second.status, second.error],
        ['a', 'b', 200, undefined],
      );
      assert.equal(second.responseHeaders?.['content-type'], 'application/json');
      assert.ok(second.delayMs !== undefined && second.delayMs >= 0);
    });

    test('headers of the call win over those of the session, whatever their spelling', async () => {
      await using server = await WireServer.start(replyJson({}));
      const queue = endpointOn(
        server,
        { transport, headers: { 'X-A': 'session', ACCEPT: 'application/x' } },
        { headers: () => ({ 'x-trace': 'made' }) },
      );
      await queue.put(ping, { headers: { 'x-a': 'call', 'Content-Type': 'text/x' }, body: {} });
      const headers = server.requests[0]?.headers ?? {};
      assert.deepEqual(
        [headers['x-a'], headers['accept'], headers['x-trace'], headers['content-type']],
        ['call', 'application/x', 'made', 'text/x'],
      );
    });

    test('fifty calls at once are all answered, each with its own', async () => {
      await using server = await WireServer.start((socket, request) =>
        replyJson(request.target)(socket, request),
      );
      const queue = endpointOn(server, { transport });
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, number) => queue.get(path`/task/${number}`)),
      );
      assert.deepEqual(
        answers,
        Array.from({ length: 200 }, (_, number) => `/api/queue/v1/task/${number}`),
      );
      assert.ok(server.connections <= 50);
    });
  });
}

test('what a service repeats of secrets is hidden, the longest first, and nothing else', async () => {
  const said = async (text: string, route: Path, options?: RequestOptions, auth?: Auth) => {
    const transport = async () => ({ status: 404, headers: {}, body: new TextEncoder().encode(text) });
    const queue = endpointOn({ url: 'http://127.0.0.1:9' }, { transport }, { auth });
    return (await rejection(queue.get(route, options), ResponseError)).message.split(': 404: ')[1];
  };
  const nested = path`/a/${secret('abcd')}/b/${secret('abcdefgh')}`;
  assert.equal(await said('no /abcdefgh, no /abcd', nested), 'no /***, no /***');
  assert.equal(await said('no such key', path`/a/${secret(slashes(''))}`), 'no such key');
  assert.equal(await said('a is no key', path`/a/${secret('a')}`), 'a is no key');
  const dots = '.'.repeat(195);
  assert.equal(await said(`${dots}abcdefgh`, nested), `${dots}***…`);
  const query = { query: { token: 'a/token', page: 'page' } };
  assert.equal(await said('no a/token, no a%2Ftoken on page', ping, query), 'no ***, no *** on page');
  const headers = { Authorization: 'Bearer b-token', Cookie: 'sid=c-token; a=1', 'X-Vault-Token': 'root' };
  assert.equal(
    await said('Bearer b-token, sid=c-token, a=1, root', ping, { headers }),
    'Bearer ***, sid=***, a=1, ***',
  );
  const proof = { 'x-proof': 'a-proof', 'x-client-version': '3.6.10' };
  assert.equal(await said('a-proof of 3.6.10', ping, {}, { sign: () => proof }), '*** of 3.6.10');
});

test('a status has a category', () => {
  const statuses = [400, 401, 403, 404, 409, 410, 412, 413, 424, 429, 500, 501, 502, 503, 504];
  assert.deepEqual(statuses.map(categoryOf), [
    'invalid',
    'unauthorized',
    'forbidden',
    'not-found',
    'conflict',
    'not-found',
    'conflict',
    'invalid',
    'invalid',
    'rate-limited',
    'failed',
    'failed',
    'unavailable',
    'unavailable',
    'unavailable',
  ]);
});

test('any function of the right shape is a transport, and its answers may come whole or as a stream', async () => {
  async function* pieces() {
    yield Buffer.from('{"a"');
    yield Buffer.from(':1}');
  }
  const asked: string[] = [];
  const queue = endpointOn(
    { url: 'http://nowhere.example.com' },
    {
      transport: async ({ method, url }) => {
        asked.push(`${method} ${url}`);
        return { status: 200, headers: {}, body: asked.length === 1 ? pieces() : Buffer.from('{"b":2}') };
      },
    },
  );
  assert.deepEqual(await queue.get(ping), { a: 1 });
  const { body } = await queue.stream('get', ping);
  const read: string[] = [];
  for await (const piece of body) read.push(Buffer.from(piece).toString());
  assert.deepEqual(read, ['{"b":2}']);
  assert.deepEqual(asked, Array(2).fill('GET http://nowhere.example.com/api/queue/v1/ping'));
});

test('options that cannot be right are refused before anything is sent', async () => {
  await using server = await WireServer.start(replyJson({}));
  const wrong = [
    [{ attemptTimeoutMs: 0 }, /attemptTimeoutMs must be a number of milliseconds above 0, not 0/],
    [{ timeoutMs: Number.NaN }, /timeoutMs must be/],
    [{ maxResponseBytes: -1 }, /maxResponseBytes must be a number of at least 1/],
    [{ retry: { retries: -1 } }, /retry\.retries must be a number of at least 0/],
    [{ retry: { factor: 0.5 } }, /retry\.factor must be a number of at least 1/],
    [{ headers: { a: Object(1) } }, /the value of the header a is object/],
    [{ headers: { a: 's3cret\r\nb: c' } }, /^the value of the header a must be one line of printable ASCII$/],
    [{ headers: { a: 'é' } }, /the value of the header a must be one line/],
    [{ headers: { 'a\n': '' } }, /"a\\n" is no name for a header/],
    [{ transport: Object('curl') }, /transport must be "got", "undici" or a function/],
  ] as const;
  for (const [options, message] of wrong) {
    assert.throws(() => endpointOn(server, options), { name: 'TypeError', message });
  }
  const queue = endpointOn(server);
  assert.throws(() => queue.get(ping, { timeoutMs: -5 }), /timeoutMs must be/);
  assert.throws(() => queue.get(ping, { query: { a: {} } }), /a of the query is object/);
  assert.throws(() => queue.get(ping, { headers: { a: 'b\nc' } }), /the value of the header a must be/);
  assert.equal(server.requests.length, 0);
});

test('a body that cannot be sent is refused before anything is sent', async () => {
  await using server = await WireServer.start(replyJson({}));
  const queue = endpointOn(server);
  const circular: Record<string, unknown> = {};
  circular['itself'] = circular;
  const wrong = [
    [undefined, /^the body is undefined, which JSON has no word for$/],
    [Symbol('a'), /^the body is symbol/],
    [{ a: new Date(Number.NaN) }, /^the body can't be sent as JSON: "a" is an invalid Date$/],
    [circular, /^the body can't be sent as JSON: .*circular/],
    [new Map(), /^the body can't be sent as JSON: it is a Map, which/],
    [{ a: [new Set()] }, /^the body can't be sent as JSON: "0" is a Set, which/],
    [{ a: new Uint16Array(1) }, /^the body can't be sent as JSON: "a" is a Uint16Array, which/],
  ] as const;
  for (const [body, message] of wrong) {
    for (const verb of ['post', 'put', 'patch'] as const) {
      assert.throws(() => queue[verb](ping, { body }), { name: 'TypeError', message });
    }
    const paging = byToken<'items'>('items', 'next');
    const pages = queue.pages<{ items: string[] }, 'items'>('post', ping, { body }, paging);
    await assert.rejects(pages.toArray(), { name: 'TypeError', message });
  }
  assert.equal(server.requests.length, 0);
});
