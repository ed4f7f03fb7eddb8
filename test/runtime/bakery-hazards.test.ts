import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { Bakery } from '../../runtime/src/auth/bakery/bakery.ts';
import type { SendRequest } from '../../runtime/src/auth/bakery/send.ts';
import { TransportFailure } from '../../runtime/src/http/transport.ts';
import {
  agent,
  BakeryKey,
  BakeryMacaroon,
  bakery,
  browserWindow,
  form,
  type Interactor,
  MacaroonJar,
  usernamePassword,
} from '../../runtime/src/services/bakery/index.ts';
import { interaction, Service, TestServer, ThirdParty } from './bakery-servers.ts';

const key = BakeryKey.generate();

async function forLocation(location: string): Promise<BakeryMacaroon> {
  const thirdParty = { publicKey: key.publicKey, version: 3 as const };
  return BakeryMacaroon.create({ rootKey: 'k', identifier: 'x' }).addThirdParty({
    location,
    thirdParty,
    condition: 'c',
    key,
  });
}

test('a service cannot have us ask whatever it likes', async () => {
  const asked: SendRequest[] = [];
  const send = async (request: SendRequest) => {
    asked.push(request);
    return { status: 404, headers: {}, text: '' };
  };
  const refused = [
    '',
    'auth',
    'local',
    '//evil.example',
    'file:///etc/passwd',
    'ftp://evil.example/',
    'data:text/html,x',
    'javascript:alert(1)',
    'http://evil.example/',
    'http://127.0.0.1.evil.example/',
    'http://localhost.evil.example/',
    'http://169.254.169.254/latest/meta-data',
    'https://user:hunter2@evil.example/',
    'https://user@evil.example/',
    'unix:///run/docker.sock',
    'wss://evil.example/',
  ];
  for (const location of refused) {
    await assert.rejects(new Bakery({ send }).discharge(await forLocation(location)), (error) => {
      assert.ok(error instanceof Error && error.name === 'InteractionError', location);
      assert.match(error.message, /only third parties at https:|it is for the owner of a key/);
      assert.doesNotMatch(error.message, /hunter2|passwd|meta-data/);
      return true;
    });
    await assert.rejects(new Bakery({ send }).thirdParty(location), { name: 'InteractionError' }, location);
  }
  assert.deepEqual(asked, []);

  for (const location of [
    'https://a.example/x?y#z',
    'http://localhost:1',
    'http://[::1]:1/',
    'http://127.1.2.3/',
  ]) {
    await assert.rejects(new Bakery({ send }).discharge(await forLocation(location)), {
      name: 'DischargeError',
    });
  }
  assert.deepEqual(
    asked.map(({ url }) => url),
    [
      'https://a.example/x/discharge',
      'http://localhost:1/discharge',
      'http://[::1]:1/discharge',
      'http://127.1.2.3/discharge',
    ],
  );
  const trusting = new Bakery({ send, trusts: ({ hostname }) => hostname === 'auth.test' });
  await assert.rejects(trusting.discharge(await forLocation('http://auth.test/')), {
    name: 'DischargeError',
  });
  await assert.rejects(trusting.discharge(await forLocation('http://evil.test/')), {
    name: 'InteractionError',
  });
});

test('a third party cannot have a password, a form, an agent or a token told to somebody else', async () => {
  await using evil = await TestServer.start();
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  const secret = 'hunter2hunter2';
  const interactors: Record<string, Interactor> = {
    juju_userpass: usernamePassword({ username: 'bob', password: secret, at: () => true }),
    form: form({ fill: () => ({ password: secret }) }),
    agent: agent({ key, agents: [{ url: third.url, username: 'bob' }] }),
    'browser-window': browserWindow({ open: () => undefined }),
  };
  for (const url of [
    `${evil.url}/x`,
    '//evil.example/x',
    'https://evil.example/',
    'file:///x',
    'http://a b',
    '',
    7,
  ]) {
    for (const [kind, interactor] of Object.entries(interactors)) {
      const data = { url, 'login-url': url, VisitURL: '/visit', WaitTokenURL: url };
      third.check = () => interaction({ [kind]: data });
      await using session = bakery({ baseUrl: service.url, interactors: [interactor] });
      await assert.rejects(session.request({ url: '/thing' }), {
        name: 'InteractionError',
        message: /gives (no URL at https:\/\/|a URL of \S+, which is not its own; allow it with `trusts`)/,
      });
    }
  }
  assert.deepEqual(evil.got, []);

  third.check = () => interaction({ juju_userpass: { url: `${evil.url}/x` } });
  const trusts = ({ origin }: URL) => origin === evil.url;
  const password = usernamePassword({ username: 'bob', password: secret, at: [third.url] });
  await using session = bakery({ baseUrl: service.url, interactors: [password], trusts });
  await assert.rejects(session.request({ url: '/thing' }), { name: 'InteractionError' });
  assert.equal(evil.got.length, 1, 'who is trusted is asked');
});

