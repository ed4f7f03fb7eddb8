import { tracingChannel } from 'node:diagnostics_channel';
import type { CallRecord } from '../errors.ts';

/**
 * What is published on the tracing channels `tracing:fairlead:call:*`, for tracers such as OpenTelemetry: `start`,
 * `end`, `asyncStart`, `asyncEnd` and `error`, as `node:diagnostics_channel` defines them for a promise. Nothing is
 * made when nobody listens. The same object is published at each of the events of a call.
 */
export interface CallTrace {
  /** `queue` */
  readonly service: string;
  /** Upper case. */
  readonly method: string;
  /** Absolute; secret parts are `***`. */
  readonly url: string;
  /**
   * What is sent with every attempt, besides what a signer adds; secrets are `***`. What a subscriber to `start` adds or
   * changes is sent, too (`traceparent`).
   */
  readonly headers: Record<string, string>;
  /** Present when the call is over. */
  record?: CallRecord;
  /** Present when the call failed: a `ServiceError`, or the reason of an abort. */
  error?: unknown;
}

/** What is published on the tracing channels `tracing:fairlead:attempt:*`: one request and its answer. */
export interface AttemptTrace {
  readonly service: string;
  readonly method: string;
  readonly url: string;
  /** 1 is the first. */
  readonly number: number;
  /** Present when an answer came. */
  status?: number;
  /** Present when none came: a `TransportFailure`, or the reason of an abort. */
  error?: unknown;
}

export const calls = tracingChannel<string, CallTrace>('fairlead:call');
export const attempts = tracingChannel<string, AttemptTrace>('fairlead:attempt');
