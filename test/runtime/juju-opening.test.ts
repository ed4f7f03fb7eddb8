import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConnectionError,
  type DialFailure,
  type JujuOptions,
  juju,
  OpenTimeoutError,
  passwordLogin,
} from '../../runtime/src/services/juju/index.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import { caCert, JujuController, loginAnswer } from '../servers/juju-controller.ts';
import { nothingLeft } from '../servers/left.ts';
import { JujuServer, refusal } from './juju-streams-host.ts';

function sessionWith(controller: JujuController, options: Partial<JujuOptions> = {}) {
  return juju({
    addresses: [controller.address],
    login: passwordLogin({ user: 'admin', password: 'hunter2' }),
    dial: { retryDelayMs: 0, httpProxy: () => undefined },
    ...options,
  });
}

/** A controller that lets nobody in before it is told to. */
async function slowController() {
  const controller = await JujuController.start();
  const answers: (() => void)[] = [];
  controller.on('Admin.Login', (request, { peer }) => {
    answers.push(() => peer.answer(request, loginAnswer()));
  });
  controller.on('Client.FullStatus', () => {});
  const letIn = () => {
    for (const answer of answers) answer();
  };
  return { controller, letIn, asked: () => controller.until(() => answers.length > 0) };
}

for (const [how, call] of [
  ['a generated class', (session, options) => session.facade('Client', [8]).call('FullStatus', options)],
  ['session.call', (session, options) => session.call('Client', 8, '', 'FullStatus', {}, options)],
] satisfies [
  string,
  (session: ReturnType<typeof juju>, options: { timeoutMs: number }) => PromiseLike<unknown>,
][]) {
  test(`the time of a call by ${how} runs while the session is opened, and ends the call only`, async () => {
    const { controller, letIn, asked } = await slowController();
    await using _ = controller;
    const clock = new FakeClock();
    await using session = sessionWith(controller, { clock });
    const late = assert.rejects(
      async () => await call(session, { timeoutMs: 300 }),
      (error) => {
        assert.ok(error instanceof OpenTimeoutError);
        assert.equal(error.code, 'timeout');
        assert.match(error.message, /not open within 300 ms: the login \(password of admin\) took too long$/);
        return true;
      },
    );
    await asked();
    clock.advance(300);
    await late;
    // The same opening goes on, and takes from the time of who waits for it.
    const second = assert.rejects(
      async () => await call(session, { timeoutMs: 300 }),
      (error) => {
        assert.ok(error instanceof ConnectionError && !(error instanceof OpenTimeoutError));
        assert.match(error.message, /^Client\.FullStatus: no answer within 100 ms/);
        return true;
      },
    );
    await clock.asleepAtLeast(2);
    clock.advance(200);
    letIn();
    await controller.until(() => controller.of('FullStatus').length === 1);
    clock.advance(100);
    await second;
    assert.equal(controller.of('Login').length, 1);
  });
}

test('the time of a call runs while a lost connection is made again', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  await using controller = await JujuController.start();
  const clock = new FakeClock();
  const reconnect = { delayMs: 500 };
  await using session = await sessionWith(controller, { clock, reconnect }).open();
  controller.last.webSocket.terminate();
  while (!clock.slept.includes(500)) await new Promise((next) => setImmediate(next));
  const late = assert.rejects(
    session.call('Client', 8, '', 'FullStatus', {}, { timeoutMs: 300 }),
    OpenTimeoutError,
  );
  clock.advance(300);
  await late;
  await assert.rejects(
    session.call('Client', 8, '', 'FullStatus', {}, { timeoutMs: 0 }),
    /^TypeError: timeoutMs must be a number of milliseconds above 0, not 0$/,
  );
});

test('over HTTP an abort, and a time that is over, end the waiting for a session that is being opened', async () => {
  const { controller } = await slowController();
  await using _ = controller;
  await using session = sessionWith(controller);
  const charm = { name: 'x', body: Buffer.from('x') };
  await using withModel = sessionWith(controller, { model: 'f47ac10b-58cc-4372-a567-0e02b2c3d479' });
  await assert.rejects(withModel.uploadCharm(charm, { timeoutMs: 20 }), /no answer within 20 ms$/);
  const stop = new AbortController();
  const aborted = assert.rejects(withModel.uploadCharm(charm, { signal: stop.signal }), /^Error: enough$/);
  stop.abort(new Error('enough'));
  await aborted;
  assert.equal(controller.requests.length, 0);
  assert.equal(session.broken.aborted, false);
});

