import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Config, Connect, DiscoveryChain, ExportedServices } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';

export function connections(agent: LiveAgent): void {
  const connect = new Connect(agent.session);

  suite('intentions', () => {
    const pair = { source: agent.name('source'), destination: agent.name('destination') };

    test('an intention is put, read, checked, matched, listed and deleted by its two ends', async () => {
      agent.atEnd(() => connect.deleteIntention(pair));
      assert.equal(await connect.readIntention(pair), undefined);
      assert.equal(await connect.putIntention({ Action: 'allow', Description: 'ours' }, pair), true);
      const read = await connect.readIntention(pair);
      assert.deepEqual([read?.Action, read?.Description, read?.SourceName], ['allow', 'ours', pair.source]);
      assert.equal((await connect.checkIntention(pair)).Allowed, true);
      const matched = await connect.matchIntentions({ by: 'destination', name: [pair.destination, 'other'] });
      assert.equal(matched[pair.destination]?.[0]?.Action, 'allow');
      assert.ok((await connect.listIntentions()).some(({ SourceName }) => SourceName === pair.source));
      const filter = `SourceName == "${pair.source}"`;
      assert.equal((await connect.listIntentions({ filter })).length, 1);
      assert.equal(await connect.putIntention({ Action: 'deny' }, pair), true);
      assert.equal((await connect.checkIntention({ ...pair, 'source-type': 'consul' })).Allowed, false);
      assert.equal(await connect.deleteIntention(pair), true);
      assert.equal(await connect.readIntention(pair), undefined);
    });

    test('an intention may allow some requests only', async () => {
      const config = new Config(agent.session);
      agent.atEnd(() => config.delete('service-defaults', pair.destination));
      await config.put({ Kind: 'service-defaults', Name: pair.destination, Protocol: 'http' });
      const Permissions = [{ Action: 'allow' as const, HTTP: { PathExact: '/a', Methods: ['GET'] } }];
      agent.atEnd(() => connect.deleteIntention(pair));
      assert.equal(await connect.putIntention({ Permissions }, pair), true);
      assert.equal((await connect.readIntention(pair))?.Permissions?.[0]?.HTTP?.PathExact, '/a');
      assert.equal(await connect.deleteIntention(pair), true);
    });

    test('the old way by IDs is there as well', async () => {
      const old = { source: agent.name('old-source'), destination: agent.name('old-destination') };
      const body = {
        SourceName: old.source,
        DestinationName: old.destination,
        SourceType: 'consul',
      } as const;
      const { ID } = await connect.createIntention({ ...body, Action: 'allow' });
      agent.atEnd(() => connect.deleteIntentionById(ID));
      assert.equal((await connect.readIntentionById(ID)).Action, 'allow');
      assert.equal((await connect.updateIntentionById(ID, { ...body, Action: 'deny' })).ID, ID);
      assert.equal((await connect.readIntentionById(ID)).Action, 'deny');
      assert.equal(await connect.deleteIntentionById(ID), true);
      await assert.rejects(connect.readIntentionById(ID), { status: 404, category: 'not-found' });
      await assert.rejects(connect.readIntentionById('no-uuid'), { category: 'invalid' });
    });
  });

  suite('the mesh', () => {
    test('its authority is read, and written as it was', async () => {
      const roots = await connect.caRoots();
      assert.ok(roots.Roots?.some(({ Active }) => Active));
      if (agent.isAtLeast('1.10')) assert.match(await connect.caRootsPem(), /BEGIN CERTIFICATE/);
      const settings = await connect.readCaConfiguration();
      assert.equal(settings.Provider, 'consul');
      await connect.updateCaConfiguration({ Provider: settings.Provider, Config: settings.Config ?? {} });
      assert.equal((await connect.caRoots()).ActiveRootID, roots.ActiveRootID);
    });

    test('the discovery chain of a service is read, and compiled with other settings', async () => {
      const chain = new DiscoveryChain(agent.session);
      const { Chain } = await chain.read(agent.name('chained'));
      assert.deepEqual([Chain.ServiceName, Chain.Protocol], [agent.name('chained'), 'tcp']);
      const compiled = await chain.compile(agent.name('chained'), {
        OverrideProtocol: 'http',
        OverrideConnectTimeout: '7s',
        OverrideMeshGateway: { Mode: 'remote' },
      });
      assert.equal(compiled.Chain.Protocol, 'http');
      assert.notEqual(compiled.Chain.CustomizationHash, '');
    });

    test('exported services are listed since 1.17', async (context) => {
      if (agent.skipsBefore(context, '1.17', 'the list of exported services')) return;
      assert.ok(Array.isArray(await new ExportedServices(agent.session).list()));
    });
  });
}
