import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ConnectionError, ResponseError } from '../../runtime/src/errors.ts';
import { path } from '../../runtime/src/http/path.ts';
import { TransportFailure } from '../../runtime/src/http/transport.ts';
import { RpcError } from '../../runtime/src/rpc/rpc-error.ts';
import { UnsupportedError } from '../../runtime/src/rpc/versions.ts';
import { DialError, DialTimeoutError } from '../../runtime/src/services/juju/dial/errors.ts';
import type { TunnelProxier } from '../../runtime/src/services/juju/dial/proxier.ts';
import { juju } from '../../runtime/src/services/juju/juju.ts';
import { passwordLogin } from '../../runtime/src/services/juju/login/password.ts';
import { OpenTimeoutError } from '../../runtime/src/services/juju/open-timeout-error.ts';
import type { JujuOptions } from '../../runtime/src/services/juju/options.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import {
  caCert,
  controllerUuid,
  JujuController,
  json,
  loginAnswer,
  model,
} from '../servers/juju-controller.ts';
import { nothingLeft } from '../servers/left.ts';

const login = passwordLogin({ user: 'admin', password: 'hunter2' });

/** A session with a controller of a test, which is dialled once. */
function sessionWith(controller: JujuController, options: Partial<JujuOptions> = {}) {
  const dial = { retryDelayMs: 0, httpProxy: () => undefined, ...options.dial };
  return juju({ addresses: [controller.address], login, ...options, dial });
}

test('a session is opened by its first call, once for all who call', async () => {
  await using controller = await JujuController.start();
  controller.on('Client.FullStatus', (request, { peer }) => peer.answer(request, { ok: true }));
  await using session = sessionWith(controller, { model });
  const answers = await Promise.all([1, 2, 3].map(() => session.call('Client', 8, '', 'FullStatus')));
  assert.deepEqual(answers, [{ ok: true }, { ok: true }, { ok: true }]);
  assert.equal(controller.connections.length, 1);
  assert.equal(controller.last.path, `/model/${model}/api`);
  assert.equal(controller.of('Login').length, 1);
});

test('open() connects, and after that the session says what it is connected to', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.Login', (request, { peer }) =>
    peer.answer(
      request,
      loginAnswer({ 'model-tag': `model-${model}`, 'public-dns-name': 'juju.example.com' }),
    ),
  );
  await using session = sessionWith(controller, { model });
  assert.equal(session.address, undefined);
  assert.equal(await session.open(), session);
  assert.equal(session.model, model);
  assert.equal(session.address, controller.host);
  assert.equal(session.ipAddress, controller.host);
  assert.equal(session.serverVersion, '4.0.15');
  assert.equal(session.controllerTag, `controller-${controllerUuid}`);
  assert.equal(session.authTag, 'user-admin');
  assert.equal(session.controllerAccess, 'superuser');
  assert.equal(session.modelAccess, 'admin');
  assert.equal(session.publicDnsName, 'juju.example.com');
  assert.equal(session.cookieUrl?.href, `https://${controller.host}/`);
  assert.equal(session.isProxied, false);
});

test('a session with the controller only is at another path, and has no model', async () => {
  await using controller = await JujuController.start();
  await using session = await sessionWith(controller).open();
  assert.equal(controller.last.path, '/api');
  assert.equal(session.model, undefined);
});

test('cookies are kept under the public name, or the UUID, whichever address is in use', async () => {
  await using controller = await JujuController.start();
  await using byUuid = await sessionWith(controller, { controllerUuid }).open();
  assert.equal(byUuid.cookieUrl?.href, `https://${controllerUuid}/`);
  await using byName = await sessionWith(controller, {
    controllerUuid,
    serverName: 'juju.example.com',
  }).open();
  assert.equal(byName.cookieUrl?.href, 'https://juju.example.com/');
});

test('the best version of a facade is the highest that both know, 0 when there is none', async () => {
  await using controller = await JujuController.start();
  await using session = sessionWith(controller);
  assert.equal(await session.bestFacadeVersion('Application'), 22);
  assert.equal(await session.bestFacadeVersion('Application', [18, 19, 20]), 19);
  assert.equal(await session.bestFacadeVersion('Application', [1]), 0);
  assert.equal(await session.bestFacadeVersion('Nope'), 0);
});

