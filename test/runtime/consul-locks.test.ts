import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { ConnectionError, ResponseError } from '../../runtime/src/errors.ts';
import { TransportFailure, type TransportRequest } from '../../runtime/src/http/transport.ts';
import { undiciTransport } from '../../runtime/src/http/undici.ts';
import {
  LockConflictError,
  LockLostError,
  SessionLostError,
} from '../../runtime/src/services/consul/lost.ts';
import { ConsulSession } from '../../runtime/src/services/consul/session.ts';
import { rejection } from '../servers/endpoint.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import { SmallConsul } from '../servers/small-consul.ts';

const lockFlags = 3304740253564472344n;
const semaphoreFlags = 16210313421097356768n;

async function start() {
  const server = await SmallConsul.start();
  const clock = new FakeClock();
  const session = new ConsulSession({ address: server.url, retry: { delayMs: 1 } }, { clock });
  return {
    server,
    clock,
    session,
    async [Symbol.asyncDispose]() {
      await session.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const aborted = (signal: AbortSignal) =>
  signal.aborted
    ? Promise.resolve()
    : new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

test('a session is renewed twice in its time to live, and ended when it is released', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  const kept = await session.keepSession({
    name: 'job',
    ttlMs: 20_000,
    lockDelayMs: 500,
    behavior: 'delete',
  });
  assert.deepEqual(server.sessions.get(kept.id), {
    ID: kept.id,
    Name: 'job',
    TTL: '20000ms',
    LockDelay: '500ms',
    Behavior: 'delete',
  });
  for (const renewals of [1, 2, 3]) {
    await clock.skip();
    await server.until(() => server.to('PUT /v1/session/renew').length === renewals);
    await clock.asleepAtLeast();
  }
  assert.deepEqual(clock.slept, [10_000, 10_000, 10_000, 10_000]);
  await kept.release();
  await kept.release();
  assert.equal(server.to('PUT /v1/session/destroy').length, 1);
  assert.equal(kept.signal.aborted, false);
  assert.equal(clock.asleep, 0);
});

test('a renewal that fails is tried again each second, and the session is lost when its time is over', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  const kept = await session.keepSession({ ttlMs: 10_000 });
  server.fault = (line) => (line.startsWith('PUT /v1/session/renew') ? 500 : undefined);
  while (!kept.signal.aborted) {
    await Promise.race([aborted(kept.signal), clock.asleepAtLeast()]);
    if (clock.asleep > 0) clock.advance(clock.slept.at(-1) ?? 0);
  }
  assert.ok(kept.signal.reason instanceof SessionLostError);
  assert.match(kept.signal.reason.message, /could not be renewed in time/);
  assert.ok(kept.signal.reason.cause instanceof ResponseError);
  assert.deepEqual(clock.slept, [5000, 1000, 1000, 1000, 1000, 1000]);
  assert.equal(clock.now(), 10_000);
  await kept.release();
  assert.deepEqual(server.to('PUT /v1/session/destroy'), []);
});

test('a renewal that works again is as good as one that never failed', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  const kept = await session.keepSession({ ttlMs: 10_000 });
  let failures = 2;
  server.fault = (line) => (line.startsWith('PUT /v1/session/renew') && failures-- > 0 ? 500 : undefined);
  for (let round = 0; round < 5; round += 1) await clock.skip();
  await clock.asleepAtLeast();
  assert.deepEqual(clock.slept, [5000, 1000, 1000, 5000, 5000, 5000]);
  assert.equal(kept.signal.aborted, false);
});

test('a dead connection costs a renewal a part of the time that is left, and not the session', async () => {
  await using server = await SmallConsul.start();
  const clock = new FakeClock();
  const own = undiciTransport();
  const given: (number | undefined)[] = [];
  const transport = (request: TransportRequest) => {
    if (!request.url.includes('/session/renew/')) return own(request);
    given.push(request.timeoutMs);
    if (given.length > 2) return own(request);
    clock.advance(request.timeoutMs ?? Number.POSITIVE_INFINITY);
    return Promise.reject(new TransportFailure('timeout', 'ETIMEDOUT', 'no answer'));
  };
  await using session = new ConsulSession({ address: server.url, transport }, { clock });
  const kept = await session.keepSession({ ttlMs: 12_000 });
  for (const _ of [1, 2, 3]) await clock.skip();
  await server.until(() => server.to('PUT /v1/session/renew').length === 1);
  await clock.asleepAtLeast();
  assert.deepEqual(
    given.map((ms) => Math.round(ms ?? 0)),
    [2000, 1333, 1000],
  );
  assert.equal(kept.signal.aborted, false);
  await kept.release();
  await own.close?.();
});

