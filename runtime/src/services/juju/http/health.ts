import { path } from '../../../http/path.ts';
import type { CallOptions } from '../../../options.ts';
import type { StreamHost } from '../stream-host.ts';

/** How a controller is. */
export interface Health {
  /** It answers calls. */
  readonly healthy: boolean;
  /** In its own word: `running`, `starting`. */
  readonly status: string;
}

/** Asks a controller how it is. One that is up and can't serve says so with 503, which is an answer here, and no error. */
export async function health(
  host: Pick<StreamHost, 'publicHttp'>,
  options: CallOptions = {},
): Promise<Health> {
  const { value, status } = await host.publicHttp
    .text('get', path`/health`, { ...options, data: [503] })
    .withResponse();
  return { healthy: status !== 503, status: value.trim() };
}
