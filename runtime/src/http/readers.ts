import { textOf } from './bytes.ts';
import type { Answer, ReadContext, StreamReader, WholeReader } from './call.ts';
import { excerpt, isPage } from './excerpt.ts';
import type { Item, Page, Paging } from './pages.ts';

/** Whatever came is dropped, but for a page: nobody knows whether anything was done. */
export const readNothing: WholeReader<void> = {
  stream: false,
  read({ status, body }, context) {
    const beginning = textOf(body.subarray(0, 200));
    if (isPage(beginning)) throw context.nonsense(`${status} with a page: "${excerpt(textOf(body))}"`);
  },
};

export const readText: WholeReader<string> = { stream: false, read: ({ body }) => textOf(body) };

export const readBytes: WholeReader<Uint8Array> = { stream: false, read: ({ body }) => body };

/** JSON; `undefined` when the body is empty; a `text/plain` that isn't JSON as its text. */
const json: WholeReader<unknown> = {
  stream: false,
  read(answer, context) {
    const text = textOf(answer.body);
    if (text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch {
      // The parser's own message quotes the text, which may hold secrets.
    }
    const type = answer.headers['content-type'] ?? 'no content type';
    if (type.startsWith('text/plain')) return text;
    const isJson = /json/i.test(type);
    const quote = isJson ? '' : `: "${excerpt(text)}"`;
    throw context.nonsense(
      `${answer.status} with a body that is not JSON (${type}, ${answer.body.length} bytes)${quote}`,
    );
  },
};

/** What came is of the type that the service's schema says: here, and nowhere else, it is believed. */
export function readJson<T>(): WholeReader<T> {
  return json as WholeReader<T>;
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
