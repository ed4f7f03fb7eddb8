import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reviveJson, type Shape, shapedJson } from '../../runtime/src/json/shape.ts';

const zero = '0001-01-01T00:00:00Z';
const shape: Shape = {
  props: { since: () => 'time', all: () => ({ items: () => 'time' }), by: () => ({ values: () => 'time' }) },
};

test('a time that was never set is left out, any other stays the text that it was', () => {
  const text = JSON.stringify({
    since: zero,
    all: [zero, '2020-01-02T03:04:05.6Z'],
    by: { a: zero, b: 'x' },
  });
  assert.deepEqual(shapedJson(text, shape), {
    all: [undefined, '2020-01-02T03:04:05.6Z'],
    by: { b: 'x' },
  });
  assert.deepEqual(shapedJson(`{"since":null}`, shape), { since: null });
  assert.deepEqual(shapedJson(`{"since":"2020-01-02T03:04:05.123456789+01:00"}`, shape), {
    since: '2020-01-02T03:04:05.123456789+01:00',
  });
  assert.equal(shapedJson(JSON.stringify(zero), 'time'), undefined);
});

test('a time that is no zero time of Go is left alone, wherever no time is promised too', () => {
  assert.deepEqual(shapedJson(JSON.stringify({ other: zero, since: '0001-01-01T00:00:01Z' }), shape), {
    other: zero,
    since: '0001-01-01T00:00:01Z',
  });
});

test('what is parsed already gets its shape all the same, with every digit', () => {
  const sized: Shape = { props: { mem: () => 'bigint', since: () => 'time' } };
  for (const text of [`{"mem":18446744073709551615,"since":"${zero}"}`, `{"mem":5,"since":"${zero}"}`]) {
    assert.deepEqual(reviveJson(JSON.parse(text), text, sized), shapedJson(text, sized));
  }
  const text = '{"mem":18446744073709551615}';
  assert.deepEqual(reviveJson(JSON.parse(text), text, sized), { mem: 18446744073709551615n });
});
