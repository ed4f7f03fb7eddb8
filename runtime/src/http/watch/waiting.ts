/** What goes over the network takes time on top of what the service waits on purpose, in milliseconds. */
const slackMs = 10_000;

/** How a question is asked that the service may hold for a while, and how long its answer may then take. */
interface Waiting {
  readonly query: { readonly wait: string };
  readonly attemptTimeoutMs: number;
  readonly timeoutMs: number;
}

/** A service adds up to a sixteenth, so that many that wait don't come back together. */
export function waiting(waitMs: number): Waiting {
  const timeoutMs = Math.ceil(waitMs * (1 + 1 / 16)) + slackMs;
  return { query: { wait: `${Math.ceil(waitMs)}ms` }, attemptTimeoutMs: timeoutMs, timeoutMs };
}
