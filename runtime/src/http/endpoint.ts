import type { Auth } from '../auth/auth.ts';
import { duration, type RequestOptions, type ResolvedOptions, resolveRetry } from '../options.ts';
import { bodyOf } from './body.ts';
import { perform, type Reader } from './call.ts';
import { type ReadError, readAnyError } from './error-facts.ts';
import { type Headers, lowerCase } from './headers.ts';
import { shownQuery } from './mask.ts';
import { Pages, type Paging } from './pages.ts';
import type { Path } from './path.ts';
import { queryText } from './query.ts';
import { readBytes, readJson, readLocation, readNothing, readPage, readStream, readText } from './readers.ts';
import { isIdempotent } from './retry.ts';
import { targetOf } from './target.ts';
import type { Transport } from './transport.ts';

export type { ErrorFacts, ReadError } from './error-facts.ts';

/** What a generated class is constructed with. */
export interface HttpSession {
  /** The endpoint of an API, by the name that the generated class knows: `queue/v1`. */
  endpoint(name: string): HttpEndpoint;
}

export type Verb = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete';

/** What a generated class calls. One endpoint is one API of one service: a base URL and a way to sign. */
export interface HttpEndpoint {
  get<T>(path: Path, options?: RequestOptions): Promise<T>;
  head<T>(path: Path, options?: RequestOptions): Promise<T>;
  post<T>(path: Path, options?: RequestOptions): Promise<T>;
  put<T>(path: Path, options?: RequestOptions): Promise<T>;
  patch<T>(path: Path, options?: RequestOptions): Promise<T>;
  delete<T>(path: Path, options?: RequestOptions): Promise<T>;
  /** Whatever body comes back is dropped; a page of HTML is no answer of a service. */
  send(verb: Verb, path: Path, options?: RequestOptions): Promise<void>;
  text(verb: Verb, path: Path, options?: RequestOptions): Promise<string>;
  bytes(verb: Verb, path: Path, options?: RequestOptions): Promise<Uint8Array>;
  /** The absolute URL that the answer points to. A redirect for good (301, 308) is no answer of a service. */
  location(verb: Verb, path: Path, options?: RequestOptions): Promise<string>;
  pages<P extends object, K extends keyof P & string>(
    verb: Verb,
    path: Path,
    options: RequestOptions,
    paging: Paging<K>,
  ): Pages<P, K>;
  /** The answer as it arrives. A failure in the middle of it is thrown by the body's iteration. */
  stream(verb: Verb, path: Path, options?: RequestOptions): Promise<StreamedResponse>;
}

export interface StreamedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What a session knows about an API. */
export interface EndpointSettings {
  /** For errors and diagnostics: `queue`. */
  readonly service: string;
  /** Without a slash at its end: `https://tc.example.com/api/queue/v1`. */
  readonly baseUrl: string;
  readonly transport: Transport;
  readonly options: ResolvedOptions;
  readonly auth?: Auth | undefined;
  /** Headers of each call, made when the call is: a trace id. */
  readonly headers?: (() => Readonly<Record<string, string>>) | undefined;
  /** Which statuses are answers. Default: 200 to 299. */
  readonly isSuccess?: ((status: number) => boolean) | undefined;
  /** How this service words its errors. Default: the `message` or `error` of a JSON body, or the status alone. */
  readonly readError?: ReadError | undefined;
}

/** Makes the endpoint of an API. Nothing is sent before one of its methods is called. */
export function createEndpoint(settings: EndpointSettings): HttpEndpoint {
  return new Endpoint(settings);
}

class Endpoint implements HttpEndpoint {
  readonly #settings: EndpointSettings;
  readonly #headers: Headers;
  readonly #jsonHeaders: Headers;
  /** The path of the base URL: what errors begin with. */
  readonly #root: string;

  constructor(settings: EndpointSettings) {
    this.#settings = settings;
    this.#headers = { 'user-agent': 'fairlead', ...lowerCase(settings.options.headers) };
    this.#jsonHeaders = { accept: 'application/json', ...this.#headers };
    this.#root = targetOf(settings.baseUrl).path;
  }

  get<T>(path: Path, options?: RequestOptions): Promise<T> {
    return this.#json('GET', path, options);
  }

