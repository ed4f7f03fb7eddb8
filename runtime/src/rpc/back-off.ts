import type { Clock } from '../time/clock.ts';

/** How attempts follow each other. */
export interface BackOffOptions {
  /** How many may fail in a row. */
  readonly retries: number;
  /** The longest wait before the first of them, in milliseconds. It doubles with each. */
  readonly delayMs: number;
  /** The longest wait of all, in milliseconds. */
  readonly maxDelayMs: number;
}

/** Counts attempts that failed in a row, and says how long to wait before the next. */
export class BackOff {
  readonly #options: BackOffOptions;
  readonly #clock: Clock;
  #failures = 0;
  #connectedAt = 0;

  constructor(options: BackOffOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  connected(): void {
    this.#connectedAt = this.#clock.now();
  }

  /** A connection was lost: one that lasted starts the count afresh, one that was lost at once is a failure more. */
  lost(): number | undefined {
    if (this.#clock.now() - this.#connectedAt >= this.#options.maxDelayMs) this.#failures = 0;
    return this.failed();
  }

  /** In milliseconds; `undefined` when there shall be no further attempt. */
  failed(): number | undefined {
    const { retries, delayMs, maxDelayMs } = this.#options;
    if (this.#failures >= retries) return undefined;
    const bound = Math.min(maxDelayMs, delayMs * 2 ** this.#failures);
    this.#failures += 1;
    // Full jitter: a controller that restarts isn't met by all its clients at once.
    return Math.random() * bound;
  }
}
