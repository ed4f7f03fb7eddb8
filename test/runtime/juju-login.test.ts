import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { BakeryMacaroon, type BakeryVersion } from '../../runtime/src/auth/bakery/bakery-macaroon.ts';
import { DischargeError } from '../../runtime/src/auth/bakery/errors.ts';
import type { Interaction } from '../../runtime/src/auth/bakery/interaction.ts';
import type { Interactor } from '../../runtime/src/auth/bakery/interactor.ts';
import { usernamePassword } from '../../runtime/src/auth/bakery/interactors/username-password.ts';
import { MacaroonJar } from '../../runtime/src/auth/bakery/jar.ts';
import { BakeryKey } from '../../runtime/src/auth/bakery/key.ts';
import { Macaroon } from '../../runtime/src/auth/macaroon/macaroon.ts';
import { ConnectionError } from '../../runtime/src/errors.ts';
import { path } from '../../runtime/src/http/path.ts';
import { RpcError } from '../../runtime/src/rpc/rpc-error.ts';
import {
  anonymousLogin,
  clientCredentialsLogin,
  type JujuOptions,
  juju,
  type LoginError,
  type LoginProvider,
  macaroonLogin,
  passwordLogin,
  sessionCookieLogin,
  sessionTokenLogin,
} from '../../runtime/src/services/juju/index.ts';
import {
  caCert,
  controllerUuid,
  JujuController,
  json,
  loginAnswer,
  model,
} from '../servers/juju-controller.ts';
import { ConnectProxy } from '../servers/juju-tls.ts';
import type { WireRequest } from '../servers/rpc-server.ts';
import { interaction, refusal, Service, ThirdParty } from './bakery-servers.ts';

function sessionWith(controller: JujuController, login: LoginProvider, options: Partial<JujuOptions> = {}) {
  const dial = { retryDelayMs: 0, httpProxy: () => undefined };
  return juju({ addresses: [controller.address], login, dial, http: { retry: false }, ...options });
}

/** What a request of `Admin` says. */
function paramsOf(request: WireRequest | undefined): Readonly<Record<string, unknown>> {
  return Object(request?.params);
}

const rootKey = 'root key of the controller';

interface Wants {
  /** Which of the two forms the controller sends. */
  readonly forms?: readonly ('bakery-discharge-required' | 'discharge-required')[];
  readonly version?: BakeryVersion;
  /** Never content. */
  readonly insatiable?: boolean;
}

/** Has the controller want macaroons that a third party has said yes to. Gives the slices that were taken. */
function wantMacaroons(controller: JujuController, thirdParty: ThirdParty['known'], wants: Wants = {}) {
  const {
    forms = ['bakery-discharge-required', 'discharge-required'],
    version = 3,
    insatiable = false,
  } = wants;
  const key = BakeryKey.generate();
  const taken: (readonly Macaroon[])[] = [];
  controller.on(
    'Admin.Login',
    (request, { peer }) => void answer(request, (response) => peer.answer(request, response)),
  );
  async function answer(request: WireRequest, reply: (response: unknown) => void) {
    const { macaroons } = paramsOf(request);
    for (const each of Array.isArray(macaroons) && !insatiable ? macaroons : []) {
      const slice = Macaroon.sliceFrom(each);
      const [primary, ...discharges] = slice;
      await primary?.verify(rootKey, (condition) => condition.startsWith('declared '), discharges);
      taken.push(slice);
      reply(loginAnswer({ 'user-info': { identity: 'user-alice@external' } }));
      return;
    }
    const bare = BakeryMacaroon.create({ rootKey, identifier: 'login', version });
    const macaroon = await bare.addThirdParty({ ...thirdParty, condition: 'is-authenticated-user', key });
    const answers = {
      'bakery-discharge-required': macaroon,
      // Without the payload, which has no place in it, as controllers of today send it.
      'discharge-required': macaroon.macaroon,
    };
    reply({
      'discharge-required-error': 'invalid login macaroon',
      ...Object.fromEntries(forms.map((form) => [form, answers[form]])),
    });
  }
  return taken;
}

