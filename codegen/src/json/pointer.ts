import type { JsonValue } from '../model.ts';
import { isArray, isObject } from './values.ts';

/** One step of a JSON pointer (RFC 6901), escaped: `a/b` is `a~1b`. */
function escapeSegment(segment: string | number): string {
  return String(segment).replaceAll('~', '~0').replaceAll('/', '~1');
}

export function pointerOf(segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${escapeSegment(segment)}`).join('');
}

/** The steps of a JSON pointer; undefined when it is none. */
export function segmentsOf(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The member of an object or the element of an array; undefined when there is none. Never looks at a prototype. */
export function child(value: JsonValue | undefined, segment: string): JsonValue | undefined {
  if (isArray(value)) return /^(0|[1-9]\d*)$/.test(segment) ? value[Number(segment)] : undefined;
  return isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

export function valueAt(value: JsonValue, segments: readonly string[]): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const segment of segments) found = child(found, segment);
  return found;
}
