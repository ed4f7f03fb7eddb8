import { ProtocolError } from '../../errors.ts';
import { duration } from '../../options.ts';
import { type Clock, clock as realClock } from '../../time/clock.ts';
import { leavable } from '../../time/leavable.ts';
import type { Ask, More, WithMeta } from '../read.ts';
import type { MetaReader } from '../read-meta.ts';
import type { Answered } from '../reply.ts';
import { TokenBucket } from './bucket.ts';
import { type Cursor, cursorOf, type WatchedBy } from './cursor.ts';
import { NewsFilter } from './news.ts';
import { WatchPatience, type WatchRetryOptions, type WatchSetback } from './patience.ts';
import { waiting } from './waiting.ts';

export interface WatchOptions {
  /** An abort ends the watch and closes its connection; its loop then throws the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long the service may hold a question before it says that nothing has changed, in milliseconds. It adds up to a
   * sixteenth, and has a limit of its own. Default the session's, or 55,000: just below the minute after which many
   * proxies give up.
   */
  readonly waitMs?: number | undefined;
  /**
   * What was seen already: the `meta.index` or, where answers have a hash instead, the `meta.contentHash` of an earlier
   * answer; of events, the ID of the last one. Default nothing: the loop begins with what is there.
   */
  readonly from?: bigint | string | undefined;
  /** Leaves out what is there at the beginning: only changes from then on. Default false. */
  readonly skipInitial?: boolean | undefined;
  /**
   * Leaves out an answer that equals the last one: a service's versions count more than what was asked for, so that
   * another version needn't be another value. Default true.
   */
  readonly skipUnchanged?: boolean | undefined;
  /** How often a value that changes all the time is asked for. `false`: as often as it changes. */
  readonly rate?: WatchRate | false | undefined;
  /** How a failure that can pass is waited for. `false`: the first one is thrown. */
  readonly retry?: WatchRetryOptions | false | undefined;
  /** Called for each failure that is waited for. What it throws ends the loop. */
  readonly onError?: ((error: unknown, setback: WatchSetback) => void) | undefined;
}

export interface WatchRate {
  /** How many answers may follow each other without a wait. Default 2. */
  readonly burst?: number | undefined;
  /** How long it takes until there may be one more, in milliseconds. Default 15,000. */
  readonly everyMs?: number | undefined;
}

/** What is known of a watch before anyone asks for it. */
export interface WatchSettings {
  readonly by: WatchedBy;
  readonly readMeta: MetaReader;
  readonly waitMs?: number | undefined;
  readonly closing?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** After a service said that there is nothing, and not how to wait for it, in milliseconds. */
const absentMs = 5000;

/** What is there, again and again: see `BlockingRead.watch`. */
export class Watch<T> implements AsyncIterable<WithMeta<T>>, AsyncDisposable {
  readonly #ask: Ask<T>;
  readonly #readMeta: MetaReader;
  readonly #by: WatchedBy;
  readonly #waitMs: number;
  readonly #cursor: Cursor;
  readonly #news: NewsFilter;
  readonly #bucket: TokenBucket | undefined;
  readonly #patience: WatchPatience;
  readonly #clock: Clock;
  readonly #onError: WatchOptions['onError'];
  readonly #given: AbortSignal | undefined;
  readonly #sessionClosing: AbortSignal | undefined;
  /** Aborted when the loop shall end: with `ended` without a word, otherwise with what it shall throw. */
  readonly #closing = new AbortController();
  #iterated = false;