for (const [what, hold] of [
  ['lock', (session: ConsulSession) => session.lock('a')],
  ['slot', (session: ConsulSession) => session.semaphore('a', { limit: 1 })],
  ['session', (session: ConsulSession) => session.keepSession()],
] as const) {
  test(`giving a ${what} back takes no longer than a few seconds`, async () => {
    await using server = await SmallConsul.start();
    const own = undiciTransport();
    const given: number[] = [];
    let dead = false;
    const transport = (request: TransportRequest) => {
      if (!dead) return own(request);
      given.push(request.timeoutMs ?? Number.POSITIVE_INFINITY);
      return Promise.reject(new TransportFailure('timeout', 'ETIMEDOUT', 'no answer'));
    };
    const options = { address: server.url, transport, retry: { delayMs: 0 } };
    const session = new ConsulSession(options, { clock: new FakeClock() });
    const held = await hold(session);
    dead = true;
    await assert.rejects(held.release(), ConnectionError);
    assert.ok(given.length > 0 && given.every((ms) => ms <= 2000), String(given));
    await session.close();
    await own.close?.();
  });
}

test('a session that Consul knows no more is lost at once', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  const kept = await session.keepSession();
  server.expire(kept.id);
  await clock.skip();
  await aborted(kept.signal);
  assert.ok(kept.signal.reason instanceof SessionLostError);
  assert.equal(kept.signal.reason.session, kept.id);
  assert.match(kept.signal.reason.message, /Consul knows it no more/);
});

test('a lock is marked as all clients mark it, says how often it was held, and is gone with its session', async () => {
  await using agent = await start();
  const { server, session } = agent;
  for (const count of [1n, 2n]) {
    const lock = await session.lock('service/leader', { value: 'me' });
    const pair = server.pairs.get('service/leader');
    assert.equal(pair?.Flags, lockFlags);
    assert.equal(pair?.Session, lock.session);
    assert.equal(server.sessions.get(lock.session)?.Name, 'Lock service/leader');
    assert.equal(server.text('service/leader'), 'me');
    assert.deepEqual([lock.lockIndex, lock.modifyIndex], [count, BigInt(pair?.ModifyIndex ?? 0)]);
    assert.equal(lock.isHeld, true);
    await lock.release();
    assert.equal(lock.isHeld, false);
    assert.equal(server.pairs.get('service/leader')?.Session, undefined);
    assert.equal(server.text('service/leader'), 'me');
    assert.deepEqual([...server.sessions], []);
    // Given back before its session ended: else nobody could take it for a while.
    assert.deepEqual([...server.delayed], []);
    assert.equal(lock.signal.aborted, false);
  }
});

test('await using gives the lock back, whatever happens', async () => {
  await using agent = await start();
  const { server, session } = agent;
  const mine = new Error('mine');
  const work = async () => {
    await using lock = await session.lock('a');
    assert.equal(lock.isHeld, true);
    server.fault = () => 'reset';
    throw mine;
  };
  // The lock can't be given back, which doesn't hide what went wrong first.
  await assert.rejects(work(), (error) => error === mine);
});

test('a second lock waits until the first is released', async () => {
  await using agent = await start();
  const { server, session } = agent;
  const first = await session.lock('a');
  const waiting = session.lock('a');
  await server.until(() => server.held === 2 && server.sessions.size === 2);
  assert.equal(server.to('PUT /v1/kv/a?acquire').length, 1);
  await first.release();
  const second = await waiting;
  assert.equal(server.pairs.get('a')?.Session, second.session);
  assert.equal(first.signal.aborted, false);
});

test('many that want one lock hold it one after the other', async () => {
  await using agent = await start();
  const { session } = agent;
  let holders = 0;
  const order: bigint[] = [];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      await using lock = await session.lock('a');
      holders += 1;
      assert.equal(holders, 1);
      order.push(lock.lockIndex);
      await new Promise(setImmediate);
      holders -= 1;
    }),
  );
  assert.deepEqual(order, [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]);
});

