import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError, ProtocolError } from '../../runtime/src/errors.ts';
import { type Ready, RpcFacade } from '../../runtime/src/rpc/facade.ts';
import { RpcError } from '../../runtime/src/rpc/rpc-error.ts';
import { UnsupportedError } from '../../runtime/src/rpc/versions.ts';
import type { WatcherChange, WatcherName } from '../../runtime/src/rpc/watch/changes.ts';
import { watcherKinds } from '../../runtime/src/rpc/watch/kinds.ts';
import type { Watcher } from '../../runtime/src/rpc/watch/watcher.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import { RpcHost } from '../servers/rpc-client.ts';
import { RpcServer, type WireRequest } from '../servers/rpc-server.ts';
import { Watchers, watching } from '../servers/rpc-watchers.ts';

/** Every facade of watchers in its newest version. */
const offered: Record<string, readonly number[]> = { Thing: [1] };
for (const [name, { versions }] of Object.entries(watcherKinds)) offered[name] = versions;

interface Place extends AsyncDisposable {
  readonly server: RpcServer;
  readonly watchers: Watchers;
  readonly host: RpcHost;
  watch<W extends WatcherName>(kind: W, options?: Parameters<typeof watchOf>[2]): Watcher<WatcherChange<W>>;
}

function watchOf<W extends WatcherName>(
  host: RpcHost,
  kind: W,
  options?: { readonly signal?: AbortSignal; readonly recreate?: boolean; readonly onRecreate?: () => void },
) {
  return host.facade('Thing', [1]).watch<unknown, W>('Watch', kind).watch(options);
}

