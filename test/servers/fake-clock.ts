import type { Clock } from '../../runtime/src/time/clock.ts';

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** Time that passes only when a test says so. */
export class FakeClock implements Clock {
  /** What was slept, in milliseconds, in the order in which it began. */
  readonly slept: number[] = [];
  readonly #sleepers = new Set<Sleeper>();
  readonly #waiting = new Set<() => void>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.slept.push(ms);
      this.#sleepers.add(sleeper);
      for (const told of this.#waiting) told();
      this.#waiting.clear();
    });
  }

  /** How many sleep now. */
  get asleep(): number {
    return this.#sleepers.size;
  }

  /** Resolves when at least `count` sleep. */
  async asleepAtLeast(count = 1): Promise<void> {
    while (this.#sleepers.size < count) await new Promise<void>((told) => this.#waiting.add(told));
  }

  /** Lets time pass, and wakes all whose time has come. */
  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  /** As soon as somebody sleeps, lets time pass until all that sleep then are awake. */
  async skip(): Promise<void> {
    await this.asleepAtLeast();
    this.advance(Math.max(...[...this.#sleepers].map(({ until }) => until)) - this.#now);
  }
}
