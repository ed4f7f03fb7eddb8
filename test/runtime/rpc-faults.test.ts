import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError } from '../../runtime/src/errors.ts';
import { left, nothingLeft } from '../servers/left.ts';
import { RpcHost } from '../servers/rpc-client.ts';
import { RpcServer } from '../servers/rpc-server.ts';
import { Watchers } from '../servers/rpc-watchers.ts';

const offered = { Thing: [1], StringsWatcher: [1] };

/** A server on which 50 watchers wait and 1,000 calls, half of them with a time and a signal. */
async function underLoad(reconnects: boolean) {
  const watchers = new Watchers();
  const server = await RpcServer.start((request, peer) => {
    if (watchers.takes(request, peer)) return;
    if (request.request === 'Watch') {
      peer.answer(request, { 'watcher-id': watchers.create(), changes: ['first'] });
    }
  });
  const host = new RpcHost(server, offered, { reconnects });
  const facade = host.facade('Thing', [1]);
  const loops = Array.from({ length: 50 }, () =>
    facade.watch<unknown, 'StringsWatcher'>('Watch', 'StringsWatcher').watch()[Symbol.asyncIterator](),
  );
  await Promise.all(loops.map((each) => each.next()));
  const events = loops.map((each) => each.next());
  const { signal } = new AbortController();
  const calls = Array.from({ length: 1000 }, (_, n) =>
    facade.call('Slow', n % 2 === 0 ? {} : { signal, timeoutMs: 60_000 }),
  );
  await server.until(() => server.of('Slow').length === 1000 && watchers.held === 50);
  const end = async () => {
    await host.close();
    await server[Symbol.asyncDispose]();
  };
  return { server, watchers, host, loops, events, calls, end, [Symbol.asyncDispose]: end };
}

test('when the server dies, 1,000 calls and 50 watchers fail with a ConnectionError, and nothing is left', async () => {
  const before = left();
  await using load = await underLoad(false);
  const { server, loops, events, calls } = load;
  server.peers[0]?.terminate();
  for (const outcome of await Promise.allSettled([...calls, ...events])) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof ConnectionError);
    assert.equal(outcome.reason.category, 'unavailable');
  }
  for (const each of loops) assert.equal((await each.next()).done, true);
  await load.end();
  await nothingLeft(before);
});

test('when the server dies and comes back, the calls fail and the watchers go on', async () => {
  const before = left();
  await using load = await underLoad(true);
  const { server, watchers, host, events, calls } = load;
  watchers.clear();
  server.peers[0]?.terminate();
  for (const outcome of await Promise.allSettled(calls)) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof ConnectionError);
  }
  for (const each of await Promise.all(events)) assert.deepEqual(each, { done: false, value: ['first'] });
  assert.equal(watchers.live.length, 50);
  assert.equal(host.connections.length, 2);
  await load.end();
  await nothingLeft(before);
});

test('closing with 1,000 calls and 50 watchers under way settles all, and nothing is left', async () => {
  const before = left();
  await using load = await underLoad(true);
  const { host, events, calls } = load;
  const closing = host.close();
  for (const outcome of await Promise.allSettled(calls)) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof ConnectionError);
  }
  for (const each of await Promise.all(events)) assert.equal(each.done, true);
  await closing;
  await load.end();
  await nothingLeft(before);
});
