import { JoinedSignal } from '../../../time/joined-signal.ts';
import { leavable } from '../../../time/leavable.ts';

/** A loop that opens a stream of its own, which ends at once when the loop is left or `signal` is aborted. */
export function loopOver<T>(
  values: (signal: AbortSignal) => AsyncGenerator<T, undefined, undefined>,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<T, undefined, undefined> {
  const leaving = new AbortController();
  return leavable(untilLeft(values, signal, leaving.signal), () => leaving.abort(left));
}

async function* untilLeft<T>(
  values: (signal: AbortSignal) => AsyncGenerator<T, undefined, undefined>,
  ...signals: readonly (AbortSignal | undefined)[]
): AsyncGenerator<T, undefined, undefined> {
  const either = new JoinedSignal(...signals);
  try {
    return yield* values(either.signal);
  } catch (error) {
    if (error === left) return undefined;
    throw error;
  } finally {
    either.release();
  }
}

const left = new Error('the loop was left');
