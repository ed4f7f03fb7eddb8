import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Agent, Catalog, Coordinate, filter, Health } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';
import { until } from './time.ts';

export function ownAgent(agent: LiveAgent): void {
  const { session } = agent;
  const own = new Agent(session);
  const catalog = new Catalog(session);
  const health = new Health(session);

  suite('the agent', () => {
    const Name = agent.name('web');
    const CheckID = `service:${Name}`;

    test('a service with a check of ours goes from passing to critical, and its health is an answer', async () => {
      await own.registerService({
        Name,
        Port: 8080,
        Tags: ['v1'],
        Meta: { a: '1' },
        Check: { TTL: '600s', Status: 'passing', Notes: 'ours' },
      });
      agent.atEnd(() => own.deregisterService(Name));
      assert.deepEqual((await own.services({ filter: filter`Service == ${Name}` }))[Name]?.Tags, ['v1']);
      assert.equal((await own.checks())[CheckID]?.Notes, 'ours');
      const steps = [
        ['passing', 200, () => own.passCheck(CheckID, { note: 'fine' })],
        ['warning', 429, () => own.warnCheck(CheckID, { note: 'warm' })],
        ['critical', 503, () => own.failCheck(CheckID, { note: 'hot' })],
        ['warning', 429, () => own.updateCheck(CheckID, { Status: 'warning', Output: 'again' })],
      ] as const;
      for (const [expected, status, step] of steps) {
        await step();
        const answered = await own.health(Name).withResponse();
        assert.deepEqual([answered.status, answered.value.AggregatedStatus], [status, expected]);
        assert.equal((await own.healthByName(Name))[0]?.AggregatedStatus, expected);
        assert.equal(await own.healthText(Name), expected);
        assert.equal(await own.healthTextByName(Name), expected);
      }
      const none = await own.health(agent.name('none')).withResponse();
      assert.deepEqual([none.status, none.value.Service], [404, null]);
      assert.equal((await own.healthByName(agent.name('none')).withResponse()).status, 404);
      assert.equal(await own.healthText(agent.name('none')), undefined);
      assert.equal(await own.healthTextByName(agent.name('none')), undefined);
    });

    test('maintenance of a service and of the agent comes and goes', async () => {
      await own.serviceMaintenance(Name, { enable: true, reason: 'a test' });
      assert.equal((await own.health(Name)).AggregatedStatus, 'maintenance');
      await own.serviceMaintenance(Name, { enable: false });
      assert.equal((await own.health(Name)).AggregatedStatus, 'warning');
      agent.atEnd(() => own.maintenance({ enable: false }));
      await own.maintenance({ enable: true, reason: 'a test' });
      assert.ok('_node_maintenance' in (await own.checks()));
      await own.maintenance({ enable: false });
      assert.ok(!('_node_maintenance' in (await own.checks())));
    });

    test('what the agent was told reaches the catalog', async () => {
      await until('the service is in the catalog', async () =>
        (await health.service(Name)).some((entry) => entry.Service.Meta?.['a'] === '1'),
      );
    });

    test('a check is registered, reported and deregistered by itself', async () => {
      const ID = agent.name('check');
      agent.atEnd(() => own.deregisterCheck(ID));
      await own.registerCheck({ ID, Name: 'by itself', TTL: '600s' });
      assert.equal((await own.checks())[ID]?.Status, 'critical');
      await own.passCheck(ID);
      assert.equal((await own.checks())[ID]?.Status, 'passing');
      await own.registerCheck({
        ID: `${ID}-http`,
        Name: 'http',
        HTTP: 'http://192.0.2.1/',
        Interval: '1h',
        Timeout: '1s',
        Method: 'POST',
        Header: { 'X-A': ['1', '2'] },
        Body: '{}',
      });
      agent.atEnd(() => own.deregisterCheck(`${ID}-http`));
      assert.equal((await own.checks())[`${ID}-http`]?.Type, 'http');
      await own.deregisterCheck(`${ID}-http`);
      await own.deregisterCheck(ID);
      assert.equal((await own.checks())[ID], undefined);
      const unknown = agent.isAtLeast('1.12') ? 404 : 500;
      await assert.rejects(own.passCheck(ID), { name: 'ResponseError', status: unknown });
      await assert.rejects(own.deregisterCheck(ID), { name: 'ResponseError', status: unknown });
    });

    test('proxies, weights, addresses and checks of a service come back as they were given', async () => {
      const proxy = `${Name}-proxy`;
      agent.atEnd(() => own.deregisterService(proxy));
      await own.registerService(
        {
          Name: proxy,
          Kind: 'connect-proxy',
          Port: 20_000,
          Weights: { Passing: 5, Warning: 2 },
          TaggedAddresses: { lan: { Address: '192.0.2.9', Port: 9 } },
          EnableTagOverride: true,
          Proxy: {
            DestinationServiceName: Name,
            LocalServicePort: 8080,
            Config: { protocol: 'http' },
            Upstreams: [{ DestinationName: 'db', LocalBindPort: 9191, Config: { a: 1 } }],
            MeshGateway: { Mode: 'local' },
            Expose: { Paths: [{ Path: '/health', ListenerPort: 21_500, LocalPathPort: 8080 }] },
          },
          Checks: [{ TCP: '127.0.0.1:1', Interval: '1h' }, { AliasService: Name }],
        },
        { 'replace-existing-checks': true },
      );
      const service = await own.service(proxy);
      assert.deepEqual(
        [service?.Weights, service?.Proxy?.Upstreams?.[0]?.DestinationName, service?.Proxy?.Config],
        [{ Passing: 5, Warning: 2 }, 'db', { protocol: 'http' }],
      );
      await until('the proxy is in the catalog', async () => (await catalog.connect(Name)).length === 1);
      await until('the proxy is healthy or not', async () => (await health.connect(Name)).length === 1);
      const [merged] = await health.connect(Name, { 'merge-central-config': true });
      assert.equal(merged?.Service.Kind, 'connect-proxy');
      await own.deregisterService(proxy);
      const unknown = agent.isAtLeast('1.12') ? 404 : 500;
      await assert.rejects(own.deregisterService(proxy), { status: unknown });
      assert.equal(await own.service(proxy), undefined);
      await assert.rejects(own.registerService({ Name: '' }), { status: 400, category: 'invalid' });
    });

    test('certificates of the mesh are given out and checked', async () => {
      const { Roots, ActiveRootID } = await own.caRoots();
      assert.ok(Roots?.some(({ ID, RootCert }) => ID === ActiveRootID && /BEGIN CERTIFICATE/.test(RootCert)));
      const leaf = await own.caLeaf(Name);
      assert.match(leaf.ServiceURI ?? '', new RegExp(`${Name}$`));
      const authorized = await own.authorize({
        Target: Name,
        ClientCertURI: leaf.ServiceURI ?? '',
        ClientCertSerial: leaf.SerialNumber,
      });
      assert.equal(typeof authorized.Authorized, 'boolean');
    });

    test('it tells of itself, its host, its members and its version', async () => {
      assert.equal((await own.self()).Config.Version, agent.version);
      assert.ok((await own.members()).some((member) => member.Name === agent.node));
      assert.ok((await own.members({ wan: true })).length > 0);
      assert.ok((await own.host()).Memory !== undefined);
      await own.reload();
      if (agent.isAtLeast('1.13')) {
        const { HumanVersion } = await own.version();
        assert.ok(HumanVersion.startsWith(agent.version));
      } else await assert.rejects(own.version(), { status: 404, category: 'not-found' });
    });

    test('nodes have coordinates, and can be given some', async () => {
      const coordinate = new Coordinate(session);
      assert.ok((await coordinate.datacenters()).length > 0);
      await until('the node has coordinates', async () =>
        (await coordinate.nodes()).some((entry) => entry.Node === agent.node),
      );
      const [entry] = (await coordinate.node(agent.node)) ?? [];
      assert.ok(entry !== undefined && entry.Coord !== null);
      await coordinate.update({ Node: agent.node, Coord: entry.Coord });
      assert.equal(await coordinate.node(agent.name('none')), undefined);
    });
  });
}
