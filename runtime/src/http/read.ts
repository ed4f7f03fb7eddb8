import { type MetaReader, type ReadMeta, readNoMeta } from './read-meta.ts';
import type { Answered } from './reply.ts';

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
