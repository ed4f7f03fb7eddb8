import type { BlockingRead } from '../../http/blocking.ts';
import type { HttpEndpoint, StreamedResponse } from '../../http/endpoint.ts';
import { Path } from '../../http/path.ts';
import type { Reply } from '../../http/reply.ts';
import type { Verb } from '../../http/verb.ts';
import type { RequestOptions } from '../../options.ts';
import type { ReadOptions, WriteOptions } from './call-options.ts';

type Asked = Pick<RequestOptions, 'query' | 'accept' | 'data' | 'absent' | 'first' | 'shape' | 'as'>;

/** What a read by path takes: the options of all reads, and what a generated method would know. */
export type RawReadOptions = ReadOptions &
  Asked & {
    /** What tells one version of the answer from another, for `watch()`. Default `index`. */
    readonly by?: 'index' | 'hash' | 'event' | undefined;
  };

/**
 * What any other call by path takes. One that writes is made again, when nobody knows whether it was done, only with
 * `safe: true`: nothing but its path says what it does.
 */
export type RawWriteOptions = WriteOptions & Asked & Pick<RequestOptions, 'body' | 'contentType' | 'safe'>;

/**
 * Any path below `/v1`, for what no generated class has: a newer Consul, a fork, an internal route. Paths are strings as they
 * are sent, or made by `path`, which encodes its values. What comes back is what the caller says that it is; an integer beyond
 * 2^53, such as the `Flags` of a key may be, is a `bigint`, unless `shape` says otherwise.
 */
export class ConsulRaw {
  readonly #http: HttpEndpoint;

  constructor(http: HttpEndpoint) {
    this.#http = http;
  }

  /** GET, with metadata and `watch()` as any read. */
  get<T = unknown>(path: Path | string, { by = 'index', ...options }: RawReadOptions = {}): BlockingRead<T> {
    return this.#http.blocking(by, pathOf(path), readable(options));
  }

  put<T = unknown>(path: Path | string, options?: RawWriteOptions): Reply<T> {
    return this.#http.put(pathOf(path), asked('put', readable(options)));
  }

  post<T = unknown>(path: Path | string, options?: RawWriteOptions): Reply<T> {
    return this.#http.post(pathOf(path), asked('post', readable(options)));
  }

  delete<T = unknown>(path: Path | string, options?: RawWriteOptions): Reply<T> {
    return this.#http.delete(pathOf(path), asked('delete', readable(options)));
  }

  /** A call whose answer is dropped. */
  send(verb: Verb, path: Path | string, options?: RawWriteOptions): Reply<void> {
    return this.#http.send(verb, pathOf(path), asked(verb, options));
  }

  /** A call whose answer is read as it comes. */
  stream(verb: Verb, path: Path | string, options?: RawWriteOptions): Promise<StreamedResponse> {
    return this.#http.stream(verb, pathOf(path), asked(verb, options));
  }

  /** The lines of an answer without an end. */
  lines(verb: Verb, path: Path | string, options?: RawWriteOptions): AsyncIterable<string> {
    return this.#http.lines(verb, pathOf(path), asked(verb, options));
  }
}

function asked(verb: Verb, options: RequestOptions = {}): RequestOptions {
  const reads = verb === 'get' || verb === 'head';
  return { ...options, safe: options.safe ?? (reads ? undefined : false) };
}

/** Nobody knows what a path answers: JSON, or a text, unless the caller says. */
function readable(options: RequestOptions = {}): RequestOptions {
  const { as, accept, first, shape = 'exact' } = options;
  if (as !== undefined || accept !== undefined || first !== undefined) return { ...options, shape };
  return {
    ...options,
    accept: 'application/json, text/plain',
    forms: { 'application/json': { shape }, 'text/plain': 'text' },
  };
}

/** What a path may hold as it is: RFC 3986, 3.3. */
const encoded = /^(?:\/(?:[\w.~!$&'()*+,;=:@-]|%[\dA-Fa-f]{2})*)+$/;

function pathOf(path: Path | string): Path {
  if (path instanceof Path) return path;
  if (typeof path === 'string' && encoded.test(path) && !/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path)) {
    return new Path(path, path, []);
  }
  throw new TypeError(
    `${JSON.stringify(path)} is no path: it must begin with a slash, be encoded, and have no query; give that as an option`,
  );
}
