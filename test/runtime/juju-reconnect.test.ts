import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { ConnectionError } from '../../runtime/src/errors.ts';
import {
  type JujuOptions,
  juju,
  macaroonLogin,
  passwordLogin,
  RedirectError,
  RpcError,
} from '../../runtime/src/services/juju/index.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import { JujuController, loginAnswer } from '../servers/juju-controller.ts';

const pingMs = 60_000;

function sessionWith(controller: JujuController, clock: FakeClock, options: Partial<JujuOptions> = {}) {
  const login = passwordLogin({ user: 'admin', password: 'hunter2' });
  const dial = { retryDelayMs: 0, httpProxy: () => undefined };
  return juju({
    addresses: [controller.address],
    login,
    dial,
    clock,
    ping: { periodMs: pingMs },
    timeoutMs: Number.POSITIVE_INFINITY,
    reconnect: true,
    ...options,
  });
}

/** Waits that are none of the pings' or of the dialling, of which one address has a start of 50 ms on the next. */
function backOffs(clock: FakeClock): number[] {
  return clock.slept.filter((ms) => ms < 30_000 && ms !== 50);
}

/** Lets the wait before the next attempt pass, as soon as there is one. */
async function passBackOff(clock: FakeClock, count: number): Promise<void> {
  while (backOffs(clock).length < count) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(29_999);
}

test('a connection that was lost is made again, with another login, and calls go on over it', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  await using session = await sessionWith(controller, clock).open();
  const facade = session.facade('Application', [22]);
  controller.last.webSocket.terminate();
  await passBackOff(clock, 1);
  controller.on('Application.Get', (request, { peer }) => peer.answer(request, { ok: true }));
  assert.deepEqual(await facade.call('Get'), { ok: true });
  assert.equal(controller.connections.length, 2);
  assert.equal(controller.of('Login').length, 2);
  assert.equal(session.broken.aborted, false);
});

test('calls under way fail when the connection is lost, and none is sent twice; later ones wait for the new one', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  controller.on('Application.Deploy', () => {});
  await using session = await sessionWith(controller, clock).open();
  const under = assert.rejects(session.call('Application', 22, '', 'Deploy'), ConnectionError);
  await controller.until(() => controller.of('Deploy').length === 1);
  controller.last.webSocket.terminate();
  await under;
  controller.on('Application.Deploy', (request, { peer }) => peer.answer(request, { ok: true }));
  const later = session.call('Application', 22, '', 'Deploy');
  await passBackOff(clock, 1);
  assert.deepEqual(await later, { ok: true });
  assert.equal(controller.of('Deploy').length, 2);
});

test('one who waits for the new connection may stop waiting', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  await using session = await sessionWith(controller, clock).open();
  controller.last.webSocket.terminate();
  await controller.until(() => controller.last.webSocket.readyState === 3);
  while (backOffs(clock).length < 1) await new Promise((resolve) => setImmediate(resolve));
  const stop = new AbortController();
  const waiting = assert.rejects(
    session.call('Pinger', 1, '', 'Ping', {}, { signal: stop.signal }),
    /^Error: no$/,
  );
  stop.abort(new Error('no'));
  await waiting;
});

test('attempts go on with longer and longer waits while nobody is there, and the session works again then', async () => {
  const controller = await JujuController.start();
  const clock = new FakeClock();
  const { port } = controller;
  await using session = await sessionWith(controller, clock, {
    reconnect: { delayMs: 100, maxDelayMs: 400 },
  }).open();
  await controller[Symbol.asyncDispose]();
  for (let count = 1; count <= 6; count += 1) await passBackOff(clock, count);
  while (backOffs(clock).length < 7) await new Promise((resolve) => setImmediate(resolve));
  const bounds = [100, 200, 400, 400, 400, 400, 400];
  for (const [at, ms] of backOffs(clock).entries()) assert.ok(ms <= (bounds[at] ?? 0), `wait ${at}: ${ms}`);
  await using again = await JujuController.start({ port });
  clock.advance(400);
  await session.call('Pinger', 1, '', 'Ping');
  assert.equal(again.of('Login').length, 1);
});

