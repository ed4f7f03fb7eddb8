import { ConnectionError, ProtocolError } from '../../errors.ts';
import { inspectCustom } from '../../inspect.ts';
import { within } from '../../time/limit.ts';
import type { Ready } from '../host.ts';
import type { Created, WatcherBatch } from './batch.ts';
import type { WatcherName } from './changes.ts';
import { watcherKinds } from './kinds.ts';
import { MergedEvents } from './merged.ts';

export interface WatcherOptions {
  /** An abort ends the loop, which then throws the signal's own reason, and stops the watcher on the service. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the watcher is created again on the connection that replaces a lost one, where the session makes one. Its
   * first event tells then all that there is, whether it was told before or not. Default true.
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
    const events = this.#events();
    const iterator: AsyncIterableIterator<C, undefined, undefined> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => events.next(),
      // A generator alone would wait for the next event before it returns.
      return: async () => {
        this.#closing.abort(ended);
        return await events.return(undefined);
      },
    };
    return iterator;
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
    let lost: ConnectionError | ProtocolError | undefined;
    try {
      for (;;) {
        const ready = await this.#unlessOver(this.#batch.host.ready(this.#signal));
        if (lost !== undefined && ready.connection.broken.aborted) throw lost;
        try {
          yield* this.#eventsOn(ready);
        } catch (error) {
          const how = endOf(error, ready);
          if (how === 'closed') return undefined;
          if (how === undefined || !this.#recreates) throw error;
          lost = how;
          this.#options.onRecreate?.(how);
        }
      }
    } catch (error) {
      const closed = lost !== undefined && this.#batch.host.closed === true;
      if (this.#signal.reason === ended || (closed && error instanceof ConnectionError)) return undefined;
      throw error;
    } finally {
      // Whoever wants to know whether that works out calls stop() for it.
      this.stop().catch(() => {});
    }
  }

  /** The events on one connection. The service is believed to send what its schema says: here they get their type. */
  async *#eventsOn(ready: Ready): AsyncGenerator<C, never, undefined> {
    const outcomes = await this.#unlessOver(this.#batch.createdOn(ready));
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

  async *#pulled({ remote, first }: Created): AsyncGenerator<unknown, never, undefined> {
    if (first !== undefined) yield first.event;
    for (;;) yield await remote.next(this.#signal);
  }

  async *#merged(
    { remote, first }: Created,
    key: (change: unknown) => string,
  ): AsyncGenerator<unknown, never, undefined> {
    const events = new MergedEvents(key);
    if (first !== undefined) events.put(first.event);
    const read = async () => {
      for (;;) events.put(await remote.next(this.#signal));
    };
    read().catch((error: unknown) => events.fail(error));
    for (;;) yield await events.take();
  }

  #missing({ connection }: Ready): ProtocolError {
    const record = { method: this.#name, url: connection.url, attempts: [] };
    return new ProtocolError('the service created fewer watchers than before', { call: this.#name, record });
  }

  get #signal(): AbortSignal {
    return this.#closing.signal;
  }

  get #recreates(): boolean {
    return this.#batch.host.reconnects && this.#options.recreate !== false;
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
  return connection.failure === undefined ? 'closed' : error;
}

const ended = new Error('the watcher was stopped');