test('the delay after a session was lost is waited for', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  server.delayed.add('a');
  const waiting = session.lock('a');
  await server.until(() => clock.slept.includes(5000));
  assert.equal(server.to('PUT /v1/kv/a?acquire').length, 1);
  server.delayed.clear();
  clock.advance(5000);
  const lock = await waiting;
  assert.equal(lock.isHeld, true);
});

test('a delay that outlasts withinMs is looked at once more at its end', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  server.delayed.add('a');
  const lucky = session.tryLock('a', { withinMs: 3000 });
  await server.until(() => clock.slept.includes(3000));
  server.delayed.clear();
  clock.advance(3000);
  assert.equal((await lucky)?.isHeld, true);
  server.delayed.add('b');
  const unlucky = session.tryLock('b', { withinMs: 2000 });
  await server.until(() => clock.slept.includes(2000));
  clock.advance(2000);
  assert.equal(await unlucky, undefined);
  assert.equal(server.to('PUT /v1/kv/b?acquire').length, 2);
});

test('so it is for the key of a contender for a slot', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  await using kept = await session.keepSession({ ttlMs: 86_400_000 });
  server.delayed.add(`jobs/${kept.id}`);
  const waiting = session.trySemaphore('jobs', { limit: 1, session: kept.id, withinMs: 3000 });
  await server.until(() => clock.slept.includes(3000));
  server.delayed.clear();
  clock.advance(3000);
  assert.equal((await waiting)?.isHeld, true);
});

test('tryLock gives nothing when somebody else has it, and leaves nothing behind', async () => {
  await using agent = await start();
  const { server, session } = agent;
  await using first = await session.lock('a');
  assert.equal(await session.tryLock('a'), undefined);
  assert.deepEqual([...server.sessions.keys()], [first.session]);
  await using other = await session.tryLock('b');
  assert.equal(other?.isHeld, true);
});

test('tryLock tells a failure rather than that somebody else has it', async () => {
  await using agent = await start();
  const { server, session } = agent;
  server.fault = (line) => (line.startsWith('GET') ? 500 : undefined);
  const error = await rejection(session.tryLock('a'), ResponseError);
  assert.equal(error.category, 'unavailable');
  assert.equal(server.sessions.size, 0);
});

test('the leader may be lost also while a session is made for a lock', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  let failures = 2;
  server.fault = (line) => (line.startsWith('PUT /v1/session/create') && failures-- > 0 ? 500 : undefined);
  const waiting = session.lock('a');
  await clock.skip();
  await clock.skip();
  assert.equal((await waiting).isHeld, true);
});

test('lock rejects when withinMs is over', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  await using first = await session.lock('a');
  const waiting = rejection(session.lock('a', { withinMs: 3000 }), LockConflictError);
  await server.until(() => server.sessions.size === 2 && server.held === 2);
  assert.match(server.to('GET /v1/kv/a').at(-1) ?? '', /wait=3000ms/);
  clock.advance(3000);
  // News, but none that helps.
  server.write('a', 'news', { Session: first.session });
  assert.match((await waiting).message, /"a" was held by others, .* for all of 3000 ms/);
  assert.equal(server.sessions.size, 1);
});

test('what it takes to make the session is part of withinMs', async (t) => {
  t.mock.method(Math, 'random', () => 0.5);
  await using agent = await start();
  const { server, clock, session } = agent;
  await using first = await session.lock('a');
  let failures = 1;
  server.fault = (line) => (line.startsWith('PUT /v1/session/create') && failures-- > 0 ? 500 : undefined);
  const waiting = session.tryLock('a', { withinMs: 3000 });
  await server.until(() => clock.slept.includes(500));
  clock.advance(500);
  await server.until(() => server.held === 2);
  assert.match(server.to('GET /v1/kv/a').at(-1) ?? '', /wait=2500ms/);
  clock.advance(2500);
  server.write('a', 'news', { Session: first.session });
  assert.equal(await waiting, undefined);
});

test('a key that is no lock is left alone', async () => {
  await using agent = await start();
  const { server, session } = agent;
  server.write('a', 'data');
  const error = await rejection(session.lock('a'), LockConflictError);
  assert.equal(error.key, 'a');
  assert.equal(server.text('a'), 'data');
  assert.equal(server.sessions.size, 0);
  await assert.rejects(session.lock('/a'), /TypeError: the key of a lock/);
  await assert.rejects(
    session.lock('b', { withinMs: Number.NaN }),
    /withinMs must be a number of at least 0/,
  );
});

