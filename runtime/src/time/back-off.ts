import type { Clock } from './clock.ts';

/** How a connection comes back after it was lost or could not be made. */
export interface ReconnectOptions {
  /** Attempts after the first before there ever was a connection. Default 5: a wrong address should be told soon. */
  readonly firstRetries?: number | undefined;
  /** Attempts in a row after a connection was lost. Default Infinity. */
  readonly retries?: number | undefined;
  /** The bound of the first wait, in milliseconds; it doubles with each further one. Default 500. */
  readonly delayMs?: number | undefined;
  /** The bound that it never grows beyond, in milliseconds. Default 30,000. */
  readonly maxDelayMs?: number | undefined;
}

export type ResolvedReconnect = Required<{ readonly [K in keyof ReconnectOptions]: number }>;

/** @throws TypeError when an option can't be used */
export function resolveReconnect(options: ReconnectOptions | false | undefined): ResolvedReconnect {
  const given = options === false ? { firstRetries: 0, retries: 0 } : options;
  const {
    firstRetries = 5,
    retries = Number.POSITIVE_INFINITY,
    delayMs = 500,
    maxDelayMs = 30_000,
  } = given ?? {};
  return {
    firstRetries: checked('firstRetries', firstRetries, firstRetries >= 0, 'a number of at least 0'),
    retries: checked('retries', retries, retries >= 0, 'a number of at least 0'),
    delayMs: checked('delayMs', delayMs, isTime(delayMs), 'a number of milliseconds above 0'),
    maxDelayMs: checked('maxDelayMs', maxDelayMs, isTime(maxDelayMs), 'a number of milliseconds above 0'),
  };
}

/** Without a pause, a service that is down would have no rest. */
function isTime(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}

function checked(name: string, value: number, isRight: boolean, what: string): number {
  if (isRight && typeof value === 'number') return value;
  throw new TypeError(`reconnect.${name} must be ${what}, not ${String(value)}`);
}

/** How attempts follow each other: {@link ReconnectOptions}, of which `firstRetries` are as many as `retries` unless told. */
export interface BackOffOptions {
  readonly firstRetries?: number;
  readonly retries: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

/** Counts failures in a row and says how long to wait after each. */
export class BackOff {
  readonly #options: BackOffOptions;
  readonly #clock: Clock;
  #failures = 0;
  #retries: number;
  #connectedAt: number | undefined;

  constructor(options: BackOffOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#retries = options.firstRetries ?? options.retries;
  }

  connected(): void {
    this.#connectedAt = this.#clock.now();
    this.#retries = this.#options.retries;
  }

  /**
   * A connection was lost or could not be made: how long to wait before the next attempt, in milliseconds; `undefined`
   * when there shall be none.
   */
  failed(): number | undefined {
    const { delayMs, maxDelayMs } = this.#options;
    // A connection that is lost as soon as it's made is a failure like any other: only one that lasted starts afresh.
    if (this.#connectedAt !== undefined && this.#clock.now() - this.#connectedAt >= maxDelayMs)
      this.#failures = 0;
    this.#connectedAt = undefined;
    if (this.#failures >= this.#retries) return undefined;
    const bound = Math.min(maxDelayMs, delayMs * 2 ** this.#failures);
    this.#failures += 1;
    // Full jitter: a service that restarts isn't met by all its clients at once.
    return Math.random() * bound;
  }
}
