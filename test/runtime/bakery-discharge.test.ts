import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { path } from '../../runtime/src/client.ts';
import { ResponseError, ServiceError } from '../../runtime/src/errors.ts';
import {
  BakeryMacaroon,
  bakery,
  DischargeError,
  type Interaction,
  type Interactor,
  Macaroon,
  MacaroonJar,
} from '../../runtime/src/services/bakery/index.ts';
import { interaction, refusal, Service, TestServer, ThirdParty } from './bakery-servers.ts';

const hello = (text: string) => JSON.parse(text).hello === 'world';

test('a service that wants a discharge gets it, once, and is asked with it from then on', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  await using session = bakery();
  const answer = await session.request({ url: `${service.url}/thing` });
  assert.equal(answer.status, 200);
  assert.ok(hello(answer.text));
  assert.ok(hello((await session.request({ url: `${service.url}/thing` })).text));
  assert.equal(third.to('POST /discharge').length, 1);
  assert.equal(service.got.length, 3);
  for (const { headers } of [...third.got, ...service.got]) {
    assert.equal(headers['bakery-protocol-version'], '3');
  }
});

test('every version of the bakery is understood', async () => {
  for (const ours of [0, 1, 2, 3] as const) {
    for (const theirs of [1, 2, 3] as const) {
      await using third = await ThirdParty.start();
      third.version = theirs;
      await using service = await Service.start(third);
      service.version = ours;
      await using session = bakery();
      const { status } = await session.request({ url: `${service.url}/thing` });
      assert.equal(status, 200, `version ${ours} with version ${theirs}`);
      const form = new URLSearchParams(third.to('POST /discharge')[0]?.body);
      assert.equal(form.has('caveat64'), ours === 3);
    }
  }
});

test('407, and names in lower case, are understood', async () => {
  await using third = await ThirdParty.start();
  third.isLowerCase = true;
  await using service = await Service.start(third);
  service.isLowerCase = true;
  service.status = 407;
  await using session = bakery();
  assert.equal((await session.request({ url: `${service.url}/thing` })).status, 200);
});

test('payloads are found under keys in either alphabet, as Go and Python write them', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  service.twist = (macaroon) => {
    const { cdata, ...json } = JSON.parse(JSON.stringify(macaroon));
    const padded = Object.entries(cdata).map(([key, value]) => [
      Buffer.from(key, 'base64url').toString('base64'),
      value,
    ]);
    return { ...json, cdata: Object.fromEntries(padded) };
  };
  await using session = bakery();
  assert.equal((await session.request({ url: `${service.url}/thing` })).status, 200);
});

test('third parties of third parties are asked, too, and all discharges are bound to the first macaroon', async () => {
  await using innermost = await ThirdParty.start();
  await using inner = await ThirdParty.start(() => ({ next: innermost, caveats: ['declared a b'] }));
  await using outer = await ThirdParty.start(() => ({ next: inner }));
  await using other = await ThirdParty.start();
  await using service = await Service.start(outer, other);
  await using session = bakery();
  assert.equal((await session.request({ url: `${service.url}/thing` })).status, 200);
  const [slice] = session.cookies.macaroonsFor(service.url);
  assert.equal(slice?.length, 5);
  assert.equal(new Set(slice?.map(({ identifier }) => `${identifier}`)).size, 5, 'ids do not clash');
});

test('a third party that says no is told with its words, its code and a category', async () => {
  await using third = await ThirdParty.start(() => refusal('you are not one of us'));
  await using service = await Service.start(third);
  await using session = bakery();
  await assert.rejects(session.request({ url: `${service.url}/thing` }), (error) => {
    assert.ok(error instanceof DischargeError && error instanceof ServiceError);
    assert.equal(error.message, `discharge by ${third.url}: permission denied: you are not one of us`);
    assert.equal(error.code, 'permission denied');
    assert.equal(error.category, 'forbidden');
    assert.equal(error.location, third.url);
    return true;
  });
});

