import assert from 'node:assert/strict';

/** Its own output, and the servers of the test itself, are none of what a client leaves. */
const others: readonly string[] = ['PipeWrap', 'TTYWrap', 'Immediate', 'TCPServerWrap'];

/** The timers and sockets that keep this process alive. */
export function left(): readonly string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => !others.includes(kind))
    .sort();
}

/** Fails when there is more than before. Sockets are gone some turns of the event loop after they were closed. */
export async function nothingLeft(before: readonly string[] = []): Promise<void> {
  for (let turns = 0; turns < 1000 && left().length > before.length; turns += 1) {
    await new Promise(setImmediate);
  }
  assert.deepEqual(left(), before);
}