test('after as many attempts as may be the session is given up, with the last reason', async () => {
  const controller = await JujuController.start();
  const clock = new FakeClock();
  await using session = await sessionWith(controller, clock, { reconnect: { retries: 2 } }).open();
  await controller[Symbol.asyncDispose]();
  const broken = once(session.broken, 'abort');
  await passBackOff(clock, 1);
  await passBackOff(clock, 2);
  await broken;
  assert.match(String(session.broken.reason), /DialError: .*unable to connect/);
  await assert.rejects(session.call('Pinger', 1, '', 'Ping'), /the session is broken: .*unable to connect/);
});

test('a login that is refused for good is not tried again', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  await using session = await sessionWith(controller, clock).open();
  controller.on('Admin.Login', (request, { peer }) =>
    peer.refuse(request, 'permission denied', 'unauthorized access'),
  );
  const broken = once(session.broken, 'abort');
  controller.last.webSocket.terminate();
  await passBackOff(clock, 1);
  await broken;
  assert.ok(session.broken.reason instanceof RpcError);
});

test('a login that is refused for now is tried again', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  await using session = await sessionWith(controller, clock).open();
  controller.on('Admin.Login', (request, { peer }) =>
    peer.refuse(request, 'login failed - upgrade in progress', 'upgrade in progress'),
  );
  controller.last.webSocket.terminate();
  await passBackOff(clock, 1);
  await controller.until(() => controller.of('Login').length === 2);
  controller.on('Admin.Login', (request, { peer }) => peer.answer(request, loginAnswer()));
  await passBackOff(clock, 2);
  await session.call('Pinger', 1, '', 'Ping');
  assert.equal(session.broken.aborted, false);
});

test('a connection that is silent is made again as well', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  await using session = await sessionWith(controller, clock).open();
  controller.on('Pinger.Ping', () => {});
  await clock.asleepAtLeast();
  clock.advance(pingMs);
  await controller.until(() => controller.of('Ping').length === 1);
  clock.advance(30_000);
  await passBackOff(clock, 1);
  controller.on('Pinger.Ping', (request, { peer }) => peer.answer(request));
  await session.call('Pinger', 1, '', 'Ping');
  assert.equal(controller.connections.length, 2);
});

test('the first opening is not tried again by itself', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.Login', (request, { peer }) => peer.refuse(request, 'upgrade', 'upgrade in progress'));
  const clock = new FakeClock();
  await using session = sessionWith(controller, clock, { login: macaroonLogin() });
  await assert.rejects(session.open(), RpcError);
  assert.deepEqual(backOffs(clock), []);
});

test('closing while the connection is being made again ends that', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  const session = await sessionWith(controller, clock).open();
  controller.last.webSocket.terminate();
  while (backOffs(clock).length < 1) await new Promise((resolve) => setImmediate(resolve));
  const waiting = assert.rejects(session.call('Pinger', 1, '', 'Ping'), /the session was closed/);
  await session.close();
  await waiting;
  assert.equal(clock.asleep, 0);
  assert.equal(controller.connections.length, 1);
});

test('a model that was migrated meanwhile is a reason to give up, and says where it is', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  await using session = await sessionWith(controller, clock).open();
  const info = { servers: [], 'ca-cert': 'x' };
  controller.on('Admin.Login', (request, { peer }) =>
    peer.refuse(request, 'redirection to alternative server required', 'redirection required', info),
  );
  const broken = once(session.broken, 'abort');
  controller.last.webSocket.terminate();
  await passBackOff(clock, 1);
  await broken;
  assert.ok(session.broken.reason instanceof RedirectError);
});

test('a watcher goes on over the new connection', async () => {
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  let created = 0;
  controller.on('Application.WatchThings', (request, { peer }) => {
    created += 1;
    peer.answer(request, { 'watcher-id': String(created), changes: [`things of ${created}`] });
  });
  controller.on('StringsWatcher.Next', () => {});
  controller.on('StringsWatcher.Stop', (request, { peer }) => peer.answer(request));
  await using session = await sessionWith(controller, clock).open();
  const facade = session.facade('Application', [22]);
  const watcher = facade.watch('WatchThings', 'StringsWatcher').watch();
  const seen: unknown[] = [];
  for await (const change of watcher) {
    seen.push(change);
    if (seen.length === 2) break;
    // The next one is waited for on a connection that is then lost.
    void controller
      .until(() => controller.of('Next').length === 1)
      .then(() => controller.last.webSocket.terminate())
      .then(() => passBackOff(clock, 1));
  }
  assert.deepEqual(seen, [['things of 1'], ['things of 2']]);
  assert.equal(controller.of('Login').length, 2);
});
