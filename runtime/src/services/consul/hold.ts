import type { Clock } from '../../time/clock.ts';
import type { Contender } from './contend.ts';
import { Holding } from './holding.ts';
import type { Look, Seen } from './wire.ts';

/** What somebody contended for, once it is theirs. */
export interface Won {
  readonly contender: Contender;
  /** Whether it is still theirs. */
  look(look: Look): Promise<Seen<boolean>>;
  release(): Promise<void>;
  /** Removes what it is made of. */
  remove(): Promise<void>;
}

/** What a lock and a slot of a semaphore have in common once they are held. */
export class Hold implements AsyncDisposable {
  readonly #holding: Holding;
  readonly #won: Won;

  /** `key` is the key of the lock, or the prefix of the semaphore. */
  constructor(key: string, won: Won, clock: Clock) {
    this.#won = won;
    this.#holding = new Holding({
      ...won.contender,
      key,
      clock,
      look: (look) => won.look(look),
      giveBack: () => won.release(),
    });
  }

  get session(): string {
    return this.#won.contender.session;
  }

  get signal(): AbortSignal {
    return this.#holding.signal;
  }

  get isHeld(): boolean {
    return this.#holding.isHeld;
  }

  /** Aborted when it is released or lost. */
  get ended(): AbortSignal {
    return this.#holding.ended;
  }

  release(): Promise<void> {
    return this.#holding.release();
  }

  async destroy(): Promise<void> {
    await this.release();
    await this.#won.remove();
  }

  close(): Promise<void> {
    return this.#holding.close();
  }

  /** As `release`, but for a failure of it: a session that nobody renews ends by itself, and what it holds with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release().catch(() => {});
  }
}
