import type { WatchedBy } from './cursor.ts';

/** Tells news from what was told already. */
export class NewsFilter {
  readonly #events: boolean;
  readonly #skipUnchanged: boolean;
  #skipNext: boolean;
  #lastEvent: string | undefined;
  #last: { readonly value: unknown } | undefined;
  #equal: ((one: unknown, other: unknown) => boolean) | undefined;

  constructor(
    by: WatchedBy,
    from: bigint | string | undefined,
    options: { readonly skipInitial?: boolean | undefined; readonly skipUnchanged?: boolean | undefined },
  ) {
    this.#events = by === 'event';
    this.#lastEvent = this.#events && typeof from === 'string' ? from : undefined;
    this.#skipUnchanged = options.skipUnchanged ?? true;
    this.#skipNext = (options.skipInitial ?? false) && from === undefined;
  }

  /** To be called once, before the first value. */
  async prepare(): Promise<void> {
    // Loaded late: programs that watch nothing start faster without.
    if (this.#skipUnchanged && !this.#events) this.#equal = (await import('node:util')).isDeepStrictEqual;
  }

  /** Whether there is news in it. Of a list of events, what was told already is taken out. */
  takes(value: unknown): boolean {
    const isNews = this.#events ? this.#hasNewEvents(value) : this.#isChanged(value);
    const skip = this.#skipNext;
    this.#skipNext = false;
    return isNews && !skip;
  }

  #isChanged(value: unknown): boolean {
    if (this.#equal === undefined) return true;
    const changed = this.#last === undefined || !this.#equal(this.#last.value, value);
    // A copy: what was told is the caller's, to sort and to change.
    if (changed) this.#last = { value: structuredClone(value) };
    return changed;
  }

  #hasNewEvents(value: unknown): boolean {
    if (!Array.isArray(value)) return value !== null && value !== undefined;
    const events: unknown[] = value;
    const seen = events.findLastIndex((event) => idOf(event) === this.#lastEvent);
    if (this.#lastEvent !== undefined) events.splice(0, seen + 1);
    this.#lastEvent = idOf(events.at(-1)) ?? this.#lastEvent;
    return events.length > 0;
  }
}

function idOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const id: unknown = Reflect.get(event, 'ID');
  return typeof id === 'string' ? id : undefined;
}
