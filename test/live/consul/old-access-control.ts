import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AclLegacy } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';

export function oldAccessControl(agent: LiveAgent): void {
  const old = new AclLegacy(agent.session);

  suite('access control as it was until 1.10', () => {
    test('a token is created, read, cloned, updated, listed and destroyed', async (context) => {
      if (agent.isAtLeast('1.11')) return context.skip(`this is Consul ${agent.version}`);
      const Name = agent.name('old');
      const { ID } = await old.create({ Name, Type: 'client', Rules: 'key "a" { policy = "read" }' });
      agent.atEnd(() => old.destroy(ID));
      assert.equal((await old.info(ID))?.Name, Name);
      const clone = await old.clone(ID);
      agent.atEnd(() => old.destroy(clone.ID));
      assert.equal((await old.update({ ID: clone.ID, Name: `${Name}-2`, Rules: '' })).ID, clone.ID);
      assert.ok((await old.list()).some((token) => token.Name === `${Name}-2`));
      for (const id of [ID, clone.ID]) assert.equal(await old.destroy(id), true);
      assert.equal(await old.info(ID), undefined);
      assert.match(await old.translateRules('key "a" { policy = "read" }'), /^key_prefix "a"/);
    });

    test('it is gone since', async (context) => {
      if (!agent.isAtLeast('1.11')) return context.skip(`this is Consul ${agent.version}`);
      await assert.rejects(old.list(), { status: agent.isAtLeast('1.15') ? 404 : 410 });
    });
  });
}
