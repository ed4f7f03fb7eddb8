import type { Clock } from '../../../time/clock.ts';
import { abortable, hasSettledWithin } from './waiting.ts';

/** One way to get there. What it gives when it is no longer wanted is handed to `discard`. */
export type Runner<T> = (signal: AbortSignal) => Promise<T>;

export interface RaceRules<T> {
  /** How long one runner has a start on the next, in milliseconds, unless it fails before. */
  readonly intervalMs: number;
  readonly clock: Clock;
  /** An abort rejects with its reason. */
  readonly signal: AbortSignal;
  /** Takes what a runner gives after another one has won. */
  discard(late: T): void;
  /** Which of two failures to tell, when all fail. */
  moreTelling(earlier: unknown, later: unknown): unknown;
}

/**
 * Starts runners one after the other, and gives what the first of them gives. The others are aborted then, and whatever they
 * give all the same is discarded. A runner that fails makes room for the next one at once.
 *
 * @param runners made as they are wanted, with the signal that ends the race
 * @throws the most telling failure when all fail, and `undefined` when there are none
 */
export async function race<T>(
  runners: (signal: AbortSignal) => AsyncIterable<Runner<T>>,
  { intervalMs, clock, signal, discard, moreTelling }: RaceRules<T>,
): Promise<T> {
  signal.throwIfAborted();
  const over = new AbortController();
  const won = Promise.withResolvers<T>();
  const abort = () => over.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  let failure: unknown;

  const run = (runner: Runner<T>): Promise<void> => {
    const running = runner(over.signal);
    running.then(
      (result) => {
        if (over.signal.aborted) {
          discard(result);
          return;
        }
        won.resolve(result);
        over.abort();
      },
      (error) => {
        failure = moreTelling(failure, error);
      },
    );
    return abortable(running, over.signal).then(
      () => {},
      () => {},
    );
  };

  const runAll = async (): Promise<never> => {
    const all: Promise<void>[] = [];
    for await (const runner of runners(over.signal)) {
      if (over.signal.aborted) break;
      const running = run(runner);
      all.push(running);
      await hasSettledWithin(running, intervalMs, clock);
      if (over.signal.aborted) break;
    }
    await Promise.all(all);
    throw failure;
  };

  try {
    return await Promise.race([won.promise, abortable(runAll(), signal)]);
  } finally {
    signal.removeEventListener('abort', abort);
    over.abort();
  }
}