test('a lock that somebody took is lost, and isn’t given back any more', async () => {
  await using agent = await start();
  const { server, session } = agent;
  const lock = await session.lock('a');
  server.write('a', 'x', { Session: 'another' });
  await aborted(lock.signal);
  assert.ok(lock.signal.reason instanceof LockLostError);
  assert.equal(lock.signal.reason.key, 'a');
  assert.equal(lock.signal.reason.session, lock.session);
  assert.equal(lock.isHeld, false);
  await lock.release();
  assert.deepEqual(server.to('PUT /v1/kv/a?release'), []);
  assert.deepEqual([...server.sessions], []);
});

test('the session of a lost lock is ended, and renewed no more', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  const lock = await session.lock('a');
  server.write('a', 'x', { Session: 'another' });
  await aborted(lock.signal);
  await server.until(() => server.to('PUT /v1/session/destroy').length === 1);
  assert.equal(clock.asleep, 0);
});

test('a lock is lost with its session, and with its key', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  const one = await session.lock('a');
  server.sessions.delete(one.session);
  await clock.skip();
  await aborted(one.signal);
  assert.ok(one.signal.reason instanceof LockLostError);
  assert.ok(one.signal.reason.cause instanceof SessionLostError);
  const two = await session.lock('b');
  server.pairs.delete('b');
  server.write('other', 'x');
  await aborted(two.signal);
  assert.ok(two.signal.reason instanceof LockLostError);
});

test('a lock outlives a short loss of the connection, and not a long one', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  const lock = await session.lock('a', { sessionOptions: { ttlMs: 60_000 } });
  await server.until(() => server.held === 1);
  let failing = true;
  server.fault = (line) => (failing && line.startsWith('GET') ? 'reset' : undefined);
  server.write('a', 'x', { Session: lock.session });
  await server.until(() => clock.slept.includes(2000));
  failing = false;
  clock.advance(2000);
  await server.until(() => server.held === 1);
  assert.equal(lock.isHeld, true);
  failing = true;
  server.write('a', 'y', { Session: lock.session });
  while (!lock.signal.aborted) {
    await Promise.race([aborted(lock.signal), clock.asleepAtLeast(2)]);
    clock.advance(2000);
  }
  assert.match(String(lock.signal.reason), /nobody knows whether it is still held/);
});

test('the lock is watched with the leader’s word only', async () => {
  await using agent = await start();
  const { server, session } = agent;
  await session.lock('a');
  await server.until(() => server.held === 1);
  assert.match(server.lines.at(-1) ?? '', /^GET \/v1\/kv\/a\?.*index=\d+&wait=15000ms.*consistent=1/);
});

test('an acquisition of which no answer came is found out about', async () => {
  await using agent = await start();
  const { server, session } = agent;
  let once = true;
  server.fault = (line) => {
    if (!line.startsWith('PUT /v1/kv/a?acquire') || !once) return undefined;
    once = false;
    return 'done, then reset';
  };
  const lock = await session.lock('a');
  assert.equal(server.pairs.get('a')?.Session, lock.session);
  assert.equal(lock.lockIndex, 1n);
});

test('a wait for a lock outlives a lost leader', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  const first = await session.lock('a');
  let failures = 3;
  const waiting = session.lock('a', { sessionOptions: { ttlMs: 86_400_000 } });
  await server.until(() => server.held === 2);
  server.fault = (line) => (line.startsWith('GET') && failures-- > 0 ? 500 : undefined);
  await first.release();
  for (const _ of [1, 2, 3]) {
    await server.until(() => clock.asleep === 2);
    clock.advance(60_000);
  }
  assert.equal((await waiting).isHeld, true);
});

for (const transport of ['got', 'undici'] as const) {
  test(`what waits for news keeps no call and no renewal waiting, over ${transport}`, {
    timeout: 20_000,
  }, async () => {
    await using server = await SmallConsul.start();
    const clock = new FakeClock();
    const options = { address: server.url, transport, connection: { maxSockets: 1 }, timeoutMs: 5000 };
    await using session = new ConsulSession(options, { clock });
    const watches = Array.from({ length: 3 }, (_, index) =>
      session.raw.get(`/kv/w${index}`, { absent: [404] }).watch({ rate: false }),
    );
    const loops = watches.map(async (watch) => {
      for await (const _ of watch);
    });
    await using lock = await session.lock('a');
    const kept = await session.keepSession();
    await server.until(() => server.held === 4);
    await session.raw.get('/kv/w1', { absent: [404] });
    await clock.skip();
    await server.until(() => server.to(`PUT /v1/session/renew/${kept.id}`).length === 1);
    assert.equal(lock.isHeld, true);
    assert.equal(server.held, 4);
    await Promise.all(watches.map((watch) => watch.close()));
    await Promise.all(loops);
  });
}

