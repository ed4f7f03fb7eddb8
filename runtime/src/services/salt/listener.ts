import { ProtocolError, ServiceError } from '../../errors.ts';
import type { ServerSentEvent } from '../../http/sse.ts';
import type { Tag } from '../../http/tag.ts';
import { mayPass } from '../../http/watch/patience.ts';
import { BackOff, type ReconnectOptions, resolveReconnect } from '../../time/back-off.ts';
import type { Clock } from '../../time/clock.ts';
import { JoinedSignal } from '../../time/joined-signal.ts';
import { Choice, type EventOf, type SaltEvent } from './event.ts';

/** What a listener tells besides events. */
export type ListenNotice =
  /** `gap`: it was connected before, and what happened in between was missed. */
  | { readonly kind: 'connected'; readonly gap: boolean }
  /** `error` is absent when the stream merely ended, as it does when the token is over. */
  | { readonly kind: 'disconnected'; readonly error: ServiceError | undefined; readonly retryInMs: number }
  /** An event that can't be read was passed over. */
  | { readonly kind: 'dropped'; readonly error: ProtocolError };

/** How events are listened to. */
export interface ListenOptions {
  /** An abort ends the loop with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** Default `sse`, a stream over HTTP. `websocket` needs `ws4py` on the side of rest_cherrypy, and `websockets` in the
   * configuration of rest_tornado; it holds what the loop is too slow for. */
  readonly over?: 'sse' | 'websocket' | undefined;
  /** `false`: a lost connection ends the loop. */
  readonly reconnect?: ReconnectOptions | false | undefined;
  /**
   * How long the stream may be silent before it is made anew, in milliseconds. Default 600,000: it has no heartbeat, so
   * that nothing else tells a quiet master from one that is gone. `Infinity` is no limit.
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Called with what isn't an event. */
  readonly onNotice?: ((notice: ListenNotice) => void) | undefined;
}

/**
 * Events as they come. Nothing is connected until `ready` is called or a loop asks for the first event.
 *
 * One loop a listener. A stream is read no faster than the loop takes events. A lost connection is made again, with
 * back-off, and the loop goes on; the master keeps no events for later, so that what happened in between is lost, which
 * `onNotice` is told as `{ kind: 'connected', gap: true }`.
 */
export interface SaltListener<E> extends AsyncIterable<E>, AsyncDisposable {
  /** Resolves when the stream is open: from now on nothing that happens is missed. */
  ready(): Promise<void>;
  /** Ends the loop and closes the connection. */
  close(): Promise<void>;
}

/** One connection: events until it ends. */
export interface EventSource {
  readonly events: AsyncIterable<ServerSentEvent>;
  /** Called when the stream ended by itself: whatever it was opened with may be over. */
  ended(): void;
  /** Ends it, also where nobody has begun to read. */
  close(): Promise<void>;
}

/** Resolves when the connection is open. */
type OpenEvents = (signal: AbortSignal) => Promise<EventSource>;

/** {@link ListenOptions}, and what a session adds. */
interface ListenSettings extends ListenOptions {
  /** Called when it is over. */
  readonly onClosed?: () => void;
}

/**
 * Listens to events.
 *
 * @throws TypeError when there is nothing to listen to
 */
// The second signature is what the code is checked against. That an event's data has the type of its tag is the schema's
// word, and this is the one place where it is taken.
export function listenTo<const T extends Tag | string>(
  tags: T | readonly T[],
  open: OpenEvents,
  options: ListenSettings,
  clock: Clock,
): SaltListener<EventOf<T>>;
export function listenTo(
  tags: Tag | string | readonly (Tag | string)[],
  open: OpenEvents,
  options: ListenSettings,
  clock: Clock,
): SaltListener<SaltEvent> {
  return new StreamListener(new Choice([tags].flat()), open, options, clock);
}

