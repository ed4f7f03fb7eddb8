import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConnectionError,
  type JujuSession,
  juju,
  passwordLogin,
} from '../../runtime/src/services/juju/index.ts';
import { JujuController } from '../servers/juju-controller.ts';
import { nothingLeft } from '../servers/left.ts';

const calls = 1_000;
const watchers = 50;

/** A controller that takes calls and never answers them, and whose watchers tell their first event only. */
async function silentController(port = 0): Promise<JujuController> {
  const controller = await JujuController.start({ port });
  controller.on('Application.Deploy', () => {});
  let id = 0;
  controller.on('Application.WatchThings', (request, { peer }) => {
    id += 1;
    peer.answer(request, { 'watcher-id': String(id), changes: [] });
  });
  controller.on('StringsWatcher.Next', () => {});
  controller.on('StringsWatcher.Stop', (request, { peer }) => peer.answer(request));
  return controller;
}

function sessionWith(controller: JujuController, reconnect: boolean) {
  return juju({
    addresses: [controller.address],
    login: passwordLogin({ user: 'admin', password: 'x' }),
    dial: { retryDelayMs: 0, httpProxy: () => undefined },
    ...(reconnect && { reconnect: { delayMs: 1 } }),
  });
}

/** As many as may be under way at once. */
async function busy(session: JujuSession, controller: JujuController) {
  const facade = session.facade('Application', [22]);
  const called = Array.from({ length: calls }, () => facade.call('Deploy'));
  const seen: number[] = Array(watchers).fill(0);
  const watched = seen.map(async (_, index) => {
    for await (const _change of facade.watch('WatchThings', 'StringsWatcher').watch()) {
      seen[index] = (seen[index] ?? 0) + 1;
    }
  });
  const settled = { called: Promise.allSettled(called), watched: Promise.allSettled(watched) };
  await controller.until(
    () => controller.of('Deploy').length === calls && controller.of('Next').length >= watchers,
  );
  return { ...settled, seen };
}

test('a controller that dies with much under way fails every call, ends every watcher, and leaves nothing behind', async () => {
  await using controller = await silentController();
  const session = await sessionWith(controller, false).open();
  const { called, watched } = await busy(session, controller);
  controller.last.webSocket.terminate();
  for (const outcomes of [await called, await watched]) {
    for (const each of outcomes) {
      assert.ok(each.status === 'rejected' && each.reason instanceof ConnectionError);
      assert.equal(each.reason.category, 'unavailable');
    }
  }
  assert.equal(session.broken.aborted, true);
  await controller.idle();
  await nothingLeft();
  await session.close();
});

test('where the connection is made again, every call fails all the same, and every watcher goes on', async () => {
  await using controller = await silentController();
  const session = await sessionWith(controller, true).open();
  const { called, watched, seen } = await busy(session, controller);
  controller.last.webSocket.terminate();
  for (const each of await called) {
    assert.ok(each.status === 'rejected' && each.reason instanceof ConnectionError);
  }
  await controller.until(() => controller.of('Next').length >= 2 * watchers);
  assert.deepEqual(new Set(seen), new Set([2]));
  assert.equal(controller.of('Deploy').length, calls);
  assert.equal(controller.of('Login').length, 2);
  await session.close();
  assert.ok((await watched).every(({ status }) => status === 'fulfilled'));
  await controller.idle();
  await nothingLeft();
});
