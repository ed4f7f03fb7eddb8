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

/**
 * See `RequestOptions.body`. Absent is no body, not even an empty one.
 *
 * @throws TypeError when it is given and can't be sent
 */
export function bodyOf(options: { readonly body?: unknown }): Body | undefined {
  if (!('body' in options)) return undefined;
  const value = options.body;
  if (value instanceof Uint8Array) return wholeBody(value, 'application/octet-stream');
  if (isFactory(value)) return factoryBody(value);
  if (isStream(value))
    return { type: 'application/octet-stream', whole: undefined, repeatable: false, open: () => value };
  return wholeBody(jsonOf(value), 'application/json');
}

function jsonOf(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TypeError(`the body can't be sent as JSON: ${why}`, { cause: error });
  }
  if (text !== undefined) return text;
  throw new TypeError(`the body is ${typeof value}, which JSON has no word for`);
}

function wholeBody(whole: string | Uint8Array, type: string): Body {
  return { type, whole, repeatable: true, open: () => whole };
}

function factoryBody(make: () => unknown): Body {
  return {
    type: 'application/octet-stream',
    whole: undefined,
    repeatable: true,
    open() {
      const made = make();
      if (made instanceof Uint8Array || isStream(made)) return made;
      throw new TypeError(
        'a function given as body must return an AsyncIterable<Uint8Array> or a Uint8Array',
      );
    },
  };
}

function isFactory(value: unknown): value is () => unknown {
  return typeof value === 'function';
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
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
