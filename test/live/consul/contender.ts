// One of several programs that want the same lock, or the same semaphore, for a while. Says on its output when it came to hold
// it and when it stopped to use it, by the clock that all programs of a machine share.
import { setTimeout as wait } from 'node:timers/promises';
import { consul, type Lock, type SemaphoreSlot, Sessions } from '@fairlead/consul';

const [kind, key = '', limit = '1', forMs = '0'] = process.argv.slice(2);
const until = performance.now() + Number(forMs);
const sessionOptions = { ttlMs: 10_000, lockDelayMs: 1000 };

await using session = consul.fromEnv();
const sessions = new Sessions(session);

for (let round = 1; ; round += 1) {
  const withinMs = until - performance.now();
  if (withinMs <= 0) break;
  const held = await hold(withinMs);
  if (held === undefined) break;
  say('begin', held);
  await wait(Math.random() * 60, undefined, { signal: held.signal }).catch(() => {});
  if (round % 7 === 0) {
    // Now and then, somebody ends the session under its holder. Then a lock has a delay, and a semaphore none: another may
    // have its slot before its holder hears of it.
    if (kind !== 'lock') say('end', held);
    const lost = new Promise((resolve) => held.signal.addEventListener('abort', resolve, { once: true }));
    await sessions.destroy(held.session);
    await lost;
    if (kind === 'lock') say('lost', held);
  } else say('end', held);
  await held.release();
}

async function hold(withinMs: number): Promise<Lock | SemaphoreSlot | undefined> {
  if (kind === 'lock') return await session.tryLock(key, { withinMs, sessionOptions });
  return await session.trySemaphore(key, { limit: Number(limit), withinMs, sessionOptions });
}

function say(what: 'begin' | 'end' | 'lost', held: Lock | SemaphoreSlot): void {
  const at = process.hrtime.bigint();
  const lockIndex = 'lockIndex' in held ? held.lockIndex : 0n;
  process.stdout.write(`${JSON.stringify([what, String(at), String(lockIndex), held.session])}\n`);
}
