import { ConnectionError, ServiceError } from '../../errors.ts';
import { duration } from '../../options.ts';
import type { RpcConnection } from '../../rpc/connection.ts';
import { BackOff } from '../../time/back-off.ts';
import { JoinedSignal } from '../../time/joined-signal.ts';
import { within } from '../../time/limit.ts';
import { type Connected, connect, type Opening } from './connect.ts';
import type { DialFailure, Dialled } from './dial/options.ts';
import { isTunnel, type Proxier } from './dial/proxier.ts';
import { withDeadline } from './dial/waiting.ts';
import { dialOnly } from './dial-only.ts';
import { LoginError } from './login/login-error.ts';
import { monitor } from './monitor.ts';
import { OpenTimeoutError } from './open-timeout-error.ts';
import { RedirectError } from './redirect.ts';
import type { Settings } from './settings.ts';

const notReached = { doing: 'no controller was reached' };

/**
 * The connection of a session: made when it is first needed, by one opening for all who wait, kept under watch, and made again
 * after it was lost where that is wanted.
 */
export class Line {
  readonly #settings: Settings;
  readonly #macaroonsOf: Opening['macaroonsOf'];
  readonly #backOff: BackOff | undefined;
  readonly #closing = new AbortController();
  readonly #broken = new AbortController();
  #opening: Promise<Connected> | undefined;
  /** What the opening is at, and what went wrong in it so far. */
  #progress: { readonly doing: string; readonly cause?: unknown } = notReached;
  #connected: Connected | undefined;
  #proxy: Proxier | undefined;
  #closed: Promise<void> | undefined;

  constructor(settings: Settings, macaroonsOf: Opening['macaroonsOf']) {
    this.#settings = settings;
    this.#macaroonsOf = macaroonsOf;
    this.#backOff = settings.backOff && new BackOff(settings.backOff, settings.clock);
  }

  /** Aborted once, when nothing can be called any more: the connection was lost for good, or the session was closed. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** The last connection that was made, which may be lost; `undefined` before the first. */
  get connected(): Connected | undefined {
    return this.#connected;
  }

  /** What is between here and the controller. */
  get proxy(): Proxier | undefined {
    return this.#proxy;
  }

