import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expand, path, secret, slashes } from '../../runtime/src/http/path.ts';
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
    ['deepObject', 5, '?p=5'],
    ['deepObject', ['a', 'b'], '?p=a&p=b'],
    ['deepObject', { a: [{ b: 1 }, { b: 2 }] }, '?p%5Ba%5D%5B0%5D%5Bb%5D=1&p%5Ba%5D%5B1%5D%5Bb%5D=2'],
    ['exploded', { a: 1, b: ['x', 'y'], c: null }, '?a=1&b=x&b=y'],
    ['exploded', 5, '?p=5'],
    ['exploded', [5, 6], '?p=5&p=6'],
    ['pipe', { R: 100, G: 200 }, '?p=R%7C100%7CG%7C200'],
    ['json', { a: [1] }, '?p=%7B%22a%22%3A%5B1%5D%7D'],
    ['json', 2n ** 64n, '?p=18446744073709551616'],
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

test('what is reserved stays as it is where that makes no other query of it', () => {
  const text = ":/?@!$'()*,;= &#+[]%ä";
  const expected = ":/?@!$'()*,;=%20%26%23%2B%5B%5D%25%C3%A4";
  assert.equal(written({ p: text, q: '/' }, {}, ['p']).query, `?p=${expected}&q=%2F`);
  assert.equal(written({ p: ['/', ','] }, { p: 'pipe' }, ['p']).query, '?p=/%7C,');
  assert.equal(written({ p: { a: '/' } }, { p: 'deepObject' }, ['p']).query, '?p%5Ba%5D=/');
});

test('each style writes its headers and cookies as OpenAPI says', () => {
  const point = { R: 100, G: 'a b', B: undefined };
  const rows: readonly [ParamStyle, unknown, object][] = [
    ['header', point, { p: 'R,100,G,a b' }],
    ['headerExploded', point, { p: 'R=100,G=a b' }],
    ['headerExploded', ['a', 'b'], { p: 'a,b' }],
    ['headerExploded', 'a', { p: 'a' }],
    ['headerJson', { a: ['b'] }, { p: '{"a":["b"]}' }],
    ['header', [], {}],
    ['headerExploded', {}, {}],
    ['cookie', ['a', 'b;'], { cookie: 'p=a,b%3B' }],
    ['cookie', point, { cookie: 'p=R,100,G,a%20b' }],
    ['cookie', [], {}],
    ['cookieExploded', ['a', 'b'], { cookie: 'p=a; p=b' }],
    ['cookieExploded', point, { cookie: 'R=100; G=a%20b' }],
    ['cookieExploded', 'a', { cookie: 'p=a' }],
    ['cookieExploded', [], {}],
    ['cookieJson', [1], { cookie: 'p=%5B1%5D' }],
  ];
  for (const [style, value, headers] of rows) {
    assert.deepEqual(written({ p: value }, { p: style }), { query: '', headers }, style);
  }
});

test('an object or a list in a path is written as RFC 6570 says, and stays in its segment', () => {
  const list = ['red', 'a/b'];
  const point = { R: 100, G: 'a,b', B: undefined };
  const rows: readonly [Parameters<typeof expand>[1], unknown, string][] = [
    [{ style: 'simple', name: 'p' }, point, 'R,100,G,a%2Cb'],
    [{ style: 'simple', explode: true, name: 'p' }, point, 'R=100,G=a%2Cb'],
    [{ style: 'simple', explode: true, name: 'p' }, list, 'red,a%2Fb'],
    [{ style: 'label', name: 'p' }, point, '.R,100,G,a%2Cb'],
    [{ style: 'label', explode: true, name: 'p' }, list, '.red.a%2Fb'],
    [{ style: 'label', explode: true, name: 'p' }, point, '.R=100.G=a%2Cb'],
    [{ style: 'matrix', name: 'p' }, point, ';p=R,100,G,a%2Cb'],
    [{ style: 'matrix', explode: true, name: 'p/' }, list, ';p%2F=red;p%2F=a%2Fb'],
    [{ style: 'matrix', explode: true, name: 'p' }, point, ';R=100;G=a%2Cb'],
    [{ style: 'matrix', explode: true, name: 'p' }, 5, ';p=5'],
  ];
  for (const [how, value, text] of rows) {
    assert.equal(path`/a/${expand(value, how)}`.text, `/a/${text}`);
    assert.equal(path`/a/${secret(expand(value, how))}`.shown, '/a/***');
  }
  const elsewhere = /^parameter 1 of the path \/a\/\{\} .*, which would name another route$/;
  for (const wrong of [[], {}, '', '.', ['', ''], ['.']]) {
    assert.throws(() => path`/a/${expand(wrong, { style: 'label', explode: true, name: 'p' })}`, {
      name: 'TypeError',
      message: elsewhere,
    });
  }
  assert.throws(
    () => path`/a/${expand({ a: {} }, { style: 'simple', name: 'p' })}`,
    /is object, and must be/,
  );
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
    ['a b', 'x', 'cookieExploded', /^"a b" is no name for a cookie$/],
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
