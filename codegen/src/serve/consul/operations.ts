import type { DescribedOperation } from '../core/openapi.ts';
import type { Operation } from '../core/service.ts';
import { maxValueBytes } from './kv.ts';

export const root = '/v1';

/** What is served: all that is modelled, and what else the description tells of this version and edition. */
export interface Offered {
  /** By verb and route, as `Routes` has them. */
  readonly modelled: ReadonlyMap<string, Operation>;
  readonly described: readonly DescribedOperation[];
}

export function offered(
  modelled: readonly string[],
  described: readonly DescribedOperation[],
  version: string,
): Offered {
  const byPlace = new Map(described.map((one) => [place(one.verb, one.route), one]));
  const own = modelled.map((key) => [key, operationOf(key, byPlace)] as const);
  const taken = new Set(own.map(([, { verb, route }]) => place(verb, route)));
  return {
    modelled: new Map(own),
    described: described.filter((one) => !taken.has(place(one.verb, one.route)) && isOffered(one, version)),
  };
}

function operationOf(key: string, described: ReadonlyMap<string, DescribedOperation>): Operation {
  const [verb = '', path = ''] = key.split(' ');
  const route = root + path;
  const told = described.get(place(verb, route));
  return {
    service: told?.service ?? path.split('/')[1] ?? '',
    name: told?.name ?? key,
    verb,
    route,
    query: told?.query ?? [],
    ...(told?.output === undefined || told.told['x-variants'] !== undefined ? {} : { output: told.output }),
    ...(key === 'PUT /kv/<key*>' || key === 'PUT /txn' ? { maxBodyBytes: maxValueBytes } : {}),
  };
}

/** The same for routes that only name their parameters differently. */
function place(verb: string, route: string): string {
  return `${verb} ${route.replace(/<[^>]*>/g, '<>')}`;
}

function isOffered({ told }: DescribedOperation, version: string): boolean {
  const until = told['x-until'];
  const since = told['x-since'];
  return (
    told['x-edition'] !== 'enterprise' &&
    (until === undefined || !isLater(version, String(until))) &&
    (since === undefined || !isLater(String(since), version))
  );
}

/** Whether a version is later than another one, as far as both tell. */
export function isLater(a: string, b: string): boolean {
  const [left, right] = [numbers(a), numbers(b)];
  for (const [at, number] of left.entries()) {
    const other = right[at];
    if (other === undefined) return false;
    if (number !== other) return number > other;
  }
  return false;
}

/** Of a branch that isn't released: later than all that are. */
function numbers(version: string): readonly number[] {
  const found = version.split('.').map(Number);
  return found.some(Number.isNaN) ? [Number.POSITIVE_INFINITY] : found;
}
