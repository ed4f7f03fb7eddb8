/**
 * The seam between this runtime and HTTP: one function, so that a test can give its own.
 *
 * A transport sends one request once. It doesn't retry, doesn't follow redirects, doesn't throw because of a
 * status, and undoes `gzip`, `deflate` and `br`. What keeps it from giving an answer is a {@link TransportFailure}.
 */
export interface Transport {
  (request: TransportRequest): Promise<TransportResponse>;
  /** Closes the connections that it holds; a call that is under way on one fails, a later one makes a new one. */
  readonly close?: (() => Promise<void>) | undefined;
}

export interface TransportRequest {
  /** Upper case. */
  readonly method: string;
  /** Absolute; goes out byte for byte, since a signature covers it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /**
   * How long the answer may take, in milliseconds: the whole of it, or with `stream` until its headers. No limit when
   * absent.
   */
  readonly timeoutMs?: number | undefined;
  /** With `stream`, between any two pieces of the body, in milliseconds. Default `timeoutMs`. */
  readonly idleTimeoutMs?: number | undefined;
  /** An abort rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** The longest body that is accepted, in bytes after decompression. Not applied with `stream`. */
  readonly maxBytes?: number | undefined;
  /** Answer with the body as it arrives, instead of all of it at once. */
  readonly stream?: boolean | undefined;
}

export interface TransportResponse {
  readonly status: number;
  /** Names in lower case; the values of a repeated header joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes, or with `stream` also an iterable of them. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * Why no (whole) answer came.
 *
 * - `connect`: no connection: refused, unknown host. Nothing was sent.
 * - `certificate`: the server's certificate isn't trusted, or is for another name. Nothing was sent.
 * - `reset`: the connection broke before the answer's headers.
 * - `truncated`: the connection broke, or the body ended, before all of the body came.
 * - `timeout`: nothing in time.
 * - `too-large`: the body is longer than `maxBytes`.
 * - `protocol`: what came isn't HTTP, or isn't compressed as it says.
 */
export type FailureKind =
  | 'connect'
  | 'certificate'
  | 'reset'
  | 'truncated'
  | 'timeout'
  | 'too-large'
  | 'protocol';

/**
 * Thrown by a transport. Carries neither headers nor the HTTP library's own error, so that it can be a `cause`.
 */
export class TransportFailure extends Error {
  readonly kind: FailureKind;
  /** The system's or the library's code, for people: `ECONNREFUSED`, `UND_ERR_SOCKET`. */
  readonly code: string;
  /**
   * The request went out on a connection that had served another one, and not a byte came back: the server had most
   * likely closed it as idle, so that any request can be sent again.
   */
  readonly stale: boolean;

  /** `message` is a clause, without capital and full stop: the error of the call has the call before it. */
  constructor(kind: FailureKind, code: string, message: string, stale = false) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.stale = stale;
  }

  override get name(): string {
    return 'TransportFailure';
  }
}
