import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { filter } from '../../runtime/src/services/consul/filter.ts';

/** A value of a filter as the agent reads it: unquoted as Go does, after a grammar in which no quote can be escaped. */
function unquoted(text: string): string {
  const raw = /^`([^`]*)`$/.exec(text);
  // Go drops carriage returns from what is between backticks.
  if (raw !== null) return (raw[1] ?? '').replaceAll('\r', '');
  const inner = /^"([^"]*)"$/s.exec(text)?.[1];
  assert.notEqual(inner, undefined, `${text} is no quoted value`);
  assert.doesNotMatch(text, /^"(?:\/[\p{L}\p{N}\-_.~:|]+)*"$/u, `${text} would be a selector`);
  assert.doesNotMatch(text, /[\n\r]/, 'a line break is no part of a quoted value');
  return (inner ?? '').replaceAll(
    /\\(?:u([0-9a-f]{4})|(.))/gs,
    (_all, code: string | undefined, other: string) => {
      assert.equal(other, undefined, `\\${other} is an escape that this test doesn't know`);
      return String.fromCharCode(Number.parseInt(code ?? '', 16));
    },
  );
}

test('values are quoted where they stand, and the rest stays as it is', () => {
  assert.equal(
    filter`Service == ${'web'} and ${'v1'} in Tags and Meta[${'a b'}] != ${5} and Native == ${true}`,
    'Service == "web" and "v1" in Tags and Meta["a b"] != "5" and Native == "true"',
  );
  assert.equal(filter`Tags is empty`, 'Tags is empty');
  assert.equal(filter`Index == ${2n ** 64n}`, 'Index == "18446744073709551616"');
});

for (const value of [
  '',
  '"',
  '`',
  '`"`',
  '\\',
  '\\"',
  'a\nb\r\n',
  '/health',
  '/',
  '\u0000',
  '\u007f',
  '\u0085',
  '€',
  '😀',
]) {
  test(`${JSON.stringify(value)} stays one value`, () => {
    assert.equal(unquoted(filter`${value}`), value);
  });
}

test('any text stays one value', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom(...'"`\\/\r\n\t x'), fc.string({ unit: 'grapheme', maxLength: 1 })),
  });
  fc.assert(
    fc.property(text, (value) => {
      fc.pre(value.isWellFormed());
      assert.equal(unquoted(filter`${value}`), value);
    }),
    { numRuns: 3000 },
  );
});

test('filters are put together so that each stays whole', () => {
  const a = filter`A == ${1} or B == ${2}`;
  const b = filter`C is empty`;
  assert.equal(filter.and(a, b), '(A == "1" or B == "2") and (C is empty)');
  assert.equal(filter.or(a, b, b), '(A == "1" or B == "2") or (C is empty) or (C is empty)');
  assert.equal(filter.not(filter.and(a)), 'not ((A == "1" or B == "2"))');
});

test('what a filter has no word for is refused', () => {
  for (const value of [undefined, null, {}, [], Number.NaN, Number.POSITIVE_INFINITY, '\ud800']) {
    assert.throws(
      () => Reflect.apply(filter, undefined, [['a == ', ''], value]),
      /TypeError: a value of a filter/,
    );
  }
  assert.throws(() => Reflect.apply(filter.and, undefined, []), /filter.and needs at least one filter/);
});
