import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { bakery, Macaroon, MacaroonJar } from '../../runtime/src/services/bakery/index.ts';
import { TestServer } from './bakery-servers.ts';

const second = 1000;
const now = Date.parse('2030-01-01T00:00:00Z');
const hex = (macaroon: Macaroon) => Buffer.from(macaroon.signature).toString('hex');

function make(...conditions: readonly string[]): Macaroon {
  let macaroon = Macaroon.create({ rootKey: 'k', identifier: 'id' });
  for (const condition of conditions) macaroon = macaroon.addFirstParty(condition);
  return macaroon;
}

const expiry = (jar: MacaroonJar) => jar.toJSON().map(({ Expires }) => Expires);

test('a slice is kept until the first of its times is over', () => {
  const rows: readonly [readonly Macaroon[], string[]][] = [
    [[make('time-before 2030-01-02T00:00:00Z')], ['2030-01-02T00:00:00.000Z']],
    [
      [
        make('time-before 2030-03-02T00:00:00Z'),
        make('x', 'time-before 2030-01-03T02:00:00.987654321+02:00'),
      ],
      ['2030-01-03T00:00:00.987Z'],
    ],
    [[make('time-before soon', 'time-before 2030-13-45T00:00:00Z', 'other')], ['2130-01-02T00:00:00.000Z']],
    [[make('time-before 2030-01-01T00:00:59Z')], []],
    [[make('time-before 2030-01-01T00:01:00Z')], ['2030-01-01T00:01:00.000Z']],
  ];
  for (const [macaroons, expected] of rows) {
    const jar = new MacaroonJar(() => now);
    jar.add('https://a.example/', macaroons);
    assert.deepEqual(expiry(jar), expected);
    assert.equal(jar.macaroonsFor('https://a.example/')[0]?.length, macaroons.length);
  }
});

test('what is over is neither sent nor written', () => {
  let time = now;
  const jar = new MacaroonJar(() => time);
  jar.add('https://a.example/', [make('time-before 2030-01-01T00:10:00Z')], { suffix: 'a' });
  jar.add('https://a.example/', [make('time-before 2030-01-01T00:00:30Z')], { suffix: 'b' });
  assert.equal(jar.macaroonsFor('https://a.example/').length, 2);
  assert.equal(jar.toJSON().length, 1);
  time += 11 * 60 * second;
  assert.deepEqual(jar.macaroonsFor('https://a.example/').length, 1, 'one that is for this run only is kept');
  assert.equal(jar.toJSON().length, 0);
  jar.add('https://b.example/', [make('time-before 2020-01-01T00:00:00Z')]);
  assert.match(jar.headerFor('https://b.example/') ?? '', /^macaroon-/);
});

test('a slice is named by its service or by its signature, and one of the same name is replaced', () => {
  const jar = new MacaroonJar();
  const [first, second] = [make('a'), make('b')];
  jar.add('https://a.example/', [first]);
  jar.add('https://a.example/', [second]);
  jar.add('https://a.example/', [first], { suffix: 'auth' });
  jar.add('https://a.example/', [second], { suffix: 'auth' });
  jar.add('https://a.example/', [second], { suffix: 'auth', path: '/deep' });
  const names = jar.toJSON().map(({ Name, Path }) => `${Name} ${Path}`);
  assert.deepEqual(names, [
    `macaroon-${hex(first)} /`,
    `macaroon-${hex(second)} /`,
    'macaroon-auth /',
    'macaroon-auth /deep',
  ]);
  assert.equal(jar.macaroonsFor('https://a.example/x').length, 3);
  assert.match(jar.headerFor('https://a.example/deep/er') ?? '', /^macaroon-auth=/, 'the longest path first');
  jar.clear();
  assert.equal(jar.headerFor('https://a.example/deep'), undefined);
  assert.throws(() => jar.add('https://a.example/', []), TypeError);
});

