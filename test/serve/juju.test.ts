import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serve } from '@fairlead/codegen/serve';
import { Caller } from './juju-caller.ts';

const ping = { type: 'Pinger', request: 'Ping', version: 1 };

describe('messages of RPC, as Juju’s own server was seen to take them', () => {
  test('parameters may be missing, null or empty, and what is unknown is ignored', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.loggedIn(server);
    const before = caller.received.length;
    caller.send({ 'request-id': 11, ...ping });
    caller.send({ 'request-id': 12, ...ping, params: null });
    caller.send({ 'request-id': 13, ...ping, params: { unknown: 1 }, 'trace-id': 't', foo: 1 });
    caller.send({ 'request-id': 2 ** 53, ...ping });
    caller.send(
      '{"request-id":15,"type":"Pinger","version":1,"request":"Ping"}{"request-id":16,"type":"Pinger"}',
    );
    caller.send({ 'REQUEST-ID': 17, Type: 'Pinger', REQUEST: 'Ping', Version: 1 });
    caller.send({ 'request-id': 5, response: {} });
    await caller.ok('Pinger', 1, 'Ping');
    assert.deepEqual(caller.received.slice(before).sort(), [
      '{"request-id":11,"response":{}}\n',
      '{"request-id":12,"response":{}}\n',
      '{"request-id":13,"response":{}}\n',
      '{"request-id":15,"response":{}}\n',
      '{"request-id":17,"response":{}}\n',
      '{"request-id":2,"response":{}}\n',
      '{"request-id":9007199254740992,"response":{}}\n',
    ]);
  });

  for (const nonsense of [
    'hello',
    '[1]',
    '{"request-id":"1","type":"Pinger","request":"Ping"}',
    '{"request-id":-1,"type":"Pinger","request":"Ping"}',
  ]) {
    test(`${nonsense} drops the connection`, async () => {
      await using server = await serve('juju');
      const caller = await Caller.connect(server);
      caller.send(nonsense);
      assert.equal(await caller.closed, 1006);
    });
  }

  test('Juju 3 answers in the words of the first protocol to a request without a number, Juju 4 drops it', async () => {
    await using old = await serve('juju', { release: '3.6' });
    const first = await Caller.loggedIn(old);
    first.send({ RequestId: 1, Type: 'Pinger', Request: 'Ping' });
    first.send({ ...ping, 'request-id': 0 });
    await first.ok('Pinger', 1, 'Ping');
    assert.ok(first.received.includes('{"RequestId":0,"Response":{}}\n'));
    // Without a version there is none of the facade.
    assert.ok(first.received.some((text) => text.startsWith('{"RequestId":1,"Error":"unknown version 0')));
    await first.close();
    await using server = await serve('juju');
    const caller = await Caller.loggedIn(server);
    caller.send({ ...ping, 'request-id': 0 });
    assert.equal(await caller.closed, 1006);
  });

  test('an error has a code where there is one, and an empty answer beside it', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.loggedIn(server);
    const refused = async (...call: Parameters<Caller['call']>) => {
      const { 'request-id': _, ...reply } = await caller.call(...call);
      return reply;
    };
    const not = (error: string) => ({ error, 'error-code': 'not implemented', response: {} });
    assert.deepEqual(await refused('Nope', 1, 'X'), not('unknown facade type "Nope"'));
    assert.deepEqual(await refused('Pinger', 7, 'Ping'), not('unknown version 7 for facade type "Pinger"'));
    assert.deepEqual(
      await refused('Pinger', 1, 'ping'),
      not('unknown method "ping" at version 1 for facade type "Pinger"'),
    );
    assert.deepEqual(await refused('Admin', 3, 'Login', {}, 'x'), {
      error: 'id not found',
      'error-code': 'not found',
      response: {},
    });
    assert.deepEqual(await refused('NotifyWatcher', 1, 'Next', {}, '99'), {
      error: 'unknown watcher id',
      'error-code': 'not found',
      response: {},
    });
    assert.deepEqual(await refused('Application', 22, 'AddUnits', { 'num-units': 'two' }), {
      error: 'json: cannot unmarshal string into Go struct field AddApplicationUnits.num-units of type int',
      response: {},
    });
    assert.deepEqual(await refused('Application', 22, 'AddUnits', []), {
      error: 'json: cannot unmarshal array into Go value of type params.AddApplicationUnits',
      response: {},
    });
    assert.deepEqual(await caller.ok('Pinger', 1, 'Ping'), {});
  });

  test('names match in any case, the last one wins, and large integers keep each digit', async () => {
    await using server = await serve('juju', { models: [{ name: 'default', applications: { web: 0 } }] });
    await using caller = await Caller.loggedIn(server);
    caller.send(
      '{"request-id":50,"type":"Application","version":22,"request":"SetConstraints","params":{"application":"db","Application":"web","constraints":{"mem":18446744073709551615,"CORES":2}}}',
    );
    await caller.ok('Application', 22, 'Get', { application: 'web' });
    assert.match(caller.received.at(-1) ?? '', /"constraints":\{"cores":2,"mem":18446744073709551615\}/);
  });
});

