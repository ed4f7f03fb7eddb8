import type { Cursor } from '../../http/watch/cursor.ts';
import type { WatchRetryOptions } from '../../http/watch/patience.ts';
import { duration } from '../../options.ts';
import type { Clock } from '../../time/clock.ts';
import { JoinedSignal } from '../../time/joined-signal.ts';
import { type KeepSessionOptions, keepSession, type SessionKeeper } from './keeper.ts';
import { type Patience, persist } from './persist.ts';
import type { ConsulWire, Look } from './wire.ts';

/** What locks and semaphores have in common. */
export interface HoldOptions {
  /** The ID of a session of your own, which you renew and end. Default: one is made, renewed, and ended with the lock. */
  readonly session?: string | undefined;
  /** The session that is made: its name, its time to live, how long the lock stays taken after it was lost. */
  readonly sessionOptions?: Omit<KeepSessionOptions, 'behavior' | 'signal'> | undefined;
  /** How long Consul may hold a question while somebody else has it, in milliseconds. Default 15,000. */
  readonly waitMs?: number | undefined;
  /**
   * How long it may be unknown whether it is still held before that counts as lost, in milliseconds. Default 10,000. A
   * session that isn't renewed in time is lost, whatever this says.
   */
  readonly graceMs?: number | undefined;
  /** How long it may take until it is held, in milliseconds. */
  readonly withinMs?: number | undefined;
  /** How failures that can pass are waited for until it is held. `false`: the first one is thrown. */
  readonly retry?: WatchRetryOptions | false | undefined;
  /** An abort until it is held rejects with the signal's own reason; later it changes nothing. */
  readonly signal?: AbortSignal | undefined;
}

/** What a program's session lends to those that hold something. */
export interface Tools {
  readonly wire: ConsulWire;
  readonly clock: Clock;
  /** Aborted when the program's session is closed. */
  readonly closing: AbortSignal;
}

/** Somebody who wants to hold something, and what they have for that. */
export interface Contender extends Patience {
  readonly session: string;
  readonly keeper: SessionKeeper | undefined;
  readonly waitMs: number;
  readonly graceMs: number;
  /** Aborted when it makes no sense any more to go on. */
  readonly signal: AbortSignal;
}

/**
 * Makes what is needed to contend, and has it contend; puts all of it away unless it comes to hold something.
 *
 * @throws TypeError when an option can't be used
 */
export async function contending<T>(
  tools: Tools,
  options: HoldOptions & Pick<KeepSessionOptions, 'name' | 'behavior'>,
  contend: (contender: Contender) => Promise<T | undefined>,
): Promise<T | undefined> {
  const times = {
    waitMs: duration('waitMs', options.waitMs ?? 15_000),
    graceMs: duration('graceMs', options.graceMs ?? 10_000),
  };
  const { session, retry, withinMs = Number.POSITIVE_INFINITY } = options;
  const until = tools.clock.now() + withinMs;
  const wanted = new JoinedSignal(tools.closing, options.signal);
  const { signal } = wanted;
  try {
    if (session !== undefined)
      return await contend({ ...times, retry, withinMs, session, keeper: undefined, signal });
    return await withKeeper(tools, options, signal, (contender) => {
      // What it took to make the session is gone.
      const leftMs = Math.max(0, until - tools.clock.now());
      return contend({ ...times, retry, withinMs: leftMs, ...contender });
    });
  } finally {
    wanted.release();
  }
}

/** Contends with a session of its own. */
async function withKeeper<T>(
  { wire, clock }: Tools,
  options: HoldOptions & Pick<KeepSessionOptions, 'name' | 'behavior'>,
  wanted: AbortSignal,
  contend: (contender: Pick<Contender, 'session' | 'keeper' | 'signal'>) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { name, behavior, sessionOptions } = options;
  // One that was made without our hearing of it ends by itself, and holds nothing until then.
  const keeper = await persist(clock, wanted, options, async () => ({
    held: await keepSession(wire, clock, { name, ...sessionOptions, behavior, signal: wanted }),
  }));
  if (keeper === undefined) return undefined;
  let held: T | undefined;
  const possible = new JoinedSignal(wanted, keeper.signal);
  try {
    held = await contend({ session: keeper.id, keeper, signal: possible.signal });
    return held;
  } finally {
    possible.release();
    // Ends the session, and with it whatever it came to hold without our knowing.
    if (held === undefined) await keeper[Symbol.asyncDispose]();
  }
}

/** How a contender looks: for news, if it has looked before, and no longer than it may. */
export function lookOf({ waitMs, signal }: Contender, { query }: Cursor, leftMs: number): Look {
  return { seen: query, waitMs: Math.max(1, Math.min(waitMs, leftMs)), signal };
}
