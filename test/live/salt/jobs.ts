import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ConnectionError, NetapiError, SaltFunctionError } from '@fairlead/salt';
import { State } from '@fairlead/salt/modules/state';
import { Test } from '@fairlead/salt/modules/test';
import { Jobs } from '@fairlead/salt/runners/jobs';
import { Manage } from '@fairlead/salt/runners/manage';
import { Key } from '@fairlead/salt/wheel/key';
import { minion } from './configuration.ts';
import { type Live, ours, returned } from './live.ts';

export function jobs(live: Live): void {
  const { session } = live;
  const asked = new Test(session);

  suite('a job', () => {
    for (const follow of ['events', 'polling'] as const) {
      test(`is followed by ${follow}`, async () => {
        await using job = await asked.sleep('*', { length: 0.5 }).start({ follow, pollMs: 300 });
        assert.match(job.jid, /^\d{20}$/);
        assert.deepEqual([job.expected, job.returned], [1, 0]);
        const progress: string[] = [];
        for await (const { minion: id, kind } of job) progress.push(`${id} ${kind} ${job.returned}`);
        assert.deepEqual(progress, [`${minion} ok 1`]);
        assert.equal(returned(await job.result()), true);
      });

      test(`that fails is known by ${follow}`, async () => {
        await using failing = await new State(session)
          .apply('*', { mods: 'dark' })
          .start({ follow, pollMs: 300 });
        const result = ours(await failing.result());
        assert.ok(result.kind === 'failed');
        assert.equal(result.retcode, 2);
        await using unknown = await session.localAsync('test.nosuch', '*', {}, { follow, pollMs: 300 });
        assert.equal(ours(await unknown.result()).kind, 'failed');
      });

      test(`on the master is followed by ${follow}`, async () => {
        await using runner = await new Manage(session).up().start({ follow, pollMs: 300 });
        assert.deepEqual(await runner.result(), [minion]);
        await using wheel = await new Key(session).list_all().start({ follow, pollMs: 300 });
        if (follow === 'polling') await assert.rejects(wheel.result(), NetapiError);
        else assert.deepEqual((await wheel.result()).minions, [minion]);
        await using failing = await session.runnerAsync(
          'error.error',
          { name: 'Exception', message: 'aground' },
          { follow, pollMs: 300 },
        );
        await assert.rejects(failing.result(), SaltFunctionError);
      });
    }

    test('that has long ended is found by asking', async () => {
      await using job = await asked.echo('*', { text: 'early' }).start({ follow: 'polling', pollMs: 1_000 });
      const details = await until(async () => {
        const known = await new Jobs(session).list_job({ jid: job.jid });
        return known.Result?.[minion] === undefined ? undefined : known;
      });
      assert.equal(details.Result?.[minion]?.return, 'early');
      assert.equal(returned(await job.result()), 'early');
      assert.deepEqual(await new Jobs(session).lookup_jid({ jid: job.jid }), { [minion]: 'early' });
    });

    test('that nobody knows', async () => {
      assert.deepEqual(await new Jobs(session).lookup_jid({ jid: '20200101000000000000' }), {});
      const { Error: error } = await new Jobs(session).list_job({ jid: '20200101000000000000' });
      assert.ok(error !== undefined);
    });

    test('of nobody is over at once', async () => {
      await using job = await asked.ping('nobody*').start();
      assert.deepEqual([job.jid, job.expected, (await job.result()).size], ['', 0, 0]);
    });

    test('that takes too long is no answer, or an error on the master', async () => {
      await using job = await asked.sleep('*', { length: 4 }).start({ jobTimeoutMs: 300 });
      assert.equal(ours(await job.result()).kind, 'no-answer');
      await using runner = await session.runnerAsync('test.sleep', { s_time: 3 }, { jobTimeoutMs: 300 });
      await assert.rejects(runner.result(), ConnectionError);
    });

    test('of one who may not ask for jobs is followed by events', async () => {
      await using limited = live.as('limited');
      await using job = await new Test(limited).sleep('*', { length: 0.2 }).start({ pollMs: 100 });
      assert.equal(returned(await job.result()), true);
    });
  });
}

async function until<T>(found: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    const value = await found();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it never came to that');
}
