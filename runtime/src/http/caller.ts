import { duration, type RequestOptions, resolveRetry } from '../options.ts';
import { bodyOf } from './body.ts';
import { perform, type Reader } from './call.ts';
import type { EndpointSettings } from './endpoint-settings.ts';
import { readAnyError } from './error-facts.ts';
import { type Headers, lowerCase } from './headers.ts';
import { secretsOfQuery, shownQuery } from './mask.ts';
import type { Path } from './path.ts';
import { queryText } from './query.ts';
import { QueryProof } from './query-proof.ts';
import { isIdempotent } from './retry.ts';
import { written } from './styles.ts';
import { targetOf } from './target.ts';

/** What a call's parameters and options add to it. */
interface Parameters {
  readonly query: string;
  readonly headers: Headers;
  readonly safe: boolean | undefined;
}

/** Makes calls of what a generated method says and what its session knows. */
export class Caller {
  readonly #settings: EndpointSettings;
  readonly #headers: Headers;
  /** The path of the base URL: what errors begin with. */
  readonly #root: string;

  constructor(settings: EndpointSettings) {
    this.#settings = settings;
    this.#headers = lowerCase(settings.options.headers);
    this.#root = rootOf(settings.baseUrl);
  }

  baseUrl({ server }: RequestOptions): string {
    const { baseUrl, serverUrl } = this.#settings;
    if (server === undefined) return baseUrl;
    return serverUrl === undefined ? server : serverUrl(server);
  }

  /** @throws TypeError when an argument or an option can't be used */
  call<T>(
    method: string,
    path: Path,
    options: RequestOptions,
    reader: Reader<T>,
    isSuccess: (status: number) => boolean = this.#settings.isSuccess ?? isTwoHundred,
  ): Promise<T> {
    const { service, asked, transport, readError = readAnyError, options: session } = this.#settings;
    const baseUrl = this.baseUrl(options);
    const root = baseUrl === this.#settings.baseUrl ? this.#root : rootOf(baseUrl);
    const { auth: auths } = this.#settings;
    const auth = typeof auths === 'function' ? auths(options) : auths;
    const { query, headers, safe } = this.#parameters(options);
    const body = bodyOf(options);
    const url = baseUrl + path.text + query;
    const proof = auth?.query === undefined ? undefined : new QueryProof(url, () => auth.query?.() ?? {});
    const call = {
      service,
      asked,
      method,
      url: proof === undefined ? url : () => proof.url(),
      shown: () => ({
        call: asked ?? `${method} ${root}${path.shown}`,
        url: `${baseUrl}${path.shown}${shownQuery(query)}${proof?.shown(query) ?? ''}`,
      }),
      secrets: () => [...path.secrets, ...secretsOfQuery(query), ...(proof?.secrets ?? [])],
      headers: {
        'user-agent': 'fairlead',
        ...(options.accept !== undefined && { accept: options.accept }),
        ...this.#headers,
        ...(body?.type !== undefined && { 'content-type': body.type }),
        ...headers,
      },
      body,
      safe: options.safe ?? safe ?? isIdempotent(method),
      transport,
      auth,
      isSuccess: withMore(isSuccess, options, reader),
      readError,
      attemptTimeoutMs: duration('attemptTimeoutMs', options.attemptTimeoutMs ?? session.attemptTimeoutMs),
      idleTimeoutMs:
        options.idleTimeoutMs === undefined ? undefined : duration('idleTimeoutMs', options.idleTimeoutMs),
      timeoutMs: duration('timeoutMs', options.timeoutMs ?? session.timeoutMs),
      maxResponseBytes: session.maxResponseBytes,
      retry: resolveRetry(options.retry, session.retry),
      signal: options.signal,
      onRecord: options.onRecord ?? session.onRecord,
    };
    return perform(call, reader);
  }

  /** What the call's own words, its parameters, its session and what that makes of its options say, the first foremost. */
  #parameters(options: RequestOptions): Parameters {
    const { headers, expand } = this.#settings;
    const { styles, reserved } = options;
    const expanded = expand?.(options);
    const asked = expanded?.query === undefined ? options.query : { ...expanded.query, ...options.query };
    const isPlain = (styles ?? reserved) === undefined || asked === undefined;
    const parameters = isPlain ? undefined : written(asked, styles, reserved);
    return {
      query: parameters === undefined ? queryText(asked) : parameters.query,
      safe: expanded?.safe,
      headers: {
        ...headers?.(),
        ...(expanded?.headers !== undefined && lowerCase(expanded.headers)),
        ...parameters?.headers,
        ...(options.headers !== undefined && lowerCase(options.headers)),
      },
    };
  }
}

/** The path of a base URL, without a slash at its end. */
function rootOf(baseUrl: string): string {
  return targetOf(baseUrl).path.replace(/\/$/, '');
}

/**
 * A further status is an answer where it is the service's own: a proxy and a limiter say no with the same. An absent
 * answer to a stream would have a body that nobody reads.
 */
function withMore<T>(
  isSuccess: (status: number) => boolean,
  { data = [], absent = [] }: RequestOptions,
  { stream, reads = () => true }: Reader<T>,
): (status: number, headers: Headers) => boolean {
  if (data.length === 0 && absent.length === 0) return isSuccess;
  return (status, headers) =>
    isSuccess(status) || (data.includes(status) && reads(headers)) || (!stream && absent.includes(status));
}

function isTwoHundred(status: number): boolean {
  return status >= 200 && status < 300;
}

/** 301 and 308 aren't answers: they say that the question should be asked at another address, now and later. */
export function isTwoHundredOrElsewhere(status: number): boolean {
  return isTwoHundred(status) || status === 302 || status === 303 || status === 307;
}
