import type { Master } from './deployment.ts';

/** By the master's clock. */
export function pause(master: Master, milliseconds: number): Promise<void> {
  return new Promise((resolve) => void master.clock.after(milliseconds, resolve));
}
