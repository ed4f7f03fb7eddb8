import type { Clock } from '../time/clock.ts';
import { type Ask, Read, type WithMeta } from './read.ts';
import { type MetaReader, readNoMeta } from './read-meta.ts';
import type { WatchedBy } from './watch/cursor.ts';
import { Watch, type WatchOptions, type WatchSettings } from './watch/watch.ts';

/** What a session says of all its watches. */
export interface WatchDefaults {
  /** See {@link WatchOptions.waitMs}. */
  readonly waitMs?: number | undefined;
  /** Ends all watches when it is aborted. */
  readonly closing?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** What there is now, and how that was come by. */
export type Change<T> = WithMeta<T>;

/**
 * A call that reads something that can also be waited for: `await` asks once, `watch()` again whenever it changes.
 *
 * `for await (const { value } of kv.get('config').watch())`
 */
export class BlockingRead<T> extends Read<T> {
  readonly #ask: Ask<T>;
  readonly #by: WatchedBy;
  readonly #defaults: WatchDefaults;
  readonly #readMeta: MetaReader;

  constructor(ask: Ask<T>, by: WatchedBy, defaults: WatchDefaults = {}, readMeta: MetaReader = readNoMeta) {
    super(ask, readMeta);
    this.#ask = ask;
    this.#by = by;
    this.#defaults = defaults;
    this.#readMeta = readMeta;
  }

  override get [Symbol.toStringTag](): string {
    return 'BlockingRead';
  }

  /**
   * What is there now, and again each time that it changes; `undefined` where there is nothing, if the call has a word for
   * that. Nothing is asked before the loop begins; while it waits, it holds one connection. Each watch takes one loop.
   *
   * Leaving the loop, `close()` or the end of the session ends it and closes its connection. Connections that are lost
   * and a service that can't answer are waited for, with back-off; what can't pass (no permission, a bad filter)
   * is thrown. The reason of `signal` is thrown, too.
   *
   * @throws TypeError when an option can't be used
   */
  watch(options: WatchOptions = {}): Watch<T> {
    const settings: WatchSettings = { ...this.#defaults, by: this.#by, readMeta: this.#readMeta };
    return new Watch(this.#ask, settings, options);
  }
}
