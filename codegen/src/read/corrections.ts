import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../errors.ts';
import { child, segmentsOf } from '../json/pointer.ts';
import { isArray, isObject, type JsonObject } from '../json/values.ts';
import type { JsonValue } from '../model.ts';
import type { Documents } from './documents.ts';

/** One entry of `corrections.yaml`: what upstream got wrong, or doesn't tell. */
export interface Correction {
  /**
   * `<path>#<JSON pointer>`; an element of an array may be chosen by a property: `/entries/[name=ping]/output`. A `*`
   * within the path, or for a step of the pointer, stands for all that have the place already: at least one has to.
   */
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
    const stale = (problem: string): never => {
      throw new InputError(`the correction ${JSON.stringify(correction.at)} no longer applies: ${problem}`, {
        file,
        hint: 'Remove the correction, or change it to what upstream says now',
      });
    };
    // The last first, so that removing one element of several leaves the others where they are.
    for (const { path, place } of meantBy(correction, files, stale).toReversed()) {
      files.set(path, changed(files.get(path) ?? null, place, correction.change, stale));
      touched.add(path);
    }
  }
  return { documents: { origin: documents.origin, files }, touched };
}

/** The places that a correction is for: of several, those where anything is wrong, unless nothing is anywhere. */
function meantBy(
  { at, change }: Correction,
  files: ReadonlyMap<string, JsonValue>,
  stale: Stale,
): readonly { readonly path: string; readonly place: readonly string[] }[] {
  const [pattern = '', pointer = ''] = split(at, '#');
  const paths = [...files.keys()].filter(matching(pattern));
  if (paths.length === 0) stale('there is no such file');
  const segments = segmentsOf(pointer) ?? stale('its pointer has to start with "/"');
  if (segments.length === 0) stale('it would replace the whole file');
  const valueIn = (path: string, place: readonly string[]) => found(files.get(path) ?? null, place);
  const places = paths.flatMap((path) =>
    placesOf(files.get(path) ?? null, segments)
      .filter((place) => !pattern.includes(ALL) || valueIn(path, place) !== undefined)
      .map((place) => ({ path, place })),
  );
  if (places.length === 0) stale('there is no such place');
  const wrong = places.filter(
    ({ path, place }) => change.kind === 'remove' || !isDeepStrictEqual(valueIn(path, place), change.value),
  );
  return wrong.length === 0 ? places : wrong;
}

/** Whether a path is the one that is meant, or one of those. */
function matching(pattern: string): (path: string) => boolean {
  if (!pattern.includes(ALL)) return (path) => path === pattern;
  const parts = pattern.split(ALL).map((part) => part.replace(/[^\w/-]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('[^/]*')}$`);
  return (path) => expression.test(path);
}

/** The places that a pointer means: itself, or where it has a `*` each place that is there. */
function placesOf(value: JsonValue, segments: readonly string[]): readonly (readonly string[])[] {
  const at = segments.indexOf(ALL);
  if (at === -1) return [segments];
  const [before, rest] = [segments.slice(0, at), segments.slice(at + 1)];
  const holder = at === 0 ? value : found(value, before);
  const names = isArray(holder) || isObject(holder) ? Object.keys(holder) : [];
  return names.flatMap((name) => {
    const inner = child(holder, name) ?? null;
    return placesOf(inner, rest)
      .filter((place) => place.length === 0 || found(inner, place) !== undefined)
      .map((place) => [...before, name, ...place]);
  });
}

const ALL = '*';

/** What stands at a place, where elements may be chosen by a property. */
function found(value: JsonValue, segments: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = value;
  for (const segment of segments) {
    const [index] = isArray(at) ? chosen(at, segment) : [];
    at = child(at, index === undefined ? segment : String(index));
  }
  return at;
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
  if (!CHOICE.test(segment)) {
    const index = /^(0|[1-9]\d*)$/.test(segment) ? Number(segment) : -1;
    return index in list ? index : stale(`there is no element ${segment}`);
  }
  const [index, ...more] = chosen(list, segment);
  if (index !== undefined && more.length === 0) return index;
  return stale(`${index === undefined ? 0 : more.length + 1} elements are ${segment}`);
}

const CHOICE = /^\[([^=]+)=(.*)\]$/;

/** The elements whose property has the value that a step asks for. */
function chosen(list: readonly JsonValue[], segment: string): readonly number[] {
  const [, name = '', wanted] = CHOICE.exec(segment) ?? [];
  return list.flatMap((element, index) =>
    wanted !== undefined &&
    isObject(element) &&
    Object.hasOwn(element, name) &&
    String(element[name]) === wanted
      ? [index]
      : [],
  );
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