test('a password is sent with a tag, the version of the bakery and that of the client', async () => {
  await using controller = await JujuController.start();
  await using session = await sessionWith(
    controller,
    passwordLogin({ user: 'admin', password: 'hunter2' }),
  ).open();
  assert.deepEqual(paramsOf(controller.of('Login')[0]), {
    'auth-tag': 'user-admin',
    credentials: 'hunter2',
    nonce: '',
    macaroons: [],
    'bakery-version': 3,
    'cli-args': '',
    'user-data': '',
    'client-version': '4.0.15',
  });
  assert.equal(controller.of('Login')[0]?.version, 3);
  assert.equal(session.authTag, 'user-admin');
});

test('an agent logs in with its tag and nonce, and is who it said, as the answer does not say it', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.Login', (request, { peer }) =>
    peer.answer(request, loginAnswer({ 'user-info': undefined })),
  );
  const login = passwordLogin({ tag: 'machine-0', password: 'x', nonce: 'machine-0:abc' });
  await using session = await sessionWith(controller, login).open();
  assert.equal(paramsOf(controller.of('Login')[0])['auth-tag'], 'machine-0');
  assert.equal(paramsOf(controller.of('Login')[0])['nonce'], 'machine-0:abc');
  assert.equal(session.authTag, 'machine-0');
  assert.equal(session.controllerAccess, undefined);
});

test("nobody's name is told when the login is made", () => {
  assert.throws(() => passwordLogin({ user: '', password: 'x' }), TypeError);
  assert.throws(() => passwordLogin({ tag: 'nope-0', password: 'x' }), TypeError);
  assert.throws(() => macaroonLogin({ user: 'a/b' }), TypeError);
});

test('who and what are missing is told when the login is made, and so is who has no password here', () => {
  const refused = (options: object) => () => passwordLogin(Object(options));
  assert.throws(
    refused({}),
    /^TypeError: who logs in is missing: give user, such as admin, or the tag of an agent/,
  );
  assert.throws(refused({ user: 'admin' }), /^TypeError: password must be a text, or a function/);
  for (const who of [{ user: 'alice@example.com' }, { tag: 'user-alice@example.com' }]) {
    assert.throws(
      refused({ ...who, password: 'hunter2' }),
      /known by somebody else .*: use macaroonLogin\(\)$/,
    );
  }
  assert.equal(passwordLogin({ user: 'alice@local', password: 'x' }).name, 'password of alice@local');
});

test('a tag in place of a user is told when the controller does not know such a user', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.Login', (request, { peer }) =>
    peer.refuse(request, 'invalid entity name or password', 'unauthorized access'),
  );
  await using session = sessionWith(controller, passwordLogin({ user: 'user-admin', password: 'x' }));
  await assert.rejects(
    session.open(),
    /invalid entity name or password \(user is a name and no tag: did you mean admin\?\)$/,
  );
});

test('a password wins over macaroons that are held, which are not sent along', async () => {
  await using controller = await JujuController.start();
  const cookies = new MacaroonJar();
  cookies.add(`https://${controllerUuid}/`, [Macaroon.create({ rootKey, identifier: 'held' })]);
  await using session = sessionWith(controller, passwordLogin({ user: 'admin', password: 'x' }), {
    controllerUuid,
    bakery: { cookies },
  });
  await session.open();
  assert.deepEqual(paramsOf(controller.of('Login')[0])['macaroons'], []);
});

for (const forms of [
  ['bakery-discharge-required', 'discharge-required'],
  ['bakery-discharge-required'],
] as const) {
  test(`macaroons that are asked for as ${forms.join(' and ')} are discharged, and the login is made once more`, async () => {
    await using controller = await JujuController.start();
    await using thirdParty = await ThirdParty.start(() => ({ caveats: ['declared username alice'] }));
    const taken = wantMacaroons(controller, thirdParty.known, { forms });
    await using session = await sessionWith(controller, macaroonLogin(), { controllerUuid }).open();
    const [first, second] = controller.of('Login');
    assert.equal(paramsOf(first)['auth-tag'], '');
    assert.equal(paramsOf(first)['credentials'], '');
    assert.deepEqual(paramsOf(first)['macaroons'], []);
    assert.equal(paramsOf(second)['auth-tag'], '');
    assert.equal(controller.of('Login').length, 2);
    assert.equal(taken.length, 1);
    assert.equal(session.authTag, 'user-alice@external');
    assert.equal(session.cookies.macaroonsFor(`https://${controllerUuid}/`).length, 1);
  });
}

