import { type KvEntry, type State, tableIndex, touch } from './state.ts';

/** What is written under a key. */
export interface Written {
  readonly Value: Uint8Array;
  readonly Flags: bigint;
}

/** Writes a key, and keeps the lock that it may have. What is written already stays as old as it is. */
export function set(
  state: State,
  index: number,
  key: string,
  { Value, Flags }: Written,
  lock: Lock = {},
): KvEntry {
  const known = state.kv.get(key);
  const Session = 'Session' in lock ? lock.Session : known?.Session;
  const entry: KvEntry = {
    Key: key,
    Value,
    Flags,
    LockIndex: lock.LockIndex ?? known?.LockIndex ?? 0,
    ...(Session === undefined ? {} : { Session }),
    CreateIndex: known?.CreateIndex ?? index,
    ModifyIndex: index,
  };
  if (known !== undefined && isSame(known, entry)) return known;
  state.kv.set(key, entry);
  touch(state, index, 'kv');
  return entry;
}

interface Lock {
  readonly LockIndex?: number;
  readonly Session?: string | undefined;
}

/** Whether a key is at an index; 0 is that of a key that isn't there. */
export function isAt(state: State, key: string, index: bigint): boolean {
  return BigInt(state.kv.get(key)?.ModifyIndex ?? 0) === index;
}

/** Locks a key for a session: `undefined` while another one holds it, or its last holder was lost a moment ago. */
export function acquire(
  state: State,
  index: number,
  now: number,
  asked: { readonly key: string; readonly session: string; readonly written: Written },
): KvEntry | undefined {
  const { key, session, written } = asked;
  const known = state.kv.get(key);
  if ((state.lockDelays.get(key) ?? 0) > now) return undefined;
  if (known?.Session !== undefined && known.Session !== session) return undefined;
  const LockIndex = (known?.LockIndex ?? 0) + (known?.Session === session ? 0 : 1);
  return set(state, index, key, written, { LockIndex, Session: session });
}

/** Gives a lock back: `undefined` when the session doesn't hold it. */
export function release(
  state: State,
  index: number,
  asked: { readonly key: string; readonly session: string; readonly written: Written },
): KvEntry | undefined {
  const known = state.kv.get(asked.key);
  if (known?.Session !== asked.session) return undefined;
  return set(state, index, asked.key, asked.written, { Session: undefined });
}

export function remove(state: State, index: number, key: string): void {
  if (!state.kv.delete(key)) return;
  state.tombstones.set(key, index);
  touch(state, index, 'kv');
}

export function removeTree(state: State, index: number, prefix: string): void {
  for (const { Key } of tree(state, prefix)) remove(state, index, Key);
}

/** All entries whose keys begin so, in order of their bytes. */
export function tree(state: State, prefix: string): readonly KvEntry[] {
  return [...state.kv.values()]
    .filter(({ Key }) => Key.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a.Key), Buffer.from(b.Key)));
}

/** The last change of anything under a prefix, deletions too; where there never was anything, of any key. */
export function treeIndex(state: State, prefix: string): number {
  if (prefix === '') return tableIndex(state, 'kv');
  const entries = tree(state, prefix).map(({ ModifyIndex }) => ModifyIndex);
  const gone = [...state.tombstones].filter(([key]) => key.startsWith(prefix)).map(([, index]) => index);
  const last = Math.max(0, ...entries, ...gone);
  return last === 0 ? tableIndex(state, 'kv') : last;
}

/** The last change of a key; of one that isn't there, of any key. */
export function keyIndex(state: State, key: string): number {
  return state.kv.get(key)?.ModifyIndex ?? tableIndex(state, 'kv');
}

function isSame(a: KvEntry, b: KvEntry): boolean {
  return (
    a.Flags === b.Flags &&
    a.LockIndex === b.LockIndex &&
    a.Session === b.Session &&
    Buffer.compare(a.Value, b.Value) === 0
  );
}
