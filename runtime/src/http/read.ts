import type { CallOptions } from '../options.ts';
import { type MetaReader, type ReadMeta, readNoMeta } from './read-meta.ts';
import type { Answered } from './reply.ts';

/** How fresh an answer must be: any one of the servers may know a little less than the leader. */
export type Consistency = 'default' | 'consistent' | 'stale' | 'leader';

/** What an answer from the agent's cache may be like. */
export interface CacheOptions {
  /** The oldest that is taken, in seconds. */
  readonly maxAgeSeconds?: number | undefined;
  /** An answer that is too old by no more than this, in seconds, is taken when no fresh one can be had. */
  readonly staleIfErrorSeconds?: number | undefined;
  /** Ask the servers whether it is still right. */
  readonly mustRevalidate?: boolean | undefined;
}

/** What calls that read and calls that write both take. */
export interface WriteOptions extends CallOptions {
  /** Another datacenter than the agent's own, or than the session's. */
  readonly datacenter?: string | undefined;
  /** A namespace, which only the Enterprise edition has. */
  readonly namespace?: string | undefined;
  /** An admin partition, which only the Enterprise edition has. */
  readonly partition?: string | undefined;
  /** Another token than the session's; `''` is none. */
  readonly token?: string | undefined;
}

interface FreshRead {
  /** Default `default`: the leader answers, who may for a moment not know that it was replaced. */
  readonly consistency?: Consistency | undefined;
  readonly cached?: false | undefined;
}

interface CachedRead {
  /** What the agent's cache takes isn't checked with all servers. */
  readonly consistency?: Exclude<Consistency, 'consistent'> | undefined;
  /** The agent may answer from its cache. */
  readonly cached: boolean | CacheOptions;
}

interface PeerRead {
  /** A cluster that this one is peered with. */
  readonly peer?: string | undefined;
  readonly samenessGroup?: undefined;
}

interface GroupRead {
  readonly peer?: undefined;
  /** A group of clusters that stand in for each other, which only the Enterprise edition has. */
  readonly samenessGroup: string;
}

/**
 * What a call that reads takes. `consistency: 'consistent'` and `cached` exclude each other, and so do `peer` and
 * `samenessGroup`.
 */
export type ReadOptions = WriteOptions & (FreshRead | CachedRead) & (PeerRead | GroupRead);

/** What is added to a question when it is asked. */
export interface More {
  readonly query?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts the question, as does the signal that the call was given. */
  readonly signal?: AbortSignal;
  readonly attemptTimeoutMs?: number;
  readonly timeoutMs?: number;
  readonly retry?: false;
}

/** Asks a question that can be asked again. */
export type Ask<T> = (more: More) => Promise<Answered<T>>;

/** An answer, and what its headers say of it. */
export interface WithMeta<T> {
  readonly value: T;
  readonly meta: ReadMeta;
}

/**
 * A call that reads. It is made when something is done with it: `await` gives the value, `withMeta()` also what the
 * headers say of it. All of these share one call.
 */
export class Read<T> implements Promise<T> {
  readonly #ask: Ask<T>;
  readonly #readMeta: MetaReader;
  #answered: Promise<Answered<T>> | undefined;

  constructor(ask: Ask<T>, readMeta: MetaReader = readNoMeta) {
    this.#ask = ask;
    this.#readMeta = readMeta;
  }

  get [Symbol.toStringTag](): string {
    return 'Read';
  }

  /** The answer with its status, its headers and the record of the call. */
  withResponse(): Promise<Answered<T>> {
    this.#answered ??= this.#ask({});
    return this.#answered;
  }

  /** The value and how it was come by: its index, its age, whether anything was left out of it. */
  async withMeta(): Promise<WithMeta<T>> {
    const { value, headers } = await this.withResponse();
    return { value, meta: this.#readMeta(headers) };
  }

  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.withResponse()
      .then(({ value }) => value)
      .then(onValue, onError);
  }

  catch<B = never>(onError?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onError);
  }

  finally(onSettled?: (() => void) | null): Promise<T> {
    return this.then().finally(onSettled);
  }
}
