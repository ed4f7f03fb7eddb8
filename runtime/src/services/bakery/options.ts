import type { BakerySettings } from '../../auth/bakery/bakery.ts';
import type { HttpOptions } from '../../options.ts';

/** What a session with services that the macaroon bakery protects can be told. */
export interface BakeryOptions extends HttpOptions, Omit<BakerySettings, 'send' | 'isOwn'> {
  /** Where the service is; `request` then takes URLs relative to it, and classes that were generated can be used. */
  readonly baseUrl?: string | undefined;
  /** How long a person may take to log in, in milliseconds. Default 600,000. */
  readonly loginTimeoutMs?: number | undefined;
}

/** One request. */
export interface BakeryRequest {
  /** Default GET. */
  readonly method?: string | undefined;
  /** Absolute, or relative to the session's `baseUrl`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whole, since it may have to be sent again. */
  readonly body?: string | Uint8Array | undefined;
  /** An abort rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
}
