/**
 * Auth: what signs a call, and may renew what it signs with.
 *
 * `sign` is called once an attempt, so that a retry has a fresh time and nonce. Whatever headers it gives are
 * never shown: records and errors hold `***` in their place.
 */
export interface Auth {
  /** The headers that prove who calls. */
  sign(request: AuthRequest): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /**
   * Pairs that the query needs to prove who calls, for services that want the proof there. Called once an attempt, before
   * `sign`; nothing of them is shown.
   */
  query?(): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /**
   * Called after a 401. `true` means that something changed (a new token, a corrected clock) and that one more
   * attempt is worth it; it is made at most once a call. `signal` is the call's: who is gone needs no login.
   */
  renew?(refusal: Refusal, signal?: AbortSignal): Promise<boolean>;
}

/** What is about to be sent, byte for byte. */
export interface AuthRequest {
  /** Upper case. */
  readonly method: string;
  /** Absolute, encoded: exactly what goes out. */
  readonly url: string;
  /** Absent when there is no body, and when the body is a stream. */
  readonly body?: string | Uint8Array;
  /** Present with a body whose kind is known. */
  readonly contentType?: string;
}

/** An answer that said 401. */
export interface Refusal {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it was JSON, otherwise text, `undefined` when empty. */
  readonly body: unknown;
  /** When the answer came, in milliseconds since the epoch by our own clock. */
  readonly receivedAt: number;
  /**
   * What `sign` gave for the attempt that was refused, the same object: so that an `Auth` can tell a call that was
   * signed before a renewal from one that was refused in spite of it.
   */
  readonly signed: Readonly<Record<string, string>>;
}
