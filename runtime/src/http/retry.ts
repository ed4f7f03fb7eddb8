import type { ResolvedRetry } from '../options.ts';
import type { Headers } from './headers.ts';
import type { TransportFailure } from './transport.ts';

/**
 * Whether an answer or its absence may be asked about once more.
 *
 * A call that is *safe to repeat* (GET, HEAD, PUT, DELETE, OPTIONS, or one whose schema says so) is repeated after any
 * failure that can pass: no connection, a broken one, no answer in time, 408, 429 and every 5xx but 501. Any other
 * call is repeated only when it is certain that the service did nothing: no connection was made, 429 (turned away
 * before being looked at, RFC 6585), or 503 with `Retry-After` (an invitation to send it again, RFC 9110, 15.6.4).
 */
export function mayRepeatAnswer(status: number, headers: Headers, safe: boolean): boolean {
  if (status === 429) return true;
  if (status === 503 && headers['retry-after'] !== undefined) return true;
  return safe && (status === 408 || (status >= 500 && status !== 501));
}

/** See {@link mayRepeatAnswer}. */
export function mayRepeatFailure({ kind }: TransportFailure, safe: boolean): boolean {
  switch (kind) {
    case 'connect':
      return true;
    case 'reset':
    case 'truncated':
    case 'timeout':
      return safe;
    case 'certificate':
    case 'protocol':
    case 'too-large':
      return false;
  }
}

/** Methods that mean the same when sent twice: RFC 9110, 9.2.2. */
export function isIdempotent(method: string): boolean {
  return method !== 'POST' && method !== 'PATCH';
}

/**
 * Exponential back-off with full jitter: anywhere between nothing and a bound that grows, so that many clients that
 * failed together don't come back together.
 */
export function backOffMs(policy: ResolvedRetry, retry: number): number {
  const bound = Math.min(policy.maxDelayMs, policy.delayMs * policy.factor ** retry);
  return Math.random() * bound;
}

/** `Retry-After` (RFC 9110, 10.2.3), in seconds or as a date, in milliseconds from now. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // Date.parse takes almost anything for a date, "-1" included.
  const date = value.endsWith('GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
