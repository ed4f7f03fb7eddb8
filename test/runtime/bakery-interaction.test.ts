import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  agent,
  agentFromEnv,
  BakeryKey,
  BakeryMacaroon,
  bakery,
  browserWindow,
  form,
  InteractionError,
  type Interactor,
  Macaroon,
  usernamePassword,
} from '../../runtime/src/services/bakery/index.ts';
import { type Given, interaction, refusal, Service, ThirdParty } from './bakery-servers.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A third party that wants a token, and one way to get it. */
async function wanting(token: string, methods: (url: string) => unknown, more: object = {}) {
  const third = await ThirdParty.start();
  third.check = (_payload, asked) => {
    const given =
      asked.get('token') ?? Buffer.from(asked.get('token64') ?? '', 'base64url').toString('latin1');
    if (given === '') return interaction(methods(third.url), more);
    return given === token
      ? { caveats: [`declared username ${asked.get('token-kind')}`] }
      : refusal('bad token');
  };
  return third;
}

function asking(service: Service, ...interactors: readonly Interactor[]) {
  const session = bakery({ baseUrl: service.url, interactors });
  return session.request({ url: '/thing' }).finally(() => session.close());
}

/** What kind of token the third party has seen in the end. */
function kindIn({ status }: { status: number }, third: ThirdParty): string | undefined {
  assert.equal(status, 200);
  return new URLSearchParams(third.to('POST /discharge').at(-1)?.body).get('token-kind') ?? undefined;
}

test('a person logs in with a browser while the third party is asked whether they have', async () => {
  for (const body of [
    { kind: 'candid', token: 'a text' },
    { Kind: 'candid', Token: 'a text' },
    { kind: 'candid', token64: base64('a text') },
    { kind: 'candid', value: base64('a text') },
  ]) {
    await using third = await wanting('a text', () => ({
      'browser-window': { VisitURL: 'login?id=1', WaitTokenURL: '/wait?id=1' },
    }));
    const isOpen = Promise.withResolvers<void>();
    third.routes.set('GET /wait', async () => {
      await isOpen.promise;
      return { json: body };
    });
    await using service = await Service.start(third);
    const opened: string[] = [];
    const open = (url: string) => {
      opened.push(url);
      isOpen.resolve();
    };
    assert.equal(kindIn(await asking(service, browserWindow({ open })), third), 'candid');
    assert.deepEqual(opened, [`${third.url}/login?id=1`]);
  }
});

test('URLs of a third party are below its location, whether that ends with a slash or not', async () => {
  for (const end of ['', '/']) {
    await using third = await wanting('t', () => ({
      'browser-window': { VisitURL: 'visit', WaitTokenURL: 'wait' },
    }));
    third.routes.set('POST /idm/discharge', third.routes.get('POST /discharge') ?? (() => ({})));
    third.routes.set('GET /idm/wait', () => ({ json: { kind: 'k', token: 't' } }));
    await using service = await Service.start(third);
    const { known } = third;
    Object.defineProperty(third, 'known', { value: { ...known, location: `${third.url}/idm${end}` } });
    const opened: string[] = [];
    await asking(service, browserWindow({ open: (url) => opened.push(url) }));
    assert.deepEqual(opened, [`${third.url}/idm/visit`]);
  }
});

test('a browser that cannot be opened ends the login, and nobody waits any more', async () => {
  await using third = await wanting('t', () => ({
    'browser-window': { VisitURL: '/visit', WaitTokenURL: '/wait' },
  }));
  const isWaiting = Promise.withResolvers<void>();
  third.routes.set('GET /wait', () => {
    isWaiting.resolve();
    return new Promise<Given>(() => {});
  });
  await using service = await Service.start(third);
  const open = async () => {
    await isWaiting.promise;
    throw new Error('no browser here');
  };
  await assert.rejects(asking(service, browserWindow({ open })), (error) => {
    assert.ok(error instanceof InteractionError);
    assert.equal(error.message, `discharge by ${third.url}: browser-window: no browser here`);
    assert.equal(error.kind, 'browser-window');
    assert.equal(error.category, 'unauthorized');
    return true;
  });
});

