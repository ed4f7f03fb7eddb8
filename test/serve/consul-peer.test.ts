import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type ConsulCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import Consul from 'consul';

/* The stand-in is as good as a client of Consul finds it that we didn't write: the one on npm. */

let service: StandIn<ConsulCredentials>;
let client: Consul;
before(async () => {
  service = await serve('consul', { jitter: false });
  const { hostname, port } = new URL(service.url);
  client = new Consul({ host: hostname, port: Number(port) });
});
beforeEach(() => service.reset());
after(() => service.close());

describe('the client on npm', () => {
  test('keeps keys', async () => {
    assert.equal(await client.kv.set('a/b', 'hello'), true);
    assert.partialDeepStrictEqual(await client.kv.get('a/b'), { Key: 'a/b', Value: 'hello', Flags: 0 });
    assert.equal(await client.kv.get('none'), undefined);
    assert.deepEqual(await client.kv.keys('a'), ['a/b']);
    const all: unknown = await client.kv.get({ key: 'a', recurse: true });
    assert.partialDeepStrictEqual(all, [{ Key: 'a/b' }]);
    assert.equal(await client.kv.del({ key: 'a', recurse: true }), true);
    assert.equal(await client.kv.get('a/b'), undefined);
  });

  test('locks with a session', async () => {
    const { ID } = await client.session.create({ ttl: '10s', lockdelay: '1s' });
    assert.equal(await client.kv.set({ key: 'lock', value: 'x', acquire: ID }), true);
    assert.partialDeepStrictEqual(await client.kv.get('lock'), { Session: ID });
    assert.partialDeepStrictEqual(await client.session.get(ID), { ID, TTL: '10s', LockDelay: 1e9 });
    assert.partialDeepStrictEqual(await client.session.renew(ID), [{ ID }]);
    assert.partialDeepStrictEqual(await client.session.list(), [{ ID }]);
    assert.partialDeepStrictEqual(await client.session.node('node1'), [{ ID }]);
    await client.session.destroy(ID);
    assert.deepEqual(await client.session.list(), []);
  });

  test('registers services and tells how they are', async () => {
    await client.agent.service.register({
      name: 'web',
      tags: ['v1'],
      check: { name: 'up', ttl: '15s', timeout: '1s' },
    });
    await client.agent.check.pass('service:web');
    const healthy: unknown = await client.health.service({ service: 'web', passing: true });
    assert.partialDeepStrictEqual(healthy, [{ Service: { ID: 'web', Tags: ['v1'] } }]);
    await client.agent.check.fail('service:web');
    assert.deepEqual(await client.health.service({ service: 'web', passing: true }), []);
    assert.partialDeepStrictEqual(await client.health.checks('web'), [{ Status: 'critical' }]);
    assert.partialDeepStrictEqual(await client.agent.service.list(), { web: { Service: 'web' } });
    await client.agent.service.maintenance({ id: 'web', enable: true });
    assert.partialDeepStrictEqual(await client.agent.check.list(), { '_service_maintenance:web': {} });
    await client.agent.service.deregister('web');
    assert.deepEqual(await client.agent.check.list(), {});
  });

  test('looks into the agent and the catalog', async () => {
    assert.partialDeepStrictEqual(await client.agent.self(), { Config: { Datacenter: 'dc1' } });
    assert.partialDeepStrictEqual(await client.agent.members(), [{ Name: 'node1' }]);
    assert.deepEqual(await client.catalog.datacenters(), ['dc1']);
    await client.catalog.register({ node: 'ext', address: '10.0.0.9', service: { service: 'db' } });
    assert.partialDeepStrictEqual(await client.catalog.node.services('ext'), {
      Services: { db: { Service: 'db' } },
    });
    assert.partialDeepStrictEqual(await client.catalog.service.nodes('db'), [{ Address: '10.0.0.9' }]);
    assert.deepEqual(await client.catalog.service.list(), { consul: [], db: [] });
    await client.catalog.deregister({ node: 'ext' });
    assert.partialDeepStrictEqual(await client.catalog.node.list(), [{ Node: 'node1' }]);
    assert.equal(await client.status.leader(), '127.0.0.1:8300');
    assert.deepEqual(await client.status.peers(), ['127.0.0.1:8300']);
  });

  test('fires events, runs prepared queries and transactions', async () => {
    assert.partialDeepStrictEqual(await client.event.fire('deploy', '42'), { Name: 'deploy' });
    assert.partialDeepStrictEqual(await client.event.list('deploy'), [{ Payload: '42' }]);
    const { ID } = await client.query.create({ name: 'q', service: { service: 'consul' } });
    assert.partialDeepStrictEqual(await client.query.get(ID), { Name: 'q' });
    assert.partialDeepStrictEqual(await client.query.execute('q'), { Service: 'consul' });
    await client.query.update({ query: ID, name: 'other', service: { service: 'consul' } });
    assert.partialDeepStrictEqual(await client.query.list(), [{ ID, Name: 'other' }]);
    // Its types tell of an object that it doesn't take, so that it gets what has no type.
    const operations = JSON.parse('[{"KV":{"Verb":"set","Key":"k","Value":"eA=="}}]');
    const done: unknown = await client.transaction.create(operations);
    assert.partialDeepStrictEqual(done, { Results: [{ KV: { Key: 'k' } }], Errors: null });
  });

  test('watches a key', async () => {
    const watch = client.watch({ method: client.kv.get, options: { key: 'watched' } });
    const seen: unknown[] = [];
    watch.on('change', (pair: { readonly Value?: string } | undefined) => {
      seen.push(pair?.Value);
      if (seen.length === 3) watch.end();
      else void client.kv.set('watched', `change ${seen.length}`);
    });
    await once(watch, 'end');
    assert.deepEqual(seen, [undefined, 'change 1', 'change 2']);
  });

  test('is told what went wrong', async () => {
    await assert.rejects(client.session.create({ ttl: '1s' }), /Invalid Session TTL/);
    await assert.rejects(client.kv.get({ key: 'k', dc: 'elsewhere' }), /No path to datacenter/);
  });
});
