import type { BackOffOptions } from '../time/back-off.ts';
import type { Clock } from '../time/clock.ts';
import type { RpcConnection } from './connection.ts';

/** An open connection, and what the service offers on it. */
export interface Ready {
  readonly connection: RpcConnection;
  /** Versions of facades, by name. */
  readonly offered: ReadonlyMap<string, readonly number[]>;
  /** For messages. */
  readonly serverVersion?: string | undefined;
}

/** What a session gives to its facades. */
export interface FacadeHost {
  /**
   * The open connection, logged in: made on the first call, and again after it was lost where that is wanted.
   *
   * @param timeoutMs how long to wait for it, in milliseconds
   */
  ready(signal?: AbortSignal, timeoutMs?: number): Promise<Ready>;
  /** How a lost connection is made again; `undefined` where it isn't. Watchers are made again in the same way. */
  readonly backOff: BackOffOptions | undefined;
  /** Whether whoever uses it closed it: a watcher that waits for another connection ends without an error then. */
  readonly closed?: boolean;
  readonly clock: Clock;
}