test('a person may be long, and an abort ends the wait', async () => {
  await using third = await wanting('t', () => ({
    'browser-window': { VisitURL: '/visit', WaitTokenURL: '/wait' },
  }));
  const isWaiting = Promise.withResolvers<void>();
  third.routes.set('GET /wait', () => {
    isWaiting.resolve();
    return new Promise<Given>(() => {});
  });
  await using service = await Service.start(third);
  await using session = bakery({
    baseUrl: service.url,
    attemptTimeoutMs: 200,
    interactors: [browserWindow({ open: () => undefined })],
  });
  const controller = new AbortController();
  const call = session.request({ url: '/thing', signal: controller.signal });
  await isWaiting.promise;
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(call, reason);

  await using hasty = bakery({
    baseUrl: service.url,
    loginTimeoutMs: 50,
    interactors: [browserWindow({ open: () => undefined })],
  });
  await assert.rejects(hasty.request({ url: '/thing' }), {
    name: 'ConnectionError',
    code: 'timeout',
    message: /no answer from 127\.0\.0\.1:\d+ within 50 ms/,
  });
});

test('a form is filled in, and what was filled in is not shown when it is refused', async () => {
  await using third = await wanting('t', (url) => ({ form: { url: `${url}/form` } }));
  const schema = { username: { type: 'string' }, password: { type: 'string', secret: true } };
  third.routes.set('GET /form', () => ({ json: { schema } }));
  third.routes.set('POST /form', ({ body }) => {
    const { form: filled } = JSON.parse(body);
    return filled.password === 'hunter22'
      ? { json: { token: { kind: 'form', value: base64('t') } } }
      : refusal(`no such password: ${filled.password}`);
  });
  await using service = await Service.start(third);
  const seen: unknown[] = [];
  const filling = (password: string) =>
    form({
      fill: async (asked, location) => {
        seen.push([asked, location]);
        return { username: 'bob', password };
      },
    });
  assert.equal(kindIn(await asking(service, filling('hunter22')), third), 'form');
  assert.deepEqual(seen, [[schema, `${third.url}/`]]);
  await assert.rejects(asking(service, filling('wrong-horse')), {
    name: 'InteractionError',
    message: `discharge by ${third.url}: form: permission denied: no such password: ***`,
  });
});

test('a local user of Juju logs in with a password, which is told to the named places only', async () => {
  await using third = await wanting('t', () => ({ juju_userpass: { url: '/form' } }));
  third.routes.set('POST /form', ({ body }) =>
    body === '{"form":{"user":"admin","password":"hunter22"}}'
      ? { json: { token: { kind: 'juju_userpass', value: base64('t') } } }
      : refusal('invalid entity name or password hunter23', 'unauthorized access', 401),
  );
  await using service = await Service.start(third);
  const who = (password: string | (() => Promise<string>), at: string[] | ((url: URL) => boolean)) =>
    usernamePassword({ username: 'admin', password, at });
  assert.equal(kindIn(await asking(service, who('hunter22', [third.url])), third), 'juju_userpass');
  assert.equal(
    kindIn(
      await asking(
        service,
        who(
          async () => 'hunter22',
          () => true,
        ),
      ),
      third,
    ),
    'juju_userpass',
  );
  const wrong = await asking(service, who('hunter23', [third.url])).catch((error: unknown) => error);
  assert.match(inspect(wrong), /unauthorized access: invalid entity name or password \*\*\*/);
  assert.doesNotMatch(inspect(wrong, { depth: 9, showHidden: true }), /hunter/);

  const before = third.to('POST /form').length;
  const elsewhere = [
    'https://juju.example/auth',
    third.url.replace('127.0.0.1', '127.0.0.1.example'),
    `${third.url}/auth`,
  ];
  await assert.rejects(
    asking(service, who('hunter22', elsewhere)),
    /no shared way to log in: .* what says where each may be used$/,
  );
  assert.equal(third.to('POST /form').length, before);
  assert.throws(() => who('x', ['juju.example']), /a place must be an absolute URL, not "juju.example"/);

  const nowhere = usernamePassword({ username: 'admin', password: 'hunter22' });
  await assert.rejects(
    asking(service, nowhere),
    /it has juju_userpass; this client has juju_userpass \(for others\)/,
  );
  assert.equal(third.to('POST /form').length, before, 'without a place it is nobody');
});

/** A third party that lets agents in whose key it knows. */
async function agency(known: BakeryKey) {
  const third = await ThirdParty.start();
  const rootKey = 'root key of the agency';
  third.check = async (_payload, asked) => {
    if (!asked.has('token64')) return interaction({ agent: { 'login-url': '/login' } });
    assert.equal(asked.get('token-kind'), 'agent');
    const [primary, ...discharges] = Macaroon.sliceFrom(asked.get('token64'));
    await primary?.verify(rootKey, () => true, discharges);
    return { caveats: ['declared username agent'] };
  };
  third.routes.set('GET /login', async ({ url: { searchParams } }) => {
    const publicKey = Buffer.from(searchParams.get('public-key') ?? '', 'base64');
    if (searchParams.get('username') !== 'agent@x' || !publicKey.equals(known.publicKey)) {
      return refusal('unknown agent', 'not found', 404);
    }
    const macaroon = await BakeryMacaroon.create({ rootKey, identifier: 'login' }).addThirdParty({
      location: 'local',
      thirdParty: { publicKey, version: 3 },
      condition: 'true',
      key: third.key,
    });
    return { json: { macaroon } };
  });
  return third;
}