test('what third parties give instead of a discharge is told apart', async () => {
  const other = BakeryMacaroon.create({ rootKey: 'k', identifier: 'other' });
  const rows = [
    [{ json: '<html>' }, /an answer without a usable macaroon/, 'failed'],
    [{ json: {} }, /an answer without a usable macaroon/, 'failed'],
    [{ json: { Macaroon: { v: 9, m: {} } } }, /version 9 is not known; 3 is/, 'failed'],
    [{ json: { Macaroon: other } }, /a discharge of another caveat than was asked for/, 'failed'],
    [{ status: 500, json: 'oops' }, /status 500, without the body of a bakery's error/, 'failed'],
    [{ status: 404 }, /status 404/, 'not-found'],
    [{ status: 302, headers: { location: '/x' } }, /status 302/, 'failed'],
    [refusal('what is that', 'bad request', 400), /bad request: what is that/, 'invalid'],
    [refusal('x'.repeat(9000)), /x…$/, 'forbidden'],
  ] as const;
  for (const [given, message, category] of rows) {
    await using third = await ThirdParty.start(() => given);
    await using service = await Service.start(third);
    await using session = bakery();
    await assert.rejects(session.request({ url: `${service.url}/thing` }), (error) => {
      assert.ok(error instanceof DischargeError);
      assert.match(error.message, message);
      assert.ok(error.message.length < 700);
      assert.equal(error.category, category);
      return true;
    });
  }
});

test('a service that never takes what it asked for is given up after three times', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  service.routes.set('GET /thing', () => service.asking());
  await using session = bakery();
  await assert.rejects(session.request({ url: `${service.url}/thing?token=x` }), {
    name: 'DischargeError',
    message: /\/thing: it asks for a discharge again after 3: it does not take what it asked for/,
  });
  assert.equal(third.to('POST /discharge').length, 3);
});

test('a third party that goes on and on is given up', async () => {
  await using third = await ThirdParty.start();
  third.check = () => ({ next: third });
  await using service = await Service.start(third);
  await using session = bakery();
  await assert.rejects(session.request({ url: `${service.url}/thing` }), {
    name: 'DischargeError',
    message: /it asks for ever more discharges/,
  });
});

test('other answers are given as they are, whatever their status', async () => {
  await using server = await TestServer.start();
  const macaroon = { Macaroon: 'nonsense' };
  const rows = [
    { status: 401, json: { Code: 'unauthorized', Message: 'no' } },
    { status: 401, json: 'not JSON' },
    { status: 401, json: { Code: 'macaroon discharge required', Message: 'no' } },
    { status: 403, json: { Code: 'macaroon discharge required', Info: macaroon } },
    { status: 302, headers: { location: 'https://elsewhere.example' } },
    { status: 500 },
  ];
  await using session = bakery({ baseUrl: server.url });
  for (const given of rows) {
    server.routes.set('GET /x', () => given);
    assert.equal((await session.request({ url: 'x' })).status, given.status);
  }
  assert.equal(server.got.length, rows.length);
  server.routes.set('GET /x', () => ({
    status: 401,
    json: { Code: 'macaroon discharge required', Info: macaroon },
  }));
  await assert.rejects(session.request({ url: 'x' }), { name: 'MacaroonError' });
});

test('a body is sent again with the discharge', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  for (const body of ['some text', new TextEncoder().encode('some text')]) {
    await using session = bakery({ baseUrl: service.url });
    const answer = await session.request({ method: 'PUT', url: '/thing', body });
    assert.equal(JSON.parse(answer.text).body, 'some text');
  }
});

test('what many calls need at once is got once', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  await using session = bakery({ baseUrl: service.url });
  const calls = Array.from({ length: 8 }, () => session.request({ url: '/thing' }));
  for (const { status } of await Promise.all(calls)) assert.equal(status, 200);
  assert.equal(third.to('POST /discharge').length, 1);
});

test('a service may set another cookie with every answer', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  let count = 0;
  service.routes.set('GET /thing', async (got) => {
    count += 1;
    const given = await service.answer(got);
    return { ...given, headers: { ...given.headers, 'set-cookie': `visit=${count}; Path=/` } };
  });
  await using session = bakery({ baseUrl: service.url });
  assert.equal((await session.request({ url: '/thing' })).status, 200);
  assert.equal(count, 2);
});

