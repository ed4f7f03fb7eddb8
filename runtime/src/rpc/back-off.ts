import type { Clock } from '../../time/clock.ts';
import type { Settings } from './settings.ts';

/** Counts attempts that failed in a row, and says how long to wait before the next. */
export class BackOff {
  readonly #options: NonNullable<Settings['backOff']>;
  readonly #clock: Clock;
  #failures = 0;
  #connectedAt = 0;

  constructor(options: NonNullable<Settings['backOff']>, clock: Clock) {
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
