import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Kv, LockConflictError, LockLostError, SessionLostError, Sessions } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';
import { contest, mostAtOnce } from './contest.ts';

/** What all clients mark their keys with. */
const lockFlags = 0x2ddccbc058a50c18n;
const semaphoreFlags = 0xe0f69a2baa414de0n;

export function locks(agent: LiveAgent): void {
  const { session } = agent;
  const kv = new Kv(session);
  const sessions = new Sessions(session);
  const limit = { timeout: 120_000 };

  suite('locks and semaphores', { concurrency: true }, () => {
    test('two programs that fight over one lock for 30 s never hold it both', limit, async (context) => {
      const key = agent.key('locks/fought-over');
      const holds = await contest({ kind: 'lock', key, limit: 1, programs: 2, forMs: 30_000 });
      const counts = [0, 1].map((each) => holds.filter(({ program }) => program === each).length);
      const lost = holds.filter((hold) => hold.lost).length;
      context.diagnostic(`held ${counts.join(' and ')} times, lost ${lost} of them`);
      assert.equal(mostAtOnce(holds), 1);
      assert.ok(counts.every((count) => count >= 3));
      const indexes = holds.map(({ lockIndex }) => lockIndex);
      assert.deepEqual(
        indexes,
        indexes.toSorted((one, other) => (one < other ? -1 : 1)),
      );
      assert.equal(new Set(indexes).size, indexes.length);
    });

    test('of three programs, no more than two hold a semaphore of two', limit, async (context) => {
      const key = agent.key('semaphores/fought-over');
      const holds = await contest({ kind: 'semaphore', key, limit: 2, programs: 3, forMs: 20_000 });
      const counts = [0, 1, 2].map((each) => holds.filter(({ program }) => program === each).length);
      context.diagnostic(`held ${counts.join(', ')} times`);
      assert.equal(mostAtOnce(holds), 2);
      assert.ok(counts.every((count) => count >= 3));
    });

    test('the key of a lock is what other clients write, while it is held and after', async () => {
      const key = agent.key('locks/wire');
      const lock = await session.lock(key, { value: 'me' });
      const held = await kv.get(key);
      assert.deepEqual(
        [held?.Flags, held?.Session, String(Buffer.from(held?.Value ?? [])), BigInt(held?.LockIndex ?? 0)],
        [lockFlags, lock.session, 'me', lock.lockIndex],
      );
      assert.match((await sessions.read(lock.session))?.Behavior ?? '', /^release$/);
      await lock.release();
      const free = await kv.get(key);
      assert.deepEqual([free?.Flags, free?.Session], [lockFlags, undefined]);
      assert.equal(await sessions.read(lock.session), undefined);
      await (await session.lock(key)).destroy();
      assert.equal(await kv.get(key), undefined);
    });

    test('a lock that somebody holds is not had at once, and had when it is released', async () => {
      const key = agent.key('locks/waited-for');
      const first = await session.lock(key);
      assert.equal(await session.tryLock(key), undefined);
      await assert.rejects(session.lock(key, { withinMs: 300 }), LockConflictError);
      const second = session.lock(key, { waitMs: 60_000 });
      await wait(500);
      await first.release();
      const held = await second;
      assert.ok(held.lockIndex > first.lockIndex);
      assert.equal(first.signal.aborted, false);
      await held.destroy();
    });

    test('a lock is lost when its session is destroyed or its key is taken away', async () => {
      const byItsSession = await session.lock(agent.key('locks/session-destroyed'));
      const byItsKey = await session.lock(agent.key('locks/key-deleted'));
      const told = Promise.all([byItsSession, byItsKey].map(({ signal }) => once(signal, 'abort')));
      await sessions.destroy(byItsSession.session);
      await kv.delete(byItsKey.key);
      await told;
      for (const { signal, isHeld } of [byItsSession, byItsKey]) {
        assert.ok(signal.reason instanceof LockLostError);
        assert.equal(isHeld, false);
      }
      await byItsKey.release();
      await byItsSession.release();
    });

    test('after a session was destroyed, nobody has the lock before its delay is over', async () => {
      const key = agent.key('locks/delayed');
      const lock = await session.lock(key, { sessionOptions: { lockDelayMs: 3000 } });
      const startedAt = performance.now();
      await sessions.destroy(lock.session);
      const next = await session.lock(key);
      assert.ok(performance.now() - startedAt >= 2900);
      await next.destroy();
      await lock.release();
    });

    test('a session of our own can hold several locks, and outlives them', async () => {
      await using kept = await session.keepSession({ name: agent.name('shared') });
      const keys = ['a', 'b'].map((name) => agent.key(`locks/shared-${name}`));
      const held = await Promise.all(keys.map((key) => session.lock(key, { session: kept.id })));
      for (const lock of held) await lock.release();
      assert.equal((await sessions.read(kept.id))?.ID, kept.id);
    });

    test('a key that is used for something else is no lock', async () => {
      const key = agent.key('locks/other');
      await kv.put(key, 'x', { flags: 1n });
      await assert.rejects(session.lock(key), { name: 'LockConflictError', message: /is no lock/ });
    });

    test('a waiting contender gives up when it is told to, and leaves nothing', async () => {
      const key = agent.key('locks/given-up');
      await using lock = await session.lock(key);
      const controller = new AbortController();
      const waiting = session.lock(key, {
        signal: controller.signal,
        sessionOptions: { name: agent.name('gives up') },
      });
      setTimeout(() => controller.abort(new Error('no more')), 300);
      await assert.rejects(waiting, /no more/);
      const left = (await sessions.list()).filter(({ Name }) => Name === agent.name('gives up'));
      assert.deepEqual(left, []);
      assert.equal(lock.isHeld, true);
    });

    test('a session that is lost while it waits is told, and locks nothing later', async () => {
      const key = agent.key('locks/lost-waiting');
      await using _lock = await session.lock(key);
      const name = agent.name('lost waiting');
      const waiting = session.lock(key, { sessionOptions: { name, ttlMs: 10_000 } });
      const refused = assert.rejects(waiting, SessionLostError);
      for (;;) {
        const found = (await sessions.list()).find(({ Name }) => Name === name);
        if (found !== undefined) {
          await sessions.destroy(found.ID);
          break;
        }
        await wait(50);
      }
      await refused;
    });

    test('a semaphore keeps what other clients understand', async () => {
      const prefix = agent.key('semaphores/wire');
      const [one, two] = [
        await session.semaphore(prefix, { limit: 2, value: 'one' }),
        await session.semaphore(prefix, { limit: 2, value: 'two' }),
      ];
      assert.equal(await session.trySemaphore(prefix, { limit: 2 }), undefined);
      const state = await kv.get(`${prefix}/.lock`);
      assert.equal(state?.Flags, semaphoreFlags);
      assert.deepEqual(JSON.parse(String(Buffer.from(state?.Value ?? []))), {
        Limit: 2,
        Holders: { [one.session]: true, [two.session]: true },
      });
      const entry = await kv.get(`${prefix}/${one.session}`);
      assert.deepEqual([entry?.Flags, entry?.Session], [semaphoreFlags, one.session]);
      await assert.rejects(session.semaphore(prefix, { limit: 3 }), { name: 'LockConflictError' });
      await assert.rejects(one.destroy(), { name: 'LockConflictError' });
      await two.destroy();
      assert.equal(await kv.get(`${prefix}/.lock`), undefined);
      assert.equal(await kv.keys(`${prefix}/`), undefined);
    });

    test('a slot of a session that was destroyed is lost, and another has it', async () => {
      const prefix = agent.key('semaphores/lost');
      const slot = await session.semaphore(prefix, { limit: 1 });
      const lost = once(slot.signal, 'abort');
      const waiting = session.semaphore(prefix, { limit: 1 });
      await sessions.destroy(slot.session);
      await lost;
      assert.ok(slot.signal.reason instanceof LockLostError);
      const next = await waiting;
      await next.destroy();
    });

    test('closing the session of the program gives back what it holds', async () => {
      const key = agent.key('locks/closed');
      const program = session.with({ waitMs: 5000 });
      const lock = await program.lock(key);
      await program.close();
      assert.ok(lock.signal.aborted);
      assert.equal((await kv.get(key))?.Session, undefined);
      assert.equal(await sessions.read(lock.session), undefined);
    });
  });
}
