import type { JsonObject } from '../core/schemas.ts';
import type { WireObject } from '../core/wire.ts';
import { known, textAt } from './decode.ts';
import type { ConsulCall } from './deployment.ts';
import { badRequest } from './errors.ts';
import { invalidSession, shown } from './kv.ts';
import * as store from './kv-store.ts';
import type { KvEntry } from './state.ts';

/** What one operation did: results, or why it could not be done. */
export type Outcome = readonly WireObject[] | { readonly what: string };

const fields = ['Verb', 'Key', 'Value', 'Flags', 'Index', 'Session', 'Namespace', 'Partition'];
const reading = new Set([
  'get',
  'get-or-empty',
  'get-tree',
  'check-session',
  'check-index',
  'check-not-exists',
]);

export function txnKv(call: ConsulCall, index: number, verb: string, given: JsonObject): Outcome {
  const { state, clock } = call.consul;
  const body = known(given, fields);
  const key = textAt(body, 'Key');
  const at = uint64At(body, 'Index');
  const session = textAt(body, 'Session');
  const written = { Value: valueIn(body), Flags: uint64At(body, 'Flags') };
  const entry = state.kv.get(key);
  const name = JSON.stringify(key);
  if (!call.caller.may('key', key, reading.has(verb) ? 'read' : 'write'))
    return { what: 'Permission denied' };
  switch (verb) {
    case 'set':
      return done(store.set(state, index, key, written));
    case 'cas':
      if (!store.isAt(state, key, at)) return { what: `failed to set key ${name}, index is stale` };
      return done(store.set(state, index, key, written));
    case 'delete':
      store.remove(state, index, key);
      return [];
    case 'delete-cas':
      if (at === 0n || !store.isAt(state, key, at))
        return { what: `failed to delete key ${name}, index is stale` };
      store.remove(state, index, key);
      return [];
    case 'delete-tree':
      store.removeTree(state, index, key);
      return [];
    case 'lock': {
      if (!state.sessions.has(session)) return { what: invalidSession(session).replace(/^.*: /, '') };
      const locked = store.acquire(state, index, clock.now(), { key, session, written });
      return locked === undefined
        ? { what: `failed to lock key ${name}, lock is already held` }
        : done(locked);
    }
    case 'unlock': {
      const released = store.release(state, index, { key, session, written });
      return released === undefined
        ? { what: `failed to unlock key ${name}, lock isn't held, or is held by another session` }
        : done(released);
    }
    case 'get':
      return entry === undefined ? { what: `key ${name} doesn't exist` } : told(entry);
    case 'get-or-empty':
      return told(entry ?? { Key: key, Value: new Uint8Array(), Flags: 0n, LockIndex: 0, ...never });
    case 'get-tree':
      return store
        .tree(state, key)
        .filter(({ Key }) => call.caller.may('key', Key, 'read'))
        .flatMap(told);
    case 'check-session':
      if (entry === undefined && session !== '')
        return { what: `failed to check session, key ${name} doesn't exist` };
      if ((entry?.Session ?? '') === session) return told(entry);
      return {
        what: `failed session check for key ${name}, current session "${entry?.Session ?? ''}" != "${session}"`,
      };
    case 'check-index':
      if (BigInt(entry?.ModifyIndex ?? 0) === at) return told(entry);
      return {
        what: `failed index check for key ${name}, current modify index ${entry?.ModifyIndex ?? 0} != ${at}`,
      };
    case 'check-not-exists':
      return entry === undefined ? [] : { what: `key ${name} exists` };
    default:
      return { what: `unknown KV verb ${JSON.stringify(verb)}` };
  }
}

const never = { CreateIndex: 0, ModifyIndex: 0 };

/** What was just written isn't told again. */
function done(entry: KvEntry): readonly WireObject[] {
  return [{ KV: { ...shown(entry), Value: null } }];
}

function told(entry: KvEntry | undefined): readonly WireObject[] {
  return entry === undefined ? [] : [{ KV: shown(entry) }];
}

function valueIn(body: JsonObject): Uint8Array {
  const text = textAt(body, 'Value');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw badRequest('Failed to parse body: illegal base64 data');
  return Buffer.from(text, 'base64');
}

function uint64At(body: JsonObject, name: string): bigint {
  const value = body[name];
  if (value === undefined || value === null) return 0n;
  const text = String(value);
  if (!/^\d{1,20}$/.test(text)) throw badRequest(`Failed to parse body: ${name} is no unsigned integer`);
  return BigInt(text);
}
