import { TokenBucket } from '../../http/watch/bucket.ts';
import { WatchPatience, type WatchRetryOptions } from '../../http/watch/patience.ts';
import type { Clock } from '../../time/clock.ts';

/**
 * What came of one go: what is held; `wait` when somebody else has it, and the next go waits for news; `again` when there is
 * news already; or how long until it makes sense to look anew.
 */
export type Outcome<T> = { readonly held: T } | 'wait' | 'again' | { readonly againInMs: number };

/** When to give up. */
export interface Patience {
  readonly retry?: WatchRetryOptions | false | undefined;
  /** After how long, in milliseconds; the first go is never too late. Default never. */
  readonly withinMs?: number | undefined;
}

/** One go; may take `leftMs`, and begins from nothing when `anew`. */
type Go<T> = (leftMs: number, anew: boolean) => Promise<Outcome<T>>;

/**
 * Goes at it until it is held; `undefined` when time was over before, the last go being made as it ends. Failures that can
 * pass are waited for, unless time would be over before the next go.
 *
 * @throws TypeError when an option can't be used
 */
export async function persist<T>(
  clock: Clock,
  signal: AbortSignal,
  { retry, withinMs = Number.POSITIVE_INFINITY }: Patience,
  go: Go<T>,
): Promise<T | undefined> {
  if (!(withinMs >= 0)) throw new TypeError(`withinMs must be a number of at least 0, not ${withinMs}`);
  const bucket = new TokenBucket(10, 100, clock);
  const patience = new WatchPatience(retry);
  const until = clock.now() + withinMs;
  let anew = true;
  for (;;) {
    let pauseMs = 0;
    try {
      signal.throwIfAborted();
      const outcome = await go(until - clock.now(), anew);
      if (typeof outcome === 'object' && 'held' in outcome) return outcome.held;
      patience.succeeded();
      await bucket.take(signal);
      anew = outcome !== 'wait';
      if (outcome === 'again') continue;
      const leftMs = until - clock.now();
      if (leftMs <= 0) return undefined;
      if (outcome !== 'wait') pauseMs = Math.min(outcome.againInMs, leftMs);
    } catch (error) {
      signal.throwIfAborted();
      const setback = patience.failed(error);
      if (setback === undefined || clock.now() + setback.retryInMs >= until) throw error;
      anew = true;
      pauseMs = setback.retryInMs;
    }
    if (pauseMs > 0) await clock.sleep(pauseMs, signal);
  }
}
