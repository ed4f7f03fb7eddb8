import type { RequestOptions } from '../options.ts';
import { JoinedSignal } from '../time/joined-signal.ts';
import { BlockingRead, type WatchDefaults } from './blocking.ts';
import type { StreamReader, WholeReader } from './call.ts';
import { Caller, isTwoHundredOrElsewhere } from './caller.ts';
import { Endless, type Opened, readEventStream, readLines, readValues } from './endless.ts';
import type { EndpointSettings } from './endpoint-settings.ts';
import { linesOf } from './lines.ts';
import { Pages, type Paging } from './pages.ts';
import type { Path } from './path.ts';
import { type More, Read } from './read.ts';
import { readForm } from './read-form.ts';
import type { MetaReader } from './read-meta.ts';
import {
  answered,
  readAs,
  readBytes,
  readJson,
  readLocation,
  readNothing,
  readPage,
  readStream,
  readText,
} from './readers.ts';
import { type Answered, Reply } from './reply.ts';
import { readEvents, type ServerSentEvent } from './sse.ts';
import { valuesOf } from './values.ts';
import type { Verb } from './verb.ts';

export type { EndpointSettings } from './endpoint-settings.ts';
export type { ErrorFacts, ReadError } from './error-facts.ts';
export type { Verb } from './verb.ts';

/** What a generated class is constructed with. */
export interface HttpSession {
  /** The endpoint of an API, by the name that the generated class knows: `queue/v1`. */
  endpoint(name: string): HttpEndpoint;
}

/** What a generated class calls. One endpoint is one API of one service: a base URL and a way to sign. */
export interface HttpEndpoint {
  get<T>(path: Path, options?: RequestOptions): Reply<T>;
  head<T>(path: Path, options?: RequestOptions): Reply<T>;
  post<T>(path: Path, options?: RequestOptions): Reply<T>;
  put<T>(path: Path, options?: RequestOptions): Reply<T>;
  patch<T>(path: Path, options?: RequestOptions): Reply<T>;
  delete<T>(path: Path, options?: RequestOptions): Reply<T>;
  /** Whatever body comes back is dropped; a page of HTML is no answer of a service. */
  send(verb: Verb, path: Path, options?: RequestOptions): Reply<void>;
  text(verb: Verb, path: Path, options?: RequestOptions): Reply<string>;
  bytes(verb: Verb, path: Path, options?: RequestOptions): Reply<Uint8Array>;
  /** The absolute URL that the answer points to. A redirect for good (301, 308) is no answer of a service. */
  location(verb: Verb, path: Path, options?: RequestOptions): Reply<string>;
  /** Asks when something is done with what it gives: see {@link Read}. */
  read<T>(path: Path, options?: RequestOptions): Read<T>;
  /** As `read`, for what can also be waited for; `by` is what tells one version of it from another. */
  blocking<T>(by: 'index' | 'hash' | 'event', path: Path, options?: RequestOptions): BlockingRead<T>;
  pages<P extends object, K extends keyof P & string>(
    verb: Verb,
    path: Path,
    options: RequestOptions,
    paging: Paging<K>,
  ): Pages<P, K>;
  /** The answer as it arrives. A failure in the middle of it is thrown by the body's iteration. */
  stream(verb: Verb, path: Path, options?: RequestOptions): Promise<StreamedResponse>;
  /** The lines of an answer without an end. Each loop is a call; leaving it closes the connection. */
  lines(verb: Verb, path: Path, options?: RequestOptions): AsyncIterable<string>;
  /** As `lines`, for JSON values one after the other. */
  values<T>(verb: Verb, path: Path, options?: RequestOptions): AsyncIterable<T>;
  /** As `lines`, for server-sent events. */
  events(verb: Verb, path: Path, options?: RequestOptions): AsyncIterable<ServerSentEvent>;
}

export interface StreamedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Makes the endpoint of an API. Nothing is sent before one of its methods is called. */
export function createEndpoint(settings: EndpointSettings): HttpEndpoint {
  return new Endpoint(settings);
}

const json = 'application/json';

class Endpoint implements HttpEndpoint {
  readonly #caller: Caller;
  readonly #watch: WatchDefaults | undefined;
  readonly #maxBytes: number;
  readonly #recognises: EndpointSettings['recognises'];
  readonly #readMeta: MetaReader | undefined;

  constructor(settings: EndpointSettings) {
    this.#caller = new Caller(settings);
    this.#watch = settings.watch;
    this.#maxBytes = settings.options.maxResponseBytes;
    this.#recognises = settings.recognises;
    this.#readMeta = settings.readMeta;
  }

  get<T>(path: Path, options?: RequestOptions): Reply<T> {
    return this.#verb('GET', path, options);
  }

  head<T>(path: Path, options?: RequestOptions): Reply<T> {
    return this.#verb('HEAD', path, options);
  }

  post<T>(path: Path, options?: RequestOptions): Reply<T> {
    return this.#verb('POST', path, options);
  }

  put<T>(path: Path, options?: RequestOptions): Reply<T> {
    return this.#verb('PUT', path, options);
  }

