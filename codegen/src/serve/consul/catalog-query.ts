import type { ConsulCall } from './deployment.ts';
import type { Node, ServiceRow } from './state.ts';

/* What a query may ask for in most reads of the catalog and of health. */

/** Those whose node has all of the `node-meta` pairs. */
export function hasMeta<T>(
  { request }: ConsulCall,
  items: readonly T[],
  nodeOf: (item: T) => Node | undefined,
): readonly T[] {
  const pairs = request.query.getAll('node-meta').map((pair) => {
    const colon = pair.indexOf(':');
    return colon < 0 ? ([pair, ''] as const) : ([pair.slice(0, colon), pair.slice(colon + 1)] as const);
  });
  return items.filter((item) => {
    const meta = nodeOf(item)?.Meta ?? {};
    return pairs.every(([key, value]) => meta[key] === value);
  });
}

/** Those that have all of the `tag`s, in any case of letters. */
export function tagged({ request }: ConsulCall, rows: readonly ServiceRow[]): readonly ServiceRow[] {
  const asked = request.query.getAll('tag').map((tag) => tag.toLowerCase());
  return rows.filter(({ instance }) => {
    const tags = new Set(instance.Tags.map((tag) => tag.toLowerCase()));
    return asked.every((tag) => tags.has(tag));
  });
}

/** What belongs to the node that `near` names comes first: all others are as far away as each other. */
export function nearestFirst<T>(
  { consul, request }: ConsulCall,
  items: readonly T[],
  nodeOf: (item: T) => string,
): readonly T[] {
  const given = request.query.get('near') ?? '';
  if (given === '') return items;
  const near = given === '_agent' ? consul.settings.nodeName : given;
  return [...items].sort((a, b) => Number(nodeOf(b) === near) - Number(nodeOf(a) === near));
}