test('macaroons of old, which come in one form only, are discharged as well', async () => {
  await using controller = await JujuController.start();
  await using thirdParty = await ThirdParty.start(() => ({ caveats: ['declared username alice'] }));
  const taken = wantMacaroons(controller, thirdParty.known, { forms: ['discharge-required'], version: 2 });
  await using session = await sessionWith(controller, macaroonLogin()).open();
  assert.equal(taken.length, 1);
  assert.equal(session.authTag, 'user-alice@external');
});

test('macaroons that are held let in at once, also another session with the same jar', async () => {
  await using controller = await JujuController.start();
  await using thirdParty = await ThirdParty.start(() => ({ caveats: ['declared username alice'] }));
  wantMacaroons(controller, thirdParty.known);
  await using first = await sessionWith(controller, macaroonLogin(), { controllerUuid }).open();
  const cookies = MacaroonJar.from(JSON.stringify(first.cookies));
  await using second = await sessionWith(controller, macaroonLogin(), {
    controllerUuid,
    bakery: { cookies },
  }).open();
  assert.equal(second.authTag, 'user-alice@external');
  assert.equal(controller.of('Login').length, 3);
  assert.equal(thirdParty.to('POST /discharge').length, 1);
  // The same may be given to the login itself.
  const macaroons = cookies.macaroonsFor(`https://${controllerUuid}/`);
  await using third = await sessionWith(controller, macaroonLogin({ macaroons })).open();
  assert.equal(third.authTag, 'user-alice@external');
  assert.equal(thirdParty.to('POST /discharge').length, 1);
});

test('who is asked for macaroons again after all third parties said yes is not let in', async () => {
  await using controller = await JujuController.start();
  await using thirdParty = await ThirdParty.start();
  wantMacaroons(controller, thirdParty.known, { insatiable: true });
  await using session = sessionWith(controller, macaroonLogin());
  await assert.rejects(session.open(), (error: LoginError) => {
    assert.equal(error.name, 'LoginError');
    assert.equal(error.category, 'unauthorized');
    assert.match(
      error.message,
      /^Admin.Login: the controller asks for macaroons again .*: invalid login macaroon$/,
    );
    return true;
  });
  assert.equal(controller.of('Login').length, 2);
});

test('a third party that says no fails the login', async () => {
  await using controller = await JujuController.start();
  await using thirdParty = await ThirdParty.start(() => refusal('not you'));
  wantMacaroons(controller, thirdParty.known);
  await using session = sessionWith(controller, macaroonLogin());
  await assert.rejects(
    session.open(),
    (error) => error instanceof DischargeError && /not you/.test(error.message),
  );
  await controller.until(() => controller.last.webSocket.readyState === 3);
});

/** A controller that knows users by their passwords, and vouches for them itself. */
async function vouching(controller: JujuController) {
  const own = await ThirdParty.start((_payload, form) =>
    form.get('token-kind') === 'juju_userpass'
      ? { caveats: ['declared username admin'] }
      : {
          status: 401,
          json: {
            Code: 'interaction required',
            Message: 'log in',
            Info: { InteractionMethods: { juju_userpass: { url: '/auth/form' } } },
          },
        },
  );
  const location = `https://${controller.host}/auth`;
  const told: unknown[] = [];
  controller.routes.set('POST /auth/discharge', async (_request, body, response) => {
    const answer = await fetch(`${own.url}/discharge`, { method: 'POST', body: new URLSearchParams(body) });
    json(response, await answer.json(), answer.status);
  });
  controller.routes.set('POST /auth/form', (_request, body, response) => {
    told.push(JSON.parse(body));
    json(response, { token: { kind: 'juju_userpass', value: 'dG9rZW4=' } });
  });
  const known = { ...own.known, location };
  return { known, location, told, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() };
}

