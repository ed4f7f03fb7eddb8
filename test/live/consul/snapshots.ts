import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { Kv, Snapshot } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';

export function snapshots(agent: LiveAgent): void {
  const snapshot = new Snapshot(agent.session);
  const kv = new Kv(agent.session);

  suite('snapshots', () => {
    test('what is saved is restored, and a watch goes on with what is there then', {
      timeout: 60_000,
    }, async () => {
      const key = agent.key('snapshot');
      await kv.put(key, 'before');
      await using watch = kv.text(key).watch({ rate: false, waitMs: 2000 });
      const changes = watch[Symbol.asyncIterator]();
      assert.equal((await changes.next()).value?.value, 'before');
      const { body, headers } = await snapshot.save();
      assert.match(headers['x-consul-index'] ?? '', /^\d+$/);
      const archive = await buffer(body);
      assert.deepEqual([...archive.subarray(0, 2)], [0x1f, 0x8b]);
      const changed = changes.next();
      await kv.put(key, 'after');
      assert.equal((await changed).value?.value, 'after');
      const restored = changes.next();
      const pieces = async function* () {
        for (let at = 0; at < archive.length; at += 1000) yield archive.subarray(at, at + 1000);
      };
      await snapshot.restore(pieces);
      // A question that was asked with an index of before is held until its time is over.
      assert.equal((await restored).value?.value, 'before');
      assert.equal(await kv.text(key), 'before');
    });

    test('what is no archive is refused', async () => {
      await assert.rejects(snapshot.restore('no archive'), { status: 500, name: 'ResponseError' });
      const { body } = await snapshot.save({ consistency: 'stale' });
      assert.ok((await buffer(body)).length > 0);
    });
  });
}
