import { tracingChannel } from 'node:diagnostics_channel';
import type { CallRecord } from '../errors.ts';

/** What is published on the tracing channels `tracing:fairlead:call:*`, as for calls over HTTP. */
export interface RpcTrace {
  readonly service: 'juju';
  /** `Application.Deploy` */
  readonly method: string;
  readonly url: string;
  /** Of no effect: messages have none. */
  readonly headers: Record<string, string>;
  /** Present when the call is over. */
  record?: CallRecord;
  /** Present when the call failed: a `ServiceError`, or the reason of an abort. */
  error?: unknown;
}

const calls = tracingChannel<string, RpcTrace>('fairlead:call');

/** Whether anyone listens. */
export function isTraced(): boolean {
  return calls.hasSubscribers;
}

interface Traceable {
  readonly answer: Promise<unknown>;
  readonly call: string;
  readonly record: CallRecord;
}

/** Publishes a call, which `send` makes. What is traced resolves to nothing: an answer may hold secrets. */
export function traceCall(pending: Traceable, url: string, send: () => void): void {
  const trace: RpcTrace = { service: 'juju', method: pending.call, url, headers: {} };
  const run = async () => {
    send();
    try {
      await pending.answer;
    } finally {
      trace.record = pending.record;
    }
  };
  // Whoever made the call is told by its answer what it came to.
  calls.tracePromise(run, trace).catch(() => {});
}