test('the controller itself is a third party for the users that it knows, over its own TLS', async () => {
  await using controller = await JujuController.start({ tls: true });
  await using own = await vouching(controller);
  wantMacaroons(controller, own.known);
  const credentials = { username: 'admin', password: 'hunter2' };
  for (const places of [{ at: [own.location] }, {}]) {
    await using session = sessionWith(controller, macaroonLogin({ user: 'admin' }), {
      caCert,
      bakery: { interactors: [usernamePassword({ ...credentials, ...places })] },
    });
    await session.open();
    assert.equal(paramsOf(controller.of('Login')[0])['auth-tag'], 'user-admin');
    assert.equal(paramsOf(controller.of('Login')[0])['credentials'], '');
    assert.equal(session.authTag, 'user-alice@external');
    assert.deepEqual(own.told.pop(), { form: { user: 'admin', password: 'hunter2' } });
  }
});

test('the controller at the other end of a tunnel is the third party that it is without one', async () => {
  await using controller = await JujuController.start({ tls: true });
  await using own = await vouching(controller);
  wantMacaroons(controller, own.known);
  const proxier = {
    type: 'test',
    host: '127.0.0.1',
    port: controller.port,
    start: async () => {},
    stop: async () => {},
    rawConfig: () => ({}),
  };
  await using session = sessionWith(controller, macaroonLogin(), {
    addresses: ['10.255.255.1:17070'],
    caCert,
    proxier,
    reconnect: { delayMs: 1 },
    bakery: { interactors: [usernamePassword({ username: 'admin', password: 'hunter2' })] },
  });
  await session.open();
  assert.equal(own.told.length, 1);
  session.cookies.clear();
  controller.last.webSocket.terminate();
  await controller.until(() => controller.connections.length === 2);
  await session.open();
  assert.equal(own.told.length, 2);
});

test('a password without a place is told to the controller of the session for its own sake only', async () => {
  const interactors = [usernamePassword({ username: 'admin', password: 'hunter2' })];
  const refused = /this client has juju_userpass \(for others\)/;

  // To none that vouches beside it.
  await using controller = await JujuController.start({ tls: true });
  await using own = await vouching(controller);
  await using other = await JujuController.start({ tls: true });
  await using others = await vouching(other);
  wantMacaroons(controller, { ...others.known, location: others.location });
  const trusts = ({ host }: URL) => host === other.host;
  const options = {
    bakery: { interactors, trusts },
    dial: { insecureSkipVerify: true, httpProxy: () => undefined },
  };
  await using session = sessionWith(controller, macaroonLogin(), {
    ...options,
    http: { retry: false, connection: { insecureSkipVerify: true } },
  });
  await assert.rejects(session.open(), refused);

  // To none that the controller sends us to.
  wantMacaroons(other, others.known);
  const servers = [[{ value: '127.0.0.1', type: 'ipv4', scope: 'public', port: other.port }]];
  controller.on('Admin.Login', (request, { peer }) => peer.refuse(request, 'go', 'redirection required'));
  controller.on('Admin.RedirectInfo', (request, { peer }) =>
    peer.answer(request, { servers, 'ca-cert': caCert }),
  );
  await using redirected = sessionWith(controller, macaroonLogin(), options);
  await assert.rejects(redirected.open(), refused);
  assert.equal(other.of('Login').length, 1);

  // Not for another service, which could have got its macaroon from the controller.
  await using thief = await Service.start();
  controller.on('Admin.Login', (request, { peer }) => peer.answer(request, loginAnswer()));
  await using logged = await sessionWith(controller, macaroonLogin(), options).open();
  const bare = BakeryMacaroon.create({ rootKey, identifier: 'login' });
  const asked = await bare.addThirdParty({ ...own.known, condition: 'c', key: BakeryKey.generate() });
  thief.twist = () => asked;
  const bakery = await logged.bakery();
  await assert.rejects(bakery.request({ method: 'GET', url: `${thief.url}/thing`, headers: {} }), refused);
  assert.deepEqual([...own.told, ...others.told], []);
});

test('a third party that is away is an error of what was asked', async () => {
  await using controller = await JujuController.start();
  await using thirdParty = await ThirdParty.start();
  const { known } = thirdParty;
  await thirdParty[Symbol.asyncDispose]();
  wantMacaroons(controller, known);
  await using session = sessionWith(controller, macaroonLogin());
  await assert.rejects(session.open(), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /^POST http:\/\/127\.0\.0\.1:\d+\/discharge: /);
    return true;
  });
});

