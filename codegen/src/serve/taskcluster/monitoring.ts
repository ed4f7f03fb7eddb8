import { json, type Reply } from '../core/service.ts';

/** The methods by which every service is watched. Their answers have no schema. */
export const monitoring = {
  ping: (): Reply => json({ alive: true, uptime: Math.floor(process.uptime()) }),
  lbheartbeat: (): Reply => json({}),
  heartbeat: (): Reply => json({}),
  version: (): Reply =>
    json({
      version: 'stand-in',
      commit: '',
      source: 'https://github.com/taskcluster/taskcluster',
      build: 'NONE',
    }),
};