  head<T>(path: Path, options?: RequestOptions): Promise<T> {
    return this.#json('HEAD', path, options);
  }

  post<T>(path: Path, options?: RequestOptions): Promise<T> {
    return this.#json('POST', path, options);
  }

  put<T>(path: Path, options?: RequestOptions): Promise<T> {
    return this.#json('PUT', path, options);
  }

  patch<T>(path: Path, options?: RequestOptions): Promise<T> {
    return this.#json('PATCH', path, options);
  }

  delete<T>(path: Path, options?: RequestOptions): Promise<T> {
    return this.#json('DELETE', path, options);
  }

  send(verb: Verb, path: Path, options?: RequestOptions): Promise<void> {
    return this.#call(verb.toUpperCase(), path, options, this.#headers, readNothing);
  }

  text(verb: Verb, path: Path, options?: RequestOptions): Promise<string> {
    return this.#call(verb.toUpperCase(), path, options, this.#headers, readText);
  }

  bytes(verb: Verb, path: Path, options?: RequestOptions): Promise<Uint8Array> {
    return this.#call(verb.toUpperCase(), path, options, this.#headers, readBytes);
  }

  location(verb: Verb, path: Path, options?: RequestOptions): Promise<string> {
    const reader = readLocation(`${this.#settings.baseUrl}${path.text}`);
    return this.#call(verb.toUpperCase(), path, options, this.#headers, reader, isTwoHundredOrElsewhere);
  }

  stream(verb: Verb, path: Path, options?: RequestOptions): Promise<StreamedResponse> {
    return this.#call(verb.toUpperCase(), path, options, this.#headers, readStream);
  }

  pages<P extends object, K extends keyof P & string>(
    verb: Verb,
    path: Path,
    options: RequestOptions,
    paging: Paging<K>,
  ): Pages<P, K> {
    const method = verb.toUpperCase();
    return new Pages((token) => {
      const query = token === undefined ? options.query : { ...options.query, [paging.key]: token };
      return this.#call(
        method,
        path,
        { ...options, query },
        this.#jsonHeaders,
        readPage<P, K>(paging, token),
      );
    });
  }

  #json<T>(method: string, path: Path, options: RequestOptions | undefined): Promise<T> {
    return this.#call(method, path, options, this.#jsonHeaders, readJson<T>());
  }

  #call<T>(
    method: string,
    path: Path,
    options: RequestOptions = {},
    defaults: Headers,
    reader: Reader<T>,
    isSuccess: (status: number) => boolean = this.#settings.isSuccess ?? isTwoHundred,
  ): Promise<T> {
    const { service, baseUrl, transport, auth, readError = readAnyError, options: session } = this.#settings;
    const query = queryText(options.query);
    const body = bodyOf(options);
    const headers = {
      ...defaults,
      ...(body?.type !== undefined && { 'content-type': body.type }),
      ...this.#settings.headers?.(),
      ...(options.headers !== undefined && lowerCase(options.headers)),
    };
    const call = {
      service,
      method,
      url: baseUrl + path.text + query,
      shown: () => ({
        call: `${method} ${this.#root}${path.shown}`,
        url: `${baseUrl}${path.shown}${shownQuery(query)}`,
      }),
      hide: (text: string) => path.hide(text),
      headers,
      body,
      safe: options.safe === true || isIdempotent(method),
      transport,
      auth,
      isSuccess,
      readError,
      attemptTimeoutMs: duration('attemptTimeoutMs', options.attemptTimeoutMs ?? session.attemptTimeoutMs),
      timeoutMs: duration('timeoutMs', options.timeoutMs ?? session.timeoutMs),
      maxResponseBytes: session.maxResponseBytes,
      retry: resolveRetry(options.retry, session.retry),
      signal: options.signal,
      onRecord: options.onRecord ?? session.onRecord,
    };
    return perform(call, reader);
  }
}

function isTwoHundred(status: number): boolean {
  return status >= 200 && status < 300;
}

/** 301 and 308 aren't answers: they say that the question should be asked at another address, now and later. */
function isTwoHundredOrElsewhere(status: number): boolean {
  return isTwoHundred(status) || status === 302 || status === 303 || status === 307;
}
