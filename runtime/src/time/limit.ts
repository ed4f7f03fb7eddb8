/** What a {@link Limit} can stop. */
export interface Stoppable {
  timedOut(): void;
  aborted(reason: unknown): void;
}

/** Node fires a longer timer at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Stops something when its time is over or when a signal says so: one timer and one listener at most. */
export class Limit {
  readonly #target: Stoppable;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;
  readonly #timer: NodeJS.Timeout | undefined;

  /** The signal must not be aborted yet. */
  constructor(target: Stoppable, timeoutMs: number | undefined, signal: AbortSignal | undefined) {
    this.#target = target;
    this.#signal = signal;
    if (timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY) {
      this.#timer = setTimeout(expire, Math.min(timeoutMs, longestTimerMs), this);
    }
    if (signal !== undefined) {
      this.#onAbort = () => {
        this.clear();
        target.aborted(signal.reason);
      };
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  /** Nothing is stopped any more. */
  clear(): void {
    clearTimeout(this.#timer);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  expire(): void {
    this.clear();
    this.#target.timedOut();
  }
}

function expire(limit: Limit): void {
  limit.expire();
}

/** Resolves after `ms`; an abort rejects with the signal's own reason. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
    } else {
      new Limit({ timedOut: resolve, aborted: reject }, ms, signal);
    }
  });
}

/** As `promise`, unless time is over or a signal says so before it is settled. */
export function within<T>(
  promise: Promise<T>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  onTimeout: () => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      promise.catch(() => {});
      reject(signal.reason);
      return;
    }
    const limit = new Limit({ timedOut: () => reject(onTimeout()), aborted: reject }, timeoutMs, signal);
    promise.then(resolve, reject).finally(() => limit.clear());
  });
}