test('a third party cannot have a password told to the service for its own sake', async () => {
  const passwords: string[] = [];
  await using own = await ThirdParty.start((_payload, asked) =>
    asked.has('token') ? {} : interaction({ juju_userpass: { url: '/form' } }),
  );
  own.routes.set('POST /form', ({ body }) => {
    passwords.push(body);
    return { json: { token: { kind: 'juju_userpass', token: 't' } } };
  });
  await using idp = await ThirdParty.start(() => interaction({ agent: { 'login-url': '/login' } }));
  const ask = async (third: ThirdParty) =>
    BakeryMacaroon.create({ rootKey: 'k', identifier: 'id' }).addThirdParty({
      ...third.known,
      condition: 'c',
      key,
    });
  // What the service asks for would let in whoever has it with its discharge.
  idp.routes.set('GET /login', async () => ({ json: { macaroon: await ask(own) } }));
  const bakery = new Bakery({
    async send({ method, url, headers, body }) {
      assert.ok(!(body instanceof Uint8Array));
      const answer = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
      return { status: answer.status, headers: {}, text: await answer.text() };
    },
    interactors: [
      agent({ key, agents: [{ url: idp.url, username: 'bob' }] }),
      usernamePassword({ username: 'bob', password: 'hunter2' }),
    ],
    isOwn: ({ origin }) => origin === own.url,
  });
  assert.equal((await bakery.discharge(await ask(own))).length, 2);
  assert.equal(passwords.length, 1);
  await assert.rejects(bakery.discharge(await ask(idp)), /juju_userpass \(for others\)/);
  assert.equal(passwords.length, 1);
});

test('what is opened in a browser is a page, and nothing else', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  const opened: string[] = [];
  for (const VisitURL of ['javascript:alert(1)', 'file:///etc/passwd', 'http://elsewhere.example/', '']) {
    for (const methods of [{ 'browser-window': { VisitURL, WaitTokenURL: '/wait' } }, undefined]) {
      third.check = () => interaction(methods, { VisitURL, WaitURL: '/wait' });
      await using session = bakery({
        baseUrl: service.url,
        interactors: [browserWindow({ open: (url) => opened.push(url) })],
      });
      await assert.rejects(session.request({ url: '/thing' }), { name: 'InteractionError' });
    }
  }
  assert.deepEqual(opened, []);
});

test('interactions that are not what they should be are refused', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  const window = browserWindow({ open: () => undefined });
  const fill = form({ fill: () => ({}) });
  const login = agent({ key, agents: [{ url: third.url, username: 'bob' }] });
  const password = usernamePassword({ username: 'bob', password: 'x', at: [third.url] });
  const asking = async (interactor: Interactor, methods: unknown) => {
    third.check = () => interaction(methods);
    await using session = bakery({ baseUrl: service.url, interactors: [interactor] });
    return await session.request({ url: '/thing' });
  };
  for (const data of [null, 5, 'x', [], {}]) {
    await assert.rejects(asking(window, { 'browser-window': data }), /the third party gives no URL/);
  }
  await assert.rejects(asking(window, []), { name: 'InteractionError' });
  await assert.rejects(asking(window, { __proto__: { 'browser-window': {} } }), { name: 'InteractionError' });

  for (const json of [
    '<html>',
    {},
    { kind: 'x' },
    { kind: 'x', token: '' },
    { kind: 'x', token64: '*' },
    { token: 'x' },
  ]) {
    third.routes.set('GET /x', () => ({ json }));
    const data = { VisitURL: '/v', WaitTokenURL: '/x' };
    await assert.rejects(asking(window, { 'browser-window': data }), /gives no token|is not JSON/);
  }
  third.routes.set('GET /x', () => ({ json: {} }));
  third.routes.set('POST /x', () => ({ json: {} }));
  await assert.rejects(asking(fill, { form: { url: '/x' } }), /gives no schema of its form/);
  await assert.rejects(asking(password, { juju_userpass: { url: '/x' } }), /gives no token for the password/);
  await assert.rejects(asking(login, { agent: { 'login-url': '/x' } }), /gives no macaroon to discharge/);
  third.routes.set('GET /x', () => ({ json: { macaroon: { __proto__: null } } }));
  await assert.rejects(asking(login, { agent: { 'login-url': '/x' } }), /s or s64 is missing/);
  third.routes.set('GET /x', () => ({ json: { schema: {} } }));
  await assert.rejects(asking(fill, { form: { url: '/x' } }), /gives no token for the form/);
});

