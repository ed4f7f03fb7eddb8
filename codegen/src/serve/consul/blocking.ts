import type { Reply } from '../core/service.ts';
import type { Consul, ConsulCall } from './deployment.ts';
import { durationMs } from './durations.ts';
import { badRequest } from './errors.ts';
import { cacheHeaders, type Freshness, freshness } from './headers.ts';

const defaultWaitMs = 5 * 60_000;
/** However long a caller wants to wait. */
export const longestWaitMs = 10 * 60_000;

/** What a read finds at one moment. */
export interface Found extends Omit<Freshness, 'index'> {
  readonly index: number | bigint;
  readonly reply: Reply;
}

/**
 * Answers a read, at once or when what it is about has changed: `look` is asked again after each change, until its
 * index is above the one that the caller knows, the caller's `wait` is over, or the caller has gone.
 */
export async function read(call: ConsulCall, look: () => Found): Promise<Reply> {
  const known = indexIn(call.request.query);
  if (known > 0n) await untilChanged(call, () => BigInt(look().index) > known);
  return present(call, look());
}

function present(call: ConsulCall, { index, reply, ...more }: Found): Reply {
  const headers = { ...freshness(call, { index, ...more }), ...cacheHeaders(call.request) };
  return { ...reply, headers: { ...headers, ...reply.headers } };
}

/** Waits until something is so, as long as the caller wants to. */
export async function untilChanged(call: ConsulCall, isSo: () => boolean): Promise<void> {
  const { consul, request } = call;
  if (isSo() || request.signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    if (isSo()) resolve();
  };
  const end = () => resolve();
  const cancel = consul.clock.after(waitMs(consul, request.query), end);
  consul.state.waiting.add(look);
  request.signal.addEventListener('abort', end);
  await promise;
  cancel();
  consul.state.waiting.delete(look);
  request.signal.removeEventListener('abort', end);
}

function waitMs({ settings }: Consul, query: URLSearchParams): number {
  const asked = durationMs(query.get('wait') ?? '') ?? 0;
  const wait = Math.min(asked > 0 ? asked : defaultWaitMs, longestWaitMs);
  return settings.jitter ? wait + Math.random() * (wait / 16) : wait;
}

/** The index that the caller knows; 0 when it knows none. */
function indexIn(query: URLSearchParams): bigint {
  return BigInt(query.get('index') || '0');
}

/** What a read's query may say, whatever is read. */
export function checkReadQuery(query: URLSearchParams): void {
  for (const weaker of ['stale', 'cached']) {
    if (query.has(weaker) && query.has('consistent'))
      throw badRequest(`Cannot specify ?${weaker} with ?consistent, conflicting semantics.`);
  }
  const index = query.get('index') ?? '';
  if (index !== '' && !isUint64(index)) throw badRequest('Invalid index');
  const wait = query.get('wait') ?? '';
  if (wait !== '' && (durationMs(wait) === undefined || /^\d+$/.test(wait)))
    throw badRequest('Invalid wait time');
  const stale = query.get('max_stale') ?? '';
  if (stale !== '' && durationMs(stale) === undefined) throw badRequest('Invalid max_stale value');
}

export function isUint64(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n;
}
