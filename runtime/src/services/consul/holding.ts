import { TokenBucket } from '../../http/watch/bucket.ts';
import { cursorOf } from '../../http/watch/cursor.ts';
import { mayPass } from '../../http/watch/patience.ts';
import type { Clock } from '../../time/clock.ts';
import type { SessionKeeper } from './keeper.ts';
import { LockLostError } from './lost.ts';
import type { Look, Seen } from './wire.ts';

/** What is held, and how it is seen and given back. */
interface Held {
  /** The key of the lock, or the prefix of the semaphore. */
  readonly key: string;
  /** The ID of the session that holds it. */
  readonly session: string;
  /** Renews that session; absent when that is the caller's own. */
  readonly keeper: SessionKeeper | undefined;
  readonly clock: Clock;
  readonly waitMs: number;
  readonly graceMs: number;
  /** Whether it is still held. */
  look(look: Look): Promise<Seen<boolean>>;
  giveBack(): Promise<void>;
}

/** After a look that failed, in milliseconds. */
const retryMs = 2000;

/** Watches over what is held until it is given back or lost. */
export class Holding {
  readonly #held: Held;
  readonly #lost = new AbortController();
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;
  #released: Promise<void> | undefined;

  constructor(held: Held) {
    this.#held = held;
    const { keeper } = held;
    const lostSession = () => this.#lose('its session is lost', keeper?.signal.reason);
    keeper?.signal.addEventListener('abort', lostSession, { once: true, signal: this.#stop.signal });
    this.#watching = this.#watch();
    if (keeper?.signal.aborted === true) lostSession();
  }

  /** Aborted with a `LockLostError` when it is lost. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Aborted when it is released or lost. */
  get ended(): AbortSignal {
    return this.#stop.signal;
  }

  get isHeld(): boolean {
    return !this.#stop.signal.aborted;
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** Gives back what its holder still uses. */
  close(): Promise<void> {
    const released = this.release();
    this.#lose('the session of the program was closed');
    return released;
  }

  async #release(): Promise<void> {
    const { giveBack, keeper } = this.#held;
    const wasHeld = this.isHeld;
    this.#stop.abort();
    await this.#watching;
    try {
      if (wasHeld) await giveBack();
    } finally {
      // A session that nobody renews ends by itself.
      await keeper?.[Symbol.asyncDispose]();
    }
  }

  #lose(why: string, cause?: unknown): void {
    this.#stop.abort();
    this.#lost.abort(new LockLostError(this.#held.key, this.#held.session, why, cause));
    // Nothing is held by it any more: renewing it would go on for as long as the program runs.
    void this.#held.keeper?.[Symbol.asyncDispose]();
  }

  /** Until it is stopped; never throws. */
  async #watch(): Promise<void> {
    const { clock, graceMs, waitMs, look } = this.#held;
    const { signal } = this.#stop;
    const cursor = cursorOf('index', undefined);
    const bucket = new TokenBucket(10, 100, clock);
    let failingSince: number | undefined;
    while (!signal.aborted) {
      try {
        const { value, meta } = await look({ seen: cursor.query, waitMs, consistent: true, signal });
        if (!value) return this.#lose('somebody took it, removed it or ended its session');
        failingSince = undefined;
        cursor.advance(meta);
        await bucket.take(signal);
      } catch (error) {
        if (signal.aborted) return;
        failingSince ??= clock.now();
        const leftMs = failingSince + graceMs - clock.now();
        if (leftMs <= 0 || !mayPass(error)) return this.#lose('nobody knows whether it is still held', error);
        cursor.reset();
        await clock.sleep(Math.min(retryMs, leftMs), signal).catch(() => {});
      }
    }
  }
}
