/** One request of the bakery's protocol, or of a service that it protects. */
export interface SendRequest {
  /** Upper case. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whole, so that it can be sent again. */
  readonly body?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The answer may take as long as a person takes to log in: a time-out that is meant for machines must not apply. */
  readonly isPatient?: boolean | undefined;
  /** A third party gave the URL, which may let in who has it: of such a URL only the origin may be shown. */
  readonly isSecret?: boolean | undefined;
}

/** What came back, whatever its status. */
export interface SendAnswer {
  readonly status: number;
  /** Names in lower case; the values of a repeated header joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * What the bakery reaches others with. It sends a request once, as it is: it follows no redirect, throws on no status, and
 * rejects when no answer came.
 */
export type Send = (request: SendRequest) => Promise<SendAnswer>;
