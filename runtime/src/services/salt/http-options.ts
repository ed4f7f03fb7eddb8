import type { CallOptions } from '../../options.ts';

/** What of a call's options is about HTTP. An attempt has as long as its call: a function isn't called twice. */
export function httpOptions(options: CallOptions): CallOptions {
  const { signal, timeoutMs, attemptTimeoutMs = timeoutMs, headers, retry, onRecord } = options;
  return { signal, timeoutMs, attemptTimeoutMs, headers, retry, onRecord };
}
