import type { ReceivedRequest } from '../core/service.ts';
import type { Consul, ConsulCall } from './deployment.ts';

/** On each answer, once access control says what holds by default. */
export function commonHeaders({ settings }: Consul): Readonly<Record<string, string>> {
  return { 'X-Consul-Default-Acl-Policy': settings.acl === undefined ? 'allow' : defaultPolicy(settings) };
}

function defaultPolicy({ acl }: Consul['settings']): string {
  return acl?.defaultPolicy ?? 'deny';
}

/** What a read says about how fresh it is. */
export interface Freshness {
  readonly index: number | bigint;
  /** Also tells which consistency there was. */
  readonly effective?: boolean;
  readonly backend?: 'blocking-query' | 'streaming';
  /** Some of it was left out, since the caller may not see it. */
  readonly filtered?: boolean;
}

export function freshness(call: ConsulCall, told: Freshness): Readonly<Record<string, string>> {
  const { query } = call.request;
  return {
    ...(told.effective === true ? { 'X-Consul-Effective-Consistency': consistency(query) } : {}),
    'X-Consul-Index': String(told.index),
    'X-Consul-Knownleader': 'true',
    'X-Consul-Lastcontact': '0',
    'X-Consul-Query-Backend': told.backend ?? 'blocking-query',
    ...(told.filtered === true ? { 'X-Consul-Results-Filtered-By-Acls': 'true' } : {}),
  };
}

export function consistency(query: URLSearchParams): 'stale' | 'consistent' | 'leader' {
  if (query.has('stale')) return 'stale';
  return query.has('consistent') ? 'consistent' : 'leader';
}

/** The reads that an agent can answer from its cache. */
const cached =
  /^\/v1\/(catalog\/(services$|service\/|connect\/)|health\/(service|connect|ingress)\/|discovery-chain\/|connect\/intentions\/match$|peerings$)/;

/** What a read from the agent's cache says: here all is as new as can be. */
export function cacheHeaders({ query, path }: ReceivedRequest): Readonly<Record<string, string>> {
  return query.has('cached') && cached.test(path) ? { 'X-Cache': 'HIT', Age: '0' } : {};
}

/** What a read says whose answer the agent keeps as long as the caller takes it, rather than up to date. */
export function simpleCacheHeaders({ consul, request }: ConsulCall): Readonly<Record<string, string>> {
  const { query, path, headers } = request;
  if (!query.has('cached')) return {};
  const now = consul.clock.now();
  const ageSeconds = Math.floor((now - (consul.agent.cache.get(path) ?? Number.NEGATIVE_INFINITY)) / 1000);
  const control = headers['cache-control'] ?? '';
  const maxAge = Number(/max-age=(\d+)/.exec(control)?.[1] ?? Number.MAX_SAFE_INTEGER);
  const isFresh = ageSeconds <= maxAge && maxAge > 0 && !control.includes('must-revalidate');
  if (isFresh) return { 'X-Cache': 'HIT', Age: String(ageSeconds) };
  consul.agent.cache.set(path, now);
  return { 'X-Cache': 'MISS' };
}
