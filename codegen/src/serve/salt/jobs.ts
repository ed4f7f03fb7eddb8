import type { JsonValue } from '../../model.ts';
import type { JsonObject } from '../core/schemas.ts';
import type { Job, Master, MinionSetup, Order, Returned } from './deployment.ts';
import { nextJid, startTime } from './jids.ts';
import { perform } from './minion.ts';
import { pause } from './pause.ts';
import { targeted } from './targets.ts';

/** Publishes an order; `undefined` when it means nobody. Its minions begin when the answer can be on its way. */
export function publish(master: Master, order: Order): Job | undefined {
  const minions = targeted(master, order.tgt, order.tgtType, order.delimiter);
  if (minions.length === 0) return undefined;
  const jid = order.jid ?? nextJid(master);
  const missing = minions.filter((id) => master.keys.get(id) !== 'minions');
  const done = Promise.withResolvers<void>();
  const job: Job = { ...order, jid, minions, returned: new Map(), done: done.promise };
  keep(master, job);
  const { fun, arg, tgt, tgtType, user } = order;
  master.bus.fire(jid, { minions });
  master.bus.fire(`salt/job/${jid}/new`, { jid, tgt_type: tgtType, tgt, user, fun, arg, minions, missing });
  const doing = minions.flatMap((id) => {
    const minion = master.minions.get(id);
    return minion === undefined || missing.includes(id) || minion.silent ? [] : [act(master, minion, job)];
  });
  void Promise.all(doing).then(() => done.resolve());
  return job;
}

async function act(master: Master, minion: MinionSetup, job: Job): Promise<void> {
  // The answer to who started it comes first.
  await new Promise((resolve) => setImmediate(resolve));
  if (minion.delayMs !== undefined) await pause(master, minion.delayMs);
  const returned = await perform(master, minion, job);
  job.returned.set(minion.id, returned);
  const { tag, data } = returnEvent(job, minion.id, returned);
  master.bus.fire(tag, data);
}

/** How a minion's return is told. */
export function returnEvent(
  { jid, fun, arg, user }: Job,
  id: string,
  { value, retcode, success, out }: Returned,
): { readonly tag: string; readonly data: JsonObject } {
  return {
    tag: `salt/job/${jid}/ret/${id}`,
    data: {
      cmd: '_return',
      id,
      success,
      return: value,
      retcode,
      jid,
      fun,
      fun_args: arg,
      user,
      ...(out === undefined ? {} : { out }),
    },
  };
}

/** A function of the master among the jobs. */
export function keepMasterJob(
  master: Master,
  jid: string,
  fun: string,
  user: string,
  arg: readonly JsonValue[],
): Job {
  const job: Job = {
    fun,
    arg,
    tgt: masterId,
    tgtType: 'list',
    user,
    ret: '',
    jid,
    minions: [],
    returned: new Map(),
    done: Promise.resolve(),
  };
  keep(master, job);
  return job;
}

/** So many jobs are remembered, and the older ones forgotten: a long-running stand-in must not grow. */
const maxJobs = 10_000;

function keep(master: Master, job: Job): void {
  const [oldest] = master.jobs.keys();
  if (master.jobs.size >= maxJobs && oldest !== undefined) master.jobs.delete(oldest);
  master.jobs.set(job.jid, job);
}

/** What the master calls itself where a minion would have its id. */
export const masterId = 'master_master';

/** A job as lists have it. */
export function jobSummary({ jid, fun, arg, tgt, tgtType, user }: Job): JsonObject {
  return {
    Function: fun,
    Arguments: arg,
    Target: tgt,
    'Target-type': tgtType,
    User: user,
    StartTime: startTime(jid),
  };
}

/** A job and what came of it; one that nobody knows says so. */
export function jobInfo(master: Master, jid: string): JsonObject {
  const job = master.jobs.get(jid);
  if (job === undefined) {
    return {
      jid,
      Error: 'Cannot contact returner or no job with this jid',
      StartTime: startTime(jid),
      Result: {},
    };
  }
  const { StartTime, ...summary } = jobSummary(job);
  const results = [...job.returned].map(([id, { value, retcode, success, out }]) => [
    id,
    { return: value, retcode, success, ...(out === undefined ? {} : { out }) },
  ]);
  return {
    jid,
    ...summary,
    Minions: job.minions,
    StartTime: StartTime ?? '',
    Result: Object.fromEntries(results),
  };
}

/** By minion what it returned. */
export function jobValues(master: Master, jid: string): JsonObject {
  const returned = master.jobs.get(jid)?.returned ?? new Map<string, Returned>();
  return Object.fromEntries([...returned].map(([id, { value }]) => [id, value]));
}