test('a generated class calls the highest version that both know', async () => {
  await using controller = await JujuController.start();
  controller.on('Application.Get', (request, { peer }) => peer.answer(request, { application: 'mysql' }));
  await using session = sessionWith(controller);
  const facade = session.facade('Application', [19, 20]);
  assert.deepEqual(await facade.call('Get', { params: { application: 'mysql' } }), { application: 'mysql' });
  const [asked] = controller.of('Get');
  assert.equal(asked?.version, 19);
  assert.deepEqual(asked?.params, { application: 'mysql' });
  await assert.rejects(async () => await session.facade('Application', [1]).call('Get'), UnsupportedError);
});

test('the address in use is the first of the host-ports, moved there or added', async () => {
  await using controller = await JujuController.start();
  const address = (value: string, port: number) => ({ value, type: 'ipv4', scope: 'local-cloud', port });
  const here = address('127.0.0.1', controller.port);
  const [a, b, c] = [address('10.0.0.1', 1), address('10.0.0.2', 2), address('10.0.0.3', 3)];
  let servers: unknown = [[a], [b, here, c]];
  controller.on('Admin.Login', (request, { peer }) => peer.answer(request, loginAnswer({ servers })));
  await using moved = await sessionWith(controller).open();
  assert.deepEqual(moved.hostPorts, [[here, b, c], [a]]);
  servers = [[a], null, [b]];
  await using added = await sessionWith(controller).open();
  assert.deepEqual(added.hostPorts, [[{ ...here, scope: '' }], [a], [], [b]]);
  await using withPath = await sessionWith(controller, { addresses: [`${controller.address}/juju`] }).open();
  assert.equal(controller.last.path, '/juju/api');
  assert.deepEqual(withPath.hostPorts, [[a], [], [b]]);
});

test('a controller over TLS is trusted by its own authority, whatever its address', async () => {
  await using controller = await JujuController.start({ tls: true });
  const address = `localhost:${controller.port}`;
  await using session = await sessionWith(controller, { addresses: [address], caCert }).open();
  assert.equal(session.address, address);
  await using stranger = sessionWith(controller);
  await assert.rejects(stranger.open(), (error) => error instanceof DialError && error.untrusted);
});

test('an opening that failed can be tried again', async () => {
  await using controller = await JujuController.start();
  let password = 'wrong';
  controller.on('Admin.Login', (request, { peer }) => {
    const right = Object(request.params).credentials === 'right';
    if (right) peer.answer(request, loginAnswer());
    else peer.refuse(request, 'invalid entity name or password', 'unauthorized access');
  });
  await using session = sessionWith(controller, {
    login: passwordLogin({ user: 'admin', password: () => password }),
  });
  await assert.rejects(session.open(), (error) => {
    assert.ok(error instanceof RpcError);
    assert.equal(error.category, 'unauthorized');
    assert.equal(error.message, 'Admin.Login: unauthorized access: invalid entity name or password');
    return true;
  });
  assert.equal(session.broken.aborted, false);
  password = 'right';
  await session.open();
  assert.equal(session.authTag, 'user-admin');
});

test('a controller that nobody reaches is an error that says where, and closes nothing that could be tried again', async () => {
  const controller = await JujuController.start();
  const { port } = controller;
  await using session = sessionWith(controller);
  await controller[Symbol.asyncDispose]();
  await assert.rejects(
    session.open(),
    (error) => error instanceof DialError && error.message.includes(`${port}`),
  );
  await using again = await JujuController.start({ port });
  await session.open();
  assert.equal(again.connections.length, 1);
});

test('an abort of one who waits is no end of the opening for the others', async () => {
  await using controller = await JujuController.start();
  const answers: (() => void)[] = [];
  controller.on('Admin.Login', (request, { peer }) => {
    answers.push(() => peer.answer(request, loginAnswer()));
  });
  await using session = sessionWith(controller);
  const impatient = new AbortController();
  const first = session.open(impatient.signal);
  const second = session.open();
  await controller.until(() => answers.length === 1);
  impatient.abort(new Error('enough'));
  await assert.rejects(first, /^Error: enough$/);
  answers[0]?.();
  await second;
  assert.equal(controller.connections.length, 1);
});

