import { LockConflictError } from './lost.ts';
import type { Content, Entry } from './wire.ts';

/** What all clients mark the keys of semaphores with. */
export const slotsFlags = 0xe0f69a2baa414de0n;

/** Where all clients keep who holds a slot. */
const slotsKey = '.lock';

/** What is written at the key of a semaphore, as far as it is still true. */
export interface Slots {
  readonly key: string;
  /** The version of the key; 0 when there is none. */
  readonly modifyIndex: bigint;
  /** `undefined` when there is no such key. */
  readonly limit: number | undefined;
  /** The IDs of the sessions that hold a slot and are alive. */
  readonly holders: ReadonlySet<string>;
}

/**
 * @param entries all keys below the prefix
 * @throws LockConflictError when there is something else at the key
 */
export function readSlots(prefix: string, entries: readonly Entry[]): Slots {
  const key = `${prefix}/${slotsKey}`;
  const entry = entries.find(({ Key }) => Key === key);
  if (entry === undefined) return { key, modifyIndex: 0n, limit: undefined, holders: new Set() };
  if (entry.Flags !== slotsFlags) {
    throw new LockConflictError(
      key,
      `is no semaphore: its flags are ${entry.Flags}, and those of a semaphore ${slotsFlags}`,
    );
  }
  const { limit, sessions } = parsed(key, Buffer.from(entry.Value ?? '', 'base64').toString());
  const alive = new Set(entries.filter(({ Key }) => Key !== key).map(({ Session }) => Session));
  return {
    key,
    modifyIndex: entry.ModifyIndex,
    limit,
    holders: new Set(sessions.filter((session) => alive.has(session))),
  };
}

export function withHolder({ holders }: Slots, session: string, limit: number): Content {
  return written(limit, [...holders, session]);
}

export function withoutHolder({ holders, limit = 0 }: Slots, session: string): Content {
  return written(
    limit,
    [...holders].filter((each) => each !== session),
  );
}

function written(limit: number, sessions: readonly string[]): Content {
  const Holders = Object.fromEntries(sessions.map((session) => [session, true]));
  return { value: JSON.stringify({ Limit: limit, Holders }), flags: slotsFlags };
}

function parsed(key: string, text: string): { readonly limit: number; readonly sessions: readonly string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (typeof value === 'object' && value !== null) {
    const limit: unknown = Reflect.get(value, 'Limit');
    const holders: unknown = Reflect.get(value, 'Holders') ?? {};
    if (typeof limit === 'number' && typeof holders === 'object' && holders !== null) {
      return { limit, sessions: Object.keys(holders) };
    }
  }
  throw new LockConflictError(key, 'is no semaphore: it does not hold {"Limit": …, "Holders": {…}}');
}
