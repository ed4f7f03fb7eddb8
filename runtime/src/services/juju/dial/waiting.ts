import type { Clock } from '../../../time/clock.ts';

/** As `promise`, unless a signal says so before it is settled: then it rejects with the signal's reason. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Waits for a promise, but not for longer than that, and tells whether it was settled. */
export async function hasSettledWithin(
  promise: Promise<unknown>,
  ms: number,
  clock: Clock,
): Promise<boolean> {
  const settled = new AbortController();
  const stop = () => settled.abort();
  promise.then(stop, stop);
  return clock.sleep(ms, settled.signal).then(
    () => false,
    () => true,
  );
}

/**
 * Gives work a signal that is aborted when time is over, with what `onTimeout` gives, when the outer signal is, with its
 * reason, and when the work is done. The work must end when its signal says so.
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { ms, clock, signal, onTimeout }: Deadline,
): Promise<T> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const done = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (ms !== Number.POSITIVE_INFINITY)
    clock.sleep(ms, done.signal).then(
      () => stop.abort(onTimeout()),
      () => {},
    );
  try {
    return await work(stop.signal);
  } finally {
    signal?.removeEventListener('abort', abort);
    done.abort();
    stop.abort();
  }
}

export interface Deadline {
  readonly ms: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  onTimeout(): unknown;
}
