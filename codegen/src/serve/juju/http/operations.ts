import type { Operation } from '../../core/service.ts';
import type { Release } from '../schema/facades.ts';
import { authRoutes } from './auth.ts';
import { charmRoutes } from './charms.ts';
import { contentRoutes } from './content.ts';
import { registerRoutes } from './register.ts';
import type { Routes } from './reply.ts';

export const httpRoutes: Routes = { ...authRoutes, ...charmRoutes, ...contentRoutes, ...registerRoutes };

/** Verb, path and name; `http` is the service of all of them, and `*` one of those that become a WebSocket. */
const always: readonly (readonly [string, string, string])[] = [
  ['GET', '/health', 'health'],
  ['POST', '/register', 'register'],
  ['PUT', '/model-<uuid>/charms/<ref>', 'putCharm'],
  ['GET', '/model-<uuid>/charms/<ref>', 'getCharm'],
  ['PUT', '/model/<uuid>/applications/<application>/resources/<resource>', 'putResource'],
  ['GET', '/model/<uuid>/applications/<application>/resources/<resource>', 'getResource'],
  ['GET', '/model/<uuid>/units/<unit>/resources/<resource>', 'getUnitResource'],
  ['POST', '/tools', 'uploadTools'],
  ['POST', '/model/<uuid>/tools', 'uploadModelTools'],
  ['GET', '/tools/<version>', 'downloadTools'],
  ['GET', '/auth/publickey', 'publicKey'],
  ['POST', '/auth/discharge', 'discharge'],
  ['GET', '/auth/form', 'formSchema'],
  ['POST', '/auth/form', 'form'],
  ['GET', '/auth/login', 'visit'],
  ['GET', '/auth/wait', 'wait'],
  ['GET', '/auth/wait-token', 'waitToken'],
  ['GET', '/auth/agent', 'agentLogin'],
  ['GET', '/device', 'device'],
  ['GET', '/offeraccess/publickey', 'offerPublicKey'],
  ['POST', '/offeraccess/discharge', 'offerDischarge'],
  ['GET', '/', 'api'],
  ['GET', '/api', 'api'],
  ['GET', '/model/<uuid>/api', 'api'],
  ['GET', '/log', 'log'],
  ['GET', '/model/<uuid>/log', 'log'],
  ['GET', '/commands', 'commands'],
  ['GET', '/model/<uuid>/commands', 'commands'],
  ['GET', '/model/<uuid>/logsink', 'logsink'],
  ['GET', '/migrate/logtransfer', 'logsink'],
];

const only: Readonly<Record<Release, readonly (readonly [string, string, string])[]>> = {
  '3.6': [
    ['POST', '/model/<uuid>/charms', 'uploadCharm'],
    ['GET', '/model/<uuid>/charms', 'downloadCharm'],
    ['GET', '/model/<uuid>/backups', 'backup'],
  ],
  '4.0': [['GET', '/model-<uuid>/objects/<sha>', 'getObject']],
};

export function httpOperations(release: Release): readonly Operation[] {
  return [...always, ...only[release]].map(([verb, route, name]) => ({
    service: 'http',
    name,
    verb,
    route,
    query: [],
  }));
}