  /** @throws TypeError when an option can't be used */
  constructor(ask: Ask<T>, settings: WatchSettings, options: WatchOptions) {
    const { by, readMeta, closing, clock = realClock } = settings;
    const { signal, from, rate = {}, retry, onError } = options;
    this.#ask = ask;
    this.#readMeta = readMeta;
    this.#by = by;
    this.#waitMs = wholeWait(options.waitMs ?? settings.waitMs ?? 55_000);
    this.#cursor = cursorOf(by, from);
    this.#news = new NewsFilter(by, from, options);
    this.#bucket = rate === false ? undefined : bucketOf(rate, clock);
    this.#patience = new WatchPatience(retry);
    this.#clock = clock;
    this.#onError = onError;
    this.#given = signal;
    this.#sessionClosing = closing;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<WithMeta<T>, undefined, undefined> {
    if (this.#iterated) throw new TypeError('a watch takes one loop; call watch() again for another');
    this.#iterated = true;
    return leavable(this.#changes(), () => this.#closing.abort(ended));
  }

  /** Ends the loop and closes its connection. */
  async close(): Promise<void> {
    this.#closing.abort(ended);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async *#changes(): AsyncGenerator<WithMeta<T>, undefined, undefined> {
    try {
      this.#endWith(this.#sessionClosing, () => ended);
      this.#endWith(this.#given, (signal) => signal.reason);
      await this.#news.prepare();
      for (;;) {
        yield* this.#change();
        await this.#bucket?.take(this.#signal);
      }
    } catch (error) {
      if (this.#signal.reason === ended) return undefined;
      throw error;
    } finally {
      this.#closing.abort(ended);
    }
  }

  get #signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** Not `AbortSignal.any`, of which a signal that lives long keeps a trace for ever in older releases of Node. */
  #endWith(signal: AbortSignal | undefined, reason: (signal: AbortSignal) => unknown): void {
    if (signal === undefined) return;
    const end = () => this.#closing.abort(reason(signal));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true, signal: this.#signal });
  }

  /** The next answer, if there is news in it. Apart from the loop, which would hold the last answer while it waits. */
  async *#change(): AsyncGenerator<WithMeta<T>, void, undefined> {
    const answered = await this.#answer();
    const meta = this.#readMeta(answered.headers);
    const versioned = this.#cursor.advance(meta);
    if (versioned === undefined && answered.value !== undefined) throw this.#unversioned(answered);
    const moved = versioned ?? this.#cursor.vanish();
    if (moved && this.#news.takes(answered.value)) yield { value: answered.value, meta };
    if (versioned === undefined) await this.#clock.sleep(absentMs, this.#signal);
  }

  /** The next answer; failures that can pass are waited for. */
  async #answer(): Promise<Answered<T>> {
    for (;;) {
      try {
        const answered = await this.#ask(this.#more());
        this.#patience.succeeded();
        return answered;
      } catch (error) {
        this.#signal.throwIfAborted();
        const setback = this.#patience.failed(error);
        if (setback === undefined) throw error;
        // Whoever answers next may be another server, or one that was restored and counts anew.
        this.#cursor.reset();
        this.#onError?.(error, setback);
        await this.#clock.sleep(setback.retryInMs, this.#signal);
      }
    }
  }

  #more(): More {
    const signal = this.#signal;
    const { query } = this.#cursor;
    if (query === undefined) return { signal, retry: false };
    const held = waiting(this.#waitMs);
    return { ...held, query: { ...query, ...held.query }, signal, retry: false };
  }

  #unversioned({ record }: Answered<T>): ProtocolError {
    const call = `${record.method} ${URL.parse(record.url)?.pathname ?? record.url}`;
    const version = this.#by === 'hash' ? 'meta.contentHash' : 'meta.index';
    const what = `an answer without the version that a watch needs (${version}); does something on the way drop headers?`;
    return new ProtocolError(what, { call, record });
  }
}

function bucketOf({ burst = 2, everyMs = 15_000 }: WatchRate, clock: Clock): TokenBucket {
  if (!(burst >= 1)) throw new TypeError(`rate.burst must be a number of at least 1, not ${burst}`);
  return new TokenBucket(burst, duration('rate.everyMs', everyMs), clock);
}

/** Services know no fractions of a millisecond, and no endless waits. */
function wholeWait(waitMs: number): number {
  const whole = Math.ceil(duration('waitMs', waitMs));
  if (Number.isSafeInteger(whole)) return whole;
  throw new TypeError(`waitMs must be a finite number of milliseconds, not ${waitMs}`);
}

const ended = new Error('the watch was closed');
