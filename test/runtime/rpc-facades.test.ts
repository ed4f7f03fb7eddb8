import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { BulkReply } from '../../runtime/src/rpc/bulk-reply.ts';
import { BulkError } from '../../runtime/src/rpc/outcome.ts';
import { RpcError } from '../../runtime/src/rpc/rpc-error.ts';
import { bestVersion, UnsupportedError } from '../../runtime/src/rpc/versions.ts';
import { RpcHost } from '../servers/rpc-client.ts';
import { RpcServer } from '../servers/rpc-server.ts';

interface WireError {
  readonly message: string;
  readonly code: string;
}
interface Results {
  readonly results: readonly { readonly result?: string; readonly error?: WireError | null }[] | null;
}

const some = {
  results: [
    { result: 'a', error: null },
    { error: { message: 'charm "x" not found', code: 'not found', info: { secret: 'hidden' } } },
    { result: 'c' },
  ],
};

async function bulk(answer: unknown, check: (ask: () => BulkReply<Results, 'results'>) => Promise<void>) {
  await using server = await RpcServer.start((request, peer) => peer.answer(request, answer));
  await using host = new RpcHost(server, { Application: [19, 22] });
  const facade = host.facade('Application', [19, 22]);
  await check(() => facade.bulk('Deploy', 'results', { params: { applications: [] } }));
}

test('the version in use is the highest that both know', () => {
  assert.equal(bestVersion([1], [1, 2, 3]), 1);
  assert.equal(bestVersion([1, 2], [1, 2, 3]), 2);
  assert.equal(bestVersion([3, 1, 2], [2, 3, 1]), 3);
  assert.equal(bestVersion([0, 1, 2], []), undefined);
});

test('a call is sent at once, with the version in use', async () => {
  await using server = await RpcServer.start((request, peer) => peer.answer(request, { n: 1 }));
  await using host = new RpcHost(server, { Application: [18, 19, 20] });
  const facade = host.facade('Application', [19, 22]);
  const reply = facade.call<{ n: number }>('Get', { params: {} });
  await server.until(() => server.asked.length === 1);
  assert.equal(server.asked[0]?.version, 19);
  assert.deepEqual(await reply, { n: 1 });
  assert.equal(await facade.version(), 19);
  const { value, record } = await reply.withRecord();
  assert.deepEqual(value, { n: 1 });
  assert.equal(record.method, 'Application.Get');
  assert.equal(Object.prototype.toString.call(reply), '[object RpcReply]');
});

test('an object of a facade is named by its id', async () => {
  await using server = await RpcServer.start((request, peer) => peer.answer(request));
  await using host = new RpcHost(server, { NotifyWatcher: [1] });
  await host.facade('NotifyWatcher', [1], 'w-7').call('Stop');
  assert.equal(server.asked[0]?.id, 'w-7');
});

test('with nothing in common, the error names both sides, and nothing is sent', async () => {
  await using server = await RpcServer.start((request, peer) => peer.answer(request));
  await using host = new RpcHost(server, { Application: [22] });
  const error = await host
    .facade('Application', [19])
    .call('Get')
    .catch((reason: unknown) => reason);
  assert.ok(error instanceof UnsupportedError);
  assert.match(
    error.message,
    /^Application\.Get: the controller \(4\.0\.15\) offers Application 22; this client knows 19\./,
  );
  assert.equal(error.category, 'invalid');
  assert.equal(error.code, 'not implemented');
  await assert.rejects(
    async () => await host.facade('Spaces', [6, 7]).call('ListSpaces'),
    /^UnsupportedError: Spaces\.ListSpaces: the controller \(4\.0\.15\) doesn't offer Spaces here; this client knows 6, 7/,
  );
  await assert.rejects(host.facade('Application', [19]).version(), UnsupportedError);
  assert.equal(server.asked.length, 0);
});

test('a method that the version in use has not got is not sent', async () => {
  await using server = await RpcServer.start((request, peer) => peer.answer(request));
  await using host = new RpcHost(server, { Application: [19] });
  const facade = host.facade('Application', [19, 22]);
  await assert.rejects(
    async () => await facade.call('AddedLater', { versions: [22] }),
    /^UnsupportedError: Application\.AddedLater: the controller \(4\.0\.15\) is used with version 19, which hasn't got it; 22 has$/,
  );
  assert.equal(server.asked.length, 0);
  await facade.call('Kept', { versions: [19, 22] });
});

test('an answer that is an error as a whole fails the call', async () => {
  let error: unknown = { message: 'permission denied', code: 'unauthorized access' };
  await using server = await RpcServer.start((request, peer) => peer.answer(request, { result: 1, error }));
  await using host = new RpcHost(server, { Client: [8] });
  const facade = host.facade('Client', [8]);
  await assert.rejects(
    async () => await facade.call('ModelInfo', { error: 'error' }),
    (reason) => {
      assert.ok(reason instanceof RpcError);
      assert.equal(reason.message, 'Client.ModelInfo: unauthorized access: permission denied');
      assert.equal(reason.category, 'forbidden');
      assert.equal(reason.record.attempts.length, 1);
      return true;
    },
  );
  error = null;
  assert.deepEqual(await facade.call('ModelInfo', { error: 'error' }), { result: 1, error: null });
});

test('a bulk call that is awaited gives the answer as it came', async () => {
  await bulk(some, async (ask) => assert.deepEqual(await ask(), some));
});

test('the outcomes of a bulk call are in order, failures in their places', async () => {
  await bulk(some, async (ask) => {
    const [first, second, third] = await ask().outcomes();
    assert.deepEqual(first, { ok: true, value: { result: 'a' } });
    assert.deepEqual(third, { ok: true, value: { result: 'c' } });
    assert.ok(second?.ok === false);
    assert.ok(second.error instanceof RpcError);
    assert.equal(second.error.category, 'not-found');
    assert.equal(second.error.message, 'Application.Deploy results[1]: not found: charm "x" not found');
    assert.deepEqual(second.error.info, { secret: 'hidden' });
  });
});