test('opening takes no longer than timeoutMs in all, and says what took so long', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.Login', () => {});
  const clock = new FakeClock();
  await using session = sessionWith(controller, { clock, timeoutMs: 5_000 });
  const opened = assert.rejects(session.open(), (error) => {
    assert.ok(error instanceof OpenTimeoutError);
    assert.equal(error.code, 'timeout');
    assert.match(error.message, /not open within 5000 ms: the login \(password of admin\) took too long$/);
    return true;
  });
  await controller.until(() => controller.of('Login').length === 1);
  clock.advance(5_000);
  await opened;
  await controller.until(() => controller.last.webSocket.readyState === 3);
  assert.equal(clock.asleep, 0);
});

test('a limit of dialling has another error, and none for the login', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  await using silent = sessionWith(controller, {
    clock,
    dial: { timeoutMs: 1_000, openSocket: () => new Promise(() => {}) },
  });
  const opened = assert.rejects(silent.open(), DialTimeoutError);
  await clock.asleepAtLeast(2);
  clock.advance(1_000);
  await opened;
  const answers: (() => void)[] = [];
  controller.on('Admin.Login', (request, { peer }) => {
    answers.push(() => peer.answer(request, loginAnswer()));
  });
  await using slow = sessionWith(controller, { clock, dial: { timeoutMs: 1_000 } });
  const opening = slow.open();
  await controller.until(() => answers.length === 1);
  clock.advance(60_000);
  answers[0]?.();
  await opening;
});

test('closing settles what is under way, and nothing can be called afterwards', async () => {
  await using controller = await JujuController.start();
  controller.on('Client.FullStatus', () => {});
  const session = await sessionWith(controller).open();
  const pending = Array.from({ length: 10 }, () => session.call('Client', 8, '', 'FullStatus'));
  const failed = Promise.allSettled(pending);
  await controller.until(() => controller.of('FullStatus').length === 10);
  const closed = session.close();
  assert.equal(session.close(), closed);
  for (const each of await failed) {
    assert.ok(each.status === 'rejected' && each.reason instanceof ConnectionError);
  }
  await closed;
  assert.equal(session.broken.aborted, true);
  assert.equal(await session.isBroken(), true);
  await assert.rejects(session.call('Client', 8, '', 'FullStatus'), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /: the session is closed$/);
    return true;
  });
  await assert.rejects(session.open(), ConnectionError);
});

test('closing while it is being opened ends that, too', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.Login', () => {});
  const session = sessionWith(controller);
  const opened = assert.rejects(session.open(), /the session was closed/);
  await controller.until(() => controller.of('Login').length === 1);
  await session.close();
  await opened;
  await controller.until(() => controller.last.webSocket.readyState === 3);
});

test('a session that was never opened closes without a word', async () => {
  await using controller = await JujuController.start();
  await sessionWith(controller).close();
  assert.equal(controller.connections.length, 0);
});

test('a connection that is lost breaks the session, with the reason', async () => {
  await using controller = await JujuController.start();
  await using session = await sessionWith(controller).open();
  const broken = once(session.broken, 'abort');
  controller.last.webSocket.terminate();
  await broken;
  assert.ok(session.broken.reason instanceof ConnectionError);
  await assert.rejects(session.call('Client', 8, '', 'FullStatus'), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /^session with wss?:\S+: the session is broken: the peer closed/);
    assert.equal(error.message.match(/wss?:/g)?.length, 1, 'the URL is told once');
    assert.equal(error.cause, session.broken.reason);
    return true;
  });
  assert.equal(await session.isBroken(), true);
});

test('a session is pinged, and one that gives no answer in time is broken', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  const ping = { periodMs: 20_000, timeoutMs: 5_000 };
  await using session = await sessionWith(controller, { clock, ping }).open();
  await clock.asleepAtLeast();
  assert.equal(controller.of('Ping').length, 0);
  clock.advance(20_000);
  await controller.until(() => controller.of('Ping').length === 1);
  const waits = () => clock.slept.filter((ms) => ms === ping.periodMs).length;
  while (waits() < 2) await new Promise((resolve) => setImmediate(resolve));
  controller.on('Pinger.Ping', () => {});
  clock.advance(20_000);
  await controller.until(() => controller.of('Ping').length === 2);
  const broken = once(session.broken, 'abort');
  clock.advance(4_999);
  assert.equal(session.broken.aborted, false);
  clock.advance(1);
  await broken;
  assert.match(String(session.broken.reason), /no answer to a ping within 5000 ms/);
  assert.equal(clock.asleep, 0);
});

