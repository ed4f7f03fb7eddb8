/**
 * Waits for 1,000 keys at a time in one of two ways, and tells what that takes, in KB a query and in milliseconds of CPU
 * a second: `node --expose-gc blocking.ts <contender> <url>`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { consul, Kv } from '@fairlead/consul';
import { nodeConsul } from './node-consul.ts';

const queries = 1_000;
const settleMs = 1_000;
const idleMs = 5_000;
const kb = 2 ** 10;
const { gc } = globalThis;
if (gc === undefined) throw new Error('run with --expose-gc');

/** Begins to wait for a key. */
type Wait = (key: string) => void;

const contenders: Readonly<Record<string, (url: string) => Promise<Wait>>> = {
  async 'fairlead-undici'(address) {
    const kv = new Kv(consul({ address, transport: 'undici' }));
    return (key) => void loop(kv, key);
  },
  async 'node-consul'(url) {
    const client = await nodeConsul(url);
    // As long as ours.
    return (key) =>
      client
        .watch({ method: client.kv.get, options: { key, buffer: true, wait: '55s' } })
        .on('change', () => {});
  },
};

async function loop(kv: Kv, key: string): Promise<void> {
  for await (const { value } of kv.get(key).watch()) {
    if (value === undefined) throw new Error(`there is no ${key}`);
  }
}

async function untilHeld(url: string, count: number): Promise<void> {
  while (Number(await (await fetch(`${url}/held`)).text()) < count) await sleep(20);
}

const [name = '', url = ''] = process.argv.slice(2);
const prepare = contenders[name];
if (prepare === undefined) throw new Error(`no contender '${name}'`);
const wait = await prepare(url);

// The first one loads all that is loaded once.
wait('key/0');
await untilHeld(url, 1);
gc();
const before = process.memoryUsage();
for (let number = 1; number <= queries; number += 1) wait(`key/${number}`);
await untilHeld(url, queries + 1);
// What so many answers at once left to do isn't idle.
await sleep(settleMs);
gc();
const after = process.memoryUsage();
const cpu = process.cpuUsage();
await sleep(idleMs);
const { user, system } = process.cpuUsage(cpu);
const perQuery = (bytes: number) => bytes / kb / queries;
process.stdout.write(
  JSON.stringify({
    used: perQuery(after.heapUsed + after.external - before.heapUsed - before.external),
    resident: perQuery(after.rss - before.rss),
    idle: (user + system) / idleMs,
  }),
);
process.exit();
