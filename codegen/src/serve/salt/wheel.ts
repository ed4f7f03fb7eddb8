import type { JsonValue } from '../../model.ts';
import type { JsonObject } from '../core/schemas.ts';
import type { MasterCall, MasterFunction } from './calls.ts';
import type { KeyState } from './deployment.ts';
import { PythonError } from './failures.ts';
import { allKeys, decide, fingerprint, fingerprints, idsIn, keyStates, keysMatching } from './keys.ts';

/** What a wheel really does. Others are called as they want to be, and return an example. */
export const wheelFunctions: Readonly<Record<string, MasterFunction>> = {
  'key.list_all': ({ master }) => allKeys(master),
  'key.name_match': ({ master, named }) => ({ ...keysMatching(master, named['match'] ?? '*') }),
  'key.list': ({ master, named }) => {
    const state = listed[String(named['match'])];
    return state === undefined ? {} : { [state]: idsIn(master, state) };
  },
  'key.print': ({ master, named }) =>
    mapped(
      keysMatching(master, named['match'] ?? '*'),
      (id) => `-----BEGIN PUBLIC KEY-----\n${fingerprint(id)}\n`,
    ),
  'key.finger': ({ master, named }) => fingerprints(master, named['match'] ?? '*'),
  'key.finger_master': () => ({
    local: { 'master.pub': fingerprint('master.pub'), 'master.pem': fingerprint('master.pem') },
  }),
  'key.accept': (call) => {
    const more: readonly (KeyState | false)[] = [
      'minions_pre',
      call.named['include_rejected'] === true && 'minions_rejected',
      call.named['include_denied'] === true && 'minions_denied',
    ];
    const ids = decide(
      call.master,
      call.named['match'] ?? '',
      more.filter((one) => one !== false),
      'minions',
    );
    return ids.length === 0 ? {} : { minions: ids };
  },
  'key.reject': (call) => {
    const more: readonly (KeyState | false)[] = [
      'minions_pre',
      call.named['include_accepted'] === true && 'minions',
      call.named['include_denied'] === true && 'minions_denied',
    ];
    const ids = decide(
      call.master,
      call.named['match'] ?? '',
      more.filter((one) => one !== false),
      'minions_rejected',
    );
    return ids.length === 0 ? {} : { minions_rejected: ids };
  },
  'key.delete': ({ master, named }) => {
    decide(master, named['match'] ?? '', keyStates, undefined);
    return {};
  },
  'config.values': ({ master }) => ({
    interface: '127.0.0.1',
    publish_port: 4505,
    ret_port: 4506,
    timeout: 5,
    gather_job_timeout: 10,
    netapi_enable_clients: master.settings.enabledClients,
    external_auth: [...new Set(master.settings.users.map(({ eauth = 'sharedsecret' }) => eauth))],
  }),
  'minions.connected': ({ master }) => idsIn(master, 'minions').filter((id) => isAnswering(master, id)),
  'error.error': ({ named }) => {
    throw new PythonError(String(named['name'] ?? 'Exception'), String(named['message']));
  },
};

const listed: Readonly<Record<string, KeyState>> = {
  acc: 'minions',
  accepted: 'minions',
  pre: 'minions_pre',
  un: 'minions_pre',
  unaccepted: 'minions_pre',
  unacc: 'minions_pre',
  rej: 'minions_rejected',
  rejected: 'minions_rejected',
  den: 'minions_denied',
  denied: 'minions_denied',
};

function isAnswering(master: MasterCall['master'], id: string): boolean {
  const minion = master.minions.get(id);
  return minion !== undefined && minion.silent !== true;
}

function mapped(found: ReturnType<typeof keysMatching>, tell: (id: string) => JsonValue): JsonObject {
  return Object.fromEntries(
    Object.entries(found).map(([state, ids]) => [state, Object.fromEntries(ids.map((id) => [id, tell(id)]))]),
  );
}