test('a discharged macaroon goes to the host that wanted it, below the path that it named', async () => {
  const rows: readonly [string | undefined, string][] = [
    [undefined, '/'],
    ['', '/'],
    ['.', '/a/b/'],
    ['..', '/a/'],
    ['/a', '/a'],
    ['../../../..', '/'],
    ['https://evil.example/x', '/'],
    ['//evil.example/x', '/'],
    ['\\\\evil.example', '/'],
    ['/x?y', '/'],
  ];
  for (const [path, expected] of rows) {
    await using third = await ThirdParty.start();
    await using service = await Service.start(third);
    service.path = path;
    service.routes.set('GET /a/b/c', (got) => service.answer(got));
    const cookies = new MacaroonJar();
    await using session = bakery({ baseUrl: service.url, cookies });
    assert.equal((await session.request({ url: '/a/b/c' })).status, 200);
    assert.deepEqual(
      cookies.toJSON().map(({ Path, Domain, HostOnly }) => [Path, Domain, HostOnly]),
      [[expected, '127.0.0.1', true]],
      `${path}`,
    );
  }
});

test('a path that is not that of the request ends in an error, not in a loop', async () => {
  await using third = await ThirdParty.start();
  await using service = await Service.start(third);
  service.path = '/elsewhere';
  await using session = bakery({ baseUrl: service.url });
  await assert.rejects(session.request({ url: '/thing' }), /it asks for a discharge again after 3/);
});

test('the door loads neither ciphers nor cookies nor HTTP before there is need', () => {
  const door = join(import.meta.dirname, '../../runtime/src/services/bakery/index.ts');
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ resolve(name, context, next) { loaded.push(name); return next(name, context); } });
    const { bakery, Macaroon, MacaroonJar } = await import(${JSON.stringify(door)});
    bakery();
    new MacaroonJar().add('https://x', [Macaroon.create({ rootKey: 'k', identifier: 'i' })]);
    console.log(JSON.stringify(loaded.filter((name) => !/^(node:|[./])|[.]ts$/.test(name))));
  `;
  const args = ['--input-type=module', '--eval', script];
  assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim(), '[]');
});

test('who is away is told with the path that was asked, and without its query and what a third party gave', async () => {
  const away = new TransportFailure('connect', 'ECONNREFUSED', 'no connection');
  const nobody = async () => Promise.reject(away);
  await using alone = bakery({ transport: nobody });
  const url = 'http://bob:hunter22@127.0.0.1:9/a/b?key=hunter22#hunter22';
  await assert.rejects(alone.request({ url }), {
    name: 'ConnectionError',
    message: 'GET http://127.0.0.1:9/a/b?***: no connection',
    record: { method: 'GET', url: 'http://127.0.0.1:9/a/b?***', attempts: [] },
  });

  await using third = await ThirdParty.start(() =>
    interaction({ juju_userpass: { url: '/login/hunter22' }, 'browser-window': {} }),
  );
  await using service = await Service.start(third);
  const { gotTransport } = await import('../../runtime/src/http/got.ts');
  const got = gotTransport();
  await using session = bakery({
    baseUrl: service.url,
    transport: async (request) => (request.url.includes('/login/') ? nobody() : got(request)),
    interactors: [usernamePassword({ username: 'bob', password: 'x', at: () => true })],
  });
  await assert.rejects(session.request({ url: '/thing' }), {
    name: 'ConnectionError',
    message: `POST ${third.url}/***: no connection`,
  });
  await got.close?.();
});

test('an option that there is none of is refused', () => {
  assert.throws(() => Reflect.apply(bakery, undefined, [{ interactor: [] }]), {
    name: 'TypeError',
    message: 'interactor is no option of bakery()',
  });
});
