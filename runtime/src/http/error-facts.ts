import type { Category } from '../errors.ts';
import { excerpt } from './excerpt.ts';
import type { Headers } from './headers.ts';

/** What a service says when it says no. */
export interface ErrorFacts {
  /** The service's own code. */
  readonly code?: string | undefined;
  readonly message: string;
  /** When the status alone doesn't tell. */
  readonly category?: Category | undefined;
  /** Asking again would give the same, although the status says that it may pass. */
  readonly lasting?: boolean | undefined;
  /** What the service says that it was asked. */
  readonly requestInfo?: unknown;
}

/**
 * How a service words its errors. `body` is parsed when it was JSON, otherwise text, `undefined` when empty; `call` is what
 * the error will begin with, for the few words whose meaning depends on it: `GET /v1/kv/a`.
 */
export type ReadError = (status: number, headers: Headers, body: unknown, call?: string) => ErrorFacts;

/**
 * For services that have no way of their own: what a JSON body says in one of the usual places (RFC 9457, `message`,
 * `error`, `errors`), or the beginning of a text, or the title of a page.
 */
export const readAnyError: ReadError = (_status, _headers, body) => {
  const code = isObject(body) ? (textAt(body, 'code') ?? textIfTold(body)) : undefined;
  return {
    message: excerpt(sentenceOf(body) ?? 'the answer does not say why'),
    ...(code !== undefined && { code }),
  };
};

/** OAuth's `error` is a code where a description stands beside it (RFC 6749, 5.2). */
function textIfTold(body: object): string | undefined {
  return textAt(body, 'error_description') === undefined ? undefined : textAt(body, 'error');
}

/** A body may be as deep as it likes. */
const deepest = 4;

function sentenceOf(said: unknown, depth = 0): string | undefined {
  if (depth > deepest) return undefined;
  if (typeof said === 'string') return said.trim() === '' ? undefined : said;
  if (Array.isArray(said)) {
    const sentences = said.slice(0, 5).flatMap((each) => sentenceOf(each, depth + 1) ?? []);
    return sentences.length === 0 ? undefined : sentences.join('; ');
  }
  if (!isObject(said)) return undefined;
  const title = textAt(said, 'title');
  const detail = textAt(said, 'detail');
  if (title !== undefined && detail !== undefined) return `${title}: ${detail}`;
  return (
    detail ??
    textAt(said, 'message') ??
    textAt(said, 'error_description') ??
    title ??
    sentenceOf(Reflect.get(said, 'error'), depth + 1) ??
    sentenceOf(Reflect.get(said, 'errors'), depth + 1) ??
    sentenceOf(Reflect.get(said, 'detail'), depth + 1)
  );
}

function textAt(value: object, name: string): string | undefined {
  const text: unknown = Reflect.get(value, name);
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
