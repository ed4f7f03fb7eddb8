import type { JsonValue } from '../../model.ts';
import type { JsonObject } from '../core/schemas.ts';
import type { MasterCall, MasterFunction } from './calls.ts';
import type { Job, Master } from './deployment.ts';
import { PythonError } from './failures.ts';
import { jobInfo, jobSummary, jobValues } from './jobs.ts';
import { docs } from './modules/sys.ts';
import { pause } from './pause.ts';
import { glob, targeted } from './targets.ts';

/** What a runner really does. Others are called as they want to be, and return an example. */
export const runnerFunctions: Readonly<Record<string, MasterFunction>> = {
  'test.arg': ({ rest, extra }) => ({ args: rest, kwargs: extra }),
  'test.raw_arg': ({ rest, extra }) => ({ args: rest, kwargs: extra }),
  'test.metasyntactic': () => ['foo', 'bar', 'baz', 'qux', 'quux', 'spam', 'eggs', 'ham', 'shrubbery'],
  'test.sleep': async ({ master, named }) => {
    await pause(master, Number(named['s_time']) * 1000);
    return true;
  },
  'error.error': ({ named }) => {
    throw new PythonError(String(named['name'] ?? 'Exception'), String(named['message']));
  },
  'doc.runner': ({ master }) => docs(master.known.runners),
  'doc.wheel': ({ master }) => docs(master.known.wheel),
  'doc.execution': ({ master }) => docs(master.known.modules),
  'jobs.active': ({ master }) =>
    mapped(
      [...master.jobs.values()].filter((job) => stillRunning(master, job).length > 0),
      (job) => ({
        ...jobSummary(job),
        Running: stillRunning(master, job).map((id) => ({ [id]: 4711 })),
        Returned: [...job.returned.keys()],
      }),
    ),
  'jobs.list_jobs': ({ master, named }) => {
    const fun = named['search_function'];
    const wanted = fun === null || fun === undefined ? undefined : glob(String(fun));
    const jobs = [...master.jobs.values()].filter(
      (job) => wanted === undefined || wanted.test(String(job.fun)),
    );
    return mapped(jobs, jobSummary);
  },
  'jobs.list_jobs_filter': ({ master, named }) =>
    mapped([...master.jobs.values()].slice(-Number(named['count'])), jobSummary),
  'jobs.last_run': ({ master }) =>
    mapped([...master.jobs.values()].slice(-1), (job) => jobInfo(master, job.jid)),
  'jobs.list_job': ({ master, named }) => jobInfo(master, String(named['jid'])),
  'jobs.print_job': ({ master, named }) => {
    const jid = String(named['jid']);
    return { [jid]: jobInfo(master, jid) };
  },
  'jobs.lookup_jid': ({ master, named }) => {
    const jid = String(named['jid']);
    const data = jobValues(master, jid);
    const returned = master.jobs.get(jid)?.returned.values().next().value;
    return returned?.out === undefined || returned.out === 'nested'
      ? data
      : { outputter: returned.out, data };
  },
  'jobs.exit_success': ({ master, named }) => {
    const returned = [...(master.jobs.get(String(named['jid']))?.returned ?? [])];
    return Object.fromEntries(returned.map(([id, { success }]) => [id, success]));
  },
  'manage.status': (call) => ({ up: up(call), down: down(call) }),
  'manage.up': up,
  'manage.alived': up,
  'manage.present': up,
  'manage.down': down,
  'manage.not_alived': down,
  'manage.list_state': up,
  'manage.list_not_state': down,
  'manage.versions': (call) => {
    const { version } = call.master.settings;
    const found = Object.fromEntries(up(call).map((id) => [id, version]));
    return { Master: version, ...(up(call).length > 0 ? { 'Up to date': found } : {}) };
  },
};

function mapped(jobs: readonly Job[], tell: (job: Job) => JsonValue): JsonObject {
  return Object.fromEntries(jobs.map((job) => [job.jid, tell(job)]));
}

/** Silent ones aren't: they don't even say that they run something. */
function stillRunning(master: Master, { minions, returned }: Job): readonly string[] {
  return minions.filter(
    (id) => !returned.has(id) && master.minions.get(id)?.silent !== true && master.minions.has(id),
  );
}

function meant({ master, named }: MasterCall): readonly string[] {
  return targeted(master, named['tgt'] ?? '*', String(named['tgt_type'] ?? 'glob'));
}

function isUp(master: Master, id: string): boolean {
  const minion = master.minions.get(id);
  return minion !== undefined && minion.silent !== true;
}

function up(call: MasterCall): readonly string[] {
  return meant(call).filter((id) => isUp(call.master, id));
}

function down(call: MasterCall): readonly string[] {
  return meant(call).filter((id) => !isUp(call.master, id));
}