test('a user whom somebody else knows logs in without a tag', async () => {
  await using controller = await JujuController.start();
  await using session = await sessionWith(controller, macaroonLogin({ user: 'alice@example.com' })).open();
  assert.equal(paramsOf(controller.of('Login')[0])['auth-tag'], '');
  assert.equal(session.authTag, 'user-admin');
});

test('an anonymous login is that of a name of its own', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.Login', (request, { peer }) =>
    peer.answer(request, loginAnswer({ 'user-info': null })),
  );
  await using session = await sessionWith(controller, anonymousLogin()).open();
  assert.equal(paramsOf(controller.of('Login')[0])['auth-tag'], 'user-jujuanonymous');
  assert.equal(session.authTag, 'user-jujuanonymous');
});

/** JAAS: a token lets in, or a code that the user types somewhere. */
function jaas(controller: JujuController, token: string): void {
  controller.on('Admin.Login', (request, { peer }) =>
    peer.refuse(request, 'JIMM does not support login from old clients', 'not supported'),
  );
  controller.on('Admin.LoginWithSessionToken', (request, { peer }) => {
    if (paramsOf(request)['session-token'] === token) peer.answer(request, loginAnswer());
    else peer.refuse(request, 'invalid token', 'session token invalid');
  });
  controller.on('Admin.LoginDevice', (request, { peer }) =>
    peer.answer(request, { 'user-code': 'ABCD', 'verification-uri': 'https://id.example.com/device' }),
  );
  controller.on('Admin.GetDeviceSessionToken', (request, { peer }) =>
    peer.answer(request, { 'session-token': token }),
  );
}

test('a session token lets in, and is what later requests are made with', async () => {
  await using controller = await JujuController.start();
  jaas(controller, 'tok');
  await using session = await sessionWith(controller, sessionTokenLogin({ token: 'tok' })).open();
  assert.equal(controller.of('LoginWithSessionToken')[0]?.version, 4);
  assert.equal(controller.of('LoginDevice').length, 0);
  await session.http.send('get', path`/x`, { absent: [404] });
  assert.equal(controller.requests[0]?.headers.authorization, `Basic ${btoa(':tok')}`);
});

test('without a token that is good the user is told where to type which code, and the new token is saved', async () => {
  await using controller = await JujuController.start();
  jaas(controller, 'new');
  const shown: unknown[] = [];
  const saved: string[] = [];
  const login = sessionTokenLogin({
    token: 'old',
    show: (device) => void shown.push(device),
    save: (token) => void saved.push(token),
  });
  await using session = await sessionWith(controller, login).open();
  assert.deepEqual(shown, [{ userCode: 'ABCD', verificationUri: 'https://id.example.com/device' }]);
  assert.deepEqual(saved, ['new']);
  assert.equal(controller.connections.length, 1);
  assert.equal(session.authTag, 'user-admin');
  // The next connection needs no user.
  await using again = await sessionWith(controller, login).open();
  assert.equal(again.authTag, 'user-admin');
  assert.equal(shown.length, 1);
});

test('a user is told of pages only', async () => {
  await using controller = await JujuController.start();
  jaas(controller, 'new');
  const shown: unknown[] = [];
  const login = sessionTokenLogin({ show: (device) => void shown.push(device) });
  for (const uri of ['file:///etc/passwd', 'javascript:alert(1)', '--help', '/device']) {
    controller.on('Admin.LoginDevice', (request, { peer }) =>
      peer.answer(request, { 'user-code': 'ABCD', 'verification-uri': uri }),
    );
    await using session = sessionWith(controller, login);
    await assert.rejects(session.open(), { name: 'LoginError', message: /verification-uri that is no page/ });
  }
  assert.deepEqual(shown, []);
});

test('without anybody to tell, a token that is not good any more fails the login', async () => {
  await using controller = await JujuController.start();
  jaas(controller, 'new');
  await using session = sessionWith(controller, sessionTokenLogin({ token: 'old' }));
  await assert.rejects(session.open(), (error) => {
    assert.ok(error instanceof RpcError);
    assert.equal(error.code, 'session token invalid');
    assert.equal(error.category, 'unauthorized');
    return true;
  });
});

