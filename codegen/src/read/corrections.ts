import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../errors.ts';
import { segmentsOf } from '../json/pointer.ts';
import { isArray, isObject, type JsonObject } from '../json/values.ts';
import type { JsonValue } from '../model.ts';
import type { Documents } from './documents.ts';

/** One entry of `corrections.yaml`: what upstream got wrong, or doesn't tell. */
export interface Correction {
  /** `<path>#<JSON pointer>`; an element of an array may be chosen by a property: `/entries/[name=ping]/output`. */
  readonly at: string;
  readonly change: { readonly kind: 'set'; readonly value: JsonValue } | { readonly kind: 'remove' };
  readonly why: string;
}

/** Reads the list that `corrections.yaml` holds; `null`, an empty file, is an empty list. */
export function parseCorrections(value: JsonValue, file: string): readonly Correction[] {
  if (value === null) return [];
  if (!isArray(value)) throw new InputError('not a list of corrections', { file, hint: FORM });
  return value.map((entry, index) => parseCorrection(entry, file, `/${index}`));
}

const FORM =
  'Write entries of the form { at: path#pointer, set: value, why: reason } or { at, remove: true, why }';

function parseCorrection(entry: JsonValue, file: string, pointer: string): Correction {
  const { at, set, remove, why, ...rest } = isObject(entry) ? entry : {};
  const [unknown] = Object.keys(rest);
  const details = { file, pointer, hint: FORM };
  if (unknown !== undefined) throw new InputError(`a correction has no ${JSON.stringify(unknown)}`, details);
  if (typeof at !== 'string' || !at.includes('#'))
    throw new InputError('needs an "at" with a path and a pointer', details);
  if (typeof why !== 'string' || why.trim() === '') throw new InputError('needs a "why"', details);
  if (set !== undefined && remove === undefined) return { at, change: { kind: 'set', value: set }, why };
  if (set === undefined && remove === true) return { at, change: { kind: 'remove' }, why };
  throw new InputError('needs either "set" or "remove: true"', details);
}

export interface Corrected {
  readonly documents: Documents;
  /** The paths of the documents that were changed. */
  readonly touched: ReadonlySet<string>;
}

/**
 * Applies corrections in their order. One that no longer applies is refused: upstream may have repaired what it
 * was for, and a correction that nobody needs would hide the next mistake.
 */
export function applyCorrections(
  documents: Documents,
  corrections: readonly Correction[],
  file = 'corrections.yaml',
): Corrected {
  const files = new Map(documents.files);
  const touched = new Set<string>();
  for (const correction of corrections) {
    const [path = '', pointer = ''] = split(correction.at, '#');
    const stale = (problem: string): never => {
      throw new InputError(`the correction ${JSON.stringify(correction.at)} no longer applies: ${problem}`, {
        file,
        hint: 'Remove the correction, or change it to what upstream says now',
      });
    };
    const before = files.get(path) ?? stale('there is no such file');
    const segments = segmentsOf(pointer) ?? stale('its pointer has to start with "/"');
    if (segments.length === 0) stale('it would replace the whole file');
    files.set(path, changed(before, segments, correction.change, stale));
    touched.add(path);
  }
  return { documents: { origin: documents.origin, files }, touched };
}

type Stale = (problem: string) => never;

/** A copy of `value` with the change made; what is not on the way to it is shared. */
function changed(
  value: JsonValue,
  [segment = '', ...rest]: readonly string[],
  change: Correction['change'],
  stale: Stale,
): JsonValue {
  if (isArray(value)) {
    const index = elementIndex(value, segment, stale);
    const element = value[index];
    if (rest.length > 0 && element !== undefined)
      return value.with(index, changed(element, rest, change, stale));
    if (change.kind === 'remove') return value.toSpliced(index, 1);
    return value.with(index, different(element, change.value, stale));
  }
  if (!isObject(value))
    return stale(`${JSON.stringify(segment)} is looked for in what is neither object nor array`);
  const member = Object.hasOwn(value, segment) ? value[segment] : undefined;
  if (rest.length > 0) {
    if (member === undefined) return stale(`there is no ${JSON.stringify(segment)}`);
    return { ...value, [segment]: changed(member, rest, change, stale) };
  }
  if (change.kind === 'set') return { ...value, [segment]: different(member, change.value, stale) };
  if (member === undefined) return stale(`there is no ${JSON.stringify(segment)}`);
  return without(value, segment);
}

function different(before: JsonValue | undefined, after: JsonValue, stale: Stale): JsonValue {
  return isDeepStrictEqual(before, after) ? stale('this value is already there') : after;
}

function without(value: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest } = value;
  return rest;
}

/** `3`, or `[name=ping]` for the one element whose property has this value. */
function elementIndex(list: readonly JsonValue[], segment: string, stale: Stale): number {
  const [, name = '', wanted] = /^\[([^=]+)=(.*)\]$/.exec(segment) ?? [];
  if (wanted === undefined) {
    const index = /^(0|[1-9]\d*)$/.test(segment) ? Number(segment) : -1;
    return index in list ? index : stale(`there is no element ${segment}`);
  }
  const found = list.flatMap((element, index) =>
    isObject(element) && Object.hasOwn(element, name) && String(element[name]) === wanted ? [index] : [],
  );
  const [index] = found;
  return index !== undefined && found.length === 1 ? index : stale(`${found.length} elements are ${segment}`);
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
