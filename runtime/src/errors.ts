/** What callers act on; says more than a status and stays the same across services. */
export type Category =
  | 'not-found'
  | 'unauthorized'
  | 'forbidden'
  | 'conflict'
  | 'invalid'
  | 'rate-limited'
  | 'unavailable'
  | 'failed';

/** What happened in one call, secrets masked. */
export interface CallRecord {
  /** Upper case; of a call over RPC its name: `Application.Deploy`. */
  readonly method: string;
  /** Absolute; secret parts are `***`. */
  readonly url: string;
  /** What was asked, where method and URL don't say it: `local test.ping`. */
  readonly call?: string;
  /** In the order in which they were made. Empty when the call failed before anything was sent. */
  readonly attempts: readonly Attempt[];
}

/** One request and what came of it. */
export interface Attempt {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Until the whole answer was there. */
  readonly durationMs: number;
  /** Absent when no answer came. */
  readonly status?: number;
  /** Why no usable answer came, in one sentence. */
  readonly error?: string;
  /** How long the wait was before this attempt; absent on the first. */
  readonly delayMs?: number;
  /** As sent; whatever proves who calls is `***`. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** As received; cookies and tokens are `***`, as is all of a `location` but its origin. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
}

/** What every error below is made of. */
export interface CallFacts {
  /** Verb and path of the call, secrets masked: `PUT /api/queue/v1/task/abc`. */
  readonly call: string;
  readonly record: CallRecord;
  readonly cause?: unknown;
}

/**
 * A call to a service that didn't work out. Its message says what was asked and what came back:
 * `PUT /api/queue/v1/task/abc: 409 RequestConflict: task already exists`.
 */
export class ServiceError extends Error {
  readonly category: Category;
  readonly #facts: CallFacts;

  constructor(category: Category, what: string, facts: CallFacts) {
    super(`${facts.call}: ${what}`, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.category = category;
    this.#facts = facts;
  }

  // On the prototype, so that inspect() and JSON don't show it next to the data.
  override get name(): string {
    return 'ServiceError';
  }

  /** Verb and path of the call, secrets masked. */
  get call(): string {
    return this.#facts.call;
  }

  /** Every request that was made for this call. */
  get attempts(): readonly Attempt[] {
    return this.#facts.record.attempts;
  }

  /** The whole record of the call. */
  get record(): CallRecord {
    return this.#facts.record;
  }
}

/** What a service said when it said no. */
export interface Refused {
  readonly status: number;
  readonly category: Category;
  /** The service's own code: `RequestConflict`. */
  readonly code?: string | undefined;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly requestInfo?: unknown;
}

/** The service said no. */
export class ResponseError extends ServiceError {
  readonly status: number;
  /** The service's own code (`RequestConflict`), when it gave one. */
  readonly code: string | undefined;
  readonly #refused: Refused;

  constructor(refused: Refused, facts: CallFacts) {
    const code = refused.code === undefined ? '' : ` ${refused.code}`;
    super(refused.category, `${refused.status}${code}: ${refused.message}`, facts);
    this.status = refused.status;
    this.code = refused.code;
    this.#refused = refused;
  }

  override get name(): string {
    return 'ResponseError';
  }

  /** The body: parsed when it was JSON, otherwise text. Not shown by inspect(): it may hold secrets. */
  get body(): unknown {
    return this.#refused.body;
  }

  /** What the service says that it was asked. Not shown by inspect(): it may hold secrets. */
  get requestInfo(): unknown {
    return this.#refused.requestInfo;
  }

  /** The headers of the answer, names in lower case. Not shown by inspect(). */
  get headers(): Readonly<Record<string, string>> {
    return this.#refused.headers;
  }
}

/** Why no answer came. */
export type ConnectionCode = 'connect' | 'reset' | 'truncated' | 'timeout';

/**
 * No answer came, or only a part of it.
 *
 * `connect`: no connection (refused, unknown host, TLS); `reset`: it broke before an answer; `truncated`: it broke
 * in the middle of one; `timeout`: the attempt's or the call's time was over.
 */
export class ConnectionError extends ServiceError {
  readonly code: ConnectionCode;

  constructor(code: ConnectionCode, what: string, facts: CallFacts) {
    super('unavailable', what, facts);
    this.code = code;
  }

  override get name(): string {
    return 'ConnectionError';
  }
}

/** An answer came that makes no sense: no JSON where JSON was due, too long, a page token that repeats. */
export class ProtocolError extends ServiceError {
  constructor(what: string, facts: CallFacts) {
    super('failed', what, facts);
  }

  override get name(): string {
    return 'ProtocolError';
  }
}

/** The category of a status, for services that don't say more. */
export function categoryOf(status: number): Category {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
    case 410:
      return 'not-found';
    case 409:
    case 412:
      return 'conflict';
    case 408:
    case 502:
    case 503:
    case 504:
      return 'unavailable';
    case 429:
      return 'rate-limited';
    default:
      return status >= 400 && status < 500 ? 'invalid' : 'failed';
  }
}
