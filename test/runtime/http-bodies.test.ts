import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { optional } from '../../runtime/src/http/body.ts';
import { path } from '../../runtime/src/http/path.ts';
import { jsonText } from '../../runtime/src/json/json-text.ts';
import { type Shape, shapedJson } from '../../runtime/src/json/shape.ts';
import { endpointOn } from '../servers/endpoint.ts';
import { replyJson, type WireRequest, WireServer } from '../servers/wire.ts';

const upload = path`/upload`;

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const text of texts) yield Buffer.from(text);
}

/** What a server makes of a form. */
function formOf({ body, headers }: WireRequest): Promise<FormData> {
  const type = headers['content-type'] ?? '';
  return new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
}

for (const transport of ['got', 'undici'] as const) {
  describe(`a body over ${transport}`, () => {
    test('is JSON with integers of any size, dates and bytes', async () => {
      await using server = await WireServer.start(replyJson({}));
      const body = {
        id: 2n ** 64n,
        at: new Date(0),
        value: new Uint8Array([0, 255]),
        buffer: Buffer.from('hi'),
        list: [1n, undefined, 'x'],
        none: undefined,
        toJSON: undefined,
      };
      await endpointOn(server, { transport }).post(upload, { body });
      assert.equal(
        server.requests[0]?.body.toString(),
        '{"id":18446744073709551616,"at":"1970-01-01T00:00:00.000Z","value":"AP8=","buffer":"aGk=","list":[1,null,"x"]}',
      );
    });

    test('is of the type that the method says', async () => {
      await using server = await WireServer.start(replyJson({}));
      const endpoint = endpointOn(server, { transport });
      await endpoint.patch(upload, { body: { a: null }, contentType: 'application/merge-patch+json' });
      await endpoint.put(upload, { body: 'text', contentType: 'application/json' });
      await endpoint.put(upload, { body: 'text', contentType: 'text/plain' });
      await endpoint.put(upload, { body: new Uint8Array([1]), contentType: 'image/png' });
      await endpoint.put(upload, { body: pieces('a', 'b'), contentType: 'image/png' });
      await endpoint.put(upload, { body: () => pieces('c'), contentType: 'image/png' });
      await endpoint.put(upload, { body: new Blob(['d']), contentType: 'image/png' });
      assert.deepEqual(
        server.requests.map(({ headers, body }) => [headers['content-type'], body.toString('latin1')]),
        [
          ['application/merge-patch+json', '{"a":null}'],
          ['application/json', '"text"'],
          ['text/plain', 'text'],
          ['image/png', '\x01'],
          ['image/png', 'ab'],
          ['image/png', 'c'],
          ['image/png', 'd'],
        ],
      );
    });

    test('is left out when it is optional and undefined', async () => {
      await using server = await WireServer.start(replyJson({}));
      const endpoint = endpointOn(server, { transport });
      await endpoint.post(upload, { body: optional(undefined) });
      await endpoint.post(upload, { body: optional(null) });
      assert.deepEqual(
        server.requests.map(({ headers, body }) => [headers['content-type'], body.toString()]),
        [
          [undefined, ''],
          ['application/json', 'null'],
        ],
      );
    });

    test('is a form, of pairs', async () => {
      await using server = await WireServer.start(replyJson({}));
      const body = { 'a b': "x&y='z'", list: [1, 2n, undefined], on: true, nested: { c: [1] }, none: null };
      await endpointOn(server, { transport }).post(upload, {
        body,
        contentType: 'application/x-www-form-urlencoded',
      });
      const [request] = server.requests;
      assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded');
      assert.deepEqual(
        [...new URLSearchParams(request.body.toString())],
        [
          ['a b', "x&y='z'"],
          ['list', '1'],
          ['list', '2'],
          ['on', 'true'],
          ['nested', '{"c":[1]}'],
        ],
      );
    });

    test('is a form, of parts that a server reads as they were', async () => {
      await using server = await WireServer.start(replyJson({}));
      const endpoint = endpointOn(server, { transport });
      const contentType = 'multipart/form-data';
      const name = 'quo"te\r\nX-Evil: 1';
      const bytes = Buffer.from([0, 13, 10, 255]);
      await endpoint.post(upload, { body: { [name]: 'ä', n: 1, bytes, json: { a: [1] } }, contentType });
      const file = new File(['content'], 'na"me.txt', { type: 'text/plain' });
      await endpoint.post(upload, {
        body: { files: [file, new Blob(['x'], { type: 'a\r\nb' })], stream: pieces('1', '2'), no: undefined },
        contentType,
      });
      const data = new FormData();
      data.append('a', 'b');
      data.append('a', file);
      await endpoint.post(upload, { body: data, contentType });

      const [first, second, third] = await Promise.all(server.requests.map(formOf));
      assert.ok(first && second && third);
      assert.deepEqual([...first.keys()], [name, 'n', 'bytes', 'json']);
      assert.equal(first.get(name), 'ä');
      assert.equal(first.get('n'), '1');
      assert.equal(first.get('json'), '{"a":[1]}');
      const sent = first.get('bytes');
      assert.ok(sent instanceof File);
      assert.deepEqual(Buffer.from(await sent.arrayBuffer()), bytes);
      const [named, blob] = second.getAll('files');
      assert.ok(named instanceof File && blob instanceof File);
      assert.deepEqual([named.name, named.type, await named.text()], ['na"me.txt', 'text/plain', 'content']);
      assert.equal(blob.type, 'application/octet-stream');
      const stream = second.get('stream');
      assert.ok(stream instanceof File);
      assert.equal(await stream.text(), '12');
      assert.equal(third.getAll('a').length, 2);
    });
  });
}

