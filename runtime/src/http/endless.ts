import { JoinedSignal } from '../time/joined-signal.ts';
import type { ReadContext, StreamReader } from './call.ts';

/** An answer without an end, and what tells its failures. */
export interface Opened {
  readonly body: AsyncIterable<Uint8Array>;
  readonly context: ReadContext;
}

/** Lines of text, or of anything else but a page for people. */
export const readLines = readEndless('lines of text', (type) => !/html/i.test(type));

export const readValues = readEndless('JSON', (type) => !/html/i.test(type));

export const readEventStream = readEndless('a stream of events', (type) =>
  /^text\/event-stream\b/i.test(type),
);

function readEndless(what: string, isRight: (type: string) => boolean): StreamReader<Opened> {
  return {
    stream: true,
    async read({ status, headers, body }, context) {
      const type = headers['content-type'] ?? 'no content type';
      if (isRight(type)) return { body, context };
      await body[Symbol.asyncIterator]().return?.();
      throw context.nonsense(`${status} with a body that is not ${what} (${type})`);
    },
  };
}

/**
 * What comes of an answer without an end. Each loop over it is a call of its own, made when the loop asks for the first
 * time. Leaving the loop, `return()` and an abort close the connection, also while nothing comes.
 */
export class Endless<T> implements AsyncIterable<T> {
  readonly #open: Open;
  readonly #read: Reading<T>;
  readonly #given: AbortSignal | undefined;

  constructor(open: Open, read: Reading<T>, given: AbortSignal | undefined) {
    this.#open = open;
    this.#read = read;
    this.#given = given;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T, void, undefined> {
    return new Loop(this.#open, this.#read, this.#given);
  }
}

type Open = (signal: AbortSignal) => Promise<Opened>;
type Reading<T> = (opened: Opened) => AsyncGenerator<T, void, undefined>;

class Loop<T> implements AsyncIterableIterator<T, void, undefined> {
  readonly #values: AsyncGenerator<T, void, undefined>;
  readonly #closing = new AbortController();
  #waiting = false;

  constructor(open: Open, read: Reading<T>, given: AbortSignal | undefined) {
    this.#values = values(open, read, [given, this.#closing.signal]);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, void>> {
    if (this.#closing.signal.aborted) return { done: true, value: undefined };
    this.#waiting = true;
    try {
      return await this.#values.next();
    } catch (error) {
      // What was waited for when the loop was left.
      if (this.#closing.signal.aborted) return { done: true, value: undefined };
      throw error;
    } finally {
      this.#waiting = false;
    }
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.#closing.abort();
    // Something that is waited for ends by the abort; otherwise nobody listens to that.
    if (!this.#waiting) await this.#values.return();
    return { done: true, value: undefined };
  }
}

async function* values<T>(
  open: Open,
  read: Reading<T>,
  signals: readonly (AbortSignal | undefined)[],
): AsyncGenerator<T, void, undefined> {
  const joined = new JoinedSignal(...signals);
  try {
    yield* readOpened(await open(joined.signal), read);
  } finally {
    joined.release();
  }
}

async function* readOpened<T>(opened: Opened, read: Reading<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* read(opened);
  } catch (error) {
    throw opened.context.explain(error);
  }
}