class StreamListener implements SaltListener<SaltEvent> {
  readonly #choice: Choice;
  readonly #open: OpenEvents;
  readonly #options: ListenSettings;
  readonly #clock: Clock;
  readonly #backOff: BackOff;
  readonly #closing = new AbortController();
  readonly #joined: JoinedSignal;
  #opening: Promise<EventSource> | undefined;
  #connected = false;
  #iterated = false;

  constructor(choice: Choice, open: OpenEvents, options: ListenSettings, clock: Clock) {
    this.#choice = choice;
    this.#open = open;
    this.#options = options;
    this.#clock = clock;
    this.#backOff = new BackOff(resolveReconnect(options.reconnect), clock);
    this.#joined = new JoinedSignal(this.#closing.signal, options.signal);
  }

  async ready(): Promise<void> {
    await this.#begin();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<SaltEvent, void, undefined> {
    if (this.#iterated) throw new TypeError('a listener takes one loop; call listen() again for another');
    this.#iterated = true;
    const events = this.#events();
    const iterator: AsyncIterableIterator<SaltEvent, void, undefined> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => events.next(),
      // A generator alone would wait for the next event before it returns.
      return: async () => {
        await this.close();
        return await events.return();
      },
    };
    return iterator;
  }

  async close(): Promise<void> {
    this.#end();
    const source = await this.#opening?.catch(() => undefined);
    await source?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #begin(): Promise<EventSource> {
    this.#opening ??= this.#connect();
    // Who only loops is told by the loop.
    this.#opening.catch(() => {});
    return this.#opening;
  }

  async *#events(): AsyncGenerator<SaltEvent, void, undefined> {
    try {
      for (;;) {
        const source = await this.#begin();
        const error = yield* this.#untilLost(source);
        if (error === undefined) source.ended();
        this.#opening = undefined;
        await this.#rest(error);
      }
    } catch (error) {
      if (error !== closed) throw error;
    } finally {
      this.#end();
    }
  }

  get #signal(): AbortSignal {
    return this.#joined.signal;
  }

  #end(): void {
    this.#closing.abort(closed);
    this.#joined.release();
    this.#options.onClosed?.();
  }

  /** The events of one connection; gives what it was lost by. */
  async *#untilLost(source: EventSource): AsyncGenerator<SaltEvent, ServiceError | undefined, undefined> {
    try {
      for await (const each of source.events) {
        const event = this.#read(each);
        if (event !== undefined) yield event;
      }
      this.#signal.throwIfAborted();
      return undefined;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof ServiceError && mayPass(error)) return error;
      throw error;
    }
  }

  #read(each: ServerSentEvent): SaltEvent | undefined {
    try {
      return this.#choice.read(each);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const facts = { call: 'events', record: { method: 'GET', url: '', attempts: [] } };
      const dropped = new ProtocolError('an event that is not JSON with a tag', facts);
      this.#notify({ kind: 'dropped', error: dropped });
      return undefined;
    }
  }

  /** A connection, after as many attempts as are allowed. */
  async #connect(): Promise<EventSource> {
    for (;;) {
      const signal = this.#signal;
      signal.throwIfAborted();
      try {
        const source = await this.#open(signal);
        this.#backOff.connected();
        this.#notify({ kind: 'connected', gap: this.#connected });
        this.#connected = true;
        return source;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ServiceError) || !mayPass(error)) throw error;
        await this.#rest(error);
      }
    }
  }

  /** Waits before the next connection. Throws when there shall be none. */
  async #rest(error: ServiceError | undefined): Promise<void> {
    const retryInMs = this.#backOff.failed();
    if (retryInMs === undefined) throw error ?? closed;
    this.#notify({ kind: 'disconnected', error, retryInMs });
    await this.#clock.sleep(retryInMs, this.#signal);
  }

  /** Later, so that an observer that throws is an uncaught exception of its own and doesn't stop the listener. */
  #notify(notice: ListenNotice): void {
    const { onNotice } = this.#options;
    if (onNotice !== undefined) process.nextTick(onNotice, notice);
  }
}

const closed = new Error('the listener was closed');