test('the values of a bulk call throw what failed without losing what succeeded', async () => {
  await bulk(some, async (ask) => {
    const error = await ask()
      .values()
      .catch((reason: unknown) => reason);
    assert.ok(error instanceof BulkError);
    assert.equal(error.message, 'Application.Deploy: 1 of 3 failed: [1] not found: charm "x" not found');
    assert.equal(error.category, 'not-found');
    assert.deepEqual(error.values, [{ result: 'a' }, { result: 'c' }]);
    assert.equal(error.errors.length, 1);
    assert.equal(error.outcomes.length, 3);
    assert.doesNotMatch(inspect(error, { depth: 9 }), /hidden/);
  });
  await bulk({ results: [{ result: 'a' }] }, async (ask) => {
    assert.deepEqual(await ask().values(), [{ result: 'a' }]);
  });
});

test('a message spells out a few failures and counts the others', async () => {
  const error = (index: number) => ({ message: `no ${index}`, code: index === 0 ? 'not found' : '' });
  await bulk({ results: Array.from({ length: 8 }, (_, index) => ({ error: error(index) })) }, async (ask) => {
    await assert.rejects(ask().values(), (reason) => {
      assert.ok(reason instanceof BulkError);
      assert.equal(
        reason.message,
        'Application.Deploy: 8 of 8 failed: [0] not found: no 0; [1] no 1; [2] no 2; [3] no 3; [4] no 4; and 3 more',
      );
      assert.equal(reason.category, 'failed');
      return true;
    });
  });
});

for (const empty of [{ results: null }, {}, null]) {
  test(`a bulk call without a list (${JSON.stringify(empty)}) has no outcomes`, async () => {
    await bulk(empty, async (ask) => {
      assert.deepEqual(await ask().outcomes(), []);
      assert.deepEqual(await ask().values(), []);
    });
  });
}

test('what fails a whole bulk call fails its outcomes, too', async () => {
  await using server = await RpcServer.start((request, peer) => peer.refuse(request, 'no', 'bad request'));
  await using host = new RpcHost(server, { Application: [22] });
  const reply = host.facade('Application', [22]).bulk<Results, 'results'>('Deploy', 'results');
  await assert.rejects(reply.outcomes(), RpcError);
  await assert.rejects(reply.values(), RpcError);
  await assert.rejects(
    reply.then(() => {}),
    RpcError,
  );
  assert.equal(server.asked.length, 1);
});

test('the error of an item may be spelled in another way', async () => {
  interface Statuses {
    readonly statuses: readonly { readonly life?: string; readonly err?: WireError }[];
  }
  const answer = { statuses: [{ life: 'alive' }, { err: { message: 'gone', code: 'dead' } }] };
  await using server = await RpcServer.start((request, peer) => peer.answer(request, answer));
  await using host = new RpcHost(server, { Application: [22] });
  const reply = host
    .facade('Application', [22])
    .bulk<Statuses, 'statuses', 'err'>('Status', 'statuses', { error: 'err' });
  const [alive, dead] = await reply.outcomes();
  assert.deepEqual(alive, { ok: true, value: { life: 'alive' } });
  assert.ok(dead?.ok === false && dead.error.code === 'dead' && dead.error.category === 'conflict');
});

test('an item that has a property called __proto__ stays what it is', async () => {
  await using server = await RpcServer.start((request, peer) => {
    peer.raw(
      `{"request-id":${request['request-id']},"response":{"results":[{"__proto__":{"error":{"message":"x"}},"error":null}]}}`,
    );
  });
  await using host = new RpcHost(server, { Application: [22] });
  const [outcome] = await host
    .facade('Application', [22])
    .bulk<Results, 'results'>('Get', 'results')
    .outcomes();
  assert.ok(outcome?.ok === true);
  assert.equal(Object.getPrototypeOf(outcome.value), Object.prototype);
});

test('inspect shows which call a reply is of and how far it is, and nothing that was sent or came', async () => {
  await using server = await RpcServer.start((request, peer) => {
    if (request.request === 'Fail') peer.refuse(request, 'no', 'hidden');
    else peer.answer(request, { results: [], secret: 'hidden' });
  });
  await using host = new RpcHost(server, { Application: [19, 22] });
  const facade = host.facade('Application', [19, 22]);
  assert.equal(inspect(facade), 'RpcFacade(Application 19, 22)');
  const params = { secret: 'hidden' };
  const deploy = facade.bulk<Results, 'results'>('Deploy', 'results', { params });
  assert.equal(inspect(deploy), 'BulkReply(Application.Deploy, pending)');
  await deploy;
  assert.equal(inspect(deploy), 'BulkReply(Application.Deploy, answered)');
  const failing = facade.call('Fail', { params });
  await assert.rejects(failing);
  assert.equal(inspect(failing), 'RpcReply(Application.Fail, failed)');
  const watch = facade.watch<unknown, 'StringsWatcher'>('Watch', 'StringsWatcher', { params });
  assert.equal(inspect(watch), 'WatchReply(Application.Watch, not sent)');
  const all = facade.bulkWatch<Results, 'results', 'NotifyWatcher'>('WatchAll', 'results', 'NotifyWatcher');
  assert.equal(inspect({ all }), '{ all: BulkWatchReply(Application.WatchAll, not sent) }');
  const watcher = watch.watch();
  assert.equal(inspect(watcher), 'Watcher(StringsWatcher)');
  await watcher.stop();
  assert.equal(inspect(watcher), 'Watcher(StringsWatcher, stopped)');
});