test('a ping that is refused breaks the session', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  controller.on('Pinger.Ping', (request, { peer }) => peer.refuse(request, 'going away'));
  await using session = await sessionWith(controller, { clock }).open();
  const broken = once(session.broken, 'abort');
  await clock.asleepAtLeast();
  clock.advance(60_000);
  await broken;
  assert.match(String(session.broken.reason), /a ping was refused \(going away\)/);
});

test('whether a session is broken is asked of the controller', async () => {
  await using controller = await JujuController.start();
  await using session = sessionWith(controller);
  assert.equal(await session.isBroken(), false);
  assert.equal(controller.connections.length, 0);
  await session.open();
  assert.equal(await session.isBroken(), false);
  assert.equal(controller.of('Ping').length, 1);
  controller.on('Pinger.Ping', (request, { peer }) => peer.refuse(request, 'no'));
  assert.equal(await session.isBroken(), true);
});

test('a call of what the controller does not have says what it has', async () => {
  await using controller = await JujuController.start();
  await using session = sessionWith(controller);
  await assert.rejects(session.call('Nope', 1, '', 'X'), (error) => {
    assert.ok(error instanceof RpcError);
    assert.equal(error.code, 'not implemented');
    assert.equal(
      error.message,
      'Nope.X: not implemented: unknown facade type "Nope" (the controller (4.0.15) offers no Nope to this login; ' +
        'those to a model and to the controller only are offered others)',
    );
    return true;
  });
  await assert.rejects(session.call('Application', 5, '', 'X'), /offers Application in version 19, 22\)$/);
});

test('a call by name has an id, parameters, a signal and a limit of time', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  controller.on('NotifyWatcher.Next', () => {});
  await using session = await sessionWith(controller, { clock }).open();
  const late = assert.rejects(
    session.call('NotifyWatcher', 1, 'w-7', 'Next', { a: 1 }, { timeoutMs: 50 }),
    (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.equal(error.code, 'timeout');
      return true;
    },
  );
  await controller.until(() => controller.of('Next').length === 1);
  clock.advance(50);
  await late;
  const [asked] = controller.of('Next');
  assert.equal(asked?.id, 'w-7');
  assert.equal(asked?.version, 1);
  assert.deepEqual(asked?.params, { a: 1 });
  const stop = new AbortController();
  const aborted = assert.rejects(
    session.call('NotifyWatcher', 1, '', 'Next', {}, { signal: stop.signal }),
    /^Error: no$/,
  );
  stop.abort(new Error('no'));
  await aborted;
});

test('without a login nothing is sent, and only Admin is offered, which it is with one, too', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.RedirectInfo', (request, { peer }) => peer.refuse(request, 'not redirected'));
  const clock = new FakeClock();
  await using session = await sessionWith(controller, { login: false, clock }).open();
  assert.equal(controller.asked.length, 0);
  await assert.rejects(session.call('Admin', 3, '', 'RedirectInfo'), /not redirected/);
  await assert.rejects(async () => await session.facade('Admin', [3]).call('RedirectInfo'), /not redirected/);
  await assert.rejects(async () => await session.facade('Client', [8]).call('FullStatus'), UnsupportedError);
  await using loggedIn = sessionWith(controller);
  await assert.rejects(
    async () => await loggedIn.facade('Admin', [3]).call('RedirectInfo'),
    /not redirected/,
  );
  assert.equal(session.authTag, undefined);
  // Nor is it pinged, which only those who are logged in may do.
  assert.equal(clock.asleep, 0);
});

test('a controller of another major version is told its own, since it would refuse almost everything otherwise', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.Login', (request, { peer }) =>
    peer.answer(request, loginAnswer({ 'server-version': '3.6.28' })),
  );
  await using session = await sessionWith(controller).open();
  const versions = controller.of('Login').map(({ params }) => Object(params)['client-version']);
  assert.deepEqual(versions, ['4.0.15', '3.6.28']);
  assert.deepEqual(
    controller.connections.map(({ headers }) => headers['x-juju-clientversion']),
    ['4.0.15', '3.6.28'],
  );
  await session.call('Pinger', 1, '', 'Ping');
  await controller.until(() => controller.connections[0]?.webSocket.readyState === 3);
  await using fixed = await sessionWith(controller, { clientVersion: '4.0.1' }).open();
  assert.equal(fixed.serverVersion, '3.6.28');
  assert.equal(controller.of('Login').length, 3);
});

