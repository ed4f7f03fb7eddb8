import type { CallRecord } from './errors.ts';
import type { Forms } from './http/forms.ts';
import type { ParamStyle } from './http/styles.ts';
import type { Transport } from './http/transport.ts';
import type { Verb } from './http/verb.ts';
import type { Shape } from './json/shape.ts';

/** How often and when a call that failed is tried again. */
export interface RetryOptions {
  /** Further attempts after the first. Default 5; 0 is none. */
  readonly retries?: number;
  /** The bound of the first wait, in milliseconds. Default 100. */
  readonly delayMs?: number;
  /** What the bound grows by with each further wait. Default 2. */
  readonly factor?: number;
  /** The bound that it never grows beyond, in milliseconds. Default 30,000. Doesn't shorten a `Retry-After`. */
  readonly maxDelayMs?: number;
}

/** What every call takes. */
export interface CallOptions {
  /** An abort, at any point, rejects the call with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long the call may take with all its attempts and waits, in milliseconds. The session's default applies when
   * absent; `Infinity` is no limit.
   */
  readonly timeoutMs?: number | undefined;
  /** How long one attempt may take, in milliseconds. The session's default applies when absent. */
  readonly attemptTimeoutMs?: number | undefined;
  /**
   * How long an answer that has no end (lines, values, events) may be silent, in milliseconds. Default: as long as it
   * likes. `attemptTimeoutMs` is then the time until its headers.
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Further headers. They win over the session's. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `false`: one attempt only. */
  readonly retry?: RetryOptions | false | undefined;
  /** Called once, when the call is over, with what happened in it. */
  readonly onRecord?: ((record: CallRecord) => void) | undefined;
}

/** What a call takes whose answer comes in one of several forms. */
export interface AcceptOptions<A extends string> extends CallOptions {
  /** The media type that the answer should have, which says what type it has here. Default: the one that the method names. */
  readonly accept?: A | undefined;
}

/** What generated code gives to an endpoint. */
export interface RequestOptions extends CallOptions {
  /**
   * Sent as `contentType` says, which is JSON by default, in which a `bigint` is an integer with all its digits, a `Date`
   * ISO 8601 and a `Uint8Array` base64. Whatever that says, a `Uint8Array` as a whole body is sent as it is; a function
   * that gives an `AsyncIterable<Uint8Array>` is called for each attempt and streamed; an `AsyncIterable<Uint8Array>` is
   * streamed, and the call isn't tried again. Left out where there is none: `undefined` is refused, as it is most likely
   * a mistake.
   */
  readonly body?: unknown;
  /**
   * How `body` is written, and the header that says so: a type of JSON; `application/x-www-form-urlencoded` or
   * `multipart/form-data`, from an object or a `FormData`; any other type takes a text, bytes or a stream, as they are.
   */
  readonly contentType?: string | undefined;
  /** The media types that are asked for. Default: JSON where JSON is read, the first of `forms`, none elsewhere. */
  readonly accept?: string | undefined;
  /** `undefined` and `null` are left out, arrays give one pair an element, a `Date` is sent as ISO 8601 in UTC. */
  readonly query?: object | undefined;
  /** Parts of `query` that are written in another way, or that don't belong in the query at all. */
  readonly styles?: Readonly<Record<string, ParamStyle>> | undefined;
  /** Parts of `query` in whose values `:/?@!$'()*,;=` stay as they are. Default: everything reserved is percent-encoded. */
  readonly reserved?: readonly string[] | undefined;
  /** Whether the call may be made again when nobody knows whether it was done. Default: whether its verb is idempotent. */
  readonly safe?: boolean | undefined;
  /**
   * Further statuses whose body is an answer like any other, and which are then never tried again. One that isn't of the
   * service itself, or not JSON where that is read, is an error as elsewhere.
   */
  readonly data?: readonly number[] | undefined;
  /** Statuses that say that there is nothing: the value is `undefined`. Not of a stream. */
  readonly absent?: readonly number[] | undefined;
  /** The answer is a list of one element or none: the value is that element, or `undefined`. */
  readonly first?: true | undefined;
  /** Where the JSON of the answer holds what JSON has no word for. */
  readonly shape?: Shape | undefined;
  /** How the answer is read, by its media type, in place of `shape`; of these, `accept` is what is asked for. */
  readonly forms?: Forms | undefined;
  /** The answer isn't read as JSON, by a method that otherwise would. */
  readonly as?: 'text' | 'bytes' | undefined;
  /** The verb of a method that otherwise would GET. */
  readonly verb?: Verb | undefined;
  /** What proves who calls, where it isn't what the session says: alternatives of names that belong together. */
  readonly requires?: readonly (readonly string[])[] | undefined;
  /** The absolute URL, without a slash at its end, that the path comes after, where it isn't the session's. */
  readonly server?: string | undefined;
}

