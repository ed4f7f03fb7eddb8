import type { JsonValue } from '../../model.ts';
import type { RecordedRequest } from './recorded.ts';

/** What goes wrong, how often, and for whom. */
export interface FaultRule {
  /**
   * Which requests: of a service, of a method (as the reference calls it), or whatever a function says.
   * By default all.
   */
  readonly match?: FaultMatch;
  /** How many requests it happens to. 1 by default; `Infinity` for all that come. */
  readonly times?: number;
  /** Answers with this status, 200 to 599, instead of doing what was asked. */
  readonly status?: number;
  /** With `status`: text as it is, anything else as JSON. By default the service's own way to say that status. */
  readonly body?: JsonValue;
  /** Set on the answer, whoever makes it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Waits so many milliseconds first. Alone, it only slows the request down. */
  readonly delayMs?: number;
  /** Resets the connection instead of doing what was asked. */
  readonly reset?: boolean;
  /** Does what was asked, but ends the connection in the middle of the answer. */
  readonly truncate?: boolean;
  /** Does nothing and never answers. */
  readonly hang?: boolean;
  /** Of a call on a WebSocket: says no with this, instead of doing what was asked. */
  readonly error?: { readonly message: string; readonly code?: string; readonly info?: JsonValue };
  /** Of a call on a WebSocket: closes that with this code instead of doing what was asked. */
  readonly close?: number;
}

export type FaultMatch = NamedMatch | ((request: RecordedRequest) => boolean);

export interface NamedMatch {
  readonly service?: string;
  readonly method?: string;
}