/** A tunnel that leads nowhere else, and what became of it. */
class Tunnel implements TunnelProxier {
  readonly type = 'test';
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly steps: string[] = [];

  constructor(port: number) {
    this.port = port;
  }

  async start(): Promise<void> {
    this.steps.push('start');
  }

  async stop(): Promise<void> {
    this.steps.push('stop');
  }

  rawConfig() {
    return {};
  }
}

test('a tunnel is opened before, is where the controller is, and is closed with the session', async () => {
  await using controller = await JujuController.start({ tls: true });
  const servers = [[{ value: '10.0.0.1', type: 'ipv4', scope: '', port: 1 }]];
  controller.on('Admin.Login', (request, { peer }) => peer.answer(request, loginAnswer({ servers })));
  const proxier = new Tunnel(controller.port);
  const addresses = ['10.255.255.1:17070'];
  await using session = sessionWith(controller, { proxier, addresses, caCert });
  await session.open();
  assert.equal(session.isProxied, true);
  assert.equal(session.proxy, proxier);
  assert.equal(session.address, controller.host);
  assert.deepEqual(session.hostPorts, servers);
  assert.deepEqual(proxier.steps, ['start']);
  await session.close();
  assert.deepEqual(proxier.steps, ['start', 'stop']);
});

test('a tunnel is closed when the session can not be opened', async () => {
  await using controller = await JujuController.start({ tls: true });
  controller.on('Admin.Login', (request, { peer }) => peer.refuse(request, 'no', 'unauthorized access'));
  const proxier = new Tunnel(controller.port);
  await using session = sessionWith(controller, { proxier, caCert });
  await assert.rejects(session.open(), RpcError);
  assert.deepEqual(proxier.steps, ['start', 'stop']);
});

test('nothing secret is shown', async () => {
  await using controller = await JujuController.start();
  await using session = sessionWith(controller, { model });
  assert.equal(inspect(session), `JujuSession(${controller.address}, model ${model}, password of admin)`);
  await session.open();
  assert.equal(inspect(session), `JujuSession(${controller.host}, model ${model}, password of admin)`);
  assert.doesNotMatch(inspect(login, { depth: 9, showHidden: true }), /hunter2/);
});