  patch<T>(path: Path, options?: RequestOptions): Reply<T> {
    return this.#verb('PATCH', path, options);
  }

  delete<T>(path: Path, options?: RequestOptions): Reply<T> {
    return this.#verb('DELETE', path, options);
  }

  send(verb: Verb, path: Path, options: RequestOptions = {}): Reply<void> {
    return new Reply(this.#answer(verb.toUpperCase(), path, options, readNothing));
  }

  text(verb: Verb, path: Path, options: RequestOptions = {}): Reply<string> {
    return new Reply(this.#answer(verb.toUpperCase(), path, options, readText));
  }

  bytes(verb: Verb, path: Path, options: RequestOptions = {}): Reply<Uint8Array> {
    return new Reply(this.#answer(verb.toUpperCase(), path, options, readBytes));
  }

  location(verb: Verb, path: Path, options: RequestOptions = {}): Reply<string> {
    const reader = answered(readLocation(`${this.#caller.baseUrl(options)}${path.text}`), options);
    return new Reply(this.#caller.call(verb.toUpperCase(), path, options, reader, isTwoHundredOrElsewhere));
  }

  read<T>(path: Path, options: RequestOptions = {}): Read<T> {
    return new Read((more) => this.#ask<T>(path, options, more), this.#readMeta);
  }

  blocking<T>(by: 'index' | 'hash' | 'event', path: Path, options: RequestOptions = {}): BlockingRead<T> {
    return new BlockingRead((more) => this.#ask<T>(path, options, more), by, this.#watch, this.#readMeta);
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
      const reader = readPage<P, K>(paging, token);
      return this.#caller.call(method, path, { accept: json, ...options, query }, reader);
    });
  }

  stream(verb: Verb, path: Path, options: RequestOptions = {}): Promise<StreamedResponse> {
    return this.#caller.call(verb.toUpperCase(), path, options, readStream);
  }

  lines(verb: Verb, path: Path, options: RequestOptions = {}): AsyncIterable<string> {
    return this.#endless(verb, path, options, readLines, ({ body }) => linesOf(body, this.#maxBytes));
  }

  values<T>(verb: Verb, path: Path, options: RequestOptions = {}): AsyncIterable<T> {
    return this.#endless(verb, path, { accept: json, ...options }, readValues, (opened) =>
      valuesOf<T>(opened, this.#maxBytes, options.shape),
    );
  }

  events(verb: Verb, path: Path, options: RequestOptions = {}): AsyncIterable<ServerSentEvent> {
    return this.#endless(verb, path, { accept: 'text/event-stream', ...options }, readEventStream, (opened) =>
      readEvents(opened.body, { maxLength: this.#maxBytes }),
    );
  }

  #verb<T>(method: string, path: Path, options: RequestOptions = {}): Reply<T> {
    return new Reply(this.#json<T>(method, path, options));
  }

  #json<T>(method: string, path: Path, options: RequestOptions): Promise<Answered<T>> {
    const { as, first, forms, shape } = options;
    if (as !== undefined) return this.#answer(method, path, options, readAs<T>(as));
    if (forms !== undefined) {
      const { accept = Object.keys(forms)[0] ?? json } = options;
      return this.#answer(method, path, { ...options, accept }, readForm<T>(forms, accept));
    }
    // Of a list of which the first is given, the shape is that of an element.
    const whole = first === true && shape !== undefined ? { items: () => shape } : shape;
    return this.#answer(method, path, { accept: json, ...options }, readJson<T>(whole));
  }

  // Not at once: what can't be asked is a rejection, like whatever else goes wrong.
  async #ask<T>(path: Path, options: RequestOptions, more: More): Promise<Answered<T>> {
    const { verb = 'get', signal } = options;
    const method = verb.toUpperCase();
    const asked = withMore(options, more);
    if (signal === undefined || more.signal === undefined) return await this.#json<T>(method, path, asked);
    const joined = new JoinedSignal(signal, more.signal);
    try {
      return await this.#json<T>(method, path, { ...asked, signal: joined.signal });
    } finally {
      joined.release();
    }
  }

  #answer<T>(
    method: string,
    path: Path,
    options: RequestOptions,
    reader: WholeReader<T>,
  ): Promise<Answered<T>> {
    return this.#caller.call(method, path, options, answered(reader, options, this.#recognises));
  }

  #endless<T>(
    verb: Verb,
    path: Path,
    options: RequestOptions,
    reader: StreamReader<Opened>,
    read: (opened: Opened) => AsyncGenerator<T, void, undefined>,
  ): AsyncIterable<T> {
    const open = (signal: AbortSignal) =>
      this.#caller.call(
        verb.toUpperCase(),
        path,
        { idleTimeoutMs: Number.POSITIVE_INFINITY, ...options, signal },
        reader,
      );
    return new Endless(open, read, options.signal);
  }
}

/** What a read adds to a call when it asks. */
function withMore(options: RequestOptions, more: More): RequestOptions {
  const { query, headers, ...others } = more;
  return {
    ...options,
    ...others,
    ...(query !== undefined && { query: { ...options.query, ...query } }),
    ...(headers !== undefined && { headers: { ...options.headers, ...headers } }),
  };
}
