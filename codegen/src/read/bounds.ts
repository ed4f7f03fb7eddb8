import { InputError } from '../errors.ts';
import { pointerOf } from '../json/pointer.ts';
import type { JsonValue } from '../model.ts';

/** How deep objects and arrays may be nested. Real references reach about 20; what reads them may recurse. */
const MAX_DEPTH = 200;

/** How many values a file may hold, a shared one counted wherever it stands. Far above any real reference. */
const MAX_VALUES = 5_000_000;

/** An object or array, and how far its members have been looked at. */
interface Visit {
  readonly holder: object;
  /** Empty for an array. */
  readonly keys: readonly string[];
  readonly members: readonly unknown[];
  next: number;
  /** How many values it stands for so far, itself included. */
  values: number;
  /** How many levels it spans so far. */
  height: number;
}

/**
 * Refuses what is no JSON or would take too long to walk. Keeps its own stack, so that nesting cannot exhaust that
 * of JavaScript, and remembers what a shared value amounts to, so that an alias bomb costs what it costs to write.
 */
export function assertJson(value: unknown, file: string): asserts value is JsonValue {
  const path: Visit[] = [];
  const open = new Set<object>();
  const done = new Map<object, Visit>();

  const refuse = (problem: string, hint: string): never => {
    const pointer = pointerOf(path.map(({ keys, next }) => keys[next - 1] ?? next - 1));
    throw new InputError(problem, { file, pointer, hint });
  };
  const refuseHalf = (what: string) =>
    refuse(`${what} holds half of a surrogate pair`, 'Write the whole character');
  const checkDepth = (depth: number) => {
    if (depth > MAX_DEPTH) {
      refuse(`nested more than ${MAX_DEPTH} levels deep`, 'Give the inner parts names and refer to them');
    }
  };
  const addTo = (holder: Visit | undefined, values: number, height: number) => {
    if (holder === undefined) return;
    holder.values += values;
    holder.height = Math.max(holder.height, height + 1);
    if (holder.values > MAX_VALUES) {
      refuse(`stands for more than ${MAX_VALUES} values`, 'Split the file, or use fewer aliases');
    }
  };
  const look = (member: unknown) => {
    if (typeof member === 'string' && !member.isWellFormed()) refuseHalf('a text');
    if (typeof member !== 'object' || member === null) {
      if (!isScalar(member))
        refuse(`not a JSON value: ${String(member)}`, 'Write a string, number, boolean or null');
      return addTo(path.at(-1), 1, 0);
    }
    const before = done.get(member);
    if (before !== undefined) {
      checkDepth(path.length + before.height);
      return addTo(path.at(-1), before.values, before.height);
    }
    if (open.has(member)) refuse('contains itself', 'Remove the alias to a value that stands around it');
    checkDepth(path.length + 1);
    open.add(member);
    path.push(visit(member));
  };

  look(value);
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    if (last.next === last.members.length) {
      path.pop();
      open.delete(last.holder);
      done.set(last.holder, last);
      addTo(path.at(-1), last.values, last.height);
    } else {
      last.next += 1;
      const key = last.keys[last.next - 1];
      if (key?.isWellFormed() === false) refuseHalf('a property');
      if (key === '__proto__') {
        refuse(
          'a property may not be called __proto__',
          'JavaScript would take it for a prototype: rename it',
        );
      }
      look(last.members[last.next - 1]);
    }
  }
}

function visit(holder: object): Visit {
  return Array.isArray(holder)
    ? { holder, keys: [], members: holder, next: 0, values: 1, height: 1 }
    : { holder, keys: Object.keys(holder), members: Object.values(holder), next: 0, values: 1, height: 1 };
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