test('a name that would not end where it should is not taken', () => {
  const jar = new MacaroonJar();
  const macaroon = make('a');
  for (const suffix of ['', 'x=1; admin', 'x\r\nX-Admin: 1', 'ü', 'a,b', 'x'.repeat(5000)]) {
    jar.add('https://a.example/', [macaroon], { suffix });
    assert.match(jar.headerFor('https://a.example/') ?? '', new RegExp(`^macaroon-${hex(macaroon)}=[^;]+$`));
  }
});

test('cookies go with the URLs that they are for', () => {
  const jar = new MacaroonJar();
  jar.add('https://a.example:17070/', [make('1')], { path: '/foo' });
  jar.add('http://plain.example/', [make('2')]);
  jar.add('https://[::1]:5/', [make('3')]);
  jar.add('https://3f24e7a1-0000-4000-8000-000000000000/', [make('4')]);
  const rows: readonly [string, number][] = [
    ['https://a.example/foo', 1],
    ['https://A.EXAMPLE:1/foo/', 1],
    ['wss://a.example/foo/bar?x#y', 1],
    ['http://a.example/foo', 0],
    ['ws://a.example/foo', 0],
    ['https://a.example/', 0],
    ['https://a.example/foobar', 0],
    ['https://a.example/FOO', 0],
    ['https://b.a.example/foo', 0],
    ['https://example/foo', 0],
    ['http://plain.example/x', 1],
    ['https://plain.example/x', 1],
    ['https://[::1]/', 1],
    ['https://3f24e7a1-0000-4000-8000-000000000000/x', 1],
  ];
  for (const [url, count] of rows) assert.equal(jar.macaroonsFor(url).length, count, url);
});

const stored = {
  Name: 'macaroon-1',
  Value: Buffer.from(JSON.stringify([make('x')])).toString('base64'),
  Domain: 'controller.example',
  Path: '/',
  Secure: false,
  HttpOnly: false,
  Persistent: true,
  HostOnly: true,
  Expires: '2999-01-01T00:00:00.123456789Z',
  Creation: '2030-01-01T02:00:00.5+02:00',
  LastAccess: '2030-01-01T00:00:00Z',
  Updated: '2030-01-01T00:00:00Z',
  CanonicalHost: 'controller.example',
};

test('a file of cookies that Go has written is read and written', () => {
  const jar = MacaroonJar.from(JSON.stringify([stored]), () => now);
  assert.equal(jar.macaroonsFor('https://controller.example/model').length, 1);
  const [written] = jar.toJSON();
  assert.deepEqual(written, {
    ...stored,
    Expires: '2999-01-01T00:00:00.123Z',
    Creation: '2030-01-01T00:00:00.500Z',
    LastAccess: '2030-01-01T00:00:00.000Z',
    Updated: '2030-01-01T00:00:00.000Z',
  });
  assert.deepEqual(MacaroonJar.from(JSON.stringify(jar)).toJSON(), jar.toJSON());
  assert.deepEqual(MacaroonJar.from(jar.toJSON()).toJSON(), jar.toJSON());
});

test('of cookies of a file that are alike the latest counts, and those that were deleted are gone', () => {
  const other = Buffer.from(JSON.stringify([make('y')])).toString('base64');
  const later = { ...stored, Value: other, Updated: '2031-01-01T00:00:00Z' };
  const values = (...list: object[]) =>
    MacaroonJar.from(list, () => now)
      .toJSON()
      .map(({ Value }) => Value);
  assert.deepEqual(values(stored, later), [other]);
  assert.deepEqual(values(later, stored), [other]);
  assert.deepEqual(values({ ...stored, Value: '' }), []);
  assert.deepEqual(values({ ...stored, Expires: '2029-01-01T00:00:00Z' }), []);
  assert.deepEqual(values({ ...stored, Persistent: false, Expires: '0001-01-01T00:00:00Z' }), []);
});

test('cookies for a domain go to the hosts below it', () => {
  const jar = MacaroonJar.from([{ ...stored, HostOnly: false, Domain: 'Example.com' }]);
  assert.equal(jar.macaroonsFor('https://a.example.com/').length, 1);
  assert.equal(jar.macaroonsFor('https://example.com/').length, 1);
  assert.equal(jar.macaroonsFor('https://badexample.com/').length, 0);
});