test('an agent logs in by itself, with a key of a file', async () => {
  const key = BakeryKey.generate();
  await using third = await agency(key);
  await using service = await Service.start(third);
  const agents = [
    { url: 'https://elsewhere.example', username: 'other' },
    { url: `${third.url}/`, username: 'agent@x' },
  ];
  const file = JSON.stringify({ key: key.reveal(), agents });
  assert.equal(kindIn(await asking(service, agent(file)), third), 'agent');
  assert.equal(kindIn(await asking(service, agent({ key, agents })), third), 'agent');

  const folder = await mkdtemp(join(tmpdir(), 'agents-'));
  const name = join(folder, 'agents.json');
  await writeFile(name, file);
  const found = await agentFromEnv({ BAKERY_AGENT_FILE: name });
  await rm(folder, { recursive: true });
  assert.ok(found);
  assert.equal(kindIn(await asking(service, found), third), 'agent');
  assert.equal(await agentFromEnv({}), undefined);
  assert.equal(inspect([found, key], { depth: 9 }).includes(key.reveal().private.slice(0, 20)), false);

  const stranger = agent({ key: BakeryKey.generate(), agents });
  await assert.rejects(asking(service, stranger), {
    name: 'InteractionError',
    message: `discharge by ${third.url}: agent: not found: unknown agent`,
  });
  const nobody = agent({ key, agents: agents.slice(0, 1) });
  await assert.rejects(asking(service, nobody), /it has agent; this client has agent/);
});

test('a file of agents that is none is refused without showing it', () => {
  const key = BakeryKey.generate().reveal();
  const rows: readonly [string, RegExp][] = [
    ['{"key', /it is not JSON/],
    ['[]', /`key` with `public` and `private` is missing/],
    [JSON.stringify({ key: { public: 'x' } }), /`key` with/],
    [JSON.stringify({ key }), /`agents`, a list, is missing/],
    [JSON.stringify({ key, agents: [{ url: 'https://x' }] }), /one of `agents` has no/],
    [JSON.stringify({ key: { ...key, private: 'AAAA' }, agents: [] }), /a private key: 32 bytes in base64/],
    [
      JSON.stringify({ key: { ...key, public: BakeryKey.generate().reveal().public }, agents: [] }),
      /its public part does not belong to its private one/,
    ],
  ];
  for (const [text, message] of rows) {
    assert.throws(() => agent(text), { name: 'MacaroonError', message });
  }
  assert.throws(() => agent({ key, agents: [{ url: 'x', username: 'y' }] }), TypeError);
});

test('an agent discharges nothing but that it has its key', async () => {
  const key = BakeryKey.generate();
  await using third = await agency(key);
  third.routes.set('GET /login', async () => {
    const macaroon = await BakeryMacaroon.create({ rootKey: 'k', identifier: 'login' }).addThirdParty({
      location: 'local',
      thirdParty: { publicKey: key.publicKey, version: 3 },
      condition: 'is-authenticated-user bob',
      key: third.key,
    });
    return { json: { macaroon } };
  });
  await using service = await Service.start(third);
  const agents = [{ url: third.url, username: 'agent@x' }];
  await assert.rejects(
    asking(service, agent({ key, agents })),
    /a local caveat: its condition is not `true`/,
  );
  await using withoutKey = bakery({ baseUrl: service.url });
  await assert.rejects(
    withoutKey.discharge(
      await BakeryMacaroon.create({ rootKey: 'k', identifier: 'x' }).addThirdParty({
        location: 'local',
        thirdParty: { publicKey: key.publicKey, version: 3 },
        condition: 'true',
        key,
      }),
    ),
    {
      name: 'InteractionError',
      message: /it is for the owner of a key, and there is none; give one as `key`/,
    },
  );
});

test('a login that needs the same login ends in an error, not in a loop', async () => {
  const key = BakeryKey.generate();
  await using third = await agency(key);
  third.routes.set('GET /login', async () => {
    const caveat = { ...third.known, condition: 'again', key: third.key };
    const macaroon = await BakeryMacaroon.create({ rootKey: 'k', identifier: 'login' }).addThirdParty(caveat);
    return { json: { macaroon } };
  });
  await using service = await Service.start(third);
  const robot = agent({ key, agents: [{ url: third.url, username: 'agent@x' }] });
  await assert.rejects(asking(service, robot), {
    name: 'DischargeError',
    message: /it asks for logins that need ever more logins/,
  });
});

