import type { Chunk } from './chunk.ts';

/** What a call has as a rule, in seconds. */
const leastSeconds = 300;

/** How long the API waits for a runner when it isn't told, in seconds: `rest_timeout`. */
const runnerSeconds = 300;

/** So that the server is the first to give up, since it says why. */
const slackSeconds = 30;

/** How long to wait for the answer to chunks when nobody says it, in milliseconds: longer than the server may wait itself. */
export function patienceMs(chunks: readonly Chunk[]): number {
  const seconds = chunks.reduce((sum, chunk) => sum + waitOf(chunk), 0);
  return Math.max(leastSeconds, seconds + slackSeconds) * 1000;
}

/** They run one after the other. */
function waitOf({ client, timeout }: Chunk): number {
  if (typeof timeout === 'number') return timeout;
  return client === 'runner' ? runnerSeconds : 0;
}