test('an abort ends a call, and others that wait for the same go on', async () => {
  const isAsked = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  const discharge = third.routes.get('POST /discharge');
  third.routes.set('POST /discharge', async (got) => {
    isAsked.resolve();
    await mayAnswer.promise;
    return (await discharge?.(got)) ?? {};
  });
  await using session = bakery({ baseUrl: service.url });
  const [first, second] = [new AbortController(), new AbortController()];
  const calls = [
    session.request({ url: '/thing', signal: first.signal }),
    session.request({ url: '/thing', signal: second.signal }),
    session.request({ url: '/thing' }),
  ] as const;
  await isAsked.promise;
  const reason = new Error('enough');
  first.abort(reason);
  second.abort(reason);
  await assert.rejects(calls[0], reason);
  await assert.rejects(calls[1], reason);
  mayAnswer.resolve();
  assert.equal((await calls[2]).status, 200);
});

test('a class that was generated calls a protected service through the session', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  await using session = bakery({ baseUrl: service.url, retry: false });
  const endpoint = session.endpoint('things');
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => endpoint.post<{ body: string }>(path`/thing`, { body: { a: 1 } })),
  );
  assert.deepEqual(new Set(answers.map(({ body }) => body)), new Set(['{"a":1}']));
  assert.equal(third.to('POST /discharge').length, 1);

  third.check = () => refusal('not you');
  await using stranger = bakery({ baseUrl: service.url });
  await assert.rejects(stranger.endpoint().get(path`/thing`), {
    name: 'DischargeError',
    message: /permission denied: not you/,
  });
  await using lonely = bakery();
  assert.throws(() => lonely.endpoint(), TypeError);
});

test('an abort of a call of a class ends its login, and who else waits for one has another', async () => {
  await using third = await ThirdParty.start((_payload, form) =>
    form.has('token') ? {} : interaction({ person: {} }),
  );
  await using service = await Service.start(third);
  const logins: Interaction[] = [];
  const isAsked = Promise.withResolvers<void>();
  const person: Interactor = {
    kind: 'person',
    interact(login) {
      logins.push(login);
      if (logins.length > 1) return Promise.resolve({ kind: 'person', value: Buffer.from('t') });
      isAsked.resolve();
      return new Promise((_resolve, reject) =>
        login.signal?.addEventListener('abort', () => reject(login.signal?.reason)),
      );
    },
  };
  await using session = bakery({ baseUrl: service.url, interactors: [person] });
  const endpoint = session.endpoint();
  const leaver = new AbortController();
  const call = endpoint.get(path`/thing`, { signal: leaver.signal });
  await isAsked.promise;
  const other = endpoint.get<{ hello: string }>(path`/thing`);
  const reason = new Error('enough');
  leaver.abort(reason);
  await assert.rejects(Promise.resolve(call), reason);
  assert.equal(logins[0]?.signal?.reason, reason);
  assert.equal((await other).hello, 'world');
  assert.equal(logins.length, 2);
});

test('a class hears of a refusal that is none of the bakery', async () => {
  await using server = await TestServer.start();
  server.routes.set('GET /x', () => ({ status: 401, json: { message: 'no' } }));
  await using session = bakery({ baseUrl: server.url });
  await assert.rejects(
    session.endpoint().get(path`/x`),
    (error) => error instanceof ResponseError && error.category === 'unauthorized',
  );
  const depth = 100_000;
  server.routes.set('GET /x', () => ({
    status: 401,
    json: `{"Info":${'['.repeat(depth)}${']'.repeat(depth)}}`,
  }));
  await assert.rejects(session.endpoint().get(path`/x`), { name: 'ResponseError', category: 'unauthorized' });
});

test('discharged macaroons go as a header where cookies do not', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  await using session = bakery({ baseUrl: service.url, sendAs: 'header' });
  assert.equal((await session.request({ url: '/thing' })).status, 200);
  const last = service.got.at(-1);
  assert.equal(last?.headers.cookie, undefined);
  assert.equal(Macaroon.sliceFrom(last?.headers['macaroons']).length, 2);
});

test('what is kept serves another session, also from a file', async () => {
  await using third = await ThirdParty.start(() => ({
    caveats: ['time-before 2999-01-01T00:00:00.123456789Z'],
  }));
  await using service = await Service.start(third);
  await using first = bakery({ baseUrl: service.url });
  await first.request({ url: '/thing' });
  const cookies = MacaroonJar.from(JSON.stringify(first.cookies));
  await using second = bakery({ baseUrl: service.url, cookies });
  assert.equal((await second.request({ url: '/thing' })).status, 200);
  assert.equal(third.to('POST /discharge').length, 1);
});