test('a service that is its own third party is logged in to', async () => {
  const key = BakeryKey.generate();
  await using third = await wanting('t', () => undefined, { VisitURL: '/visit', WaitURL: '/wait' });
  await using service = await Service.start(third);
  service.suffix = 'same';
  third.routes.set('GET /visit', () => ({ json: { agent: '/agent' } }));
  third.routes.set('GET /thing', (got) => service.answer(got));
  third.routes.set('POST /agent', async ({ headers }) => {
    if (/macaroon-same=/.test(headers.cookie ?? '')) return { json: { agent_login: true } };
    const Macaroon = await BakeryMacaroon.create({ rootKey: 'k', identifier: 'login' }).addThirdParty({
      location: 'local',
      thirdParty: { publicKey: key.publicKey, version: 3 },
      condition: 'true',
      key: third.key,
    });
    const Info = { Macaroon, MacaroonPath: '/', CookieNameSuffix: 'same' };
    return { status: 401, json: { Code: 'macaroon discharge required', Message: 'who?', Info } };
  });
  third.routes.set('GET /wait', async () => {
    const [asked] = third.to('POST /discharge');
    const again = third.routes.get('POST /discharge');
    return asked && again ? await again({ ...asked, body: `${asked.body}&token=t&token-kind=old` }) : {};
  });
  const robot = agent({ key, agents: [{ url: third.url, username: 'agent@x' }] });
  await using session = bakery({ baseUrl: third.url, interactors: [robot] });
  const signal = AbortSignal.timeout(5_000);
  assert.equal((await session.request({ url: '/thing', signal })).status, 200);
});

test('ways to log in are tried in our order, and what is not for this third party is passed over', async () => {
  await using third = await wanting('t', () => ({ one: {}, two: { a: 1 }, three: {} }));
  await using service = await Service.start(third);
  const tried: string[] = [];
  const way = (kind: string, token?: string): Interactor => ({
    kind,
    interact: async ({ kind: told }) => {
      tried.push(told);
      return token === undefined ? undefined : { kind, value: new TextEncoder().encode(token) };
    },
  });
  const answer = await asking(service, way('four', 't'), way('three'), way('two', 't'), way('one', 't'));
  assert.equal(kindIn(answer, third), 'two');
  assert.deepEqual(tried, ['three', 'two']);
  await assert.rejects(asking(service, way('three'), way('constructor', 't')), {
    name: 'InteractionError',
    kind: undefined,
    message: `discharge by ${third.url}: no shared way to log in: it has one, two, three; this client has three (for others), constructor; see \`interactors\`, and what says where each may be used`,
  });
  const none = await asking(service).catch((error: unknown) => error);
  assert.match(inspect(none), /it has one, two, three; this client has none; see `interactors`/);
  assert.doesNotMatch(inspect(none), /undefined/);
  await assert.rejects(asking(service, way('two', 'wrong')), {
    name: 'DischargeError',
    message: /permission denied: bad token/,
  });
});

test('a token that does not help is not tried again', async () => {
  await using third = await ThirdParty.start(() => interaction({ one: {} }));
  await using service = await Service.start(third);
  const one: Interactor = { kind: 'one', interact: async () => ({ kind: 'one', value: Uint8Array.of(255) }) };
  await assert.rejects(asking(service, one), {
    name: 'DischargeError',
    code: 'interaction required',
    message: /interaction required: who are you\?/,
  });
  const [, second] = third.to('POST /discharge');
  assert.equal(new URLSearchParams(second?.body).get('token64'), '_w');
});

test('a token is not shown by a third party that repeats it', async () => {
  await using third = await ThirdParty.start((_payload, asked) =>
    asked.has('token') ? refusal(`what is ${asked.get('token')}?`) : interaction({ one: {} }),
  );
  await using service = await Service.start(third);
  const value = new TextEncoder().encode('hunter2hunter2');
  const one: Interactor = { kind: 'one', interact: async () => ({ kind: 'one', value }) };
  const error = await asking(service, one).catch((failure: unknown) => failure);
  assert.match(inspect(error, { depth: 9, showHidden: true }), /permission denied: what is \*\*\*\?/);
  assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /hunter2/);
});

