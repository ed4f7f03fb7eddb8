import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Catalog, Health } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';

export function metadata(agent: LiveAgent): void {
  const { session } = agent;

  suite('what is said of a read', () => {
    test('metadata tells the index, the leader and the policy', async () => {
      const { value, meta } = await new Catalog(session).nodes().withMeta();
      assert.ok(value.some(({ Node }) => Node === agent.node));
      assert.ok((meta.index ?? 0n) > 0n);
      assert.deepEqual([meta.knownLeader, meta.lastContactMs], [true, 0]);
      assert.match(meta.defaultAclPolicy ?? '', /^(allow|deny)$/);
      assert.deepEqual([meta.filteredByAcls, meta.addressesTranslated], [false, false]);
      assert.equal(meta.cache, undefined);
    });

    test('each consistency mode is asked for as such', async () => {
      const catalog = new Catalog(session);
      for (const consistency of ['default', 'consistent', 'stale', 'leader'] as const) {
        const { value, meta } = await catalog.service('consul', {}, { consistency }).withMeta();
        assert.ok(value.length > 0);
        const effective = consistency === 'default' ? 'leader' : consistency;
        assert.equal(meta.consistency, effective);
      }
    });

    test('a cached read is missed first and hit then', async () => {
      const name = agent.name('cached');
      const health = new Health(session);
      const first = await health.service(name, {}, { cached: true }).withMeta();
      assert.deepEqual(first.value, []);
      const second = await health.service(name, {}, { cached: { maxAgeSeconds: 60 } }).withMeta();
      if (second.meta.backend === 'streaming') return;
      assert.deepEqual([first.meta.cache?.hit, second.meta.cache?.hit], [false, true]);
      assert.equal(typeof second.meta.cache?.ageSeconds, 'number');
    });

    test('the simple cache obeys its bounds', async () => {
      const catalog = new Catalog(session);
      const cached = { maxAgeSeconds: 30, staleIfErrorSeconds: 60 };
      await catalog.datacenters({ cached });
      const { meta } = await catalog.datacenters({ cached }).withMeta();
      assert.equal(meta.cache?.hit, true);
      const fresh = await catalog
        .datacenters({ cached: { mustRevalidate: true, maxAgeSeconds: 0 } })
        .withMeta();
      assert.equal(fresh.meta.cache?.hit, false);
    });

    test('a datacenter that nobody knows is told so', async () => {
      await assert.rejects(new Catalog(session).nodes({}, { datacenter: agent.name('dc'), retry: false }), {
        status: 500,
        category: 'unavailable',
        message: /No path to datacenter/,
      });
    });
  });
}
