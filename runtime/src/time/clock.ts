import { sleep } from './limit.ts';

/** Time, for what waits on purpose: given from outside, so that a test can pass it as it likes. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Resolves after `ms`; an abort rejects with the signal's own reason. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

export const clock: Clock = { now: () => performance.now(), sleep };