test('a session of one’s own is neither renewed nor ended', async () => {
  await using agent = await start();
  const { server, session } = agent;
  await using kept = await session.keepSession();
  const lock = await session.lock('a', { session: kept.id });
  assert.equal(lock.session, kept.id);
  await lock.release();
  assert.equal(server.sessions.size, 1);
  assert.equal(server.pairs.get('a')?.Session, undefined);
});

test('an unknown session is told at once', async () => {
  await using agent = await start();
  const error = await rejection(agent.session.lock('a', { session: 'nobody' }), ResponseError);
  assert.equal(error.category, 'invalid');
});

test('an abort ends the wait and takes the session along', async () => {
  await using agent = await start();
  const { server, session } = agent;
  await using _ = await session.lock('a');
  const aborter = new AbortController();
  const waiting = session.lock('a', { signal: aborter.signal });
  await server.until(() => server.held === 2);
  aborter.abort('stop');
  await assert.rejects(waiting, (reason) => reason === 'stop');
  assert.equal(server.sessions.size, 1);
});

test('the signal of a lock is listened to until it is held, or is not to be', async () => {
  await using agent = await start();
  const { server, session } = agent;
  const { signal } = new AbortController();
  const listeners = () => getEventListeners(signal, 'abort').length;
  const lock = await session.lock('a', { signal });
  assert.equal(listeners(), 0);
  const other = session.lock('a', { signal });
  await server.until(() => server.held === 2);
  assert.equal(listeners(), 1);
  await lock.release();
  await (await other).release();
  assert.equal(listeners(), 0);
  await using _ = await session.lock('a');
  assert.equal(await session.tryLock('a', { signal, session: (await session.keepSession()).id }), undefined);
  assert.equal(listeners(), 0);
});

test('a session that is lost while it waits for a lock ends the wait', async () => {
  await using agent = await start();
  const { server, clock, session } = agent;
  await using first = await session.lock('a');
  const waiting = rejection(session.lock('a'), SessionLostError);
  await server.until(() => server.held === 2 && server.sessions.size === 2);
  for (const id of server.sessions.keys()) if (id !== first.session) server.sessions.delete(id);
  await clock.skip();
  await waiting;
});

test('destroy gives back and removes, unless somebody else has it by then', async () => {
  await using agent = await start();
  const { server, session } = agent;
  const lock = await session.lock('a');
  await lock.destroy();
  assert.equal(server.pairs.has('a'), false);
  await lock.destroy();
  const second = await session.lock('a');
  await second.release();
  await using _ = await session.lock('a');
  await rejection(second.destroy(), LockConflictError);
  assert.equal(server.pairs.has('a'), true);
});

test('closing gives back what is held, and tells its holder', async () => {
  await using server = await SmallConsul.start();
  const clock = new FakeClock();
  const session = new ConsulSession({ address: server.url }, { clock });
  const lock = await session.lock('a');
  const slot = await session.semaphore('s', { limit: 2 });
  const kept = await session.keepSession();
  const waiting = assert.rejects(session.lock('a'), /the session was closed/);
  await server.until(() => server.sessions.size === 4);
  await session.close();
  await waiting;
  assert.ok(lock.signal.reason instanceof LockLostError);
  assert.ok(slot.signal.reason instanceof LockLostError);
  assert.ok(kept.signal.reason instanceof SessionLostError);
  assert.deepEqual([...server.sessions], []);
  assert.equal(clock.asleep, 0);
});

