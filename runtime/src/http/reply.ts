import type { CallRecord } from '../errors.ts';
import type { Headers } from './headers.ts';

/** An answer with all that came with it. */
export interface Answered<T> {
  readonly value: T;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  /** Every request that was made for this call, secrets masked. */
  readonly record: CallRecord;
}

/** The answer of a call that is under way: `await` gives the value, `withResponse()` also status, headers and record. */
export class Reply<T> implements Promise<T> {
  readonly #answered: Promise<Answered<T>>;

  constructor(answered: Promise<Answered<T>>) {
    this.#answered = answered;
  }

  get [Symbol.toStringTag](): string {
    return 'Reply';
  }

  /** The answer with its status, its headers and the record of the call. */
  withResponse(): Promise<Answered<T>> {
    return this.#answered;
  }

  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#answered.then((answered) => answered.value).then(onValue, onError);
  }

  catch<B = never>(onError?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onError);
  }

  finally(onSettled?: (() => void) | null): Promise<T> {
    return this.then().finally(onSettled);
  }
}
