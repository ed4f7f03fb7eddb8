import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProtocolError } from '../../runtime/src/errors.ts';
import { path } from '../../runtime/src/http/path.ts';
import { type Shape, type Structure, shapedJson } from '../../runtime/src/json/shape.ts';
import { endpointOn, rejection } from '../servers/endpoint.ts';
import { reply, WireServer } from '../servers/wire.ts';

const pair: Structure = {
  props: { Flags: () => 'bigint', Value: () => 'bytes', At: () => 'date', Next: () => pair },
};

test('integers keep all their digits where they are due, and are numbers elsewhere', () => {
  const text = '{"Flags":18446744073709551615,"Other":18446744073709551615,"List":[12345678901234567890,1]}';
  assert.deepEqual(shapedJson(text, pair), {
    Flags: 18446744073709551615n,
    Other: 18446744073709552000,
    List: [12345678901234567000, 1],
  });
  assert.deepEqual(shapedJson('{"Flags":7}', pair), { Flags: 7n });
  assert.deepEqual(shapedJson('{"Flags":1e20}', pair), { Flags: 100000000000000000000n });
  assert.deepEqual(shapedJson('-9223372036854775808', 'bigint'), -9223372036854775808n);
});

test('dates and bytes are read where they are due, at any depth', () => {
  const text = '{"At":"2024-01-02T03:04:05.6789Z","Next":{"Value":"AP+A","At":"0001-01-01T00:00:00Z"}}';
  assert.deepEqual(shapedJson(text, pair), {
    At: new Date('2024-01-02T03:04:05.678Z'),
    Next: { Value: new Uint8Array([0, 255, 128]), At: new Date('0001-01-01T00:00:00Z') },
  });
  assert.deepEqual(shapedJson('["", "_-8", "aGV s\\nbG8="]', { items: () => 'bytes' }), [
    new Uint8Array(),
    new Uint8Array([255, 239]),
    new TextEncoder().encode('hello'),
  ]);
  assert.deepEqual(shapedJson('"2024-01-02T03:04:05"', 'date'), new Date('2024-01-02T03:04:05Z'));
  assert.deepEqual(shapedJson('"2024-01-02"', 'date'), new Date('2024-01-02'));
});

test('what is of another type stays as it is', () => {
  const text = '{"Flags":null,"Value":null,"At":5,"Next":[1,"x"]}';
  assert.deepEqual(shapedJson(text, pair), { Flags: null, Value: null, At: 5, Next: [1, 'x'] });
  assert.deepEqual(shapedJson('{"Flags":"many"}', pair), { Flags: 'many' });
});

test('what is a scalar here and an object there has a shape as either', () => {
  const owner: Shape = { props: { id: () => 'bigint' }, items: () => 'date', scalar: 'bigint' };
  const text = '[9007199254740993,{"id":9007199254740993,"size":9007199254740993},["2024-01-02"],"me",null]';
  assert.deepEqual(shapedJson(text, { items: () => owner }), [
    9007199254740993n,
    { id: 9007199254740993n, size: 9007199254740992 },
    [new Date('2024-01-02')],
    'me',
    null,
  ]);
});

test('the values of a map, and the branch that an object names, have shapes of their own', () => {
  const map: Shape = { props: { total: () => 'bigint' }, values: () => pair };
  assert.deepEqual(shapedJson('{"total":1,"a":{"Flags":2}}', map), { total: 1n, a: { Flags: 2n } });
  const pets: Shape = {
    props: { id: () => 'bigint' },
    by: { property: 'kind', of: { cat: () => ({ props: { born: () => 'date' } }), itself: () => pets } },
  };
  assert.deepEqual(
    shapedJson('[{"kind":"cat","id":1,"born":"2020-01-01"},{"kind":"eel","id":2,"born":"?"}]', {
      items: () => pets,
    }),
    [
      { kind: 'cat', id: 1n, born: new Date('2020-01-01') },
      { kind: 'eel', id: 2n, born: '?' },
    ],
  );
  const animals: Shape = { by: { property: 'kind', of: { cat: () => pets } } };
  assert.deepEqual(shapedJson('{"kind":"cat","id":9,"born":"2020-01-01"}', animals), {
    kind: 'cat',
    id: 9n,
    born: new Date('2020-01-01'),
  });
  assert.deepEqual(shapedJson('{"kind":"itself","id":3}', pets), { kind: 'itself', id: 3n });
  assert.deepEqual(shapedJson('{"kind":"constructor","id":4}', pets), { kind: 'constructor', id: 4n });
});

test('a property called __proto__ is one like any other', () => {
  const read = shapedJson('{"__proto__":"AAAA","a":"AAAA"}', { values: () => 'bytes' });
  assert.ok(typeof read === 'object' && read !== null);
  assert.equal(Object.getPrototypeOf(read), Object.prototype);
  assert.deepEqual(Object.getOwnPropertyDescriptor(read, '__proto__')?.value, new Uint8Array(3));
});

test('what is not as promised is a ProtocolError that names the place and not what is there', async () => {
  const cases = [
    ['{"Flags":1.5}', '200 with a body whose /Flags is no integer'],
    ['{"Next":{"At":"yesterday"}}', '200 with a body whose /Next/At is no date'],
    ['{"At":"secret 1"}', '200 with a body whose /At is no date'],
    ['{"At":"2024-13-01"}', '200 with a body whose /At is no date'],
    ['{"At":"2023-02-29T10:00:00Z"}', '200 with a body whose /At is no date'],
    ['{"Value":"AA=A"}', '200 with a body whose /Value is not base64'],
    ['{"Value":"s!"}', '200 with a body whose /Value is not base64'],
    ['{"Flags":', '200 with a body that is not JSON (application/json, 9 bytes)'],
    [
      `{"Flags":12345678901234567890,"b":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      '200 with a body that is nested too deep',
    ],
  ] as const;
  for (const [text, message] of cases) {
    await using server = await WireServer.start(reply(200, text, { 'content-type': 'application/json' }));
    const failure = await rejection(endpointOn(server).get(path`/a`, { shape: pair }), ProtocolError);
    assert.equal(failure.message, `GET /api/queue/v1/a: ${message}`);
    assert.equal(server.requests.length, 1);
  }
});

test('any JSON is what JSON.parse makes of it, but for integers where they are due', () => {
  const everywhere: Shape = { items: () => everywhere, values: () => everywhere };
  fc.assert(
    fc.property(fc.jsonValue(), fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value, integer) => {
      const text = `{"flags":${integer},"rest":${JSON.stringify(value)},"again":[${integer}]}`;
      const read = shapedJson(text, { props: { flags: () => 'bigint', rest: () => everywhere } });
      assert.deepEqual(read, { ...JSON.parse(text), flags: integer });
    }),
  );
});
