import { InputError } from '../../errors.ts';
import { child, pointerOf, segmentsOf, valueAt } from '../../json/pointer.ts';
import { isObject } from '../../json/values.ts';
import type { JsonValue, Paging } from '../../model.ts';
import type { Documents } from '../documents.ts';
import type { Place, ResolveRef } from '../type-graph.ts';

/** Both the query parameter that asks for the next page and the property of the answer that tells of one. */
export const PAGING_TOKEN = 'continuationToken';

/**
 * How a method is paginated: it takes a token, and answers with an array and perhaps a token. `items` is what a
 * correction says, where there are several arrays. References have been checked before: none runs in a circle.
 */
export function pagingOf(
  documents: Documents,
  output: Place,
  resolve: ResolveRef,
  items: string | undefined,
  at: Place,
): Paging | undefined {
  const answer = followed(documents, output, resolve);
  const properties = child(answer.schema, 'properties');
  if (!isObject(properties) || properties[PAGING_TOKEN] === undefined) return undefined;
  const arrays = Object.keys(properties).filter((name) => {
    const pointer = answer.place.pointer + pointerOf(['properties', name]);
    const { schema } = followed(documents, { path: answer.place.path, pointer }, resolve);
    return child(schema, 'type') === 'array' && (items === undefined || items === name);
  });
  const [only] = arrays;
  if (arrays.length > 1) {
    throw new InputError(`its answer is paginated and has several arrays: ${arrays.sort().join(', ')}`, {
      file: at.path,
      pointer: at.pointer,
      hint: 'Say by a correction which of them holds the items: set x-items',
    });
  }
  return only === undefined ? undefined : { by: 'token', items: only, key: PAGING_TOKEN };
}

function followed(
  documents: Documents,
  start: Place,
  resolve: ResolveRef,
): { place: Place; schema: JsonValue } {
  let place = start;
  for (;;) {
    const schema = valueAt(documents.files.get(place.path) ?? null, segmentsOf(place.pointer) ?? []) ?? null;
    const ref = child(schema, '$ref');
    const next = typeof ref === 'string' ? resolve(ref, place) : undefined;
    if (next === undefined) return { place, schema };
    place = next;
  }
}
