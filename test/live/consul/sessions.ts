import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Kv, SessionLostError, Sessions } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';
import { until } from './time.ts';

export function sessions(agent: LiveAgent): void {
  const all = new Sessions(agent.session);
  const kv = new Kv(agent.session);

  suite('sessions', { concurrency: true }, () => {
    test('a session is made, read, listed, renewed and destroyed', async () => {
      const Name = agent.name('session');
      const { ID } = await all.create({ Name, TTL: '20s', LockDelay: '1500ms', Behavior: 'delete' });
      agent.atEnd(() => all.destroy(ID));
      const read = await all.read(ID);
      assert.deepEqual(
        [read?.Name, read?.TTL, read?.LockDelay, read?.Behavior, read?.Node],
        [Name, '20s', 1_500_000_000, 'delete', agent.node],
      );
      assert.ok((await all.list()).some((session) => session.ID === ID));
      assert.ok((await all.listByNode(agent.node)).some((session) => session.ID === ID));
      assert.equal((await all.renew(ID))?.ID, ID);
      assert.equal(await all.destroy(ID), true);
      assert.equal(await all.read(ID), undefined);
      assert.equal(await all.renew(ID), undefined);
      assert.equal(await all.destroy(ID), true);
    });

    test('a time to live that Consul takes no session with is refused', async () => {
      await assert.rejects(all.create({ TTL: '1s' }), {
        name: 'ResponseError',
        category: 'invalid',
        message: /TTL/,
      });
    });

    test('a kept session outlives its time to live and ends when it is released', async () => {
      await using kept = await agent.session.keepSession({ name: agent.name('kept'), ttlMs: 10_000 });
      await wait(23_000);
      assert.equal(kept.signal.aborted, false);
      assert.equal((await all.read(kept.id))?.TTL, '10000ms');
      await kept.release();
      assert.equal(await all.read(kept.id), undefined);
      assert.equal(kept.signal.aborted, false);
    });

    test('a session that nobody renews ends by itself, and what it held with it', async () => {
      const { ID } = await all.create({ TTL: '10s', Behavior: 'delete', LockDelay: '0s' });
      agent.atEnd(() => all.destroy(ID));
      const key = agent.key('sessions/forgotten');
      assert.equal(await kv.acquire(key, 'x', { acquire: ID }), true);
      // Consul gives twice the time before it is sure.
      await until('the session is over', async () => (await all.read(ID)) === undefined, 40_000);
      assert.equal(await kv.get(key), undefined);
    });

    test('a keeper hears of it when somebody destroys its session', async () => {
      await using kept = await agent.session.keepSession({ ttlMs: 10_000, behavior: 'release' });
      const lost = once(kept.signal, 'abort');
      await all.destroy(kept.id);
      await lost;
      const { reason } = kept.signal;
      assert.ok(reason instanceof SessionLostError && reason.session === kept.id);
    });

    test('the end of a session removes what it held, or only frees it, as it was told to', async () => {
      for (const behavior of ['delete', 'release'] as const) {
        const key = agent.key(`sessions/${behavior}`);
        const kept = await agent.session.keepSession({ behavior });
        assert.equal(await kv.acquire(key, 'held', { acquire: kept.id }), true);
        await kept.release();
        const left = await kv.get(key);
        assert.equal(left === undefined, behavior === 'delete');
        assert.equal(left?.Session, undefined);
      }
    });
  });
}
