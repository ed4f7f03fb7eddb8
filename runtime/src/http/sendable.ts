import type { TransportRequest } from './transport.ts';

/** What a call sends. */
export interface Body {
  /** The `content-type` that goes with it, when the caller gives none. */
  readonly type: string | undefined;
  /** All of it, when it is at hand: only then can a signature cover it. */
  readonly whole: string | Uint8Array | undefined;
  /** It can be sent a second time. */
  readonly repeatable: boolean;
  /** What one attempt sends. */
  open(): NonNullable<TransportRequest['body']>;
}

export function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** A stream whose own failure is kept, so that it isn't taken for one of the connection. */
export class WatchedStream implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterable<Uint8Array>;
  /** What the source threw, once it did. */
  thrown: { readonly error: unknown } | undefined;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#source;
    } catch (error) {
      this.thrown = { error };
      throw error;
    }
  }
}
