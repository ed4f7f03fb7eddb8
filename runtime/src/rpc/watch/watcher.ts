import { ConnectionError, ProtocolError } from '../../errors.ts';
import { inspectCustom } from '../../inspect.ts';
import { BackOff, type BackOffOptions } from '../../time/back-off.ts';
import { JoinedSignal } from '../../time/joined-signal.ts';
import { leavable } from '../../time/leavable.ts';
import { within } from '../../time/limit.ts';
import type { Ready } from '../host.ts';
import { RpcError } from '../rpc-error.ts';
import type { Created, WatcherBatch } from './batch.ts';
import type { WatcherName } from './changes.ts';
import { watcherKinds } from './kinds.ts';
import { MergedEvents } from './merged.ts';
import { isGone, type RemoteWatcher } from './remote.ts';

/** How long a connection may live on after its watchers were stopped, in milliseconds. */
const partingMs = 10_000;

export interface WatcherOptions {
  /** An abort ends the loop, which then throws the signal's own reason, and stops the watcher on the service. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the watcher is created again on the connection that replaces a lost one, where the session makes one. Its
   * first event tells then all that there is, whether it was told before or not. A service that can't do that yet is asked
   * again. Default true.
   */
  readonly recreate?: boolean | undefined;
  /** Called when the connection was lost and the watcher is created again. What it throws ends the loop. */
  readonly onRecreate?: ((error: ConnectionError | ProtocolError) => void) | undefined;
}

/**
 * What changes, as it changes: for one loop. The first event tells what there is.
 *
 * The watcher is stopped on the service when the loop is left, by `stop()`, and at the end of `await using`; the loop
 * ends then without an error, as it does when the session is closed. It throws what the service says when it ends the
 * watcher by itself, and a ConnectionError when the connection is lost and isn't made again.
 *
 * The service is asked for the next event when the loop wants it. Watchers of statuses and of secrets are asked all the
 * time instead; of what changes several times while the loop is busy, it sees the last.
 */
export class Watcher<C> implements AsyncIterable<C>, AsyncDisposable {
  readonly #batch: WatcherBatch;
  readonly #index: number;
  readonly #name: WatcherName;
  readonly #options: WatcherOptions;
  /** Aborted when the loop shall end: with `ended` without a word, otherwise with what it shall throw. */
  readonly #closing = new AbortController();
  #stopping: Promise<void> | undefined;
  #iterated = false;

