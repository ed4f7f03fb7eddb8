import { Limit } from '../time/limit.ts';

/** Messages that aren't on their way yet. The first of them has a limit of time. */
export class Sending {
  readonly #timeoutMs: number;
  readonly #stalled: () => void;
  readonly #sent = () => this.#next();
  #waiting = 0;
  #limit: Limit | undefined;

  /** `stalled` is called when a message isn't on its way `timeoutMs` after the one before it. */
  constructor(timeoutMs: number, stalled: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#stalled = stalled;
  }

  /** For a message that is about to be sent; gives what is to be called when it is on its way. */
  begin(): () => void {
    this.#waiting += 1;
    if (this.#waiting === 1) this.#start();
    return this.#sent;
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#waiting = 0;
    this.#limit?.clear();
  }

  #next(): void {
    if (this.#waiting === 0) return;
    this.#waiting -= 1;
    this.#limit?.clear();
    if (this.#waiting > 0) this.#start();
  }

  #start(): void {
    this.#limit = new Limit({ timedOut: this.#stalled, aborted: this.#stalled }, this.#timeoutMs, undefined);
  }
}