test('proof of a session token is not to be had before a login', () => {
  const macaroons = { held: async () => [], discharge: async () => {} };
  assert.throws(() => sessionTokenLogin().authHeaders(macaroons), /log in first/);
});

test('client credentials let in, and are what later requests are made with', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.LoginWithClientCredentials', (request, { peer }) =>
    peer.answer(request, loginAnswer()),
  );
  const login = clientCredentialsLogin({ clientId: 'me', clientSecret: 'shh' });
  await using session = await sessionWith(controller, login).open();
  const [asked] = controller.of('LoginWithClientCredentials');
  assert.equal(asked?.version, 4);
  assert.deepEqual(asked?.params, { 'client-id': 'me', 'client-secret': 'shh' });
  await session.http.send('get', path`/x`, { absent: [404] });
  assert.equal(controller.requests[0]?.headers.authorization, `Basic ${btoa('me:shh')}`);
  assert.doesNotMatch(inspect([session, login], { showHidden: true, depth: 9 }), /shh/);
});

test('client credentials are had from the environment, where neither may be empty', () => {
  const environment = { JUJU_CLIENT_ID: 'me', JUJU_CLIENT_SECRET: 'shh' };
  assert.equal(clientCredentialsLogin.fromEnv(environment).name, 'client credentials of me');
  assert.throws(
    () => clientCredentialsLogin.fromEnv({ JUJU_CLIENT_ID: 'me' }),
    /JUJU_CLIENT_SECRET is not set/,
  );
  assert.throws(
    () => clientCredentialsLogin.fromEnv({ ...environment, JUJU_CLIENT_ID: '' }),
    /JUJU_CLIENT_ID is not set/,
  );
  assert.throws(() => clientCredentialsLogin({ clientId: '', clientSecret: 'x' }), TypeError);
  assert.throws(() => clientCredentialsLogin({ clientId: 'x', clientSecret: '' }), TypeError);
});

test('a session cookie goes with the request that opens the connection', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.LoginWithSessionCookie', (request, { peer, headers }) => {
    if (headers.cookie === 'jimm-browser-session=abc') peer.answer(request, loginAnswer());
    else peer.refuse(request, 'no cookie', 'unauthorized access');
  });
  await using session = await sessionWith(
    controller,
    sessionCookieLogin({ cookie: 'jimm-browser-session=abc' }),
  ).open();
  assert.equal(controller.of('LoginWithSessionCookie')[0]?.version, 4);
  assert.equal(session.authTag, 'user-admin');
});

test('a login of a kind that the controller does not know says which one it does', async () => {
  await using controller = await JujuController.start();
  await using wrong = sessionWith(controller, sessionTokenLogin({ token: 'x' }));
  await assert.rejects(
    wrong.open(),
    /only JAAS knows this kind of login: give passwordLogin or macaroonLogin/,
  );
  jaas(controller, 'x');
  await using old = sessionWith(controller, passwordLogin({ user: 'admin', password: 'x' }));
  await assert.rejects(old.open(), (error) => {
    assert.ok(error instanceof RpcError);
    assert.equal(error.code, 'not supported');
    assert.match(
      error.message,
      /old clients \(JAAS wants sessionTokenLogin, clientCredentialsLogin or sessionCookieLogin\)$/,
    );
    return true;
  });
});

test("a login of one's own calls what it likes", async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.LoginWithStars', (request, { peer }) =>
    peer.answer(request, loginAnswer({ 'user-info': null })),
  );
  const login: LoginProvider = {
    name: 'stars',
    async login(caller) {
      return { answer: await caller.call(9, 'LoginWithStars', { sky: 'clear' }), tag: 'user-star' };
    },
    authHeaders: () => ({ 'x-star': '1' }),
  };
  await using session = await sessionWith(controller, login).open();
  assert.equal(session.authTag, 'user-star');
  assert.equal(controller.of('LoginWithStars')[0]?.version, 9);
});

