import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Agent, Internal, Operator, Peering, Status } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';
import { until } from './time.ts';

export function operators(agent: LiveAgent): void {
  const operator = new Operator(agent.session);

  suite('operators', () => {
    test('there is a leader, and it is one of the peers', async () => {
      const status = new Status(agent.session);
      const leader = await status.leader();
      assert.match(leader, /:\d+$/);
      assert.ok((await status.peers()).includes(leader));
    });

    test('the servers that agree are listed', async () => {
      const { Servers } = await operator.raftConfiguration({ consistency: 'stale' });
      assert.ok(Servers?.some(({ Leader, Voter }) => Leader && Voter));
      const id = '00000000-0000-4000-8000-000000000000';
      await assert.rejects(operator.removeRaftPeer({ id }, { retry: false }), { status: 500 });
    });

    test('the autopilot tells its settings, takes them, and tells how the servers are', async () => {
      const settings = await operator.readAutopilotConfiguration();
      assert.equal(await operator.updateAutopilotConfiguration(settings), true);
      const { ModifyIndex } = await operator.readAutopilotConfiguration();
      const cas = ModifyIndex ?? 0;
      assert.equal(await operator.casAutopilotConfiguration(settings, { cas: cas + 1 }), false);
      assert.equal(await operator.casAutopilotConfiguration(settings, { cas }), true);
      const health = await operator.autopilotHealth().withResponse();
      assert.equal(health.status, health.value.Healthy ? 200 : 429);
      assert.equal((await operator.autopilotState()).Servers !== undefined, true);
    });

    test('an agent joins itself, and can let go of nobody that it does not know', async () => {
      const own = new Agent(agent.session);
      const self = (await own.members()).find(({ Name }) => Name === agent.node);
      await own.join(`${self?.Addr}:${self?.Port}`);
      await assert.rejects(own.forceLeave(agent.name('none')), { status: 500, category: 'invalid' });
      const raw = agent.session.raw.put('/agent/token/bogus', { body: { Token: '' } });
      await assert.rejects(raw, { status: 404, category: 'not-found' });
    });

    test('keys of the gossip are there only where it is encrypted', async () => {
      const keys = await operator.listKeys({ 'local-only': true }).catch((error: unknown) => {
        assert.equal(Reflect.get(Object(error), 'status'), 500);
        return undefined;
      });
      if (keys !== undefined) assert.ok(keys.length > 0);
    });

    test('what is used is counted since 1.15', async (context) => {
      if (agent.skipsBefore(context, '1.15', 'the usage')) return;
      const { Usage } = await operator.usage({ global: true });
      assert.ok(Object.keys(Usage ?? {}).length > 0);
    });

    test('leadership stays where there is nobody to take it', async (context) => {
      if (agent.skipsBefore(context, '1.15', 'the transfer of leadership')) return;
      const { Servers } = await operator.raftConfiguration();
      if ((Servers?.length ?? 0) > 1) return context.skip('there are others, who would take it');
      await assert.rejects(operator.transferLeader(), { name: 'ResponseError' });
    });

    test('what only the Enterprise edition has is not found', async () => {
      const enterprise = await operator
        .segments()
        .catch((error: unknown) => Reflect.get(Object(error), 'status'));
      assert.ok(Array.isArray(enterprise) || enterprise === 404);
    });
  });

  suite('what only the servers and their pages use', () => {
    const internal = new Internal(agent.session);

    test('datacenters tell each other of their gateways', async () => {
      const datacenter = (await new Agent(agent.session).self()).Config.Datacenter;
      const { State } = await internal.federationState(datacenter);
      assert.equal(State.Datacenter, datacenter);
      assert.ok((await internal.federationStates()).some((state) => state.Datacenter === datacenter));
      assert.equal(typeof (await internal.meshGateways()), 'object');
      await assert.rejects(internal.federationState(agent.name('none')), { status: 404 });
    });

    test('nodes, services and checks are counted since 1.11', async (context) => {
      if (agent.skipsBefore(context, '1.11', 'the overview')) return;
      assert.ok(((await internal.catalogOverview()).Nodes?.[0]?.Total ?? 0) > 0);
    });

    test('a service is given virtual addresses since 1.16', async (context) => {
      if (agent.skipsBefore(context, '1.16', 'the assignment of virtual addresses')) return;
      const none = await internal.assignVirtualIps({ Service: agent.name('none'), ManualVIPs: [] });
      assert.deepEqual([none.Found, none.UnassignedFrom], [false, null]);
    });

    test('what a peer exports is listed since 1.13', async (context) => {
      if (agent.skipsBefore(context, '1.13', 'peering')) return;
      assert.deepEqual(await internal.exportedServices({ peer: agent.name('none') }), []);
    });
  });

  suite('peerings', () => {
    const peering = new Peering(agent.session);

    test('a peering is begun by a token, read, listed and deleted', async (context) => {
      if (agent.skipsBefore(context, '1.13', 'peering')) return;
      const PeerName = agent.name('peer');
      const peered = peering.generateToken({ PeerName, Meta: { a: '1' } });
      const token = await peered.catch((error: unknown) => String(Reflect.get(Object(error), 'message')));
      if (typeof token === 'string') return context.skip(`this agent peers with none: ${token}`);
      agent.atEnd(() => peering.delete(PeerName));
      assert.match(token.PeeringToken, /^[\w+/=]+$/);
      const read = await peering.read(PeerName);
      assert.deepEqual([read?.State, read?.Meta], ['PENDING', { a: '1' }]);
      assert.ok((await peering.list()).some(({ Name }) => Name === PeerName));
      await assert.rejects(
        peering.establish({ PeerName: agent.name('self'), PeeringToken: token.PeeringToken }),
        {
          name: 'ResponseError',
        },
      );
      await peering.delete(PeerName);
      await until('the peering is gone', async () => (await peering.read(PeerName)) === undefined);
      await assert.rejects(peering.generateToken({ PeerName: '' }), { status: 400, category: 'invalid' });
    });

    test('there are none before 1.13', async (context) => {
      if (agent.isAtLeast('1.13')) return context.skip(`this is Consul ${agent.version}`);
      await assert.rejects(peering.list(), { status: 404, category: 'not-found' });
    });
  });
}
