import { isObject } from '../../json/is-object.ts';

/** Whoever refers to an entity comes after it: machines before applications, those before relations, others first. */
const ranks = new Map<unknown, number>([
  ['machine', 1],
  ['application', 2],
  ['relation', 3],
]);

const idProperties = ['id', 'name', 'key', 'tag', 'charm-url'];

/** Deltas in the order in which Juju's own client gives them: by kind, then by id. */
export function sortedDeltas(deltas: readonly unknown[]): readonly unknown[] {
  return deltas
    .map((delta) => ({ delta, rank: rankOf(delta), id: idOf(delta) }))
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map(({ delta }) => delta);
}

function rankOf(delta: unknown): number {
  return (Array.isArray(delta) ? ranks.get(delta[0]) : undefined) ?? 0;
}

function idOf(delta: unknown): string {
  const entity: unknown = Array.isArray(delta) ? delta[2] : undefined;
  if (!isObject(entity)) return '';
  const property = idProperties.find((name) => typeof entity[name] === 'string');
  return property === undefined ? '' : String(entity[property]);
}
