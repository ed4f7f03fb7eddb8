import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Catalog, filter, Health, Internal } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';

export function catalogAndHealth(agent: LiveAgent): void {
  const { session } = agent;
  const catalog = new Catalog(session);
  const health = new Health(session);
  const Node = agent.name('node');
  const Service = agent.name('service');

  suite('the catalog', () => {
    test('nodes, services and checks are registered, found and deregistered', async () => {
      agent.atEnd(() => catalog.deregister({ Node }));
      const registered = await catalog.register({
        Node,
        Address: '192.0.2.1',
        NodeMeta: { rack: 'r1' },
        TaggedAddresses: { wan: '198.51.100.1' },
        Service: {
          ID: `${Service}-1`,
          Service,
          Tags: ['v1', 'primary'],
          Address: '192.0.2.2',
          Port: 8080,
          Meta: { env: 'qa "2"' },
          Weights: { Passing: 3, Warning: 1 },
          TaggedAddresses: { lan: { Address: '192.0.2.3', Port: 81 } },
        },
        Checks: [
          { Node, CheckID: `${Service}-check`, Name: 'alive', Status: 'passing', ServiceID: `${Service}-1` },
          { Node, CheckID: 'node-check', Name: 'node', Status: 'warning', Output: 'hot' },
        ],
      });
      assert.equal(registered, true);
      assert.deepEqual((await catalog.services())[Service]?.toSorted(), ['primary', 'v1']);
      const [found] = await catalog.service(Service, { tag: ['v1', 'primary'], 'node-meta': ['rack:r1'] });
      assert.deepEqual(
        [found?.ServicePort, found?.ServiceMeta, found?.Node],
        [8080, { env: 'qa "2"' }, Node],
      );
      assert.deepEqual(await catalog.service(Service, { tag: ['v2'] }), []);
      assert.equal((await catalog.node(Node))?.Services?.[`${Service}-1`]?.Service, Service);
      assert.equal((await catalog.nodeServices(Node)).Services?.[0]?.Service, Service);
      assert.ok((await catalog.nodes({ 'node-meta': ['rack:r1'] })).some((node) => node.Node === Node));
      assert.deepEqual(await catalog.connect(Service), []);
      assert.deepEqual(await catalog.gatewayServices(agent.name('none')), []);
      assert.ok((await catalog.datacenters()).length > 0);
      assert.equal(await catalog.node(agent.name('none')), null);
      assert.deepEqual(await catalog.nodeServices(agent.name('none')), { Node: null, Services: null });
    });

    test('filters with any value in them find what they should', async () => {
      const inEnvironment = filter`ServiceMeta.env == ${'qa "2"'}`;
      const find = (text: string) => catalog.service(Service, { filter: text });
      assert.equal((await find(inEnvironment)).length, 1);
      assert.equal((await find(filter.not(inEnvironment))).length, 0);
      assert.equal((await find(filter.and(inEnvironment, filter`${'v1'} in ServiceTags`))).length, 1);
      assert.equal((await find(filter.or(filter`ServicePort == ${1}`, filter`Node == ${Node}`))).length, 1);
      for (const odd of ['', '/x', '\\', '"', '`', "'", 'ü\n\t\u0000', 'a" or "" == "']) {
        assert.deepEqual(await find(filter`ServiceMeta.env == ${odd}`), [], odd);
        assert.equal((await find(filter`ServiceMeta.env != ${odd}`)).length, 1, odd);
      }
      const status = agent.isAtLeast('1.11') ? /^(400|500)$/ : /^500$/;
      await assert.rejects(find('no filter'), (error: Error) =>
        status.test(String(Reflect.get(error, 'status'))),
      );
      await assert.rejects(find('Bogus == 1'), { name: 'ResponseError', category: 'invalid' });
    });

    test('health tells the checks of nodes and services, in each state', async () => {
      const [entry] = await health.service(Service);
      assert.deepEqual(
        [entry?.Node.Node, entry?.Service.Port, entry?.Checks?.map(({ Status }) => Status).toSorted()],
        [Node, 8080, ['passing', 'warning']],
      );
      assert.deepEqual(await health.service(Service, { passing: true }), []);
      assert.equal((await health.service(Service, { passing: false })).length, 1);
      assert.deepEqual(
        (await health.checks(Service)).map(({ Name }) => Name),
        ['alive'],
      );
      assert.equal((await health.node(Node)).length, 2);
      assert.ok(
        (await health.state('warning')).some((check) => check.Node === Node && check.Output === 'hot'),
      );
      assert.ok((await health.state('any', { filter: filter`Node == ${Node}` })).length === 2);
      for (const nothing of [agent.name('none')]) {
        assert.deepEqual(await health.service(nothing), []);
        assert.deepEqual(await health.checks(nothing), []);
        assert.deepEqual(await health.node(nothing), []);
        assert.deepEqual(await health.connect(nothing), []);
        assert.deepEqual(await health.ingress(nothing), []);
      }
      const near = await health.service(Service, { near: '_agent', 'node-meta': ['rack:r1'] });
      assert.equal(near.length, 1);
    });

    test('what the pages of Consul show is there, too', async () => {
      const internal = new Internal(session);
      assert.ok((await internal.nodes()).some((node) => node.Node === Node));
      assert.equal((await internal.node(Node)).Node, Node);
      assert.ok((await internal.services()).some(({ Name }) => Name === Service));
      const topology = await internal.serviceTopology(Service, { kind: '' });
      assert.equal(topology.FilteredByACLs, false);
      assert.deepEqual(await internal.gatewayServicesNodes(Service), []);
      assert.deepEqual(await internal.gatewayIntentions(Service), []);
      const asked = { Resource: 'key', Access: 'write', Segment: 'a' } as const;
      assert.deepEqual(await internal.authorize([asked]), [{ ...asked, Allow: true }]);
    });

    test('a service and then its node are deregistered', async () => {
      assert.equal(await catalog.deregister({ Node, ServiceID: `${Service}-1` }), true);
      assert.deepEqual(await catalog.service(Service), []);
      assert.equal(await catalog.deregister({ Node, CheckID: 'node-check' }), true);
      assert.equal(await catalog.deregister({ Node }), true);
      assert.equal(await catalog.node(Node), null);
      await assert.rejects(catalog.register({ Node: '', Address: '' }), { category: 'invalid' });
    });
  });
}