  constructor(batch: WatcherBatch, index: number, name: WatcherName, options: WatcherOptions) {
    this.#batch = batch;
    this.#index = index;
    this.#name = name;
    this.#options = options;
    this.#endWith(options.signal);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<C, undefined, undefined> {
    if (this.#iterated) throw new TypeError('a watcher takes one loop; call the method again for another');
    this.#iterated = true;
    return leavable(this.#events(), () => this.#closing.abort(ended));
  }

  /**
   * Ends the loop and stops the watcher on the service. That it is gone already is as good.
   *
   * @throws RpcError when the service doesn't stop it
   * @throws ConnectionError when it doesn't answer within 60 s
   */
  stop(): Promise<void> {
    this.#closing.abort(ended);
    this.#stopping ??= this.#batch.stop(this.#index);
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  [inspectCustom](): string {
    return `Watcher(${this.#name}${this.#signal.aborted ? ', stopped' : ''})`;
  }

  async *#events(): AsyncGenerator<C, undefined, undefined> {
    const { host } = this.#batch;
    /** There since the first connection was lost. */
    let backOff: BackOff | undefined;
    try {
      for (;;) {
        const ready = await this.#unlessOver(host.ready(this.#signal));
        try {
          yield* this.#eventsOn(ready, backOff);
        } catch (error) {
          const how = endOf(error, ready);
          if (how === 'closed') return undefined;
          if (how === undefined || this.#recreating === undefined) throw error;
          backOff = new BackOff(this.#recreating, host.clock);
          this.#options.onRecreate?.(how);
        }
      }
    } catch (error) {
      const closed = backOff !== undefined && host.closed === true;
      if (this.#signal.reason === ended || (closed && error instanceof ConnectionError)) return undefined;
      throw error;
    } finally {
      // Whoever wants to know whether that works out calls stop() for it.
      this.stop().catch(() => {});
    }
  }

  /** The events on one connection. The service is believed to send what its schema says: here they get their type. */
  async *#eventsOn(ready: Ready, backOff: BackOff | undefined): AsyncGenerator<C, never, undefined> {
    const outcomes = await this.#createdOn(ready, backOff);
    const outcome = outcomes[this.#index];
    if (outcome === undefined) throw this.#missing(ready);
    if (!outcome.ok) throw outcome.error;
    const { key } = watcherKinds[this.#name];
    const events = key === undefined ? this.#pulled(outcome.value) : this.#merged(outcome.value, key);
    for (;;) {
      const { value } = await events.next();
      yield value as C;
    }
  }

  /** A service that has just come back may say for a while that it can't yet. */
  async #createdOn(ready: Ready, backOff: BackOff | undefined): ReturnType<WatcherBatch['createdOn']> {
    for (;;) {
      try {
        return await this.#unlessOver(this.#batch.createdOn(ready));
      } catch (error) {
        const mayPass = error instanceof RpcError && error.category === 'unavailable';
        const delayMs = mayPass ? backOff?.failed() : undefined;
        if (delayMs === undefined) throw error;
        await this.#sleep(delayMs, ready.connection.broken);
      }
    }
  }

  async *#pulled({ remote, first }: Created): AsyncGenerator<unknown, never, undefined> {
    if (first !== undefined) yield first.event;
    for (;;) yield await this.#next(remote);
  }

  async *#merged(
    { remote, first }: Created,
    key: (change: unknown) => string,
  ): AsyncGenerator<unknown, never, undefined> {
    const events = new MergedEvents(key);
    if (first !== undefined) events.put(first.event);
    const read = async () => {
      for (;;) events.put(await this.#next(remote));
    };
    read().catch((error: unknown) => events.fail(error));
    for (;;) yield await events.take();
  }

  /** A service that closes stops its watchers before its connections: then it is the connection that was lost. */
  async #next(remote: RemoteWatcher): Promise<unknown> {
    const { broken } = remote.connection;
    try {
      return await remote.next(this.#signal);
    } catch (error) {
      if (this.#recreating === undefined || !isGone(error)) throw error;
      await this.#sleep(partingMs, broken);
      if (!broken.aborted) throw error;
      return await remote.next(this.#signal);
    }
  }

  #missing({ connection }: Ready): ProtocolError {
    const record = { method: this.#name, url: connection.url, attempts: [] };
    return new ProtocolError('the service created fewer watchers than before', { call: this.#name, record });
  }

  get #signal(): AbortSignal {
    return this.#closing.signal;
  }

  get #recreating(): BackOffOptions | undefined {
    return this.#options.recreate === false ? undefined : this.#batch.host.backOff;
  }

  /** Until then, or until the connection breaks. */
  async #sleep(ms: number, broken: AbortSignal): Promise<void> {
    const either = new JoinedSignal(this.#signal, broken);
    try {
      await this.#batch.host.clock.sleep(ms, either.signal);
    } catch {
      this.#signal.throwIfAborted();
    } finally {
      either.release();
    }
  }

  #unlessOver<T>(promise: Promise<T>): Promise<T> {
    return within(promise, Number.POSITIVE_INFINITY, this.#signal, () => undefined);
  }

  #endWith(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const end = () => {
      this.#closing.abort(signal.reason);
      this.stop().catch(() => {});
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true, signal: this.#signal });
  }
}

/** Whether an error is the end of the connection: by whoever closed it here, or by what happened to it. */
function endOf(
  error: unknown,
  { connection }: Ready,
): 'closed' | ConnectionError | ProtocolError | undefined {
  if (!connection.broken.aborted) return undefined;
  if (!(error instanceof ConnectionError || error instanceof ProtocolError)) return undefined;
  return connection.failure ?? 'closed';
}

const ended = new Error('the watcher was stopped');
