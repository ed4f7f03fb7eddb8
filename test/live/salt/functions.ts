import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { SaltFunctionError } from '@fairlead/salt';
import { minion } from './configuration.ts';
import type { Live } from './live.ts';
import { hasDone } from './observer.ts';
import { harmless, type Sample } from './samples.ts';

export function functions(live: Live): void {
  const { session, observer } = live;

  suite('what functions return is what the schemas say', () => {
    for (const [module, samples] of Object.entries(harmless(join(live.servers.root, 'tried'), minion))) {
      test(`${module}`, async (context) => {
        const failures: string[] = [];
        for (const round of rounds(samples)) {
          // One job for many functions, as each job takes a process of the minion.
          const [answer] = await session.low([
            {
              client: 'local',
              tgt: '*',
              fun: round.map(([fun]) => `${module}.${fun}`),
              arg: round.map(([, named, unnamed = []]) =>
                named === undefined ? unnamed : [...unnamed, { ...named, __kwarg__: true }],
              ),
              full_return: true,
            },
          ]);
          const { ret, retcode } = Object(Object(answer)[minion]);
          for (const [fun] of round) {
            const name = `${module}.${fun}`;
            const value: unknown = Object(ret)[name];
            const program = missingProgram(value);
            if (program !== undefined)
              context.diagnostic(`${name} not tried: this machine has no program ${program}`);
            else if (!hasDone(value, Object(retcode)[name])) failures.push(`${name}: ${lastLine(value)}`);
            else assert.ok(observer.functions.has(`local ${name}`), name);
          }
        }
        assert.deepEqual(failures, []);
      });
    }

    test('of runners', async () => {
      const jid = (await session.localAsync('test.ping', '*')).jid;
      const samples: readonly Sample[] = [
        ['cache.grains', { tgt: '*' }],
        ['cache.mine', { tgt: '*' }],
        ['cache.pillar', { tgt: '*' }],
        ['cache.list', { bank: 'minions' }],
        ['doc.wheel'],
        ['fileserver.clear_file_list_cache'],
        ['fileserver.dir_list'],
        ['fileserver.empty_dir_list'],
        ['fileserver.envs'],
        ['fileserver.file_list'],
        ['fileserver.symlink_list'],
        ['fileserver.update'],
        ['jobs.active'],
        ['jobs.exit_success', { jid }],
        ['jobs.last_run'],
        ['jobs.list_job', { jid }],
        ['jobs.list_jobs'],
        ['jobs.list_jobs_filter', { count: 3 }],
        ['jobs.lookup_jid', { jid }],
        ['jobs.master'],
        ['jobs.print_job', { jid }],
        ['manage.alived'],
        ['manage.present'],
        ['manage.versions'],
        ['salt.cmd', { fun: 'test.ping' }],
        ['salt.execute', { tgt: '*', fun: 'test.ping' }],
        ['state.orchestrate', { mods: 'orchestrated' }],
        ['state.orchestrate_show_sls', { mods: 'orchestrated' }],
      ];
      assert.deepEqual(await failing((fun, args) => session.runner(fun, args), samples), []);
    });

    test('of the wheel', async () => {
      const samples: readonly Sample[] = [
        ['config.values'],
        ['file_roots.find', { path: 'lamp.sls' }],
        ['file_roots.list_env'],
        ['file_roots.list_roots'],
        ['file_roots.read', { path: 'lamp.sls' }],
        ['key.finger', { match: '*' }],
        ['key.finger_master'],
        ['key.gen'],
        ['key.gen_accept', { id_: 'spare' }],
        ['key.reject', { match: 'spare', include_accepted: true }],
        ['key.accept', { match: 'spare', include_rejected: true }],
        ['key.delete', { match: 'spare' }],
        ['key.list', { match: 'accepted' }],
        ['key.list_all'],
        ['key.master_key_str'],
        ['key.name_match', { match: '*' }],
        ['key.print', { match: '*' }],
        ['minions.connected'],
        ['pillar_roots.find', { path: 'lamp.sls' }],
        ['pillar_roots.list_env'],
        ['pillar_roots.list_roots'],
        ['pillar_roots.read', { path: 'lamp.sls' }],
      ];
      assert.deepEqual(await failing((fun, args) => session.wheel(fun, args), samples), []);
    });
  });
}

/** No function twice in a round, as the results of a job are by function. */
function rounds(samples: readonly Sample[]): readonly (readonly Sample[])[] {
  const rounds: Sample[][] = [];
  for (const sample of samples) {
    const free = rounds.find((round) => round.every(([fun]) => fun !== sample[0]));
    if (free === undefined) rounds.push([sample]);
    else free.push(sample);
  }
  return rounds;
}

async function failing(
  call: (fun: string, args: object) => PromiseLike<unknown>,
  samples: readonly Sample[],
): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const [fun, args = {}] of samples) {
    try {
      await call(fun, args);
    } catch (error) {
      if (!(error instanceof SaltFunctionError)) throw error;
      failures.push(`${fun}: ${error.message}`);
    }
  }
  return failures;
}

/** The program that a function wanted to run and that the machine of the minion hasn't got. */
function missingProgram(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('Traceback')) return undefined;
  return /Unable to run command .*No such file or directory: '([\w./-]+)'\s*$/.exec(value)?.[1];
}

/** Of a traceback, what it is about. */
function lastLine(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trimEnd().split('\n').at(-1) : JSON.stringify(value);
}