test('options that can not be used are told when the session is made', () => {
  const addresses = ['10.0.0.1:17070'];
  const bad: [object, RegExp][] = [
    [{ addresses: [] }, /addresses must be a list of at least one host:port/],
    [{ addresses: ['10.0.0.1'] }, /has no port/],
    [{ addresses, model: 'default' }, /model must be the UUID of a model, not "default"; its name won't do/],
    [{ addresses, controllerUuid: 'x' }, /controllerUuid must be a UUID/],
    [{ addresses, login: { user: 'admin' } }, /login must be a login, such as passwordLogin/],
    [{ addresses, timeoutMs: 0 }, /timeoutMs must be/],
    [{ addresses, ping: { periodMs: 10_000 } }, /ping.periodMs must be a number of milliseconds above 10000/],
    [{ addresses, ping: { timeoutMs: 1_000 } }, /ping.timeoutMs must be a number of milliseconds above 1000/],
    [{ addresses, reconnect: { retries: 0 } }, /reconnect.retries/],
    [{ addresses, adresses: [] }, /^TypeError: adresses is no option of juju\(\)$/],
    [{ addresses: ['[fe80::1%eth0]:17070'] }, /is of one link only, and can't be dialled/],
    [{ addresses: '10.0.0.1:17070' }, /addresses must be a list of at least one host:port/],
    [
      { addresses, dial: { insecureSkipVerify: 'false' } },
      /^TypeError: dial.insecureSkipVerify must be true or false, not a string$/,
    ],
    [
      { addresses, dial: { timeoutMS: 1 } },
      /dial.timeoutMS is no option of juju\(\); dial has .*, timeoutMs/,
    ],
    [{ addresses, dial: { timeoutMs: '5' } }, /dial.timeoutMs must be a number of milliseconds above 0/],
    [{ addresses, dial: { intervalMs: -1 } }, /dial.intervalMs must be .* of at least 0, not -1$/],
    [{ addresses, dial: { dnsCache: {} } }, /dial.dnsCache must be an object with lookup and add/],
    [{ addresses, dial: true }, /dial must be an object, not true/],
    [{ addresses, reconnect: 5 }, /reconnect must be true, false or an object, not 5/],
    [{ addresses, reconnect: { retry: 3 } }, /reconnect.retry is no option/],
    [{ addresses, ping: { period: 1 } }, /ping.period is no option/],
    [{ addresses, bakery: { interactor: [] } }, /bakery.interactor is no option/],
    [{ addresses, bakery: { interactors: {} } }, /bakery.interactors must be a list, not an object/],
    [{ addresses, http: { transprt: 'got' } }, /http.transprt is no option/],
    [{ addresses, http: { transport: 'fetch' } }, /transport must be "got", "undici" or a function/],
    [
      { addresses, http: { connection: { insecureSkipVerify: 1 } } },
      /http.connection.insecureSkipVerify must be true or false, not 1/,
    ],
    [{ addresses, caCert: '/etc/ca.pem' }, /caCert must be PEM: .*; what is in a file has to be read$/],
    [{ addresses, serverName: 5 }, /serverName must be a text, not 5/],
    [{ addresses, proxier: {} }, /proxier must be an object with start and stop/],
  ];
  for (const [options, message] of bad) {
    assert.throws(() => juju(Object(options)), message);
  }
});

test("defaults are options of one's own for all sessions that are made with them", async () => {
  await using controller = await JujuController.start();
  const here = juju.defaults({ addresses: [controller.address] }).defaults({ model });
  await using session = await here({ addresses: [controller.address], login }).open();
  assert.equal(session.model, model);
});

test('defaults within a group of options are kept where a session says something else of it', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.Login', (request, { peer }) => peer.refuse(request, 'no', 'unauthorized access'));
  const told: string[] = [];
  const here = juju
    .defaults({ dial: { retryDelayMs: 0, httpProxy: (url) => void told.push(url) }, http: { retry: false } })
    .defaults({ dial: { intervalMs: 10 }, http: { headers: { 'x-me': 'me' } } });
  controller.routes.set('GET /health', (_request, _body, response) => void response.end('running\n'));
  await using session = here({ addresses: [controller.address], login, dial: { timeoutMs: 60_000 } });
  await session.health();
  assert.equal(controller.requests[0]?.headers['x-me'], 'me');
  assert.deepEqual(told, [`http://${controller.host}/`]);
  assert.throws(
    () => here(Object({ addresses: [controller.address], dial: true })),
    /dial must be an object/,
  );
});

for (const transport of ['got', 'undici'] as const) {
  test(`over HTTP (${transport}) the controller is trusted as the session trusts it, and asked as who is logged in`, async () => {
    await using controller = await JujuController.start({ tls: true });
    controller.routes.set('GET /juju/thing', (_request, _body, response) => json(response, { ok: true }));
    const addresses = [`localhost:${controller.port}/juju`];
    await using session = sessionWith(controller, { addresses, caCert, http: { transport } });
    assert.deepEqual(await session.http.get(path`/thing`), { ok: true });
    assert.deepEqual(await session.http.get(path`/thing`), { ok: true });
    assert.equal(controller.last.path, '/juju/api');
    const [first] = controller.requests;
    assert.equal(first?.headers.authorization, `Basic ${btoa('user-admin:hunter2')}`);
    assert.equal(first?.headers.host, `localhost:${controller.port}`);
  });
}

test('over HTTP the session is asked for its connection each time, so that a lost one is made again', async () => {
  await using controller = await JujuController.start();
  controller.routes.set('GET /thing', (_request, _body, response) => json(response, { ok: true }));
  await using session = sessionWith(controller, { reconnect: { delayMs: 1 } });
  const { http } = session;
  assert.deepEqual(await http.get(path`/thing`), { ok: true });
  const lost = once(controller.last.webSocket, 'close');
  controller.last.webSocket.terminate();
  await lost;
  assert.deepEqual(await http.get(path`/thing`), { ok: true });
});

test('what a controller refuses over HTTP is an error that says why, without the password', async () => {
  await using controller = await JujuController.start();
  controller.routes.set('GET /thing', (_request, _body, response) =>
    json(response, { error: { message: 'no such thing', code: 'not found' } }, 404),
  );
  await using session = sessionWith(controller);
  await assert.rejects(
    async () => await session.http.get(path`/thing`),
    (error) => {
      assert.ok(error instanceof ResponseError);
      assert.equal(error.message, 'GET /thing: 404 not found: no such thing');
      assert.equal(error.category, 'not-found');
      assert.doesNotMatch(inspect(error.record), new RegExp(`hunter2|${btoa('user-admin:hunter2')}`));
      return true;
    },
  );
});

test("what another than the controller says over TLS is not trusted by the controller's authority", async () => {
  await using controller = await JujuController.start({ tls: true });
  await using other = await JujuController.start({ tls: true });
  for (const each of [controller, other]) {
    each.routes.set('GET /thing', (_request, _body, response) => json(response, { ok: true }));
  }
  await using session = sessionWith(controller, { caCert });
  const bakery = await session.bakery();
  const ask = (host: string) => bakery.request({ method: 'GET', url: `https://${host}/thing`, headers: {} });
  assert.equal((await ask(controller.host)).status, 200);
  await assert.rejects(ask(other.host), (error) => {
    assert.ok(error instanceof ConnectionError && error.cause instanceof TransportFailure);
    return error.cause.kind === 'certificate';
  });
  assert.equal(other.requests.length, 0);
});

test('a session that is closed leaves nothing behind, whether it was in use or could not be opened', async () => {
  await using controller = await JujuController.start({ tls: true });
  controller.routes.set('GET /thing', (_request, _body, response) => json(response, { ok: true }));
  controller.on('Client.FullStatus', () => {});
  for (const password of ['hunter2', 'wrong']) {
    controller.on('Admin.Login', (request, { peer }) => {
      if (Object(request.params).credentials === 'hunter2') peer.answer(request, loginAnswer());
      else peer.refuse(request, 'invalid entity name or password', 'unauthorized access');
    });
    const session = sessionWith(controller, { caCert, login: passwordLogin({ user: 'admin', password }) });
    if (password === 'wrong') {
      await assert.rejects(session.open(), RpcError);
    } else {
      await session.http.get(path`/thing`);
      const pending = assert.rejects(session.call('Client', 8, '', 'FullStatus'), ConnectionError);
      await controller.until(() => controller.of('FullStatus').length === 1);
      await session.close();
      await pending;
    }
  }
  await controller.until(() => controller.connections.every(({ webSocket }) => webSocket.readyState === 3));
  await controller.idle();
  await nothingLeft();
});

test("what Juju's own client knows is enough for a session, and what is said besides wins", async () => {
  await using controller = await JujuController.start({ tls: true });
  const directory = await mkdtemp(join(tmpdir(), 'fairlead-juju-'));
  try {
    const known = { uuid: controllerUuid, 'api-endpoints': [controller.host], 'ca-cert': caCert };
    const files = {
      controllers: { controllers: { prod: known }, 'current-controller': 'prod' },
      accounts: { controllers: { prod: { user: 'admin', password: 'hunter2' } } },
      models: {
        controllers: {
          prod: { models: { 'admin/default': { uuid: model } }, 'current-model': 'admin/default' },
        },
      },
    };
    for (const [name, content] of Object.entries(files)) {
      // JSON is YAML.
      await writeFile(join(directory, `${name}.yaml`), JSON.stringify(content));
    }
    await using session = await juju.fromStore({ directory });
    await session.open();
    assert.equal(session.model, model);
    assert.equal(session.cookieUrl?.href, `https://${controllerUuid}/`);
    assert.equal(Object(controller.of('Login')[0]?.params).credentials, 'hunter2');
    const mine = juju.defaults({ clientVersion: '4.0.1' });
    await using other = await mine.fromStore({ directory, model: false }, { dial: { intervalMs: 1 } });
    await other.open();
    assert.equal(other.model, undefined);
    assert.equal(Object(controller.of('Login')[1]?.params)['client-version'], '4.0.1');
  } finally {
    await rm(directory, { recursive: true });
  }
});
