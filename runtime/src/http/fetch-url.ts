import { type CallOptions, duration, type ResolvedOptions, resolveRetry } from '../options.ts';
import { bodyOf } from './body.ts';
import { type Answer, perform, type ReadContext } from './call.ts';
import { type ReadError, readAnyError } from './error-facts.ts';
import { type Headers, lowerCase } from './headers.ts';
import { withoutQuery } from './mask.ts';
import { isIdempotent } from './retry.ts';
import { targetOf } from './target.ts';
import type { Transport } from './transport.ts';

/** A request of a URL that someone else made, such as a signed one for a download. */
interface UrlRequest extends Omit<CallOptions, 'headers'> {
  /** Upper case. Default GET. */
  readonly method?: string;
  /**
   * Absolute, encoded; sent as it is. A function is asked before each attempt, so that a URL that expires can be
   * renewed. The query is never shown: it is what lets one in.
   */
  readonly url: string | (() => string | Promise<string>);
  /** A function is asked after that of the URL, and what it gives is never shown: it is a part of the signature. */
  readonly headers?: Headers | (() => Headers) | undefined;
  /** As `RequestOptions.body`: a function that gives a stream is called once an attempt. */
  readonly body?: unknown;
  readonly safe?: boolean;
}

interface UrlSettings {
  /** For diagnostics: `object`. */
  readonly service: string;
  readonly transport: Transport;
  readonly options: ResolvedOptions;
  readonly readError?: ReadError | undefined;
}

/**
 * Asks for a URL, unsigned, with the retries of any call. `read` is a part of each attempt: when the connection breaks
 * while it takes the body, it is called again with the answer of the next attempt; what it throws itself ends the call.
 * A body that `read` leaves is dropped.
 */
export function fetchUrl<T>(
  settings: UrlSettings,
  request: UrlRequest,
  read: (answer: Answer<AsyncIterable<Uint8Array>>, context: ReadContext) => T | Promise<T>,
): Promise<T> {
  const { service, transport, options, readError = readAnyError } = settings;
  const { method = 'GET', url, headers } = request;
  const body = bodyOf(request);
  let last = typeof url === 'string' ? checked(url) : undefined;
  const call = {
    service,
    method,
    url:
      typeof url === 'string'
        ? url
        : async () => {
            last = checked(await url());
            return last;
          },
    shown: () => {
      const target = last === undefined ? `a URL of ${service}` : withoutQuery(last);
      return { call: `${method} ${target}`, url: target };
    },
    secrets: () => [],
    headers: {
      'user-agent': 'fairlead',
      ...(body?.type !== undefined && { 'content-type': body.type }),
      ...(typeof headers === 'object' && lowerCase(headers)),
    },
    body,
    safe: request.safe === true || isIdempotent(method),
    transport,
    auth: typeof headers === 'function' ? { sign: () => lowerCase(headers()) } : undefined,
    isSuccess: (status: number) => status >= 200 && status < 300,
    readError,
    attemptTimeoutMs: options.attemptTimeoutMs,
    timeoutMs: request.timeoutMs === undefined ? options.timeoutMs : duration('timeoutMs', request.timeoutMs),
    maxResponseBytes: options.maxResponseBytes,
    retry: resolveRetry(request.retry, options.retry),
    signal: request.signal,
    onRecord: request.onRecord ?? options.onRecord,
  };
  return perform(call, {
    stream: true,
    async read(answer, context) {
      const pieces = answer.body[Symbol.asyncIterator]();
      let taken = false;
      const body: AsyncIterable<Uint8Array> = {
        [Symbol.asyncIterator]() {
          taken = true;
          return pieces;
        },
      };
      try {
        const value = await read({ ...answer, body }, context);
        // An answer that is read to its end leaves a connection that can be used again.
        while (!taken && (await pieces.next()).done !== true);
        return value;
      } catch (error) {
        // What nobody will read any more must not keep its connection.
        await pieces.return?.();
        throw error;
      }
    },
  });
}

function checked(url: string): string {
  if (!/^[\x21-\x7e]+$/.test(url)) throw new TypeError('a URL must be percent-encoded: ASCII without spaces');
  if (/^[^/?#]*\/\/[^/?#]*@/.test(url)) throw new TypeError('a URL must not hold a user name or a password');
  targetOf(url);
  return url;
}
