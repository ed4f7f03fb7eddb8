import type { Clock } from '../../time/clock.ts';

/** Lets a few through at once, and more of them only as time passes. */
export class TokenBucket {
  readonly #burst: number;
  readonly #everyMs: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: number;

  constructor(burst: number, everyMs: number, clock: Clock) {
    this.#burst = burst;
    this.#everyMs = everyMs;
    this.#clock = clock;
    this.#tokens = burst;
    this.#filledAt = clock.now();
  }

  /** Resolves when it is allowed to go on. */
  async take(signal: AbortSignal): Promise<void> {
    this.#fill();
    if (this.#tokens < 1) {
      await this.#clock.sleep((1 - this.#tokens) * this.#everyMs, signal);
      this.#fill();
    }
    // A timer may fire a moment early; that moment is no reason to wait again.
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  #fill(): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) / this.#everyMs);
    this.#filledAt = now;
  }
}
