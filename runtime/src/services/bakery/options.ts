import type { BakerySettings } from '../../auth/bakery/bakery.ts';
import type { HttpOptions } from '../../options.ts';

/** What a session with services that the macaroon bakery protects can be told. */
export interface BakeryOptions extends HttpOptions, Omit<BakerySettings, 'send' | 'isOwn'> {
  /** Where the service is; `request` then takes URLs relative to it, and classes that were generated can be used. */
  readonly baseUrl?: string | undefined;
  /** How long a person may take to log in, in milliseconds. Default 600,000. */
  readonly loginTimeoutMs?: number | undefined;
  /** Of calls of classes; `request` takes as long as its signal lets it, `attemptTimeoutMs` for each answer. Default 300,000. */
  readonly timeoutMs?: HttpOptions['timeoutMs'];
  /** Of calls of classes; `request` isn't tried again. `false`: one attempt only. */
  readonly retry?: HttpOptions['retry'];
  /** Of calls of classes: called when one is over, with what happened in it. */
  readonly onRecord?: HttpOptions['onRecord'];
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
