/** How a listener comes back after a connection was lost or could not be made. */
export interface ReconnectOptions {
  /** Attempts after the first before there ever was a connection. Default 5: a wrong address should be told soon. */
  readonly firstRetries?: number;
  /** Attempts in a row after a connection was lost. Default Infinity. */
  readonly retries?: number;
  /** The bound of the first wait, in milliseconds; it doubles with each further one. Default 500. */
  readonly delayMs?: number;
  /** The bound that it never grows beyond, in milliseconds. Default 30,000. */
  readonly maxDelayMs?: number;
}

export function resolveReconnect(options: ReconnectOptions | false | undefined): Required<ReconnectOptions> {
  const given = options === false ? { firstRetries: 0, retries: 0 } : options;
  return { firstRetries: 5, retries: Number.POSITIVE_INFINITY, delayMs: 500, maxDelayMs: 30_000, ...given };
}

/** Counts failures in a row and says how long to wait after each. */
export class Patience {
  readonly #options: Required<ReconnectOptions>;
  #failures = 0;
  #retries: number;
  #connectedAt: number | undefined;

  constructor(options: Required<ReconnectOptions>) {
    this.#options = options;
    this.#retries = options.firstRetries;
  }

  connected(): void {
    this.#connectedAt = performance.now();
    this.#retries = this.#options.retries;
  }

  /** How long to wait before the next attempt, in milliseconds; `undefined` when there shall be none. */
  failed(): number | undefined {
    const { delayMs, maxDelayMs } = this.#options;
    // A connection that is lost as soon as it's made is a failure like any other: only one that lasted starts afresh.
    if (this.#connectedAt !== undefined && performance.now() - this.#connectedAt >= maxDelayMs)
      this.#failures = 0;
    this.#connectedAt = undefined;
    this.#failures += 1;
    if (this.#failures > this.#retries) return undefined;
    // Full jitter: a broker that restarts isn't met by all its clients at once.
    return Math.random() * Math.min(maxDelayMs, delayMs * 2 ** (this.#failures - 1));
  }
}
