import type { CallRecord } from '../errors.ts';
import { inspectCustom } from '../inspect.ts';
import type { Ready } from './host.ts';
import type { PendingCall } from './pending-call.ts';

/** An answer with the record of its call. */
export interface Recorded<T> {
  readonly value: T;
  readonly record: CallRecord;
}

/** A call, and how far it is. */
export interface Asked {
  /** `Application.Deploy` */
  readonly call: string;
  state: 'not sent' | 'pending' | 'answered' | 'failed';
}

/** An answer, and what is known of the call that it came to. */
export interface Answered<T> {
  readonly value: T;
  readonly pending: Pick<PendingCall<T>, 'call' | 'record'>;
  readonly ready: Ready;
}

/** The answer of a call of a method: a promise of it. */
export class RpcReply<T> implements Promise<T> {
  readonly #asked: Readonly<Asked>;
  readonly #ask: () => Promise<Answered<T>>;
  #answered: Promise<Answered<T>> | undefined;

  constructor(asked: Readonly<Asked>, ask: () => Promise<Answered<T>>) {
    this.#asked = asked;
    this.#ask = ask;
  }

  get [Symbol.toStringTag](): string {
    return 'RpcReply';
  }

  [inspectCustom](): string {
    const { call, state } = this.#asked;
    return `${this[Symbol.toStringTag]}(${call}, ${state})`;
  }

  /** The answer with the record of the call. */
  async withRecord(): Promise<Recorded<T>> {
    const { value, pending } = await this.answered();
    return { value, record: pending.record };
  }

  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const answered = this.answered();
    // One promise less for what is done most.
    if (typeof onValue === 'function') return answered.then(({ value }) => onValue(value), onError);
    return answered.then(({ value }) => value).then(onValue, onError);
  }

  catch<B = never>(onError?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onError);
  }

  finally(onSettled?: (() => void) | null): Promise<T> {
    return this.then().finally(onSettled);
  }

  /** The one call that all of these share: it is made by whichever is first. */
  protected answered(): Promise<Answered<T>> {
    this.#answered ??= this.#ask();
    return this.#answered;
  }
}
