import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConnectionError,
  type JujuOptions,
  juju,
  OpenTimeoutError,
  passwordLogin,
} from '../../runtime/src/services/juju/index.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import { JujuController, loginAnswer } from '../servers/juju-controller.ts';

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