/** How connections are made, by the transport of this session. */
export interface ConnectionOptions {
  /** Whether connections are kept for further calls. Default true. */
  readonly keepAlive?: boolean;
  /**
   * Connections to one host at most; further calls wait for one to be free. Default 50, unless the session says otherwise;
   * `Infinity` is no limit. Whatever waits for news (a blocking query, a stream of events) holds one as long as it lasts.
   */
  readonly maxSockets?: number;
  /** A Unix socket that all calls go through, whatever host their URL has; usually that is `http://localhost`. */
  readonly socketPath?: string;
  /** PEM of the authorities that are trusted, in place of Node's own. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** PEM of our own certificate, for services that ask for one. */
  readonly cert?: string | Uint8Array;
  /** PEM of the key of `cert`. */
  readonly key?: string | Uint8Array;
  /** The name that the server's certificate must be for, when it isn't the host of the URL. */
  readonly serverName?: string;
  /**
   * Take any certificate, so that anybody on the way can read and change everything, credentials included. For a
   * test on one's own machine; elsewhere give `ca`. Default false.
   */
  readonly insecureSkipVerify?: boolean;
}

/** What every session over HTTP takes. */
export interface HttpOptions {
  /**
   * `got` (default), `undici` (about a third of the CPU a call), a transport made by `gotTransport()` or
   * `undiciTransport()`, or any function of the same shape, such as a test double.
   */
  readonly transport?: 'got' | 'undici' | Transport | undefined;
  /** Applies to `got` and `undici` given by name. */
  readonly connection?: ConnectionOptions | undefined;
  /** How long one attempt may take, in milliseconds. Default 30,000. */
  readonly attemptTimeoutMs?: number | undefined;
  /** How long a call may take with all its attempts and waits, in milliseconds. Default 300,000. */
  readonly timeoutMs?: number | undefined;
  /** The longest answer that is accepted, in bytes after decompression. Default 64 MiB. */
  readonly maxResponseBytes?: number | undefined;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `false`: one attempt only. */
  readonly retry?: RetryOptions | false | undefined;
  /** Called when a call is over, with what happened in it. */
  readonly onRecord?: ((record: CallRecord) => void) | undefined;
}

/** The names of {@link HttpOptions}. */
export const httpOptionNames: Readonly<Record<keyof HttpOptions, true>> = {
  attemptTimeoutMs: true,
  connection: true,
  headers: true,
  maxResponseBytes: true,
  onRecord: true,
  retry: true,
  timeoutMs: true,
  transport: true,
};

const connectionOptionNames: Readonly<Record<keyof ConnectionOptions, true>> = {
  ca: true,
  cert: true,
  insecureSkipVerify: true,
  keepAlive: true,
  key: true,
  maxSockets: true,
  serverName: true,
  socketPath: true,
};

/** {@link RetryOptions} with nothing left open. */
export type ResolvedRetry = Required<RetryOptions>;

/** What a session resolves its options to, once. */
export interface ResolvedOptions {
  readonly attemptTimeoutMs: number;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly retry: ResolvedRetry;
  readonly onRecord: ((record: CallRecord) => void) | undefined;
}

const defaultRetry: ResolvedRetry = { retries: 5, delayMs: 100, factor: 2, maxDelayMs: 30_000 };

/** @throws TypeError when an option isn't what it should be */
export function resolveOptions(options: HttpOptions): ResolvedOptions {
  checkNames(options.connection ?? {}, connectionOptionNames, 'connection');
  return {
    attemptTimeoutMs: duration('attemptTimeoutMs', options.attemptTimeoutMs ?? 30_000),
    timeoutMs: duration('timeoutMs', options.timeoutMs ?? 300_000),
    maxResponseBytes: atLeast('maxResponseBytes', 1, options.maxResponseBytes ?? 64 * 1024 * 1024),
    headers: options.headers ?? {},
    retry: resolveRetry(options.retry, defaultRetry),
    onRecord: options.onRecord,
  };
}

/** @throws TypeError when an option isn't what it should be */
export function resolveRetry(retry: RetryOptions | false | undefined, base: ResolvedRetry): ResolvedRetry {
  if (retry === undefined) return base;
  if (retry === false) return { ...base, retries: 0 };
  return {
    retries: atLeast('retry.retries', 0, retry.retries ?? base.retries),
    delayMs: atLeast('retry.delayMs', 0, retry.delayMs ?? base.delayMs),
    factor: atLeast('retry.factor', 1, retry.factor ?? base.factor),
    maxDelayMs: atLeast('retry.maxDelayMs', 0, retry.maxDelayMs ?? base.maxDelayMs),
  };
}

/**
 * One that is misspelt would be without effect, and nobody would know.
 *
 * @param taker what takes them: `consul()`
 * @throws TypeError when there is no option of a name
 */
export function checkNames(options: object, known: Readonly<Record<string, true>>, taker: string): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) throw new TypeError(`${name} is no option of ${taker}`);
  }
}

/** @throws TypeError when it is no time to wait for */
export function duration(name: string, value: number): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new TypeError(`${name} must be a number of milliseconds above 0, not ${value}`);
}

function atLeast(name: string, least: number, value: number): number {
  if (typeof value === 'number' && value >= least) return value;
  throw new TypeError(`${name} must be a number of at least ${least}, not ${value}`);
}
