import type { RpcConnection } from '../../rpc/connection.ts';
import { RpcError } from '../../rpc/rpc-error.ts';
import type { Clock } from '../../time/clock.ts';
import type { Settings } from './settings.ts';

/** A sign of life, asked for. */
export async function ping(
  connection: RpcConnection,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  await connection.call({ facade: 'Pinger', version: 1, method: 'Ping', timeoutMs, signal });
}

/** Pings now and then, for as long as the connection lives. One that gives no sign of life is broken. */
export async function monitor(
  connection: RpcConnection,
  { periodMs, timeoutMs }: Settings['pings'],
  clock: Clock,
): Promise<void> {
  const { broken } = connection;
  try {
    for (;;) {
      await clock.sleep(periodMs, broken);
      await ping(connection, timeoutMs);
    }
  } catch (error) {
    if (broken.aborted) return;
    const why =
      error instanceof RpcError
        ? `a ping was refused (${error.said})`
        : `no answer to a ping within ${timeoutMs} ms`;
    connection.break(why);
  }
}