test('a semaphore is kept as all clients keep it', async () => {
  await using agent = await start();
  const { server, session } = agent;
  const one = await session.semaphore('jobs/', { limit: 2, value: 'one' });
  const two = await session.semaphore('jobs', { limit: 2 });
  assert.deepEqual(JSON.parse(server.text('jobs/.lock') ?? ''), {
    Limit: 2,
    Holders: { [one.session]: true, [two.session]: true },
  });
  assert.equal(server.pairs.get('jobs/.lock')?.Flags, semaphoreFlags);
  assert.equal(server.pairs.get(`jobs/${one.session}`)?.Flags, semaphoreFlags);
  assert.equal(server.text(`jobs/${one.session}`), 'one');
  assert.equal(server.sessions.get(one.session)?.Behavior, 'delete');
  assert.equal(await session.trySemaphore('jobs', { limit: 2 }), undefined);
  await one.release();
  assert.deepEqual(JSON.parse(server.text('jobs/.lock') ?? '').Holders, { [two.session]: true });
  assert.equal(server.pairs.has(`jobs/${one.session}`), false);
  await rejection(one.destroy(), LockConflictError);
  await two.destroy();
  assert.deepEqual([...server.pairs], []);
  assert.deepEqual([...server.sessions], []);
});

test('no more than the limit hold a semaphore, and all come to hold it', async () => {
  await using agent = await start();
  const { session } = agent;
  let holders = 0;
  let most = 0;
  let all = 0;
  const pass = setInterval(() => agent.clock.advance(100), 1);
  await Promise.all(
    Array.from({ length: 9 }, async () => {
      await using _ = await session.semaphore('jobs', { limit: 3, sessionOptions: { ttlMs: 86_400_000 } });
      holders += 1;
      all += 1;
      most = Math.max(most, holders);
      await new Promise(setImmediate);
      holders -= 1;
    }),
  ).finally(() => clearInterval(pass));
  assert.deepEqual([all, holders], [9, 0]);
  assert.ok(most <= 3, `${most} at once`);
});

test('who waits for a slot says so once: each time would wake all that wait', async () => {
  await using agent = await start();
  const { server, session } = agent;
  const held = await session.semaphore('jobs', { limit: 1 });
  const waiting = session.semaphore('jobs', { limit: 1 });
  await server.until(() => server.held === 2);
  for (const value of ['1', '2', '3']) {
    const before = server.to('GET /v1/kv/jobs/').length;
    server.write(`jobs/${value}`, value);
    await server.until(() => server.to('GET /v1/kv/jobs/').length >= before + 2 && server.held === 2);
  }
  assert.equal(server.to('PUT /v1/kv/jobs/0').length, 2);
  await held.release();
  await (await waiting).release();
});

test('a slot of a session that is gone is free', async () => {
  await using agent = await start();
  const { server, session } = agent;
  const Holders = { gone: true };
  server.write('jobs/.lock', JSON.stringify({ Limit: 1, Holders }), { Flags: semaphoreFlags });
  const slot = await session.semaphore('jobs', { limit: 1 });
  assert.deepEqual(JSON.parse(server.text('jobs/.lock') ?? '').Holders, { [slot.session]: true });
});

test('a slot is lost when somebody takes it away', async () => {
  await using agent = await start();
  const { server, session } = agent;
  const slot = await session.semaphore('jobs', { limit: 1 });
  server.write('jobs/.lock', '{"Limit":1,"Holders":null}', { Flags: semaphoreFlags });
  await aborted(slot.signal);
  assert.ok(slot.signal.reason instanceof LockLostError);
  assert.equal(slot.signal.reason.key, 'jobs');
});

test('another limit, or something else at the key of a semaphore, is a conflict', async () => {
  await using agent = await start();
  const { server, session } = agent;
  await using _ = await session.semaphore('jobs', { limit: 1 });
  const limit = await rejection(session.semaphore('jobs', { limit: 2 }), LockConflictError);
  assert.match(limit.message, /a limit of 1, not of 2/);
  server.write('a/.lock', 'data');
  await rejection(session.semaphore('a', { limit: 1 }), LockConflictError);
  for (const [name, text] of [
    ['b', 'no JSON'],
    ['c', '[]'],
    ['d', '{"Limit":"1"}'],
  ]) {
    server.write(`${name}/.lock`, text ?? '', { Flags: semaphoreFlags });
    await rejection(session.semaphore(name ?? '', { limit: 1 }), LockConflictError);
  }
  await assert.rejects(session.semaphore('jobs', { limit: 0 }), /limit must be an integer of at least 1/);
  await assert.rejects(session.semaphore('', { limit: 1 }), /the prefix of a semaphore/);
  assert.equal(server.sessions.size, 1);
});