async function place(
  created: (watchers: Watchers, request: WireRequest) => unknown,
  options: { readonly reconnects?: boolean; readonly clock?: FakeClock } = {},
): Promise<Place> {
  const watchers = new Watchers();
  const server = await RpcServer.start(watching(watchers, (request) => created(watchers, request)));
  const host = new RpcHost(server, offered, options);
  return {
    server,
    watchers,
    host,
    watch: (kind, watchOptions) => watchOf(host, kind, watchOptions),
    [Symbol.asyncDispose]: async () => {
      await host.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const strings = (watchers: Watchers) => ({ 'watcher-id': watchers.create(), changes: ['a', 'b'] });

test('a watcher that is not watched yet is not created; the first event is what the creating call told', async () => {
  await using at = await place(strings);
  const reply = at.host.facade('Thing', [1]).watch<unknown, 'StringsWatcher'>('Watch', 'StringsWatcher');
  const watcher = reply.watch();
  assert.equal(at.server.asked.length, 0);
  const events = watcher[Symbol.asyncIterator]();
  assert.deepEqual(await events.next(), { done: false, value: ['a', 'b'] });
  assert.deepEqual(at.server.of('Next'), [], 'the next event is asked for when it is wanted');
  at.watchers.tell('1', { changes: ['c'] });
  at.watchers.tell('1', {});
  assert.deepEqual((await events.next()).value, ['c']);
  assert.deepEqual((await events.next()).value, []);
  assert.equal(at.server.of('Next').length, 2);
  assert.deepEqual(at.server.of('Next')[0], {
    'request-id': 2,
    type: 'StringsWatcher',
    version: 1,
    id: '1',
    request: 'Next',
    params: {},
  });
  assert.throws(() => watcher[Symbol.asyncIterator](), /takes one loop/);
});

test('awaiting gives the plain answer, and leaves the watcher to the caller', async () => {
  await using at = await place(strings);
  const reply = at.host.facade('Thing', [1]).watch<unknown, 'StringsWatcher'>('Watch', 'StringsWatcher');
  assert.equal(at.server.asked.length, 0);
  assert.deepEqual(await reply, { 'watcher-id': '1', changes: ['a', 'b'] });
  assert.deepEqual(at.watchers.live, ['1']);
});

test('leaving the loop stops the watcher on the service', async () => {
  await using at = await place(strings);
  for await (const names of at.watch('StringsWatcher')) {
    assert.deepEqual(names, ['a', 'b']);
    break;
  }
  await at.server.until(() => at.watchers.stopped.length === 1);
  assert.deepEqual(at.watchers.live, []);
});

test('stopping ends a loop that waits, without an error, whatever Next says then', async () => {
  await using at = await place(strings);
  const watcher = at.watch('StringsWatcher');
  const events = watcher[Symbol.asyncIterator]();
  await events.next();
  const waiting = events.next();
  await at.server.until(() => at.watchers.held === 1);
  await watcher.stop();
  assert.deepEqual(await waiting, { done: true, value: undefined });
  assert.deepEqual(at.watchers.stopped, ['1']);
  await watcher.stop();
  assert.deepEqual(at.watchers.stopped, ['1'], 'once');
  assert.equal((await events.next()).done, true);
});

test('a watcher that is gone when it is stopped is as good as stopped', async () => {
  await using at = await place(strings);
  const watcher = at.watch('StringsWatcher');
  await watcher[Symbol.asyncIterator]().next();
  at.watchers.clear();
  await watcher.stop();
});

test('a watcher that is stopped while it is created is stopped on the service as soon as it is there', async () => {
  await using at = await place(strings);
  let create: (() => void) | undefined;
  const { answering } = at.server;
  at.server.answering = (request, peer) => {
    if (request.request === 'Watch') create = () => answering(request, peer);
    else answering(request, peer);
  };
  const watcher = at.watch('StringsWatcher');
  const first = watcher[Symbol.asyncIterator]().next();
  await at.server.until(() => at.server.asked.length === 1);
  await watcher.stop();
  assert.equal((await first).done, true);
  create?.();
  await at.server.until(() => at.watchers.stopped.length === 1);
});

test('a service that does not stop a watcher within a minute is an error', async () => {
  const clock = new FakeClock();
  await using at = await place(strings, { clock });
  at.watchers.deaf = true;
  const watcher = at.watch('StringsWatcher');
  await watcher[Symbol.asyncIterator]().next();
  const stopping = watcher.stop();
  await clock.asleepAtLeast();
  assert.deepEqual(clock.slept, [60_000]);
  await clock.skip();
  await assert.rejects(stopping, /StringsWatcher\.Stop: no answer within 60000 ms/);
});

test('what ends a watcher that nobody stopped here is thrown', async () => {
  await using at = await place(strings);
  const events = at.watch('StringsWatcher')[Symbol.asyncIterator]();
  await events.next();
  const waiting = events.next();
  await at.server.until(() => at.watchers.held === 1);
  at.watchers.end('1');
  await assert.rejects(waiting, (error) => error instanceof RpcError && error.code === 'stopped');
  assert.equal((await events.next()).done, true);
});

test('an error in an event is thrown, and so is one in the creating answer', async () => {
  await using at = await place(strings);
  const events = at.watch('StringsWatcher')[Symbol.asyncIterator]();
  await events.next();
  at.watchers.tell('1', { error: { message: 'gone', code: 'model not found' } });
  await assert.rejects(events.next(), /StringsWatcher\.Next: model not found: gone/);
  at.server.answering = (request, peer) => {
    peer.answer(request, { 'watcher-id': '', error: { message: 'permission denied', code: '' } });
  };
  const refused = at.watch('StringsWatcher')[Symbol.asyncIterator]();
  await assert.rejects(refused.next(), /Thing\.Watch: unauthorized access: permission denied/);
});

test('a creating answer without an id makes no sense', async () => {
  await using at = await place(() => ({}));
  await assert.rejects(at.watch('NotifyWatcher')[Symbol.asyncIterator]().next(), ProtocolError);
});

test('a watcher that the service does not know is not created', async () => {
  await using at = await place(strings);
  const host = new RpcHost(at.server, { Thing: [1], StringsWatcher: [2] });
  const events = watchOf(host, 'StringsWatcher')[Symbol.asyncIterator]();
  await assert.rejects(events.next(), UnsupportedError);
  const many = host
    .facade('Thing', [1])
    .bulkWatch<{ results: unknown[] }, 'results', 'StringsWatcher'>('Watch', 'results', 'StringsWatcher');
  await assert.rejects(many.watchers(), UnsupportedError);
  assert.equal(at.server.asked.length, 0);
  await host.close();
});

test('an abort ends the loop with its reason and stops the watcher', async () => {
  await using at = await place(strings);
  const controller = new AbortController();
  const reason = new Error('enough');
  const events = at.watch('StringsWatcher', { signal: controller.signal })[Symbol.asyncIterator]();
  await events.next();
  const waiting = events.next();
  await at.server.until(() => at.watchers.held === 1);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
  await at.server.until(() => at.watchers.stopped.length === 1);
  const never = at.watch('StringsWatcher', { signal: controller.signal })[Symbol.asyncIterator]();
  await assert.rejects(never.next(), reason);
  assert.equal(at.server.of('Watch').length, 1);
});

test('await using stops the watcher', async () => {
  await using at = await place(strings);
  {
    await using watcher = at.watch('StringsWatcher');
    await watcher[Symbol.asyncIterator]().next();
  }
  assert.deepEqual(at.watchers.stopped, ['1']);
});

test('a connection that is lost ends the loop with a ConnectionError', async () => {
  await using at = await place(strings);
  const events = at.watch('StringsWatcher')[Symbol.asyncIterator]();
  await events.next();
  const waiting = events.next();
  await at.server.until(() => at.watchers.held === 1);
  at.server.peers[0]?.terminate();
  await assert.rejects(waiting, ConnectionError);
});

test('a session that is closed ends the loop without an error', async () => {
  await using at = await place(strings, { reconnects: true });
  const events = at.watch('StringsWatcher')[Symbol.asyncIterator]();
  await events.next();
  const waiting = events.next();
  await at.server.until(() => at.watchers.held === 1);
  await at.host.close();
  assert.deepEqual(await waiting, { done: true, value: undefined });
});

test('a session that is closed while it looks for another connection ends the loop without an error', async () => {
  await using at = await place(strings, { reconnects: true });
  const { connection, offered: known } = await at.host.ready();
  const another = Promise.withResolvers<Ready>();
  const host = {
    clock: at.host.clock,
    backOff: at.host.backOff,
    closed: false,
    ready: async () => (connection.broken.aborted ? await another.promise : { connection, offered: known }),
  };
  const recreating = Promise.withResolvers<void>();
  const events = new RpcFacade(host, 'Thing', [1])
    .watch<unknown, 'StringsWatcher'>('Watch', 'StringsWatcher')
    .watch({ onRecreate: () => recreating.resolve() })
    [Symbol.asyncIterator]();
  await events.next();
  const waiting = events.next();
  await at.server.until(() => at.watchers.held === 1);
  at.server.peers[0]?.terminate();
  await recreating.promise;
  host.closed = true;
  another.reject(connection.failure);
  assert.deepEqual(await waiting, { done: true, value: undefined });
});

test('a watcher is created again on the connection that replaces a lost one, and tells all that there is', async () => {
  await using at = await place(strings, { reconnects: true });
  let recreated = 0;
  const events = at.watch('StringsWatcher', { onRecreate: () => (recreated += 1) })[Symbol.asyncIterator]();
  assert.deepEqual((await events.next()).value, ['a', 'b']);
  const waiting = events.next();
  await at.server.until(() => at.watchers.held === 1);
  at.watchers.clear();
  at.server.peers[0]?.terminate();
  assert.deepEqual((await waiting).value, ['a', 'b']);
  assert.equal(recreated, 1);
  at.watchers.tell('2', { changes: ['c'] });
  assert.deepEqual((await events.next()).value, ['c']);
  assert.equal(at.host.connections.length, 2);
});

test('a watcher that shall not be created again ends with its connection', async () => {
  await using at = await place(strings, { reconnects: true });
  const events = at.watch('StringsWatcher', { recreate: false })[Symbol.asyncIterator]();
  await events.next();
  const waiting = events.next();
  await at.server.until(() => at.watchers.held === 1);
  at.server.peers[0]?.terminate();
  await assert.rejects(waiting, ConnectionError);
});

/** A loop that has had its first event and waits for the next one. */
async function waitingLoop(at: Place) {
  const events = at.watch('StringsWatcher')[Symbol.asyncIterator]();
  await events.next();
  const next = events.next();
  await at.server.until(() => at.watchers.held === 1);
  return { events, next };
}

test('a service that stops its watchers before it closes the connection is one that was lost', async () => {
  const clock = new FakeClock();
  await using at = await place(strings, { reconnects: true, clock });
  const { events, next } = await waitingLoop(at);
  at.watchers.end('1');
  await clock.asleepAtLeast();
  at.server.peers[0]?.close(1001);
  assert.deepEqual(await next, { done: false, value: ['a', 'b'] });
  assert.equal(at.host.connections.length, 2);
  assert.equal(clock.asleep, 0);

  // A loop that is busy meanwhile asks for a watcher that is gone.
  at.watchers.clear();
  const other = events.next();
  await clock.asleepAtLeast();
  at.server.peers[1]?.close(1001);
  assert.deepEqual(await other, { done: false, value: ['a', 'b'] });
  assert.equal(at.host.connections.length, 3);
});

test('a watcher that was stopped alone, on a connection that lives on, ends its loop all the same', async () => {
  const clock = new FakeClock();
  await using at = await place(strings, { reconnects: true, clock });
  const { next } = await waitingLoop(at);
  at.watchers.end('1');
  await clock.skip();
  await assert.rejects(next, (error) => error instanceof RpcError && error.code === 'stopped');
});

test('a loop that is left while it waits for the connection to be closed is left at once', async () => {
  const clock = new FakeClock();
  await using at = await place(strings, { reconnects: true, clock });
  const { events, next } = await waitingLoop(at);
  at.watchers.end('1');
  await clock.asleepAtLeast();
  await events.return?.();
  assert.deepEqual(await next, { done: true, value: undefined });
});

test('a service that has come back and cannot create watchers yet is asked again, with longer and longer waits', async () => {
  const clock = new FakeClock();
  await using at = await place(strings, { reconnects: true, clock });
  const { next } = await waitingLoop(at);
  const { answering } = at.server;
  at.server.answering = (request, peer) => {
    if (request.request !== 'Watch') answering(request, peer);
    else if (at.server.of('Watch').length < 4) peer.refuse(request, 'upgrade', 'upgrade in progress');
    else answering(request, peer);
  };
  at.watchers.clear();
  at.server.peers[0]?.terminate();
  await clock.skip();
  await clock.skip();
  assert.deepEqual(await next, { done: false, value: ['a', 'b'] });
  assert.equal(at.server.of('Watch').length, 4);
  assert.equal(at.host.connections.length, 2);
  assert.ok((clock.slept[0] ?? 0) <= 500 && (clock.slept[1] ?? 0) <= 1000, String(clock.slept));
});

test('what a service refuses for good when it has come back ends the loop, and so does a first refusal', async () => {
  await using at = await place(strings, { reconnects: true });
  const { next } = await waitingLoop(at);
  at.server.answering = (request, peer) => peer.refuse(request, 'permission denied', 'unauthorized access');
  at.server.peers[0]?.terminate();
  await assert.rejects(next, /Thing\.Watch: unauthorized access: permission denied/);
  at.server.answering = (request, peer) => peer.refuse(request, 'upgrade', 'upgrade in progress');
  const refused = at.watch('StringsWatcher')[Symbol.asyncIterator]();
  await assert.rejects(refused.next(), /Thing\.Watch: upgrade in progress: upgrade/);
});

test('a connection that is lost again before the watcher is there is made once more', async () => {
  await using at = await place(strings, { reconnects: true });
  const { next } = await waitingLoop(at);
  const { answering } = at.server;
  at.server.answering = (request, peer) => {
    if (at.server.of('Watch').length === 2) peer.terminate();
    else answering(request, peer);
  };
  at.watchers.clear();
  at.server.peers[0]?.terminate();
  assert.deepEqual(await next, { done: false, value: ['a', 'b'] });
  assert.equal(at.host.connections.length, 3);
});

test('a connection that is lost as soon as it is there is made once more', async () => {
  await using at = await place(strings, { reconnects: true });
  const first = await at.host.ready();
  const opened = [first, first];
  const host = {
    clock: at.host.clock,
    backOff: at.host.backOff,
    // The second is asked for when the first is lost, and is the first again.
    ready: async () => opened.pop() ?? (await at.host.ready()),
  };
  const facade = new RpcFacade(host, 'Thing', [1]);
  const events = facade.watch('Watch', 'StringsWatcher').watch()[Symbol.asyncIterator]();
  await events.next();
  const next = events.next();
  await at.server.until(() => at.watchers.held === 1);
  at.watchers.clear();
  at.server.peers[0]?.terminate();
  assert.deepEqual(await next, { done: false, value: ['a', 'b'] });
});

test('of watchers that one call creates, each may fail by itself, and each is stopped by itself', async () => {
  const batch = (watchers: Watchers) => ({
    results: [
      { NotifyWatcherId: watchers.create() },
      { NotifyWatcherId: '', error: { message: 'unit "x/0" not found', code: 'not found' } },
      { NotifyWatcherId: watchers.create() },
    ],
  });
  await using at = await place(batch, { reconnects: true });
  const ask = () =>
    at.host
      .facade('Thing', [1])
      .bulkWatch<{ results: unknown[] }, 'results', 'NotifyWatcher'>('Watch', 'results', 'NotifyWatcher');
  const reply = ask();
  assert.equal(at.server.asked.length, 0);
  const [first, second, third] = await reply.watchers();
  assert.equal((await reply).results.length, 3);
  assert.equal(at.server.asked.length, 1, 'one call for all');
  assert.ok(first?.ok && third?.ok && second?.ok === false);
  assert.equal(second.error.message, 'Thing.Watch results[1]: not found: unit "x/0" not found');
  const changes = first.value[Symbol.asyncIterator]();
  assert.deepEqual(await changes.next(), { done: false, value: undefined });
  await third.value.stop();
  assert.deepEqual(at.watchers.stopped, ['2']);

  const waiting = changes.next();
  await at.server.until(() => at.watchers.held === 1);
  at.watchers.clear();
  at.server.peers[0]?.terminate();
  assert.deepEqual(await waiting, { done: false, value: undefined });
  await at.server.until(() => at.watchers.stopped.length === 2);
  assert.deepEqual(at.watchers.live, ['3'], 'the one that nobody wants any more is stopped there, too');
});

test('what changes several times while the loop is busy is told once, the last of it, where that is all that matters', async () => {
  const status = (name: string, life: string) => ({
    key: name,
    life,
    suspended: false,
    'suspended-reason': '',
  });
  await using at = await place((watchers) => ({
    'watcher-id': watchers.create(),
    changes: [status('r1', 'alive')],
  }));
  const events = at.watch('RelationStatusWatcher')[Symbol.asyncIterator]();
  assert.deepEqual((await events.next()).value, [status('r1', 'alive')]);
  for (const change of [status('r1', 'dying'), status('r2', 'alive'), status('r1', 'dead')]) {
    at.watchers.tell('1', { changes: [change] });
  }
  await at.server.until(() => at.watchers.held === 1);
  assert.deepEqual((await events.next()).value, [status('r2', 'alive'), status('r1', 'dead')]);
  at.watchers.tell('1', { changes: [status('r3', 'alive')] });
  assert.deepEqual((await events.next()).value, [status('r3', 'alive')]);
  at.watchers.end('1');
  await assert.rejects(events.next(), RpcError);
});

test('what of a kind is not merged is told event by event', async () => {
  await using at = await place(strings);
  const events = at.watch('StringsWatcher')[Symbol.asyncIterator]();
  await events.next();
  at.watchers.tell('1', { changes: ['a'] });
  at.watchers.tell('1', { changes: ['a'] });
  assert.deepEqual((await events.next()).value, ['a']);
  assert.deepEqual((await events.next()).value, ['a']);
});

/** Of each kind: what creates it, what its Next answers, and what is told then. */
const kinds: {
  readonly [W in WatcherName]: {
    readonly created: object;
    readonly first?: WatcherChange<W>;
    readonly next: object;
    readonly event: WatcherChange<W>;
  };
} = {
  NotifyWatcher: { created: {}, first: undefined, next: {}, event: undefined },
  StringsWatcher: { created: { changes: ['a'] }, first: ['a'], next: { changes: ['b'] }, event: ['b'] },
  EntityWatcher: { created: {}, first: [], next: { changes: ['machine-0'] }, event: ['machine-0'] },
  RelationUnitsWatcher: {
    created: { changes: { changed: null } },
    first: { changed: null },
    next: { changes: { changed: { 'a/0': { version: 1 } }, departed: ['a/1'] } },
    event: { changed: { 'a/0': { version: 1 } }, departed: ['a/1'] },
  },
  RemoteRelationWatcher: {
    created: {
      changes: { 'relation-token': 't', 'application-token': 'u', life: 'alive', 'unit-count': null },
    },
    first: { 'relation-token': 't', 'application-token': 'u', life: 'alive', 'unit-count': null },
    next: { changes: { 'relation-token': 't', 'application-token': 'u', life: 'dying', 'unit-count': 2 } },
    event: { 'relation-token': 't', 'application-token': 'u', life: 'dying', 'unit-count': 2 },
  },
  RelationStatusWatcher: {
    created: { changes: null },
    first: [],
    next: { changes: [{ key: 'k', life: 'alive', suspended: true, 'suspended-reason': 'r' }] },
    event: [{ key: 'k', life: 'alive', suspended: true, 'suspended-reason': 'r' }],
  },
  OfferStatusWatcher: {
    created: {
      changes: [{ 'offer-name': 'o', status: { status: 'active', info: '', since: '0001-01-01T00:00:00Z' } }],
    },
    first: [{ 'offer-name': 'o', status: { status: 'active', info: '' } }],
    next: {
      changes: [{ 'offer-name': 'o', status: { status: 'error', info: 'x', since: '2020-01-02T03:04:05Z' } }],
    },
    event: [{ 'offer-name': 'o', status: { status: 'error', info: 'x', since: '2020-01-02T03:04:05Z' } }],
  },
  SecretsTriggerWatcher: {
    created: { changes: [] },
    first: [],
    next: { changes: [{ uri: 'secret:1', revision: 2, 'next-trigger-time': '0001-01-01T00:00:00Z' }] },
    event: [{ uri: 'secret:1', revision: 2 }],
  },
  SecretsRevisionWatcher: {
    created: { changes: [{ uri: 'secret:1', revision: 2 }] },
    first: [{ uri: 'secret:1', revision: 2 }],
    next: { changes: [{ uri: 'secret:1', revision: 3 }] },
    event: [{ uri: 'secret:1', revision: 3 }],
  },
  SecretBackendsRotateWatcher: {
    created: { changes: [] },
    first: [],
    next: { changes: [{ id: 'i', 'backend-name': 'vault', 'next-trigger-time': '2020-01-02T03:04:05Z' }] },
    event: [{ id: 'i', 'backend-name': 'vault', 'next-trigger-time': '2020-01-02T03:04:05Z' }],
  },
  VolumeAttachmentsWatcher: {
    created: { changes: [{ 'machine-tag': 'machine-0', 'attachment-tag': 'volume-0' }] },
    first: [{ 'machine-tag': 'machine-0', 'attachment-tag': 'volume-0' }],
    next: { changes: [] },
    event: [],
  },
  VolumeAttachmentPlansWatcher: { created: { changes: [] }, first: [], next: { changes: null }, event: [] },
  FilesystemAttachmentsWatcher: { created: { changes: [] }, first: [], next: { changes: [] }, event: [] },
  MigrationStatusWatcher: {
    created: {},
    next: {
      'migration-id': 'm',
      attempt: 1,
      phase: 'QUIESCE',
      'source-api-addrs': null,
      'source-ca-cert': '',
      'target-api-addrs': ['10.0.0.1:17070'],
      'target-ca-cert': '',
    },
    event: {
      'migration-id': 'm',
      attempt: 1,
      phase: 'QUIESCE',
      'source-api-addrs': null,
      'source-ca-cert': '',
      'target-api-addrs': ['10.0.0.1:17070'],
      'target-ca-cert': '',
    },
  },
  ModelSummaryWatcher: {
    created: {},
    next: { models: [{ uuid: 'u', name: 'm', size: { machines: 1 } }] },
    event: [{ uuid: 'u', name: 'm', size: { machines: 1 } }],
  },
  AllWatcher: {
    created: {},
    next: {
      deltas: [
        ['relation', 'change', { key: 'a:db b:db' }],
        ['application', 'remove', { name: 'b' }],
        ['application', 'change', { name: 'a' }],
        ['machine', 'change', { id: '10' }],
        ['unit', 'change', { name: 'a/0' }],
        ['machine', 'change', { id: '0' }],
      ],
    },
    event: [
      ['unit', 'change', { name: 'a/0' }],
      ['machine', 'change', { id: '0' }],
      ['machine', 'change', { id: '10' }],
      ['application', 'change', { name: 'a' }],
      ['application', 'remove', { name: 'b' }],
      ['relation', 'change', { key: 'a:db b:db' }],
    ],
  },
  AllModelWatcher: { created: {}, next: { deltas: null }, event: [] },
};

for (const [name, kind] of Object.entries(kinds)) {
  test(`${name}: what creates it and what it tells then`, async () => {
    await using at = await place((watchers) => {
      const id = watchers.create();
      const property =
        name === 'NotifyWatcher' || name === 'MigrationStatusWatcher' ? 'NotifyWatcherId' : 'watcher-id';
      return { [property]: id, ...kind.created };
    });
    assert.ok(isWatcher(name));
    const events = at.watch(name)[Symbol.asyncIterator]();
    if ('first' in kind) assert.deepEqual(await events.next(), { done: false, value: kind.first });
    const next = events.next();
    await at.server.until(() => at.watchers.held === 1);
    at.watchers.tell('1', kind.next);
    assert.deepEqual(await next, { done: false, value: kind.event });
    assert.deepEqual(at.server.of('Next').map(({ type, version }) => [type, version])[0], [
      name,
      watcherKinds[name].versions[0],
    ]);
  });
}

function isWatcher(name: string): name is WatcherName {
  return Object.hasOwn(watcherKinds, name);
}