test('nobody logs in to ask what anybody may: how a controller is, and for its programs', async () => {
  await using controller = await JujuController.start({ tls: true });
  controller.on('Admin.Login', (request, { peer }) => peer.refuse(request, 'no', 'unauthorized access'));
  controller.routes.set('GET /health', (_request, _body, response) => void response.end('running\n'));
  controller.routes.set('GET /tools/4.0.15-ubuntu-amd64', (_request, _body, response) => {
    response.end('program');
  });
  for (const transport of ['got', 'undici'] as const) {
    await using session = sessionWith(controller, { caCert, http: { transport } });
    assert.deepEqual(await session.health(), { healthy: true, status: 'running' });
    const program = await session.downloadTools({ version: '4.0.15-ubuntu-amd64' });
    const pieces: Uint8Array[] = [];
    for await (const piece of program) pieces.push(piece);
    assert.equal(Buffer.concat(pieces).toString(), 'program');
  }
  assert.equal(controller.connections.length, 0, 'no WebSocket was opened');
  for (const { headers } of controller.requests) assert.equal(headers.authorization, undefined);
});

test('nobody is told how a controller is that is not to be trusted', async () => {
  await using controller = await JujuController.start({ tls: true });
  controller.routes.set('GET /health', (_request, _body, response) => void response.end('running\n'));
  await using session = sessionWith(controller);
  await assert.rejects(session.health(), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(
      error.message,
      /^GET \/health: unable to connect to the API: no trust in the certificate of/,
    );
    return true;
  });
  assert.equal(controller.requests.length, 0);
});

test('a controller that takes no calls yet tells that it is starting', async () => {
  await using controller = await JujuController.start();
  controller.routes.set('GET /health', (_request, _body, response) => {
    response.writeHead(503).end('starting\n');
  });
  const { port } = controller;
  const session = sessionWith(controller, { addresses: [`ws://127.0.0.1:${port}`] });
  assert.deepEqual(await session.health(), { healthy: false, status: 'starting' });
  // Of the controller that is connected to, it is asked over the same way.
  await session.open();
  assert.deepEqual(await session.health(), { healthy: false, status: 'starting' });
  await session.close();
  await assert.rejects(session.health(), /the session is closed/);
});

test('an abort, and a time that is over, end the question how a controller is that nobody reaches', async () => {
  const silent = {
    openSocket: () => new Promise<never>(() => {}),
    resolver: () => new Promise<never>(() => {}),
  };
  await using session = juju({
    addresses: ['controller.test:17070'],
    dial: { ...silent, httpProxy: () => undefined },
  });
  await assert.rejects(session.health({ timeoutMs: 20 }), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /^GET \/health: no answer within 20 ms$/);
    return true;
  });
  const stop = new AbortController();
  const aborted = assert.rejects(session.health({ signal: stop.signal }), /^Error: enough$/);
  stop.abort(new Error('enough'));
  await aborted;
  const closed = assert.rejects(session.health(), /the session was closed/);
  await session.close();
  await closed;
  await nothingLeft();
});

test('whoever wants to know hears why a controller is not reached while it is tried again', async () => {
  await using server = await JujuServer.start();
  server.refuse = () => refusal('404 Not Found', 'text/plain', 'nothing here');
  const clock = new FakeClock();
  const told = Promise.withResolvers<DialFailure>();
  const onFailure = (failure: DialFailure) => told.resolve(failure);
  const session = juju({
    addresses: [`ws://${server.address}`],
    dial: { onFailure, httpProxy: () => undefined },
    clock,
  });
  const opened = assert.rejects(session.open(), /the session was closed/);
  const { address, ipAddress, error } = await told.promise;
  assert.deepEqual([address, ipAddress], [server.address, server.address]);
  assert.match(String(error), /answered 404 in place of opening a WebSocket: nothing here$/);
  await session.close();
  await opened;
});