describe('a login with a password', () => {
  test('comes before anything else, and once', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.connect(server);
    const early = await caller.call('Pinger', 1, 'Ping');
    assert.deepEqual([early.error, early['error-code']], ['not logged in', 'unauthorized access']);
    const wrong = await caller.call('Admin', 3, 'Login', { 'auth-tag': 'user-admin', credentials: 'no' });
    assert.equal(wrong.error, 'invalid entity name or password');
    const { password } = server.credentials;
    const told = await caller.ok('Admin', 3, 'Login', {
      'auth-tag': 'user-admin',
      credentials: password,
      extra: 1,
    });
    assert.equal(told['controller-tag'], `controller-${server.controllerUuid}`);
    assert.equal(told['server-version'], '4.0.15');
    assert.equal(told['model-tag'], undefined);
    assert.partialDeepStrictEqual(told['user-info'], {
      identity: 'user-admin',
      'controller-access': 'superuser',
      'model-access': '',
    });
    const again = await caller.call('Admin', 3, 'Login', { 'auth-tag': 'user-admin', credentials: password });
    assert.equal(again.error, 'already logged in');
  });

  test('offers the facades of the controller, or those of a model, and refuses the others', async () => {
    await using server = await serve('juju');
    await using toController = await Caller.loggedIn(server, '/');
    await using toModel = await Caller.loggedIn(server);
    const refused = await toController.call('Application', 22, 'Get', {});
    assert.deepEqual(
      [refused.error, refused['error-code']],
      ['facade "Application" not supported for controller API connection', 'not supported'],
    );
    const other = await toModel.call('ModelManager', 11, 'ListModels', {});
    assert.equal(other['error-code'], 'not supported');
    assert.ok(
      'user-models' in (await toController.ok('ModelManager', 11, 'ListModels', { tag: 'user-admin' })),
    );
    await toController
      .ok('ModelConfig', 4, 'Sequences')
      .catch((error: unknown) => assert.match(String(error), /permission/));
  });

  test('to a model that there is not fails each request', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.connect(server, '/model/00000000-0000-4000-8000-000000000000/api');
    const reply = await caller.call('Admin', 3, 'Login', {
      'auth-tag': 'user-admin',
      credentials: server.credentials.password,
    });
    assert.equal(reply['error-code'], 'model not found');
  });

  test('of a user who may not see the model is refused', async () => {
    await using server = await serve('juju', {
      users: [
        { username: 'admin', password: 'a' },
        { username: 'bob', password: 'b', access: 'login' },
      ],
    });
    const bob = { 'auth-tag': 'user-bob', credentials: 'b' };
    await using toModel = await Caller.connect(server, `/model/${server.model}/api`);
    assert.equal((await toModel.call('Admin', 3, 'Login', bob)).error, 'permission denied');
    await using toController = await Caller.connect(server);
    await toController.ok('Admin', 3, 'Login', bob);
    const { results } = await toController.ok('UserManager', 3, 'AddUser', {
      users: [{ username: 'eve', password: 'e' }],
    });
    assert.deepEqual(results, [{ error: { message: 'permission denied', code: 'unauthorized access' } }]);
  });
});

