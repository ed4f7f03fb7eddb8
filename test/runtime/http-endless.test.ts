import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ConnectionError, ProtocolError, ResponseError } from '../../runtime/src/errors.ts';
import { path } from '../../runtime/src/http/path.ts';
import { endpointOn, rejection } from '../servers/endpoint.ts';
import { type Behaviour, inTurn, reply, replyJson, silence, WireServer } from '../servers/wire.ts';

const logs = path`/logs`;

/** Begins an answer without an end, of the pieces that are given and whatever is written later. */
function begin(type: string, ...pieces: readonly (string | Uint8Array)[]): Behaviour {
  return (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`);
    for (const piece of pieces) chunk(socket, piece);
  };
}

function chunk(socket: Socket, piece: string | Uint8Array): void {
  const bytes = Buffer.from(piece);
  socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]));
}

/** All that is given, and the end. */
function whole(type: string, ...pieces: readonly (string | Uint8Array)[]): Behaviour {
  return (socket, request) => {
    begin(type, ...pieces)(socket, request);
    socket.write('0\r\n\r\n');
  };
}

/** Each byte of a text by itself, so that everything is cut everywhere. */
function cut(text: string): Uint8Array[] {
  return [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const given: T[] = [];
  for await (const value of values) given.push(value);
  return given;
}

/** Resolves when the server's side of the connection is closed. */
function closed(server: WireServer): Promise<unknown> {
  return Promise.all(
    [...server.sockets].map((socket) => new Promise((resolve) => socket.on('close', resolve))),
  );
}

for (const transport of ['got', 'undici'] as const) {
  describe(`an answer without an end over ${transport}`, () => {
    test('comes line by line, however it is cut', async () => {
      await using server = await WireServer.start(whole('text/plain', ...cut('one\r\nzwei ä\n\nlast')));
      const lines = endpointOn(server, { transport }).lines('get', logs);
      assert.equal(server.requests.length, 0);
      assert.deepEqual(await all(lines), ['one', 'zwei ä', '', 'last']);
    });

    test('comes value by value, a line each or without anything between them', async () => {
      const text = '{"a":"}\\"{"}{"b":[1,{}]}\n[2]\n "x\\\\" 3 4\ntrue\x1e{"n":12345678901234567890}null';
      await using server = await WireServer.start(
        inTurn(whole('application/json', ...cut(text)), whole('application/json', text)),
      );
      const values = endpointOn(server, { transport }).values('get', logs, {
        shape: { props: { n: () => 'bigint' } },
      });
      const expected = [
        { a: '}"{' },
        { b: [1, {}] },
        [2],
        'x\\',
        3,
        4,
        true,
        { n: 12345678901234567890n },
        null,
      ];
      assert.deepEqual(await all(values), expected);
      // Another loop is another call.
      assert.deepEqual(await all(values), expected);
      assert.equal(server.requests.length, 2);
    });

    test('listens to the signal that it is given as long as a loop lasts, however it ends', async () => {
      const { signal } = new AbortController();
      const listeners = () => getEventListeners(signal, 'abort').length;
      await using server = await WireServer.start(
        inTurn(whole('text/plain', 'one\n'), begin('text/plain', 'one\n'), reply(404, 'no')),
      );
      const lines = endpointOn(server, { transport }).lines('get', logs, { signal });
      for await (const _ of lines) assert.equal(listeners(), 1);
      assert.equal(listeners(), 0);
      for await (const _ of lines) break;
      assert.equal(listeners(), 0);
      await rejection(all(lines), ResponseError);
      assert.equal(listeners(), 0);
    });

    test('comes event by event', async () => {
      await using server = await WireServer.start(
        whole('text/event-stream; charset=utf-8', 'retry: 400\n', 'event: a\ndata: 1\nda', 'ta: 2\n\n'),
      );
      const [event] = await all(endpointOn(server, { transport }).events('get', logs));
      assert.equal(event?.data, '1\n2');
      assert.equal(event.event, 'a');
      assert.equal(server.requests[0]?.headers['accept'], 'text/event-stream');
    });

    test('is given as it comes, and leaving the loop closes the connection', async () => {
      await using server = await WireServer.start(begin('text/plain', 'one\n'));
      for await (const line of endpointOn(server, { transport }).lines('get', logs)) {
        assert.equal(line, 'one');
        break;
      }
      await closed(server);
    });

    test('may be silent for longer than an attempt may take, and ends when it is closed while it is', async () => {
      await using server = await WireServer.start(begin('text/plain', 'one\n'));
      const endpoint = endpointOn(server, { transport, attemptTimeoutMs: 50 });
      const loop = endpoint.lines('get', logs)[Symbol.asyncIterator]();
      assert.deepEqual(await loop.next(), { done: false, value: 'one' });
      const next = loop.next();
      const quiet = new Promise((resolve) => setTimeout(resolve, 100, 'quiet'));
      assert.equal(await Promise.race([next, quiet]), 'quiet');
      const gone = closed(server);
      await loop.return?.();
      assert.deepEqual(await next, { done: true, value: undefined });
      assert.deepEqual(await loop.next(), { done: true, value: undefined });
      await gone;
    });

    test('is a ConnectionError when it is silent for longer than the call allows', async () => {
      await using server = await WireServer.start(begin('text/plain', 'one\n'));
      const lines = endpointOn(server, { transport }).lines('get', logs, { idleTimeoutMs: 30 });
      const failure = await rejection(all(lines), ConnectionError);
      assert.equal(failure.code, 'timeout');
    });

    test('has to begin in time', async () => {
      await using server = await WireServer.start(silence);
      const endpoint = endpointOn(server, { transport, attemptTimeoutMs: 30, retry: false });
      const failure = await rejection(all(endpoint.lines('get', logs)), ConnectionError);
      assert.equal(failure.code, 'timeout');
    });

    test('is rejected with the reason of an abort, before and while it comes', async () => {
      await using server = await WireServer.start(inTurn(silence, begin('text/plain', 'one\n')));
      const endpoint = endpointOn(server, { transport });
      for (let n = 0; n < 2; n += 1) {
        const aborter = new AbortController();
        const reason = new Error('enough');
        const lines = endpoint.lines('get', logs, { signal: aborter.signal });
        const failure = assert.rejects(all(lines), (error) => error === reason);
        while (server.requests.length <= n) await new Promise(setImmediate);
        aborter.abort(reason);
        await failure;
      }
    });

    test('is a ConnectionError when it breaks off, after what had come', async () => {
      await using server = await WireServer.start((socket, request) => {
        begin('text/plain', 'one\ntwo\nhalf')(socket, request);
        setImmediate(() => socket.destroy());
      });
      const given: string[] = [];
      const failure = await rejection(
        (async () => {
          for await (const line of endpointOn(server, { transport }).lines('get', logs)) given.push(line);
        })(),
        ConnectionError,
      );
      assert.equal(failure.code, 'truncated');
      assert.deepEqual(given, ['one', 'two']);
    });

    test('is an error like any other when the service says no, or gives a page', async () => {
      const page = reply(200, '<html><title>Log in</title>', { 'content-type': 'text/html' });
      await using server = await WireServer.start(
        inTurn(replyJson({ message: 'no' }, 403), page, page, page),
      );
      const endpoint = endpointOn(server, { transport });
      const refusal = await rejection(all(endpoint.lines('get', logs)), ResponseError);
      assert.equal(refusal.message, 'GET /api/queue/v1/logs: 403: no');
      for (const kind of ['lines', 'values', 'events'] as const) {
        const failure = await rejection(all<unknown>(endpoint[kind]('get', logs)), ProtocolError);
        assert.match(failure.message, /200 with a body that is not .* \(text\/html\)$/);
      }
    });

    test('is a ProtocolError where it makes no sense or is too long, and shows nothing of it', async () => {
      await using server = await WireServer.start(
        inTurn(
          whole('application/json', '{"a":1}{secret}'),
          whole('application/json', '{"a":'),
          begin('application/json', `"${'x'.repeat(100)}`),
          begin('text/plain', 'x'.repeat(100)),
          begin('text/event-stream', `data: ${'x'.repeat(100)}`),
        ),
      );
      const endpoint = endpointOn(server, { transport, maxResponseBytes: 50 });
      const values = endpoint.values('get', logs);
      const rows: readonly [AsyncIterable<unknown>, RegExp][] = [
        [values, /a value that is not JSON \(8 characters\)$/],
        [values, /a value that is not JSON \(5 characters\)$/],
        [values, /longer than 50/],
        [endpoint.lines('get', logs), /longer than 50/],
        [endpoint.events('get', logs), /longer than 50/],
      ];
      for (const [values, message] of rows) {
        const failure = await rejection(all(values), ProtocolError);
        assert.match(failure.message, message);
        assert.doesNotMatch(failure.message, /secret/);
      }
    });
  });
}

test('any values in a row are what they are one by one, whatever is between them and wherever they are cut', async () => {
  const between = fc.constantFrom('\n', '\r\n', ' ', '\t\n', '\x1e', '\n\x1e');
  // Numbers and words need something between them; objects, lists and texts may do without.
  const value = fc.jsonValue().filter((each) => !Object.is(each, -0));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(value, between, fc.boolean())),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      async (row, sizes) => {
        const text = row
          .map(([each, space, tight]) => {
            const json = JSON.stringify(each);
            return tight && /^[{["]/.test(json) ? json : `${space}${json}${space}`;
          })
          .join('');
        const bytes = Buffer.from(text);
        const endpoint = endpointOn(
          { url: 'http://127.0.0.1:1' },
          { transport: async () => ({ status: 200, headers: {}, body: cutBy(bytes, sizes) }) },
        );
        assert.deepEqual(
          await all(endpoint.values('get', logs)),
          row.map(([each]) => JSON.parse(JSON.stringify(each))),
        );
      },
    ),
  );
});

async function* cutBy(
  bytes: Uint8Array,
  sizes: readonly number[],
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
