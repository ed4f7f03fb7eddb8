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
 * How a service words its errors. `body` is parsed when it was JSON, otherwise text, `undefined` when empty.
 */
export type ReadError = (status: number, headers: Headers, body: unknown) => ErrorFacts;

/** For services that have no way of their own: the `message` or `error` of a JSON body, or the beginning of a text. */
export const readAnyError: ReadError = (_status, _headers, body) => {
  const said =
    typeof body === 'object' && body !== null ? [field(body, 'message'), field(body, 'error')] : [body];
  const message = said.find((each) => typeof each === 'string' && each.trim() !== '');
  return { message: typeof message === 'string' ? excerpt(message) : 'the answer does not say why' };
};

function field(value: object, name: string): unknown {
  return Reflect.get(value, name);
}
