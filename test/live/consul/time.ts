import { setTimeout as wait } from 'node:timers/promises';

/** Waits until something is so, looking every now and then. */
export async function until(
  what: string,
  condition: () => boolean | PromiseLike<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`after ${withinMs} ms still not so: ${what}`);
    await wait(50);
  }
}

/** What something comes to, and how long that took. */
export async function timed<T>(action: () => PromiseLike<T>): Promise<{ value: T; tookMs: number }> {
  const startedAt = performance.now();
  const value = await action();
  return { value, tookMs: performance.now() - startedAt };
}