describe('other logins', () => {
  test('an agent needs its nonce, and says now and then that it is there', async () => {
    await using server = await serve('juju', {
      agents: [{ tag: 'machine-0', password: 'secret', nonce: 'user-admin:bootstrap' }],
    });
    await using caller = await Caller.connect(server, `/model/${server.model}/api`);
    const login = { 'auth-tag': 'machine-0', credentials: 'secret' };
    assert.equal((await caller.call('Admin', 3, 'Login', login))['error-code'], 'not provisioned');
    const told = await caller.ok('Admin', 3, 'Login', { ...login, nonce: 'user-admin:bootstrap' });
    assert.equal(told['user-info'], undefined);
    server.advance(2 * 60_000);
    await caller.ok('Pinger', 1, 'Ping');
    server.advance(2 * 60_000);
    await caller.ok('Pinger', 1, 'Ping');
    server.advance(3 * 60_000);
    assert.equal(await caller.closed, 1006);
  });

  test('nobody in particular gets what other controllers need', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.connect(server, `/model/${server.model}/api`);
    const { facades } = await caller.ok('Admin', 3, 'Login', { 'auth-tag': 'user-jujuanonymous' });
    assert.ok(Array.isArray(facades));
    const names = facades.map(({ name }: { name: string }) => name);
    assert.ok(names.includes('CrossModelRelations') && !names.includes('Application'));
    assert.equal((await caller.call('Client', 8, 'FullStatus'))['error-code'], 'not supported');
  });

  test('a model that has moved says where to, and JAAS says it when asked', async () => {
    await using server = await serve('juju');
    const servers = [[{ value: '192.0.2.7', port: 17070 }]];
    const told = {
      servers: [[{ value: '192.0.2.7', port: 17070, type: 'ipv4', scope: 'local-cloud' }]],
      'ca-cert': 'CA',
    };
    const login = { 'auth-tag': 'user-admin', credentials: server.credentials.password };
    await using caller = await Caller.connect(server, `/model/${server.model}/api`);
    assert.equal((await caller.call('Admin', 3, 'RedirectInfo')).error, 'not redirected');
    server.control.redirect({ kind: 'migrated', servers, caCert: 'CA', controllerAlias: 'new' });
    const moved = await caller.call('Admin', 3, 'Login', login);
    assert.equal(moved.error, 'redirection to alternative server required');
    assert.equal(moved['error-code'], 'redirection required');
    assert.deepEqual(moved['error-info'], { ...told, 'controller-alias': 'new' });
    server.control.redirect({ kind: 'jaas', servers, caCert: 'CA' });
    assert.equal((await caller.call('Admin', 3, 'Login', login))['error-info'], undefined);
    assert.deepEqual(await caller.ok('Admin', 3, 'RedirectInfo'), told);
    server.control.redirect(undefined);
    await caller.ok('Admin', 3, 'Login', login);
  });

  test('versions may be told that there are not', async () => {
    await using server = await serve('juju', { facades: { Application: [30, 31] } });
    await using caller = await Caller.connect(server, `/model/${server.model}/api`);
    const login = { 'auth-tag': 'user-admin', credentials: server.credentials.password };
    const { facades } = await caller.ok('Admin', 3, 'Login', login);
    assert.ok(Array.isArray(facades));
    assert.deepEqual(
      facades.find(({ name }: { name: string }) => name === 'Application'),
      {
        name: 'Application',
        versions: [30, 31],
      },
    );
  });
});

describe('JAAS', () => {
  const jaas = { clients: { robot: 's3cret' }, sessionCookies: { crumb: 'alice@example.com' } };

  test('knows the old login no more, and takes tokens, clients and cookies', async () => {
    await using server = await serve('juju', { jaas });
    await using caller = await Caller.connect(server, '/api', { cookie: 'jimm-browser-session=crumb' });
    const old = await caller.call('Admin', 3, 'Login', {});
    assert.deepEqual(
      [old.error, old['error-code']],
      ['JIMM does not support login from old clients', 'not supported'],
    );
    const invalid = await caller.call('Admin', 4, 'LoginWithSessionToken', { 'session-token': 'x' });
    assert.equal(invalid['error-code'], 'session token invalid');
    const { 'user-code': code, 'verification-uri': uri } = await caller.ok('Admin', 4, 'LoginDevice');
    assert.equal(uri, `${server.url}/device`);
    const waiting = caller.ok('Admin', 4, 'GetDeviceSessionToken');
    server.control.approveDevice(String(code), 'alice@example.com');
    const { 'session-token': token } = await waiting;
    const told = await caller.ok('Admin', 4, 'LoginWithSessionToken', { 'session-token': token });
    assert.partialDeepStrictEqual(told['user-info'], { identity: 'user-alice@example.com' });

    await using robot = await Caller.connect(server);
    const wrong = await robot.call('Admin', 4, 'LoginWithClientCredentials', {
      'client-id': 'robot',
      'client-secret': 'x',
    });
    assert.equal(wrong['error-code'], 'unauthorized access');
    await robot.ok('Admin', 4, 'LoginWithClientCredentials', {
      'client-id': 'robot',
      'client-secret': 's3cret',
    });
    await using browser = await Caller.connect(server, '/api', { cookie: 'jimm-browser-session=crumb' });
    await browser.ok('Admin', 4, 'LoginWithSessionCookie');
  });
});
