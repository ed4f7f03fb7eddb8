import { InputError } from '../errors.ts';
import { pointerOf } from '../json/pointer.ts';
import type { JsonValue } from '../model.ts';

/** How deep objects and arrays may be nested. Real references reach about 20; what reads them may recurse. */
const MAX_DEPTH = 200;

/** How many values a file may hold, a shared one counted wherever it stands. Far above any real reference. */
const MAX_VALUES = 5_000_000;

/**
 * Refuses what is no JSON or would take too long to walk: what is nested too deep is not gone into, and a value that
 * aliases share is counted wherever it stands, so that neither a deep file nor an alias bomb costs more than its bound.
 */
export function assertJson(value: unknown, file: string): asserts value is JsonValue {
  const path: (string | number)[] = [];
  const holders: object[] = [];
  let values = 0;

  const refuse = (problem: string, hint: string): never => {
    throw new InputError(problem, { file, pointer: pointerOf(path), hint });
  };
  const refuseHalf = (what: string) =>
    refuse(`${what} holds half of a surrogate pair`, 'Write the whole character');
  const refuseDepth = (holder: object) => {
    const round = [...holders, holder];
    const again = round.findIndex((each, depth) => round.indexOf(each) < depth);
    if (again > 0) {
      path.length = again;
      refuse('contains itself', 'Remove the alias to a value that stands around it');
    }
    refuse(`nested more than ${MAX_DEPTH} levels deep`, 'Give the inner parts names and refer to them');
  };
  const look = (member: unknown): void => {
    values += 1;
    if (values > MAX_VALUES) {
      refuse(`stands for more than ${MAX_VALUES} values`, 'Split the file, or use fewer aliases');
    }
    if (typeof member === 'string') {
      if (!member.isWellFormed()) refuseHalf('a text');
    } else if (typeof member === 'object' && member !== null) lookInto(member);
    else if (!isScalar(member))
      refuse(`not a JSON value: ${String(member)}`, 'Write a string, number, boolean or null');
  };
  const lookInto = (holder: object): void => {
    if (holders.length === MAX_DEPTH) refuseDepth(holder);
    holders.push(holder);
    const keys = Array.isArray(holder) ? undefined : Object.keys(holder);
    const members: readonly unknown[] = Array.isArray(holder) ? holder : Object.values(holder);
    for (let index = 0; index < members.length; index += 1) {
      const key = keys?.[index];
      path.push(key ?? index);
      if (key !== undefined) checkKey(key);
      look(members[index]);
      path.pop();
    }
    holders.pop();
  };
  const checkKey = (key: string): void => {
    if (!key.isWellFormed()) refuseHalf('a property');
    if (key === '__proto__') {
      refuse('a property may not be called __proto__', 'JavaScript would take it for a prototype: rename it');
    }
  };
  look(value);
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'boolean' || Number.isFinite(value);
}
