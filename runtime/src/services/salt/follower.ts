import { ServiceError } from '../../errors.ts';
import type { Clock } from '../../time/clock.ts';
import { JoinedSignal } from '../../time/joined-signal.ts';
import type { SaltEvent } from './event.ts';
import type { Member } from './event-feed.ts';
import { isRefusal } from './job-lookup.ts';
import type { Returned } from './read-minions.ts';

/** How a job is followed. */
interface FollowerSettings {
  /** Who is to return something. */
  readonly expected: readonly string[];
  /** What an event says of this job; `undefined` when it is about something else. */
  readonly read: (event: SaltEvent) => Returned | undefined;
  /** What the master knows of the job. */
  readonly ask: (signal: AbortSignal) => Promise<readonly Returned[]>;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Whether events come, too. */
  readonly hasEvents: boolean;
  /** Called when it is over. */
  readonly onEnd: () => void;
}

/** Collects what those who do a job return, from events and from what the master says when it is asked. */
export class Follower implements Member {
  readonly #settings: FollowerSettings;
  readonly #missing: Set<string>;
  readonly #known = new Set<string>();
  readonly #closing = new AbortController();
  #hasEvents: boolean;
  #mayAsk = true;
  #over: { readonly failure: { readonly error: unknown } | undefined } | undefined;
  #news = Promise.withResolvers<void>();
  /** Aborted when something happened that is worth a look; also while nobody sleeps, so that it isn't forgotten. */
  #nap = new AbortController();
  /** In the order in which it came. */
  readonly returned: Returned[] = [];

  constructor(settings: FollowerSettings) {
    this.#settings = settings;
    this.#missing = new Set(settings.expected);
    this.#hasEvents = settings.hasEvents;
  }

  /** Who hasn't returned anything. */
  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /** Begins. What goes wrong is told to who waits for news. */
  begin(): void {
    const { signal } = this.#settings;
    const stop = () => this.#closing.abort(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    this.#run()
      .then(
        () => this.#end(undefined),
        (error: unknown) => this.#end(error === closed ? undefined : { error }),
      )
      .finally(() => signal?.removeEventListener('abort', stop));
  }

  /** Stops following; the job goes on without us. */
  close(): void {
    this.#closing.abort(closed);
  }

  /**
   * Whether there is more than `count`; waits until that is known, or `isLeft` says that nobody wants to know, see
   * {@link leave}. Throws why there is no more, if it isn't by time.
   */
  async hasMoreThan(count: number, isLeft = () => false): Promise<boolean> {
    while (this.returned.length <= count) {
      if (isLeft()) return false;
      if (this.#over?.failure !== undefined) throw this.#over.failure.error;
      if (this.#over !== undefined) return false;
      await this.#news.promise;
    }
    return true;
  }

  /** To be called when an `isLeft` says something else than before. */
  leave(): void {
    this.#tell();
  }

  event(event: SaltEvent): void {
    const returned = this.#settings.read(event);
    if (returned !== undefined) this.#take([returned]);
  }

  gap(): void {
    this.#wake();
  }

  failed(): void {
    this.#hasEvents = false;
    this.#wake();
  }

  async #run(): Promise<void> {
    const { clock, timeoutMs, pollMs } = this.#settings;
    const deadline = clock.now() + timeoutMs;
    while (this.#missing.size > 0) {
      const leftMs = deadline - clock.now();
      if (leftMs <= 0) return;
      await this.#sleep(Math.min(leftMs, pollMs));
      if (this.#missing.size > 0 && this.#mayAsk) await this.#ask();
    }
  }

  #wake(): void {
    this.#nap.abort(woken);
  }

  /** Until time is over, or something has happened since the last time that is worth a look. */
  async #sleep(ms: number): Promise<void> {
    const joined = new JoinedSignal(this.#closing.signal, this.#nap.signal);
    try {
      await this.#settings.clock.sleep(ms, joined.signal);
    } catch (error) {
      if (error !== woken) throw error;
    } finally {
      joined.release();
      this.#nap = new AbortController();
    }
  }

  async #ask(): Promise<void> {
    try {
      this.#take(await this.#settings.ask(this.#closing.signal));
    } catch (error) {
      this.#closing.signal.throwIfAborted();
      if (!(error instanceof ServiceError)) throw error;
      if (!isRefusal(error)) return;
      // With events there is another way to know; without, nothing will ever come.
      if (!this.#hasEvents) throw error;
      this.#mayAsk = false;
    }
  }

  #take(list: readonly Returned[]): void {
    for (const each of list) {
      if (this.#over !== undefined || this.#known.has(each.id)) continue;
      this.#known.add(each.id);
      this.#missing.delete(each.id);
      this.returned.push(each);
    }
    if (this.#missing.size === 0) this.#wake();
    this.#tell();
  }

  #end(failure: { readonly error: unknown } | undefined): void {
    this.#over = { failure };
    this.#settings.onEnd();
    this.#tell();
  }

  #tell(): void {
    const news = this.#news;
    this.#news = Promise.withResolvers();
    news.resolve();
  }
}

const woken = new Error('woken');
const closed = new Error('nobody follows any more');
