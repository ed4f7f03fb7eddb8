import type { MinionFunction } from '../calls.ts';

export const saltutilFunctions: Readonly<Record<string, MinionFunction>> = {
  'saltutil.find_job': ({ master, minion, named }) => {
    const job = master.jobs.get(String(named['jid']));
    if (job === undefined || !job.minions.includes(minion.id) || job.returned.has(minion.id))
      return { value: {} };
    const { jid, fun, arg, tgt, tgtType, user, ret } = job;
    return { value: { jid, fun, arg, tgt, tgt_type: tgtType, user, ret, pid: 4711 } };
  },
  'saltutil.running': ({ master, minion, job: own }) => ({
    value: [...master.jobs.values()]
      .filter((job) => job !== own && job.minions.includes(minion.id) && !job.returned.has(minion.id))
      .map(({ jid, fun, arg, tgt, tgtType, user }) => ({
        jid,
        fun,
        arg,
        tgt,
        tgt_type: tgtType,
        user,
        pid: 4711,
      })),
  }),
  'saltutil.refresh_pillar': () => ({ value: true }),
  'saltutil.refresh_modules': () => ({ value: true }),
  'saltutil.sync_all': () => ({ value: { modules: [], states: [], grains: [] } }),
};