test('a body that its type has no word for is refused, and never shown', async () => {
  await using server = await WireServer.start(replyJson({}));
  const endpoint = endpointOn(server);
  const cases = [
    [
      { secret: 1 },
      'text/plain',
      /^the body is object, and as text\/plain it must be a text, bytes or a stream$/,
    ],
    [null, 'image/png', /^the body is null, and as image\/png/],
    ['text', 'multipart/form-data', /^the body must be an object, to be sent as multipart\/form-data$/],
    [[1], 'application/x-www-form-urlencoded', /^the body must be an object/],
    [{ a: Symbol('s') }, 'multipart/form-data', /^a of the body is symbol/],
  ] as const;
  for (const [body, contentType, message] of cases) {
    assert.throws(() => endpoint.post(upload, { body, contentType }), { name: 'TypeError', message });
  }
  assert.equal(server.requests.length, 0);
});

test('a form with a stream is sent once, and one without again', async () => {
  await using server = await WireServer.start(replyJson({}, 503));
  const endpoint = endpointOn(server, { retry: { retries: 1, delayMs: 1 } });
  const contentType = 'multipart/form-data';
  await assert.rejects(endpoint.put(upload, { body: { a: pieces('x') }, contentType }), { status: 503 });
  assert.equal(server.requests.length, 1);
  await assert.rejects(endpoint.put(upload, { body: { a: new Blob(['x']) }, contentType }), { status: 503 });
  assert.equal(server.requests.length, 3);
});

test('what is sent and what is read are the same, also where JSON has no word for it', () => {
  const shape: Shape = {
    props: { integers: () => ({ items: () => 'bigint' }), at: () => 'date', value: () => 'bytes' },
  };
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.array(fc.bigInt()),
      fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }),
      fc.uint8Array(),
      (rest, integers, at, value) => {
        const sent = { rest, integers, at, value };
        const plain: unknown = JSON.parse(JSON.stringify(rest));
        const read = shapedJson(jsonText(sent), shape);
        assert.deepEqual(read, { rest: plain, integers, at, value: new Uint8Array(value) });
        assert.equal(jsonText(rest), JSON.stringify(rest));
      },
    ),
  );
});
