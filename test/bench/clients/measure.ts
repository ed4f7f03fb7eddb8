const warmUp = 2_000;
const measured = 4_000;

export type Call = () => Promise<unknown>;

/** The CPU that one call takes when so many are under way at a time, in microseconds. */
export async function microsPerCall(call: Call, concurrency: number): Promise<number> {
  await run(call, warmUp, concurrency);
  const before = process.cpuUsage();
  await run(call, measured, concurrency);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / measured;
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
