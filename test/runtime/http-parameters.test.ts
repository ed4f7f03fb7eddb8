import assert from 'node:assert/strict';
import { test } from 'node:test';
import { path, secret, slashes } from '../../runtime/src/http/path.ts';
import { type ParamStyle, written } from '../../runtime/src/http/styles.ts';
import { endpointOn } from '../servers/endpoint.ts';
import { replyJson, WireServer } from '../servers/wire.ts';

test('a value with slashes is as many segments as it says, and stays in its place', () => {
  assert.equal(path`/kv/${slashes('a/b c/d')}`.text, '/kv/a/b%20c/d');
  assert.equal(path`/kv/${slashes('folder/')}`.text, '/kv/folder/');
  assert.equal(path`/kv/${slashes('')}`.text, '/kv/');
  assert.equal(path`/kv/${slashes('.a/...')}`.text, '/kv/.a/...');
  const hidden = path`/kv/${secret(slashes('a/b'))}`;
  assert.deepEqual([hidden.text, hidden.shown], ['/kv/a/b', '/kv/***']);
});

test('a value with slashes that would name another route is refused with what to do about it', () => {
  const elsewhere = 'which would name another route';
  const slash = `begins with a slash, ${elsewhere}: leave it out`;
  const slashesInARow = `has two slashes in a row, ${elsewhere}: leave one of them out`;
  const dots = `has a segment '.' or '..', ${elsewhere}: name it otherwise`;
  const refusals: readonly (readonly [string, string])[] = [
    ['/a', slash],
    ['/', slash],
    ['//a', slash],
    ['a//b', slashesInARow],
    ['a//', slashesInARow],
    ['.', dots],
    ['..', dots],
    ['a/../b', dots],
    ['a/.', dots],
    ['a/./', dots],
    ['\ud800/a', 'holds half of a surrogate pair'],
  ];
  for (const [wrong, why] of refusals) {
    assert.throws(() => path`/kv/${slashes(wrong)}`, {
      name: 'TypeError',
      message: `parameter 1 of the path /kv/{} ${why}`,
    });
  }
});

test('a value of a path may be a list, a boolean, a big integer or a date', () => {
  assert.equal(path`/a/${['x', 'y,z', 3]}/b`.text, '/a/x,y%2Cz,3/b');
  assert.equal(path`/a/${true}/${2n ** 64n}`.text, '/a/true/18446744073709551616');
  assert.equal(path`/a/${new Date(0)}`.text, '/a/1970-01-01T00%3A00%3A00.000Z');
  assert.equal(path`/a/${['x', '']}`.text, '/a/x,');
  for (const wrong of [[], [''], ['..'], [Number.NaN], new Date(Number.NaN)]) {
    assert.throws(() => path`/a/${wrong}`, { name: 'TypeError', message: /^parameter 1 of the path/ });
  }
});

test('each style writes its parameters as OpenAPI says', () => {
  const rows: readonly [ParamStyle, unknown, string][] = [
    ['comma', ['a', 'b c', 'd,e'], '?p=a,b%20c,d%2Ce'],
    ['comma', { R: 100, G: 200 }, '?p=R,100,G,200'],
    ['comma', [], ''],
    ['space', ['a', 'b'], '?p=a%20b'],
    ['pipe', ['a', 'b'], '?p=a%7Cb'],
    [
      'deepObject',
      { a: 1, b: { c: [2, 3], d: undefined } },
      '?p%5Ba%5D=1&p%5Bb%5D%5Bc%5D=2&p%5Bb%5D%5Bc%5D=3',
    ],
    ['exploded', { a: 1, b: ['x', 'y'], c: null }, '?a=1&b=x&b=y'],
    ['json', { a: [1] }, '?p=%7B%22a%22%3A%5B1%5D%7D'],
    ['flag', true, '?p=true'],
    ['flag', false, ''],
    ['choice', 'stale', '?stale=true'],
    ['choice', 'default', ''],
    ['comma', undefined, ''],
  ];
  for (const [style, value, query] of rows) {
    assert.equal(written({ p: value }, { p: style }).query, query, style);
  }
  assert.equal(written({ a: [1, 2], toString: 'x' }, { b: 'comma' }).query, '?a=1&a=2&toString=x');
});

test('parameters of headers and cookies are not in the query', async () => {
  await using server = await WireServer.start(replyJson({}));
  await endpointOn(server).get(path`/a`, {
    query: { 'X-Trace': ['t', 1], session: 'a;b', theme: 'dark', 'X-None': undefined, q: 'x' },
    styles: { 'X-Trace': 'header', session: 'cookie', theme: 'cookie', 'X-None': 'header' },
  });
  const [request] = server.requests;
  assert.equal(request?.target, '/api/queue/v1/a?q=x');
  assert.equal(request.headers['x-trace'], 't,1');
  assert.equal(request.headers['cookie'], 'session=a%3Bb; theme=dark');
  assert.equal(request.headers['x-none'], undefined);
});

test('what cannot be a header or has no text is refused by its name, without its value', () => {
  const rows: readonly [string, unknown, ParamStyle, RegExp][] = [
    [
      'X-Trace',
      'a\r\nsecret: b',
      'header',
      /^X-Trace is sent as a header, and must be one line of printable ASCII$/,
    ],
    ['X-Trace', { a: {} }, 'header', /^X-Trace of the query is object/],
    ['a b', 'x', 'cookie', /^"a b" is no name for a cookie$/],
    ['p', 'text', 'exploded', /^p of the query is string, and must be an object$/],
    ['p', [{}], 'comma', /^p of the query is object/],
  ];
  for (const [name, value, style, message] of rows) {
    assert.throws(() => written({ [name]: value }, { [name]: style }), { name: 'TypeError', message });
  }
});

test('what a session makes of its own options is asked for, unless the call says it itself', async () => {
  await using server = await WireServer.start(replyJson({}));
  const endpoint = endpointOn(
    server,
    {},
    {
      expand: ({ timeoutMs }) => ({
        query: { dc: 'dc1', t: timeoutMs },
        headers: { 'X-Consul-Token': 'hidden' },
      }),
    },
  );
  await endpoint.get(path`/a`, { timeoutMs: 5000, query: { dc: 'dc2' } });
  const [request] = server.requests;
  assert.equal(request?.target, '/api/queue/v1/a?dc=dc2&t=5000');
  assert.equal(request.headers['x-consul-token'], 'hidden');
});

test('a method that has a server of its own is asked for there', async () => {
  await using here = await WireServer.start(replyJson('here'));
  await using there = await WireServer.start(replyJson('there'));
  assert.equal(await endpointOn(here).get(path`/a`, { server: `${there.url}/v2` }), 'there');
  assert.equal(there.requests[0]?.target, '/v2/a');
});
