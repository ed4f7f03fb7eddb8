import type { Change } from './result.ts';

/** A change without the place where it was made. */
export type Finding = Omit<Change, 'at'>;

export function added(what: string): Finding {
  return { kind: 'added', what, breaking: false };
}

export function removed(what: string): Finding {
  return { kind: 'removed', what, breaking: true };
}

export function changed(what: string, breaking: boolean): Finding {
  return { kind: 'changed', what, breaking };
}

/** One finding when two texts differ; nothing stands for what isn't there. */
export function difference(
  what: string,
  before: string | undefined,
  after: string | undefined,
  breaking: boolean,
): readonly Finding[] {
  if (before === after) return [];
  return [changed(`${what}: ${before || 'none'} → ${after || 'none'}`, breaking)];
}

/** Goes through two maps in the order of their keys. */
export function compared<T, R>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  on: {
    readonly added: (is: T, key: string) => readonly R[];
    readonly removed: (was: T, key: string) => readonly R[];
    readonly changed: (was: T, is: T, key: string) => readonly R[];
  },
): readonly R[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    if (is === undefined) return was === undefined ? [] : on.removed(was, key);
    return was === undefined ? on.added(is, key) : on.changed(was, is, key);
  });
}
