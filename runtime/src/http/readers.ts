import type { CallRecord } from '../errors.ts';
import { type Shape, ShapeError, shapedJson } from '../json/shape.ts';
import { textOf } from './bytes.ts';
import type { Answer, ReadContext, StreamReader, WholeReader } from './call.ts';
import { excerpt, isPage } from './excerpt.ts';
import type { Headers } from './headers.ts';
import { isJsonType } from './media-type.ts';
import type { Item, Page, Paging } from './pages.ts';
import type { Answered } from './reply.ts';

/** Whatever came is dropped, but for a page: nobody knows whether anything was done. */
export const readNothing: WholeReader<void> = {
  stream: false,
  read: refusePage,
};

function refusePage({ status, body }: Answer<Uint8Array>, context: ReadContext): void {
  const beginning = textOf(body.subarray(0, 200));
  if (isPage(beginning)) throw context.nonsense(`${status} with a page: "${excerpt(textOf(body))}"`);
}

export const readText: WholeReader<string> = { stream: false, read: ({ body }) => textOf(body) };

export const readBytes: WholeReader<Uint8Array> = {
  stream: false,
  // Not the `Buffer` that transports have: its `slice`, `toString` and JSON are others than those of bytes.
  read: ({ body }) => new Uint8Array(body.buffer, body.byteOffset, body.byteLength),
};

/** JSON, whatever it is called; `undefined` when the body is empty. */
const json = jsonReader(JSON.parse);

function jsonReader(parse: (text: string) => unknown): WholeReader<unknown> {
  return {
    stream: false,
    reads: ({ 'content-type': type }) => type === undefined || isJsonType(type),
    read({ status, headers, body }, context) {
      const text = textOf(body);
      if (text === '') return undefined;
      const what = `${status} with a body`;
      try {
        return parse(text);
      } catch (error) {
        if (error instanceof ShapeError) throw context.nonsense(`${what} whose ${error.message}`);
        if (error instanceof RangeError) throw context.nonsense(`${what} that is nested too deep`);
        // The parser's own message quotes the text, which may hold secrets.
      }
      const type = headers['content-type'] ?? 'no content type';
      const quote = /json/i.test(type) ? '' : `: "${excerpt(text)}"`;
      throw context.nonsense(`${what} that is not JSON (${type}, ${body.length} bytes)${quote}`);
    },
  };
}

/** What came is of the type that the service's schema says: here, and nowhere else, it is believed. */
export function readJson<T>(shape?: Shape): WholeReader<T> {
  const reader = shape === undefined ? json : jsonReader((text) => shapedJson(text, shape));
  return reader as WholeReader<T>;
}

/** What isn't read as JSON has the type that the method which says so has. */
export function readAs<T>(as: 'text' | 'bytes'): WholeReader<T> {
  const reader: WholeReader<unknown> = as === 'text' ? readText : readBytes;
  return reader as WholeReader<T>;
}

/** What an answer is like, in so far as that isn't told by its body. */
interface Expected {
  readonly absent?: readonly number[] | undefined;
  readonly first?: true | undefined;
}

/** The value with all that came with it. */
export function answered<T>(
  reader: WholeReader<T>,
  expected: Expected,
  recognises: (headers: Headers) => boolean = () => true,
): WholeReader<Answered<T>> {
  const { absent, first } = expected;
  return {
    stream: false,
    reads: (headers) => recognises(headers) && (reader.reads?.(headers) ?? true),
    read(answer, context) {
      const isAbsent = absent?.includes(answer.status) === true;
      // Such as a proxy's that knows no such service.
      if (isAbsent) refusePage(answer, context);
      if (isAbsent && !recognises(answer.headers)) {
        const { status, body } = answer;
        const said = body.length === 0 ? '' : `: "${excerpt(textOf(body))}"`;
        throw context.nonsense(
          `${status} that is not of the service itself${said}; is the address right, and is there such a route?`,
        );
      }
      // A method whose options name such statuses has `undefined` in its type.
      const value = isAbsent ? (undefined as T) : reader.read(answer, context);
      return new WithResponse(first === true ? firstOf(value, answer, context) : value, answer, context);
    },
  };
}

class WithResponse<T> implements Answered<T> {
  readonly value: T;
  readonly status: number;
  readonly headers: Headers;
  readonly #context: ReadContext;

  constructor(value: T, { status, headers }: Answer<unknown>, context: ReadContext) {
    this.value = value;
    this.status = status;
    this.headers = headers;
    this.#context = context;
  }

  /** Made when someone asks, since hardly anybody does. */
  get record(): CallRecord {
    return this.#context.record();
  }
}

/** What is read as a list has its element's type where a method says that it gives the first. */
function firstOf<T>(value: T, { status }: Answer<unknown>, context: ReadContext): T {
  if (value === undefined || value === null) return undefined as T;
  if (!isListOf<T>(value)) throw context.nonsense(`${status} with a body that is not a list`);
  return value[0] as T;
}

/** Where a redirect, or a 201, points to; `url` is what was asked for. */
export function readLocation(url: string): WholeReader<string> {
  return {
    stream: false,
    read({ status, headers }, context) {
      const { location } = headers;
      if (location === undefined) throw context.nonsense(`${status} without a Location header`);
      // An absolute one may be signed, so that it must stay as it is.
      if (/^https?:\/\//i.test(location)) return location;
      const absolute = URL.parse(location, url);
      if (absolute === null) throw context.nonsense(`${status} with a Location header that is no URL`);
      return absolute.href;
    },
  };
}

/** One page; `asked` is the token that it was asked for with. */
export function readPage<P extends object, K extends keyof P & string>(
  paging: Paging<K>,
  asked: string | undefined,
): WholeReader<Page<P, Item<P, K>>> {
  return {
    stream: false,
    read(answer, context) {
      const value = readJson<P>().read(answer, context);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw context.nonsense('a page that is not an object');
      }
      const items: unknown = value[paging.items] ?? [];
      if (!isListOf<Item<P, K>>(items)) throw context.nonsense(`a page whose ${paging.items} is not a list`);
      const token: unknown = Reflect.get(value, paging.key) ?? '';
      if (typeof token !== 'string') throw context.nonsense(`a page whose ${paging.key} is not a string`);
      if (token !== '' && token === asked) {
        throw context.nonsense(`the page after ${paging.key} "${token}" names itself as the next one`);
      }
      return { value, items, next: token === '' ? undefined : token };
    },
  };
}

function isListOf<I>(value: unknown): value is readonly I[] {
  return Array.isArray(value);
}

/** The body as it comes; a failure in the middle of it is an error like that of a call. */
export const readStream: StreamReader<Answer<AsyncIterable<Uint8Array>>> = {
  stream: true,
  read: ({ status, headers, body }, context) => ({ status, headers, body: explained(body, context) }),
};

function explained(body: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  const iterator: AsyncIterableIterator<Uint8Array, undefined> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      try {
        const piece = await pieces.next();
        return piece.done === true ? { done: true, value: undefined } : piece;
      } catch (error) {
        throw context.explain(error);
      }
    },
    async return() {
      await pieces.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
}
