import { createHash } from 'node:crypto';
import type { JsonValue } from '../../model.ts';
import type { JsonObject } from '../core/schemas.ts';
import type { KeyState, Master } from './deployment.ts';
import { glob } from './targets.ts';

export const keyStates: readonly KeyState[] = [
  'minions',
  'minions_pre',
  'minions_rejected',
  'minions_denied',
];

/** The master's own. */
const local = ['master.pem', 'master.pub'];

/** Ids by state, those of the master among them. */
export function allKeys(master: Master): JsonObject {
  return { ...Object.fromEntries(keyStates.map((state) => [state, idsIn(master, state)])), local };
}

/** The same of what matches, without states that have nothing. */
export function keysMatching(
  master: Master,
  match: JsonValue,
  states = keyStates,
): Partial<Record<KeyState, readonly string[]>> {
  const wanted = glob(String(match));
  const found = states.map((state) => [state, idsIn(master, state).filter((id) => wanted.test(id))] as const);
  return Object.fromEntries(found.filter(([, ids]) => ids.length > 0));
}

export function idsIn(master: Master, state: KeyState): readonly string[] {
  return [...master.keys]
    .filter(([, own]) => own === state)
    .map(([id]) => id)
    .sort();
}

/** SHA-256 of something that is a key's in earnest. */
export function fingerprint(id: string): string {
  return createHash('sha256')
    .update(`key of ${id}`)
    .digest('hex')
    .replace(/(..)(?=.)/g, '$1:');
}

/** By state and id. */
export function fingerprints(master: Master, match: JsonValue): JsonObject {
  return Object.fromEntries(
    Object.entries(keysMatching(master, match)).map(([state, ids]) => [
      state,
      Object.fromEntries(ids.map((id) => [id, fingerprint(id)])),
    ]),
  );
}

/** Decides about keys, and tells of each. */
export function decide(
  master: Master,
  match: JsonValue,
  from: readonly KeyState[],
  to: KeyState | undefined,
): readonly string[] {
  const ids = Object.values(keysMatching(master, match, from)).flat();
  for (const id of ids) {
    if (to === undefined) master.keys.delete(id);
    else master.keys.set(id, to);
    const act = to === undefined ? 'delete' : to === 'minions' ? 'accept' : 'reject';
    master.bus.fire('salt/key', { act, id, result: true });
  }
  return ids;
}
