import { ConnectionError, ResponseError } from '../../errors.ts';
import { type ResolvedRetry, type RetryOptions, resolveRetry } from '../../options.ts';
import { backOffMs, retryAfterMs } from '../retry.ts';
import { TransportFailure } from '../transport.ts';

/** How a watch waits for failures to pass: longer each time, with full jitter. */
export interface WatchRetryOptions extends RetryOptions {
  /** Attempts before there ever was an answer. Default 5: a wrong address should be told soon. */
  readonly firstRetries?: number;
  /** Attempts in a row after there was one. Default Infinity. */
  readonly retries?: number;
  /** The bound of the first wait, in milliseconds. Default 1000. */
  readonly delayMs?: number;
  /** What the bound grows by with each further wait. Default 2. */
  readonly factor?: number;
  /** The bound that it never grows beyond, in milliseconds. Default 60,000. Doesn't shorten a `Retry-After`. */
  readonly maxDelayMs?: number;
}

/** A failure that is waited for. */
export interface WatchSetback {
  /** How many there were in a row, this one included. */
  readonly failures: number;
  /** When it is tried again, in milliseconds from now. */
  readonly retryInMs: number;
}

const defaults: ResolvedRetry = {
  retries: Number.POSITIVE_INFINITY,
  delayMs: 1000,
  factor: 2,
  maxDelayMs: 60_000,
};

/** Counts failures in a row and says how long to wait after each. */
export class WatchPatience {
  readonly #policy: ResolvedRetry;
  #retries: number;
  #failures = 0;

  /** @throws TypeError when an option can't be used */
  constructor(options: WatchRetryOptions | false = {}) {
    this.#policy = resolveRetry(options, defaults);
    const first = options === false ? 0 : (options.firstRetries ?? 5);
    this.#retries = Math.min(first, this.#policy.retries);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#retries = this.#policy.retries;
  }

  /** `undefined` when there shall be no further attempt. */
  failed(error: unknown): WatchSetback | undefined {
    if (!mayPass(error) || this.#failures >= this.#retries) return undefined;
    const leastMs = error instanceof ResponseError ? retryAfterMs(error.headers, Date.now()) : undefined;
    const retryInMs = Math.max(leastMs ?? 0, backOffMs(this.#policy, this.#failures));
    this.#failures += 1;
    return { failures: this.#failures, retryInMs };
  }
}

/** Whether a failure can be over by itself: no connection, a service that can't answer, or won't answer now. */
export function mayPass(error: unknown): boolean {
  if (error instanceof ConnectionError) {
    return !(error.cause instanceof TransportFailure && error.cause.kind === 'certificate');
  }
  if (!(error instanceof ResponseError)) return false;
  switch (error.category) {
    case 'unavailable':
    case 'rate-limited':
    case 'failed':
      return true;
    default:
      return false;
  }
}
