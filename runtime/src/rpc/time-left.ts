/**
 * What is left of a call's time when waiting for the connection has taken some of it: a millisecond at least, as nothing is no
 * time, and no limit where there was none. What is no time stays as it is, to be refused.
 */
export function timeLeft(timeoutMs: number | undefined, waitedMs: number): number | undefined {
  if (timeoutMs === undefined || !(timeoutMs > 0)) return timeoutMs;
  return Math.max(1, Math.ceil(timeoutMs - waitedMs));
}
