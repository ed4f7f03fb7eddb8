import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Config, type ConsulTypes } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';
import { entriesOf } from './config-samples.ts';

export function configEntries(agent: LiveAgent): void {
  const config = new Config(agent.session);
  const web = agent.name('web');

  suite('config entries', () => {
    for (const { since, entry, needs = [] } of entriesOf(agent)) {
      test(`an entry of the kind ${entry.Kind} is written, read, listed and deleted`, async (context) => {
        if (agent.skipsBefore(context, since, entry.Kind)) return;
        const name = 'Name' in entry ? entry.Name : 'mesh';
        if (!name.startsWith(agent.prefix) && (await exists(config, entry.Kind, name))) {
          return context.skip(`there is one already, which is not ours`);
        }
        const ours = [...needs, entry];
        // One that builds on others goes first; cleaning up does the last thing first.
        for (const one of ours) {
          agent.atEnd(() => config.delete(one.Kind, 'Name' in one ? one.Name : 'mesh'));
          assert.equal(await config.put(one), true);
        }
        const read = await config.read(entry.Kind, name);
        assert.equal(read?.Kind, entry.Kind);
        holds(read, entry, entry.Kind);
        const { value, meta } = await config.list(entry.Kind).withMeta();
        // Agents write what became of some entries into these: the index may have moved on.
        assert.ok(value.some((one) => one.CreateIndex === read.CreateIndex));
        assert.ok((meta.index ?? 0n) > 0n);
        for (const one of ours.toReversed()) await config.delete(one.Kind, 'Name' in one ? one.Name : 'mesh');
        assert.equal(await config.read(entry.Kind, name), undefined);
      });
    }

    test('an entry is replaced or deleted only as it was seen', async () => {
      const entry = { Kind: 'service-defaults', Name: `${web}-cas`, Protocol: 'http' } as const;
      agent.atEnd(() => config.delete(entry.Kind, entry.Name));
      assert.equal(await config.cas(entry, { cas: 0 }), true);
      // An entry that is there already as it is would be no conflict.
      assert.equal(await config.cas({ ...entry, Protocol: 'grpc' }, { cas: 0 }), false);
      const { ModifyIndex = 0 } = (await config.read(entry.Kind, entry.Name)) ?? {};
      assert.equal(await config.cas({ ...entry, Protocol: 'grpc' }, { cas: ModifyIndex }), true);
      if (agent.isAtLeast('1.12')) {
        assert.equal(await config.deleteCas(entry.Kind, entry.Name, { cas: ModifyIndex }), false);
        const { ModifyIndex: now = 0 } = (await config.read(entry.Kind, entry.Name)) ?? {};
        assert.equal(await config.deleteCas(entry.Kind, entry.Name, { cas: now }), true);
      }
    });

    test('what Consul takes for no entry is refused', async () => {
      const raw = (body: object) => agent.session.raw.put('/config', { body });
      await assert.rejects(raw({ Kind: 'bogus', Name: 'x' }), { status: 400, category: 'invalid' });
      await assert.rejects(raw({ Kind: 'service-defaults', Name: 'x', Bogus: 1 }), { status: 400 });
      await assert.rejects(
        config.put({ Kind: 'service-splitter', Name: web, Splits: [{ Weight: 100, Service: web }] }),
        { name: 'ResponseError', message: /protocol/ },
      );
      await config.delete('service-defaults', agent.name('none'));
    });
  });
}

async function exists(config: Config, kind: ConsulTypes.ConfigEntryKind, name: string): Promise<boolean> {
  return (await config.list(kind)).some((one) => !('Name' in one) || one.Name === name);
}

/** What was sent is in what came back, which may hold more. */
function holds(found: unknown, sent: unknown, at: string): void {
  if (typeof sent !== 'object' || sent === null) {
    assert.equal(found, sent, at);
    return;
  }
  assert.ok(typeof found === 'object' && found !== null, at);
  for (const [key, value] of Object.entries(sent)) holds(Reflect.get(found, key), value, `${at}.${key}`);
}
