import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ResponseError, ServiceError } from '@fairlead/salt';
import { Test } from '@fairlead/salt/modules/test';
import { Manage } from '@fairlead/salt/runners/manage';
import { clients, minion } from './configuration.ts';
import { type Live, ours, returned } from './live.ts';

export function troubles(live: Live): void {
  const { session, servers } = live;
  const asked = new Test(session);
  const soon = { timeoutSeconds: 1, gatherJobTimeoutSeconds: 1 };

  suite('when', { timeout: 120_000 }, () => {
    test('a minion is down, it is one that does not answer', async () => {
      await servers.stopMinion();
      try {
        for (const target of ['*', { list: [minion] }] as const) {
          const results = await asked.ping(target, soon);
          assert.equal(ours(results).kind, 'no-answer', JSON.stringify(target));
          assert.deepEqual(results.silent, [minion]);
        }
        assert.deepEqual(await new Manage(session).down({ timeout: 1, gather_job_timeout: 1 }), [minion]);
        assert.equal((await asked.ping('*', soon).batch(1)).ok.size, 0);
        await using job = await asked.ping('*').start({ jobTimeoutMs: 2_000, pollMs: 500 });
        assert.deepEqual((await job.result()).silent, [minion]);
      } finally {
        await servers.startMinion();
      }
      assert.equal(returned(await asked.ping('*')), true);
    });

    test('a client is disabled, the error says so, and the login is none the worse', async () => {
      await servers.stopApi();
      await servers.startApi(clients.filter((client) => client !== 'wheel'));
      try {
        assert.equal(returned(await asked.ping('*')), true);
        await assert.rejects(session.wheel('key.list_all'), (error) => {
          assert.ok(error instanceof ResponseError);
          assert.deepEqual([error.category, error.code], ['forbidden', 'ClientDisabled']);
          assert.match(error.message, /netapi_enable_clients/);
          return true;
        });
      } finally {
        await servers.stopApi();
        await servers.startApi();
      }
    });

    test('the API was restarted, a session logs in again by itself', async () => {
      assert.equal(returned(await asked.ping('*')), true);
      assert.ok((await session.wheel('key.list_all')) !== undefined);
    });

    test('the master is down, the error is one that may pass', async () => {
      await servers.stopMaster();
      try {
        const failure: unknown = await asked
          .ping('*', { timeoutMs: 60_000 })
          .then(undefined, (error) => error);
        assert.ok(failure instanceof ServiceError);
        assert.ok(['unavailable', 'failed'].includes(failure.category), failure.message);
      } finally {
        await servers.startMaster();
      }
      assert.equal(returned(await asked.ping('*')), true);
    });
  });
}