test('an answer that does not fit what was asked is no login', async () => {
  await using controller = await JujuController.start();
  const other = '00000000-0000-4000-8000-000000000000';
  const answers: [object, RegExp][] = [
    [{ 'model-tag': `model-${other}` }, /model-f47ac10b.* was asked for, and model-00000000.* answered$/],
    [{}, /model-f47ac10b.* was asked for, and the controller answered$/],
    [{ 'model-tag': `model-${model}`, 'controller-tag': 'controller-x' }, /controller-tag is "controller-x"/],
    [{ 'model-tag': `model-${model}`, 'controller-tag': undefined }, /which controller it is from/],
    [{ 'model-tag': `model-${model}`, 'server-version': 'four' }, /server-version is "four"/],
    [{ 'model-tag': `model-${model}`, 'server-version': undefined }, /server-version is missing/],
  ];
  for (const [overrides, message] of answers) {
    controller.on('Admin.Login', (request, { peer }) => peer.answer(request, loginAnswer(overrides)));
    await using session = sessionWith(controller, passwordLogin({ user: 'admin', password: 'x' }), { model });
    await assert.rejects(session.open(), (error: LoginError) => {
      assert.equal(error.name, 'LoginError');
      assert.equal(error.category, 'failed');
      assert.match(error.message, message);
      return true;
    });
    await controller.until(() => controller.last.webSocket.readyState === 3);
  }
  await using ofController = sessionWith(controller, passwordLogin({ user: 'admin', password: 'x' }));
  controller.on('Admin.Login', (request, { peer }) =>
    peer.answer(request, loginAnswer({ 'model-tag': `model-${model}` })),
  );
  await assert.rejects(ofController.open(), /the controller was asked for, and model-f47ac10b.* answered/);
});

test('answers that are no object at all, or hold nonsense in their parts, are no login, or one without those parts', async () => {
  await using controller = await JujuController.start();
  await using session = sessionWith(controller, passwordLogin({ user: 'admin', password: 'x' }));
  for (const answer of [null, [], 'yes', 7]) {
    controller.on('Admin.Login', (request, { peer }) => peer.answer(request, answer));
    await assert.rejects(session.open(), (error: LoginError) => error.name !== 'TypeError');
  }
  controller.on('Admin.Login', (request, { peer }) =>
    peer.answer(
      request,
      loginAnswer({ servers: [7, [null, {}, { value: 1 }]], facades: 'none', 'user-info': 'me' }),
    ),
  );
  await session.open();
  assert.equal(await session.bestFacadeVersion('Application'), 0);
  assert.equal(session.authTag, 'user-admin');
});

test('over HTTP a password is sent as tag and password, with the macaroons that are held, the nonce and the versions', async () => {
  await using controller = await JujuController.start();
  const cookies = new MacaroonJar();
  const held = Macaroon.create({ rootKey, identifier: 'held' });
  cookies.add(`https://${controllerUuid}/`, [held]);
  const login = passwordLogin({ tag: 'machine-0', password: 'x', nonce: 'n' });
  await using session = sessionWith(controller, login, { controllerUuid, bakery: { cookies } });
  await session.http.send('get', path`/x`, { absent: [404] });
  const { headers } = controller.requests[0] ?? {};
  assert.equal(headers?.authorization, `Basic ${btoa('machine-0:x')}`);
  assert.equal(headers?.['x-juju-nonce'], 'n');
  assert.equal(headers?.['bakery-protocol-version'], '3');
  assert.equal(headers?.['x-juju-clientversion'], '4.0.15');
  const [, name, value] = /^macaroon-([0-9a-f]{64})=(.*)$/.exec(headers?.cookie ?? '') ?? [];
  assert.equal(name, Buffer.from(held.signature).toString('hex'));
  assert.deepEqual(
    Macaroon.sliceFrom(value).map((each) => each.toJSON()),
    [held.toJSON()],
  );
});

test('over HTTP a user with macaroons sends a tag only where the controller knows the user', async () => {
  await using controller = await JujuController.start();
  const authorization = async (login: LoginProvider) => {
    await using session = sessionWith(controller, login);
    await session.http.send('get', path`/x`, { absent: [404] });
    return controller.requests.at(-1)?.headers.authorization;
  };
  assert.equal(await authorization(macaroonLogin({ user: 'admin' })), `Basic ${btoa('user-admin:')}`);
  assert.equal(await authorization(macaroonLogin({ user: 'alice@example.com' })), undefined);
  assert.equal(await authorization(macaroonLogin()), undefined);
});

