import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { path, secret } from '@fairlead/runtime/client';
import fc from 'fast-check';
import { queryText, requestUrl } from '../../runtime/src/http/query.ts';

test('a value becomes exactly one segment, encoded once', () => {
  assert.equal(path`/task/${'abc-ABC_123.tilde~..'}/status`.text, '/task/abc-ABC_123.tilde~../status');
  assert.equal(path`/a/${'a/b'}/${'c d'}/${'\n'}`.text, '/a/a%2Fb/c%20d/%0A');
  assert.equal(path`/a/${'%2F'}`.text, '/a/%252F');
  assert.equal(path`/a/${"!'()*"}`.text, '/a/%21%27%28%29%2A');
  assert.equal(path`/a/${'🌊é'}`.text, '/a/%F0%9F%8C%8A%C3%A9');
  assert.equal(path`/run/${0}/${1337}/${-1.5}`.text, '/run/0/1337/-1.5');
  assert.equal(path`/${'...'}/${'.a'}`.text, '/.../.a');
  assert.equal(path`/none`.text, '/none');
});

test('what would name another route, or nothing, is refused with its place in the route', () => {
  const wanted = 'must be a string, a number, a boolean, a Date or an array of these';
  const refusals: readonly [unknown, string][] = [
    ['', "is '', which would name another route"],
    ['.', "is '.', which would name another route"],
    ['..', "is '..', which would name another route"],
    [Number.NaN, 'is NaN, and must be finite'],
    [Number.POSITIVE_INFINITY, 'is Infinity, and must be finite'],
    [undefined, `is undefined, and ${wanted}`],
    [null, `is null, and ${wanted}`],
    [{}, `is object, and ${wanted}`],
    [['a', ['b']], `is object, and ${wanted}`],
    ['\ud83c', 'holds half of a surrogate pair'],
  ];
  for (const [value, why] of refusals) {
    const untyped: (value: unknown) => unknown = (value) =>
      Reflect.apply(path, undefined, [Object.assign(['/task/', '/runs/', ''], { raw: [] }), 'abc', value]);
    assert.throws(() => untyped(value), {
      name: 'TypeError',
      message: `parameter 2 of the path /task/{}/runs/{} ${why}`,
    });
  }
});

test('a secret is sent but not shown, wherever one looks', () => {
  const made = path`/hooks/${'group'}/trigger/${secret('t0p/s3cret')}`;
  assert.equal(made.text, '/hooks/group/trigger/t0p%2Fs3cret');
  assert.equal(made.shown, '/hooks/group/trigger/***');
  assert.equal(String(made), made.shown);
  const shown = inspect([made, secret('t0p/s3cret')], { depth: 9, showHidden: true }) + JSON.stringify(made);
  assert.doesNotMatch(shown, /s3cret/);
  assert.throws(() => path`/x/${secret('')}`, /would name another route/);
});

test('every text survives the journey through a path and a query', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      fc.pre(text !== '.' && text !== '..');
      const made = path`/a/${text}/b`.text;
      assert.match(made, /^\/a\/(?:[A-Za-z0-9_.~-]|%[0-9A-F]{2})+\/b$/);
      assert.equal(decodeURIComponent(made.slice(3, -2)), text);
      assert.equal(new URL(`http://h${made}`).pathname, made);
      const query = queryText({ [text]: text });
      assert.deepEqual([...new URLSearchParams(query)], [[text, text]]);
      assert.equal(new URL(`http://h/${query}`).search, query);
    }),
    { seed: 20260821, numRuns: 500 },
  );
});

test('a query leaves out what is absent and spells out the rest', () => {
  assert.equal(queryText(undefined), '');
  assert.equal(queryText({}), '');
  assert.equal(queryText({ a: undefined, b: null, c: [] }), '');
  assert.equal(queryText({ a: '', b: 0, c: false, d: 10n }), '?a=&b=0&c=false&d=10');
  assert.equal(queryText({ a: ['x', undefined, 'y'], 'b c': "it's" }), '?a=x&a=y&b%20c=it%27s');
  assert.equal(queryText({ since: new Date(0) }), '?since=1970-01-01T00%3A00%3A00.000Z');
  assert.equal(
    requestUrl('https://tc.example.com/api/queue/v1', path`/t/${'a'}`, { b: 1 }),
    'https://tc.example.com/api/queue/v1/t/a?b=1',
  );
});

test('a query value without a text is refused by its name', () => {
  const refused = (value: unknown, message: string) =>
    assert.throws(() => queryText({ since: value }), { name: 'TypeError', message });
  refused(new Date('never'), 'since of the query is an invalid Date');
  refused(Number.NaN, 'since of the query is NaN, and must be finite');
  refused('\udc00', 'since of the query holds half of a surrogate pair');
  const must = 'and must be a string, a number, a boolean, a Date or an array of these';
  refused({}, `since of the query is object, ${must}`);
  refused([() => 1], `since of the query is function, ${must}`);
});
