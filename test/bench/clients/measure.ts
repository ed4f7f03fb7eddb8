export type Call = () => Promise<unknown>;

/** What one call takes, in microseconds. */
export interface Took {
  readonly cpu: number;
  readonly wall: number;
}

/** The CPU that one call takes when so many are under way at a time, in microseconds. */
export async function microsPerCall(call: Call, concurrency: number): Promise<number> {
  const { cpu } = await tookPerCall(call, concurrency, 4_000);
  return cpu;
}

/** Half as many calls again are made before, so that what is measured is compiled. */
export async function tookPerCall(call: Call, concurrency: number, calls: number): Promise<Took> {
  await run(call, calls / 2, concurrency);
  const before = process.cpuUsage();
  const began = performance.now();
  await run(call, calls, concurrency);
  const wall = (performance.now() - began) * 1_000;
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / calls, wall: wall / calls };
}

async function run(call: Call, calls: number, concurrency: number): Promise<void> {
  let left = calls;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await call();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