test('an answer over HTTP that asks for macaroons is discharged, and the request made once more', async () => {
  await using controller = await JujuController.start();
  await using thirdParty = await ThirdParty.start();
  await wantOverHttp(controller, thirdParty);
  await using session = sessionWith(controller, macaroonLogin());
  assert.deepEqual(await session.http.get(path`/thing`), { ok: true });
  assert.equal(controller.requests.length, 2);
  assert.equal(thirdParty.to('POST /discharge').length, 1);
});

test('an abort of a request over HTTP ends the login that it needed', async () => {
  await using controller = await JujuController.start();
  await using thirdParty = await ThirdParty.start(() => interaction({ person: {} }));
  await wantOverHttp(controller, thirdParty);
  const asked = Promise.withResolvers<Interaction>();
  const person: Interactor = {
    kind: 'person',
    interact(login) {
      asked.resolve(login);
      return new Promise((_resolve, reject) =>
        login.signal?.addEventListener('abort', () => reject(login.signal?.reason)),
      );
    },
  };
  await using session = sessionWith(controller, macaroonLogin(), { bakery: { interactors: [person] } });
  const leaver = new AbortController();
  const call = session.http.get(path`/thing`, { signal: leaver.signal });
  const { signal } = await asked.promise;
  const reason = new Error('enough');
  leaver.abort(reason);
  await assert.rejects(Promise.resolve(call), reason);
  assert.equal(signal?.reason, reason);
});

/** Has the controller answer at `/thing` to who has a discharge of the third party. */
async function wantOverHttp(controller: JujuController, thirdParty: ThirdParty): Promise<void> {
  const bare = BakeryMacaroon.create({ rootKey, identifier: 'http' });
  const key = BakeryKey.generate();
  const macaroon = await bare.addThirdParty({ ...thirdParty.known, condition: 'x', key });
  controller.routes.set('GET /thing', (request, _body, response) => {
    if (request.headers.cookie?.startsWith('macaroon-')) json(response, { ok: true });
    else {
      const info = { 'bakery-macaroon': macaroon };
      const error = { message: 'who?', code: 'macaroon discharge required', info };
      json(response, { error }, 401);
    }
  });
}

for (const transport of ['got', 'undici'] as const) {
  test(`third parties are asked through the HTTP proxy that is on the way to them (${transport})`, async () => {
    await using controller = await JujuController.start();
    await using thirdParty = await ThirdParty.start(() => ({ caveats: ['declared username alice'] }));
    wantMacaroons(controller, thirdParty.known);
    const { port, host } = new URL(thirdParty.url);
    await using proxy = await new ConnectProxy(Number(port), 'me:secret').listen();
    const httpProxy = (url: string) =>
      new URL(url).host === host ? `http://me:secret@${proxy.at}` : undefined;
    await using session = sessionWith(controller, macaroonLogin(), {
      dial: { retryDelayMs: 0, httpProxy },
      http: { retry: false, transport },
    });
    await session.open();
    assert.equal(session.authTag, 'user-alice@external');
    assert.equal(thirdParty.to('POST /discharge').length, 1);
    assert.equal(proxy.asked[0]?.target, host);
    assert.ok(proxy.connections > 0 && proxy.connections === proxy.asked.length);
  });
}

test('a proxy that lets nobody through to a third party is told as such', async () => {
  await using controller = await JujuController.start();
  await using thirdParty = await ThirdParty.start();
  wantMacaroons(controller, thirdParty.known);
  await using proxy = await new ConnectProxy(1, 'me:secret').listen();
  const { host } = new URL(thirdParty.url);
  const httpProxy = (url: string) => (new URL(url).host === host ? `http://me:wrong@${proxy.at}` : undefined);
  await using session = sessionWith(controller, macaroonLogin(), { dial: { httpProxy } });
  await assert.rejects(session.open(), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /^POST \S+\/discharge: no connection to \S+ \(PROXY_407\)$/);
    return true;
  });
});
