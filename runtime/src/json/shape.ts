/**
 * Where an answer holds what JSON has no word for: an integer of 64 bits, a date, bytes. Everything else is as JSON
 * says. `time` stays a text; the zero time of Go, year 1, is none: a property that has it is left out. `exact` is of a value
 * of which nothing is known: whatever integer in it a `number` can't hold is a `bigint`. Parts are given by functions, so that
 * a shape can hold itself.
 */
export type Shape = Scalar | 'exact' | Structure;

type Scalar = 'bigint' | 'date' | 'bytes' | 'time';

/** The shape of an object or an array. */
export interface Structure {
  /** Of properties by name. */
  readonly props?: Readonly<Record<string, () => Shape>>;
  /** Of each element of an array. */
  readonly items?: () => Shape;
  /** Of each property that `props` doesn't name. */
  readonly values?: () => Shape;
  /** Of what is neither an object nor an array, where there may be that as well. */
  readonly scalar?: Scalar;
  /** Of the whole, by what this property says. */
  readonly by?: { readonly property: string; readonly of: Readonly<Record<string, () => Shape>> };
}

/** JSON that isn't of the shape that was promised. The message names the place, never what is there. */
export class ShapeError extends Error {
  readonly #pointer: string;
  readonly #what: string;

  constructor(what: string, pointer = '') {
    super(`${pointer} ${what}`);
    this.#what = what;
    this.#pointer = pointer;
  }

  /** The same, in the part of something that has this name. */
  within(name: string): ShapeError {
    const part = name.replaceAll('~', '~0').replaceAll('/', '~1');
    return new ShapeError(this.#what, `/${part}${this.#pointer}`);
  }
}

/** How Go writes a time that was never set, which it does not leave out. */
const zeroTime = '0001-01-01T00:00:00Z';

/**
 * JSON with what `shape` says it holds: integers as `bigint`, with all their digits; dates as `Date`; base64 as
 * `Uint8Array`; no time where it was never set. What is of another type there, such as a `null` in place of a date, stays as it is.
 *
 * @throws SyntaxError when it isn't JSON
 * @throws ShapeError on a date that is none, a fraction where an integer is due, or bytes that aren't base64
 */
export function shapedJson(text: string, shape: Shape): unknown {
  return reviveJson(JSON.parse(text), text, shape);
}

/** As {@link shapedJson}, for who had to look at what `text` says to know its shape. Changes `parsed` in place, if it does. */
export function reviveJson(parsed: unknown, text: string, shape: Shape): unknown {
  try {
    return revived(parsed, shape, false);
  } catch (error) {
    if (!(error instanceof Inexact)) throw error;
    // Seldom, and several times slower.
    return revived(JSON.parse(text, exactInteger), shape, true);
  }
}

/** Thrown where an integer is due that a `number` can't hold: its last digits are lost already. */
class Inexact extends Error {}

/** An integer that a `number` can't hold becomes a `bigint`, wherever it stands. */
function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** `mixed`: there may be `bigint` anywhere, which stays only where it is due. Changes `value` in place. */
function revived(value: unknown, shape: Shape | undefined, mixed: boolean): unknown {
  if (typeof value === 'object' && value !== null) {
    if (shape !== undefined || mixed) reviveParts(value, structureOf(shape), mixed);
    return value;
  }
  const scalar = typeof shape === 'object' ? shape.scalar : shape;
  if (typeof value === 'bigint') return scalar === 'bigint' || scalar === 'exact' ? value : Number(value);
  if (scalar === 'exact' && !mixed && isLossy(value)) throw new Inexact();
  if (scalar === 'bigint' && typeof value === 'number') return integer(value, mixed);
  if (scalar === 'date' && typeof value === 'string') return date(value);
  if (scalar === 'bytes' && typeof value === 'string') return bytes(value);
  if (scalar === 'time' && value === zeroTime) return undefined;
  return value;
}

/** What is exact is so throughout. */
const exactParts: Structure = { items: () => 'exact', values: () => 'exact' };

function structureOf(shape: Shape | undefined): Structure {
  if (shape === 'exact') return exactParts;
  return typeof shape === 'object' ? shape : {};
}

function isLossy(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}

function reviveParts(value: object, shape: Structure, mixed: boolean): void {
  let at = '';
  try {
    if (Array.isArray(value)) {
      const { items } = shape;
      if (items === undefined && !mixed) return;
      for (const [index, each] of value.entries()) {
        at = String(index);
        value[index] = revived(each, items?.(), mixed);
      }
      return;
    }
    const { props = {}, values } = merged(value, shape);
    for (at of Object.keys(mixed || values !== undefined ? value : props)) {
      if (!Object.hasOwn(value, at)) continue;
      const part = Object.hasOwn(props, at) ? props[at] : values;
      if (part === undefined && !mixed) continue;
      const before: unknown = Reflect.get(value, at);
      const after = revived(before, part?.(), mixed);
      if (after !== before) put(value, at, after);
    }
  } catch (error) {
    throw error instanceof ShapeError ? error.within(at) : error;
  }
}

function put(object: object, name: string, value: unknown): void {
  if (value === undefined) {
    Reflect.deleteProperty(object, name);
    return;
  }
  // An assignment to "__proto__" is another thing.
  if (name === '__proto__') Reflect.defineProperty(object, name, { value, ...asUsual });
  else Reflect.set(object, name, value);
}

const asUsual = { writable: true, enumerable: true, configurable: true };

/** Branches may have branches, though not for ever. */
const mostBranches = 8;

/** The shape with that of the branch which the object says it is. */
function merged(value: object, shape: Structure, depth = 0): Structure {
  if (shape.by === undefined || depth === mostBranches) return shape;
  const { property, of } = shape.by;
  const says: unknown = Object.hasOwn(value, property) ? Reflect.get(value, property) : undefined;
  const branch = typeof says === 'string' && Object.hasOwn(of, says) ? of[says]?.() : undefined;
  if (typeof branch !== 'object') return shape;
  const inner = merged(value, branch, depth + 1);
  const values = shape.values ?? inner.values;
  return { props: { ...inner.props, ...shape.props }, ...(values !== undefined && { values }) };
}

function integer(value: number, mixed: boolean): bigint {
  if (!Number.isInteger(value)) throw new ShapeError('is no integer');
  if (!mixed && !Number.isSafeInteger(value)) throw new Inexact();
  return BigInt(value);
}

const dateTime = /^\d{4}-\d\d-\d\d(?:([T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/** ISO 8601; without a zone it is UTC, since that of this machine has nothing to do with it. */
function date(text: string): Date {
  const parts = dateTime.exec(text);
  const time = parts?.[1];
  const parsed = new Date(time !== undefined && parts?.[2] === undefined ? `${text}Z` : text);
  if (parts === null || Number.isNaN(parsed.getTime()) || !isDay(text.slice(0, 10)))
    throw new ShapeError('is no date');
  return parsed;
}

/** The 30th of February would be taken for the 1st of March. */
function isDay(day: string): boolean {
  return new Date(day).toISOString().startsWith(day);
}

function bytes(text: string): Uint8Array {
  const decoded = Buffer.from(text, 'base64');
  // The decoder passes over what it doesn't know; white space is all that may be.
  if (decoded.length === lengthOf(text) || decoded.length === lengthOf(text.replace(/\s/g, '')))
    return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.length);
  throw new ShapeError('is not base64');
}

/** How many bytes a text of base64 stands for, with or without its padding. */
function lengthOf(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor(((text.length - padding) * 3) / 4);
}
