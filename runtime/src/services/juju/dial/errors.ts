import { type Attempt, type CallRecord, ConnectionError } from '../../../errors.ts';
import { SocketFailure } from '../../../rpc/socket.ts';
import type { ControllerAddress } from './address.ts';

/** No address of a controller could be reached, or none that is to be trusted. The cause is what tells most. */
export class DialError extends ConnectionError {
  override get name(): string {
    return 'DialError';
  }

  /** Whether a certificate wasn't trusted. */
  get untrusted(): boolean {
    return isCertificateFailure(this.cause);
  }
}

/** The time for dialling (`dial.timeoutMs`) was over. The cause is what went wrong until then, if anything did. */
export class DialTimeoutError extends ConnectionError {
  override get name(): string {
    return 'DialTimeoutError';
  }
}

/** A name of a host that has no address. */
export class ResolveFailure extends Error {
  override get name(): string {
    return 'ResolveFailure';
  }
}

/** Doesn't get better by trying again. */
export function isCertificateFailure(error: unknown): boolean {
  return error instanceof SocketFailure && error.kind === 'certificate';
}

/**
 * Of two failures the one that tells more. Where nobody answered there is little to learn, so that whatever came from a server
 * is better; otherwise the later one is.
 */
export function moreTelling(earlier: unknown, later: unknown): unknown {
  return isSilence(later) && earlier !== undefined && !isSilence(earlier) ? earlier : later;
}

function isSilence(error: unknown): boolean {
  return error instanceof ResolveFailure || (error instanceof SocketFailure && error.kind === 'connect');
}

/** What was dialled, and what is known of it so far. */
export interface DialFacts {
  readonly urls: readonly string[];
  readonly attempts: readonly Attempt[];
  /** Of each address that failed, what tells most. */
  readonly failures: ReadonlyMap<ControllerAddress, unknown>;
  /** What tells most of all. */
  readonly cause: unknown;
}

export function dialError(facts: DialFacts): DialError {
  return new DialError('connect', `unable to connect to the API: ${reasonsOf(facts)}`, callOf(facts));
}

export function dialTimeoutError(facts: DialFacts, timeoutMs: number): DialTimeoutError {
  const far = facts.cause === undefined ? 'nobody has answered' : reasonsOf(facts);
  const what = `unable to connect to the API within ${timeoutMs} ms: ${far}`;
  return new DialTimeoutError('timeout', what, callOf(facts));
}

/** Of as many addresses a message has the reasons. */
const mostReasons = 3;

/** One reason an address, the most telling first. */
function reasonsOf({ urls, failures, cause }: DialFacts): string {
  if (urls.length === 1) return textOf(cause);
  const about = [...failures].find(([, error]) => error === cause);
  const others = [...failures].filter(([, error]) => error !== cause).map(reasonOf);
  const reasons = [...new Set([about === undefined ? textOf(cause) : reasonOf(about), ...others])];
  const further = reasons.length - mostReasons;
  const shown = reasons.slice(0, mostReasons).join('; ');
  return further > 0 ? `${shown}; and ${further} more` : shown;
}

/** Most reasons name the host by themselves. */
function reasonOf([{ host, text }, error]: readonly [ControllerAddress, unknown]): string {
  const reason = textOf(error);
  return reason.includes(host) ? reason : `${text}: ${reason}`;
}

function callOf({ urls, attempts, cause }: DialFacts) {
  const [url = ''] = urls;
  const others = urls.length > 1 ? ` and ${urls.length - 1} more` : '';
  const record: CallRecord = { method: 'GET', url, attempts };
  return { call: `dial ${url}${others}`, record, cause };
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