  /**
   * The connection, which is made where there is none. An abort, or time that is over, ends the waiting and not the opening, for
   * which others may wait.
   */
  async ready(signal?: AbortSignal, timeoutMs = Number.POSITIVE_INFINITY): Promise<Connected> {
    signal?.throwIfAborted();
    const ms = duration('timeoutMs', timeoutMs);
    if (this.#broken.signal.aborted) throw this.#over();
    const connected = this.#connected;
    if (connected !== undefined && !connected.connection.broken.aborted) return connected;
    this.#opening ??= this.#settled(this.#open());
    const opening = this.#opening;
    const waiting = (over: AbortSignal) => within(opening, Number.POSITIVE_INFINITY, over, () => undefined);
    return await withDeadline(waiting, {
      ms,
      clock: this.#settings.clock,
      signal,
      onTimeout: () => this.#late(ms),
    });
  }

  /**
   * The controller, for who need not be logged in: the machine that is connected to, or else any that answers at its addresses.
   * Behind a tunnel the session is opened first, which is what starts it.
   */
  async reached(signal?: AbortSignal): Promise<Dialled> {
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw this.#over();
    const connected = this.#connected;
    if (connected !== undefined && !connected.connection.broken.aborted) return connected.dialled;
    if (this.#settings.proxier !== undefined) return (await this.ready(signal)).dialled;
    const either = new JoinedSignal(signal, this.#closing.signal);
    try {
      return await dialOnly(this.#settings, either.signal);
    } finally {
      either.release();
    }
  }

  /** Closes the connection, whatever state it is in, for good. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const reason = this.#failure('reset', 'the session was closed');
    this.#closing.abort(reason);
    this.#broken.abort(reason);
    await this.#opening?.catch(() => {});
    await this.#connected?.connection.close();
    await this.#proxy?.stop();
  }

  /** Of an opening, which nobody may be waiting for. */
  #settled(opening: Promise<Connected>): Promise<Connected> {
    const settled: Promise<Connected> = opening.finally(() => {
      // A connection that was lost at once has the next opening under way already.
      if (this.#opening === settled) this.#opening = undefined;
    });
    settled.catch(() => {});
    return settled;
  }

  async #open(): Promise<Connected> {
    const { timeoutMs, clock } = this.#settings;
    const tunnel = this.#proxy !== undefined && isTunnel(this.#proxy) ? this.#proxy : undefined;
    const opening = (signal: AbortSignal) =>
      connect(this.#settings, {
        signal,
        tunnel: tunnel && `${tunnel.host}:${tunnel.port}`,
        clientVersion: this.#connected?.clientVersion,
        macaroonsOf: this.#macaroonsOf,
        onProgress: (doing: string, failure?: DialFailure) => {
          this.#progress = { doing, cause: failure?.error };
        },
      });
    const connected = await withDeadline(opening, {
      ms: timeoutMs,
      clock,
      signal: this.#closing.signal,
      onTimeout: () => this.#late(timeoutMs),
    });
    this.#proxy = connected.dialled.proxy ?? this.#proxy;
    this.#connected = connected;
    this.#progress = notReached;
    this.#backOff?.connected();
    this.#watch(connected);
    return connected;
  }

  #watch({ connection, login }: Connected): void {
    const { pings, clock } = this.#settings;
    if (login !== undefined) void monitor(connection, pings, clock);
    const lost = () => this.#lost(connection);
    if (connection.broken.aborted) lost();
    else connection.broken.addEventListener('abort', lost, { once: true });
  }

  #lost(connection: RpcConnection): void {
    if (this.#closing.signal.aborted) return;
    const delayMs = this.#backOff?.failed();
    if (delayMs === undefined) this.#giveUp(connection.failure);
    else this.#opening = this.#settled(this.#comeBack(delayMs));
  }

  async #comeBack(firstDelayMs: number): Promise<Connected> {
    const { clock } = this.#settings;
    for (let delayMs = firstDelayMs; ; ) {
      await clock.sleep(delayMs, this.#closing.signal);
      try {
        return await this.#open();
      } catch (error) {
        const next = mayPass(error) ? this.#backOff?.failed() : undefined;
        if (next === undefined || this.#closing.signal.aborted) {
          this.#giveUp(error);
          throw error;
        }
        delayMs = next;
      }
    }
  }

  #giveUp(reason: unknown): void {
    this.#broken.abort(reason);
    this.#proxy?.stop().catch(() => {});
  }

  #over(): unknown {
    const { reason } = this.#broken.signal;
    if (this.#closed !== undefined) return this.#failure('reset', 'the session is closed');
    return this.#failure('reset', `the session is broken${reasonOf(reason)}`, reason);
  }

  #late(timeoutMs: number): ConnectionError {
    const { doing, cause } = this.#progress;
    return this.#failure('timeout', `not open within ${timeoutMs} ms: ${doing}${reasonOf(cause)}`, cause);
  }

  #failure(code: 'reset' | 'timeout', what: string, cause?: unknown): ConnectionError {
    const url = this.#connected?.dialled.url ?? this.#settings.addresses.join(', ');
    const facts = { call: `session with ${url}`, record: { method: 'GET', url, attempts: [] }, cause };
    return code === 'timeout'
      ? new OpenTimeoutError(code, what, facts)
      : new ConnectionError(code, what, facts);
  }
}

/** A controller that is away or busy may come back; one that says no, or that the model is elsewhere, says it again. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof ServiceError) || error instanceof RedirectError || error instanceof LoginError)
    return false;
  return ['unavailable', 'rate-limited', 'failed'].includes(error.category);
}

/** Without the URL, which the message that it becomes a part of begins with. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const isRepeated = cause instanceof ServiceError && cause.call.includes(cause.record.url);
  return isRepeated ? cause.message.slice(cause.call.length) : `: ${cause.message}`;
}
