import { createEndpoint, type EndpointSettings, type HttpEndpoint } from '../../runtime/src/http/endpoint.ts';
import { transportOf } from '../../runtime/src/http/transports.ts';
import type { HttpOptions } from '../../runtime/src/options.ts';
import { resolveOptions } from '../../runtime/src/options.ts';
import type { WireServer } from './wire.ts';

/** An endpoint that calls `server`, with waits so short that a test doesn't notice them. */
export function endpointOn(
  server: Pick<WireServer, 'url'>,
  options: HttpOptions = {},
  settings: Partial<EndpointSettings> = {},
): HttpEndpoint {
  return createEndpoint({
    service: 'queue',
    baseUrl: `${server.url}/api/queue/v1`,
    transport: transportOf(options),
    options: resolveOptions({ retry: { delayMs: 1 }, ...options }),
    ...settings,
  });
}

/** What `promise` is rejected with, which must be of this class. */
export async function rejection<E>(
  promise: PromiseLike<unknown>,
  type: abstract new (...parameters: never[]) => E,
): Promise<E> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
  throw new Error(`expected a rejection with ${type.name}`);
}