test('empty files hold nothing, and others that are none are refused without showing them', () => {
  for (const file of ['', ' \n', '[]', 'null', null, []])
    assert.deepEqual(MacaroonJar.from(file).toJSON(), []);
  const rows: readonly [unknown, RegExp][] = [
    ['[{"Value":"secret', /it is not JSON/],
    ['{}', /a list of cookies is due/],
    [[5], /a cookie is no object/],
    [[{ ...stored, Name: 5 }], /the Name of a cookie is not a text/],
    [[{ ...stored, Expires: 'soon' }], /the Expires of a cookie is not a time/],
    [[Object.create(stored)], /the Name of a cookie is not a text/],
  ];
  for (const [file, message] of rows) {
    assert.throws(() => MacaroonJar.from(file), { name: 'MacaroonError', message });
  }
});

test('cookies that hold no macaroon are sent, and left out of the macaroons', () => {
  const jar = MacaroonJar.from([
    { ...stored, Name: 'session', Value: 'abc' },
    { ...stored, Name: 'macaroon-bad', Value: 'abc' },
    { ...stored, Name: 'macaroon-none', Value: Buffer.from('[]').toString('base64') },
    stored,
  ]);
  assert.equal(jar.macaroonsFor('https://controller.example').flat().length, 1);
  assert.match(jar.headerFor('https://controller.example') ?? '', /session=abc; macaroon-bad=abc; /);
});

test('cookies of answers are kept as their servers may ask for, and sent again', async () => {
  const jar = new MacaroonJar(() => now);
  const at = 'https://auth.example.com/login/x';
  await jar.receive(
    at,
    'one=1; Path=/; Expires=Wed, 09 Jun 2100 10:18:14 GMT, two=2; Secure; HttpOnly,three=3',
  );
  await jar.receive(at, 'wide=4; Domain=example.com; Path=/');
  await jar.receive(at, 'evil=5; Domain=com');
  await jar.receive(at, 'evil=6; Domain=evil.com');
  await jar.receive(at, 'nonsense');
  assert.equal(jar.headerFor(at), 'two=2; three=3; one=1; wide=4');
  assert.equal(jar.headerFor('https://auth.example.com/'), 'one=1; wide=4');
  assert.equal(jar.headerFor('https://other.example.com/'), 'wide=4');
  assert.equal(jar.headerFor('https://evil.com/'), undefined);
  assert.deepEqual(
    jar.toJSON().map(({ Name }) => Name),
    ['one'],
  );
  await jar.receive(at, 'one=; Path=/; Max-Age=0');
  assert.equal(jar.headerFor('https://auth.example.com/'), 'wide=4');
  await jar.receive(at, 'ever=7; Path=/; Max-Age=99999999999999999');
  assert.deepEqual(expiry(jar), ['2130-01-02T00:00:00.000Z'], 'a time that can be written');
});

test('cookies of an IPv4 or IPv6 address go back to it', async () => {
  const jar = new MacaroonJar();
  for (const url of ['http://127.0.0.1:8080/', 'http://[::1]:8080/', 'http://localhost:1/']) {
    await jar.receive(url, 'a=1; Path=/');
    assert.equal(jar.headerFor(url), 'a=1', url);
  }
});

test('cookies that a service sets are sent to it, beside those of the caller', async () => {
  await using server = await TestServer.start();
  server.routes.set('GET /x', () => ({ headers: { 'set-cookie': ['a=1; Path=/', 'b=2; Path=/'] } }));
  await using session = bakery({ baseUrl: server.url });
  await session.request({ url: '/x' });
  await session.request({ url: '/x', headers: { Cookie: 'mine=0' } });
  assert.equal(server.got[1]?.headers.cookie, 'mine=0; a=1; b=2');
});

test('inspect shows nothing of a jar', () => {
  const jar = MacaroonJar.from([{ ...stored, Name: 'session', Value: 'hunter2' }]);
  assert.doesNotMatch(inspect(jar, { depth: 9, showHidden: true, getters: true }), /hunter2|session/);
});