test('headers of the session and of a call go to the service only', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  await using session = bakery({ baseUrl: service.url, headers: { Authorization: 'Bearer hunter2' } });
  await session.request({ url: '/thing', headers: { 'X-Mine': 'hunter3', cookie: 'own=1' } });
  for (const { headers } of service.got) {
    assert.equal(headers.authorization, 'Bearer hunter2');
    assert.equal(headers['x-mine'], 'hunter3');
    assert.match(headers.cookie ?? '', /^own=1/);
  }
  assert.doesNotMatch(JSON.stringify(third.got.map(({ headers }) => headers)), /hunter|own=/);

  await using other = await TestServer.start();
  await session.request({ url: `${other.url}/x`, headers: { 'X-Mine': 'hunter3' } });
  assert.equal(other.got[0]?.headers.authorization, undefined);
  assert.equal(other.got[0]?.headers['x-mine'], 'hunter3');
});

test('headers that cannot be sent are refused before anything is, without showing them', async () => {
  await using service = await Service.start();
  await using session = bakery({ baseUrl: service.url, headers: { 'X-Mine': 'session' } });
  await session.request({ url: '/thing', headers: { 'x-mine': 'call' } });
  assert.equal(service.got[0]?.headers['x-mine'], 'call');
  service.got.length = 0;
  await assert.rejects(session.request({ url: '/thing', headers: { 'X-Mine': 'hunter2\r\nX-More: 1' } }), {
    name: 'TypeError',
    message: 'the value of the header X-Mine must be one line of printable ASCII',
  });
  await assert.rejects(session.request({ url: '/thing', headers: { 'X Mine': 'hunter2' } }), {
    name: 'TypeError',
    message: '"X Mine" is no name for a header',
  });
  assert.deepEqual(service.got, []);
});

test('a macaroon that came in another way is discharged, too', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  await using session = bakery();
  const { json } = await service.asking();
  const info = JSON.parse(JSON.stringify(json)).Info;
  const slice = await session.discharge(BakeryMacaroon.from(info.Macaroon));
  const [primary, ...discharges] = slice;
  await primary?.verify(service.rootKey, () => true, discharges);
  assert.deepEqual(session.cookies.macaroonsFor(service.url), [], 'it is not kept');
});

test('where third parties tell their keys is tried in turn', async () => {
  await using third = await ThirdParty.start();
  await using session = bakery();
  assert.deepEqual(await session.thirdParty(third.url), {
    publicKey: third.key.publicKey,
    version: 3,
  });
  third.version = 2;
  assert.equal((await session.thirdParty(`${third.url}/`)).version, 2);
  third.routes.delete('GET /discharge/info');
  await assert.rejects(session.thirdParty(third.url), { name: 'DischargeError', category: 'not-found' });
  third.routes.set('GET /publickey', () => ({ json: { PublicKey: third.key.reveal().public } }));
  assert.deepEqual(await session.thirdParty(third.url), {
    publicKey: third.key.publicKey,
    version: 1,
  });
  third.routes.set('GET /publickey', () => ({ json: { PublicKey: 'AAAA' } }));
  await assert.rejects(session.thirdParty(third.url), /32 bytes in base64 are due/);
});

test('errors, sessions and jars show no macaroon', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  await using session = bakery({ baseUrl: service.url });
  await session.request({ url: '/thing' });
  const [slice = []] = session.cookies.macaroonsFor(service.url);
  const secrets = slice.map(({ signature }) => Buffer.from(signature).toString('base64url'));
  const cookie = service.got.at(-1)?.headers.cookie ?? '';
  assert.ok(cookie.length > 100);
  third.check = () => refusal('no');
  service.rootKey = 'another one';
  const error: unknown = await session.request({ url: '/thing' }).catch((reason: unknown) => reason);
  assert.ok(error instanceof DischargeError);
  const shown = inspect({ session, jar: session.cookies, slice, error }, { depth: 20, showHidden: true });
  for (const secret of [...secrets, cookie.slice(20, 60)]) assert.equal(shown.includes(secret), false);
  assert.doesNotMatch(JSON.stringify(error), /macaroon-/);
});
