import { duration } from '../../options.ts';
import type { Clock } from '../../time/clock.ts';
import { durationText } from './duration.ts';
import { SessionLostError } from './lost.ts';
import type { ConsulWire, SessionBody } from './wire.ts';

/** What a session of Consul is made with. */
export interface KeepSessionOptions {
  /** For people. */
  readonly name?: string | undefined;
  /**
   * How long the session lives without being renewed, in milliseconds: 10,000 to 86,400,000. Default 15,000. It is renewed
   * twice as often.
   */
  readonly ttlMs?: number | undefined;
  /** How long nobody can take a lock after the session that held it was lost, in milliseconds. Default 15,000. */
  readonly lockDelayMs?: number | undefined;
  /** What happens to the keys that it holds when it ends. Default `release`. */
  readonly behavior?: 'release' | 'delete' | undefined;
  /** The node that it is bound to. Default the agent's. */
  readonly node?: string | undefined;
  /** The checks of the node that end it when they become critical. Default `serfHealth`. */
  readonly nodeChecks?: readonly string[] | undefined;
  /** The checks of services that end it when they become critical. */
  readonly serviceChecks?: SessionBody['ServiceChecks'];
  /** An abort while the session is being made rejects with the signal's own reason; later it changes nothing. */
  readonly signal?: AbortSignal | undefined;
}

/** A session of Consul that is renewed as long as it is wanted. */
export interface KeptSession extends AsyncDisposable {
  readonly id: string;
  /** Aborted when the session is lost, with a {@link SessionLostError}; not when it is released. */
  readonly signal: AbortSignal;
  /**
   * Renews it no more and ends it. What it held is free at once. Does nothing when it is over.
   *
   * @throws ServiceError when no answer comes within 5 seconds: its time to live ends it then
   */
  release(): Promise<void>;
}

/** From one renewal that failed to the next, and the least that one may take, in milliseconds. */
const retryMs = 1000;

/** Makes a session and renews it until it is released. */
export async function keepSession(
  wire: ConsulWire,
  clock: Clock,
  options: KeepSessionOptions,
): Promise<SessionKeeper> {
  const ttlMs = duration('ttlMs', options.ttlMs ?? 15_000);
  const { lockDelayMs, signal } = options;
  signal?.throwIfAborted();
  const bornAt = clock.now();
  // Not aborted: nobody would end a session whose ID never came.
  const id = await wire.createSession({
    Name: options.name,
    TTL: durationText(ttlMs),
    LockDelay: lockDelayMs === undefined ? undefined : durationText(lockDelayMs),
    Behavior: options.behavior,
    Node: options.node,
    NodeChecks: options.nodeChecks,
    ServiceChecks: options.serviceChecks,
  });
  const keeper = new SessionKeeper(wire, clock, { id, ttlMs, bornAt });
  if (signal?.aborted !== true) return keeper;
  await keeper[Symbol.asyncDispose]();
  throw signal.reason;
}

interface Born {
  readonly id: string;
  readonly ttlMs: number;
  readonly bornAt: number;
}

export class SessionKeeper implements KeptSession {
  readonly #wire: ConsulWire;
  readonly #clock: Clock;
  readonly #lost = new AbortController();
  readonly #stop = new AbortController();
  readonly #renewing: Promise<void>;
  #released: Promise<void> | undefined;
  readonly id: string;

  constructor(wire: ConsulWire, clock: Clock, { id, ttlMs, bornAt }: Born) {
    this.#wire = wire;
    this.#clock = clock;
    this.id = id;
    this.#renewing = this.#renew(ttlMs, bornAt);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Aborted when it is released or lost. */
  get ended(): AbortSignal {
    return this.#stop.signal;
  }

  /** Ends a session that somebody still uses. */
  close(): Promise<void> {
    const released = this.release();
    this.#lose('the session of the program was closed');
    return released;
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** As {@link release}, but for a failure of it: a session that nobody renews ends by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release().catch(() => {});
  }

  async #release(): Promise<void> {
    const isAlive = !this.#lost.signal.aborted;
    this.#stop.abort();
    await this.#renewing;
    if (isAlive) await this.#wire.brief.destroySession(this.id);
  }

  /** Until it is stopped or the session is lost; never throws. */
  async #renew(firstTtlMs: number, bornAt: number): Promise<void> {
    const { signal } = this.#stop;
    let ttlMs = firstTtlMs;
    let renewedAt = bornAt;
    let waitMs = ttlMs / 2;
    let failure: unknown;
    let askedAt = bornAt;
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(waitMs, signal);
        askedAt = this.#clock.now();
        const leftMs = renewedAt + ttlMs - askedAt;
        if (leftMs <= 0) return this.#lose('it could not be renewed in time', failure);
        // Not all that is left: one connection may be dead, and the next one is another.
        const timeoutMs = Math.min(leftMs, Math.max(retryMs, leftMs / 3));
        const renewedMs = await this.#wire.renewSession(this.id, timeoutMs, signal);
        if (renewedMs === undefined) return this.#lose('Consul knows it no more');
        if (renewedMs > 0) ttlMs = renewedMs;
        // Consul counts from when it was asked, which is later than this.
        renewedAt = askedAt;
        waitMs = ttlMs / 2;
      } catch (error) {
        failure = error;
        waitMs = Math.max(0, Math.min(askedAt + retryMs, renewedAt + ttlMs) - this.#clock.now());
      }
    }
  }

  #lose(why: string, cause?: unknown): void {
    this.#stop.abort();
    this.#lost.abort(new SessionLostError(this.id, why, cause));
  }
}
