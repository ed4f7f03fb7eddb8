import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEvents, type ServerSentEvent } from '../../runtime/src/http/sse.ts';
import { TransportFailure } from '../../runtime/src/http/transport.ts';
import { rejection } from './salt-netapi.ts';

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
  yield bytes.subarray(from);
}

async function read(
  text: string,
  cuts: readonly number[] = [],
  maxLength?: number,
): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  const options = maxLength === undefined ? {} : { maxLength };
  for await (const event of readEvents(pieces(Buffer.from(text), cuts), options)) events.push(event);
  return events;
}

test('an event of Salt has its tag in a field of its own, and the first has the time to wait', async () => {
  const events = await read('retry: 400\ntag: salt/auth\ndata: {"tag": "salt/auth"}\n\ntag: b\ndata: {}\n\n');
  assert.deepEqual(events, [
    { retryMs: 400, data: '{"tag": "salt/auth"}', fields: new Map([['tag', 'salt/auth']]) },
    { data: '{}', fields: new Map([['tag', 'b']]) },
  ]);
});

test('fields are read as the standard says', async () => {
  const events = await read(
    '\ufeff: a comment\nevent: added\nid: 7\ndata:no space\ndata:  two spaces\ndata\nretry: soon\n\nid: 8\n\ndata: half',
  );
  assert.deepEqual(events, [{ event: 'added', id: '7', data: 'no space\n two spaces\n', fields: new Map() }]);
});

test('an id with a zero in it is none', async () => {
  assert.deepEqual(await read('id: a\0b\ndata: x\n\n'), [{ data: 'x', fields: new Map() }]);
});

test('pieces may be cut anywhere, within a character and within the end of a line', async () => {
  const line = fc.constantFrom('data: grün 🧂', 'tag: salt/job/1/ret/m', ': c', '', 'data: {"a":1}', 'id: 1');
  const end = fc.constantFrom('\n', '\r\n', '\r');
  const texts = fc
    .tuple(fc.array(line, { maxLength: 12 }), end)
    .map(([lines, by]) => lines.map((l) => l + by).join(''));
  await fc.assert(
    fc.asyncProperty(texts, fc.array(fc.nat(), { maxLength: 20 }), async (text, where) => {
      const length = Buffer.byteLength(text);
      const cuts = where.map((at) => at % (length + 1));
      assert.deepEqual(await read(text, cuts), await read(text.replace(/\r\n|\r/g, '\n')));
    }),
    { numRuns: 300 },
  );
});

test('an event that is too long is refused, however it comes', async () => {
  const long = await rejection(read(`data: ${'x'.repeat(100)}\n\n`, [], 50), TransportFailure);
  assert.equal(long.kind, 'too-large');
  await rejection(read(`data: ${'x'.repeat(100)}`, [10, 20, 90], 50), TransportFailure);
  await rejection(read('data: xxxxxxxxxx\n'.repeat(10), [], 50), TransportFailure);
  assert.equal((await read('data: xxxxxxxxxx\n\n'.repeat(10), [], 50)).length, 10);
  assert.equal((await read(`${': quiet\n'.repeat(100)}data: x\n\n`, [], 50)).length, 1);
});