test('inspect shows nothing of what a third party says about a way', async () => {
  await using third = await wanting('t', () => ({ one: { url: '/hunter2' } }));
  await using service = await Service.start(third);
  let shown = '';
  const one: Interactor = {
    kind: 'one',
    async interact(given) {
      shown = inspect(given, { depth: 9, showHidden: true });
      assert.deepEqual(given.data, { url: '/hunter2' });
      return { kind: 'one', value: new TextEncoder().encode('t') };
    },
  };
  assert.equal((await asking(service, one)).status, 200);
  assert.match(shown, /one/);
  assert.doesNotMatch(shown, /hunter2/);
});

test('third parties of old give one URL to visit and one to wait at', async () => {
  await using third = await wanting('t', () => undefined, { VisitURL: '/visit?id=1', WaitURL: '/wait?id=1' });
  third.routes.set('GET /wait', async () => {
    const asked = third.to('POST /discharge').at(-1);
    const again = third.routes.get('POST /discharge');
    if (asked === undefined || again === undefined) return {};
    return await again({ ...asked, body: `${asked.body}&token=t&token-kind=old` });
  });
  await using service = await Service.start(third);
  const opened: string[] = [];
  const window = browserWindow({ open: (url) => opened.push(url) });
  assert.equal((await asking(service, window)).status, 200);
  assert.deepEqual(opened, [`${third.url}/visit?id=1`]);
  assert.equal(third.to('GET /visit').length, 0, 'who has a browser only needs no list');

  // Others ask which ways there are.
  const schema = { name: { type: 'string' } };
  third.routes.set('GET /visit', ({ headers }) =>
    headers.accept === 'application/json'
      ? { json: { interactive: '/login', form: '/form', agent: '/agent', odd: 5 } }
      : { json: '<html>' },
  );
  third.routes.set('GET /form', () => ({ json: { schema } }));
  third.routes.set('POST /form', () => ({ json: {} }));
  const filled = form({ fill: () => ({ name: 'bob' }) });
  assert.equal((await asking(service, filled, window)).status, 200);
  assert.equal(third.to('POST /form')[0]?.body, '{"form":{"name":"bob"}}');
  assert.equal((await asking(service, window, filled)).status, 200);
  assert.equal(opened.at(-1), `${third.url}/login`);

  const key = BakeryKey.generate();
  const known = agent({ key, agents: [{ url: third.url, username: 'agent@x' }] });
  let isShown = false;
  third.routes.set('POST /agent', async ({ body, headers }) => {
    assert.deepEqual(JSON.parse(body), { username: 'agent@x', public_key: key.reveal().public });
    isShown = /macaroon-agent=/.test(headers.cookie ?? '');
    if (isShown) return { json: { agent_login: true } };
    const Macaroon = await BakeryMacaroon.create({ rootKey: 'k', identifier: 'login' }).addThirdParty({
      location: 'local',
      thirdParty: { publicKey: key.publicKey, version: 3 },
      condition: 'true',
      key: third.key,
    });
    const Info = { Macaroon, CookieNameSuffix: 'agent' };
    return { status: 401, json: { Code: 'macaroon discharge required', Message: 'who?', Info } };
  });
  const passedOver = agent({ key, agents: [] });
  assert.equal((await asking(service, passedOver, known)).status, 200);
  assert.ok(isShown);

  const custom: Interactor = { kind: 'custom', interact: async () => undefined };
  await assert.rejects(asking(service, custom), /it has browser-window, form, agent; this client has custom/);
  third.routes.set('GET /visit', () => ({ status: 500 }));
  await assert.rejects(asking(service, custom), /it has browser-window; this client has custom/);
  third.routes.set('GET /wait', () => refusal('too late'));
  await assert.rejects(asking(service, window), { name: 'DischargeError', message: /too late/ });
});

test('a third party of old may have its page elsewhere, where only people go', async () => {
  await using elsewhere = await ThirdParty.start();
  const VisitURL = `${elsewhere.url}/visit`;
  await using third = await wanting('t', () => undefined, { VisitURL, WaitURL: '/wait' });
  third.routes.set('GET /wait', () => refusal('too late'));
  await using service = await Service.start(third);
  const opened: string[] = [];
  const window = browserWindow({ open: (url) => opened.push(url) });
  const filled = form({ fill: () => ({ name: 'bob' }) });
  for (const ways of [[window], [filled, window]]) {
    await assert.rejects(asking(service, ...ways), /too late/);
    assert.equal(opened.pop(), VisitURL);
  }
  await assert.rejects(asking(service, filled), /it has browser-window; this client has form/);
  assert.deepEqual(elsewhere.got, []);
});

test('a third party of old that gives no URLs offers nothing', async () => {
  await using third = await wanting('t', () => undefined, {});
  await using service = await Service.start(third);
  const window = browserWindow({ open: () => undefined });
  await assert.rejects(asking(service, window), /it has none; this client has browser-window/);
});
