import { segmentsOf } from '../json/pointer.ts';
import type { Api } from '../model.ts';
import { refsIn } from '../read/type-graph.ts';

/** Which way a type travels: what breaks callers depends on it. */
export interface Sides {
  readonly request: boolean;
  readonly answer: boolean;
}

/** Types, and what uses them. */
export type Users = Pick<Api, 'methods' | 'events' | 'types'>;

/** For each type of two versions of an Api, the ways in which either of them uses it. */
export function sidesOf(...versions: readonly Users[]): ReadonlyMap<string, Sides> {
  const sides = new Map<string, Sides>();
  for (const api of versions) {
    const bodies = api.methods.flatMap(({ body }) =>
      body !== undefined && 'type' in body.content ? refsIn(body.content.type) : [],
    );
    const results = api.methods.flatMap(({ result }) => ('type' in result ? refsIn(result.type) : []));
    const messages = api.events.flatMap(({ payload }) => refsIn(payload));
    for (const name of reachable(api, bodies))
      sides.set(name, { answer: false, ...sides.get(name), request: true });
    for (const name of reachable(api, [...results, ...messages])) {
      sides.set(name, { request: false, ...sides.get(name), answer: true });
    }
  }
  return sides;
}

function reachable({ types }: Users, refs: readonly string[]): ReadonlySet<string> {
  const schemas = new Map(types.map(({ name, schema }) => [name, schema]));
  const found = new Set(refs.map(nameIn));
  for (const name of found) for (const ref of refsIn(schemas.get(name) ?? {})) found.add(nameIn(ref));
  return found;
}

/** `Task/properties/priority` belongs to `Task`. */
function nameIn(ref: string): string {
  return segmentsOf(`/${ref}`)?.[0] ?? ref;
}
