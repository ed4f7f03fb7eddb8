import type { HttpOptions } from '../options.ts';
import { gotTransport } from './got.ts';
import type { Transport } from './transport.ts';
import { undiciTransport } from './undici.ts';

/** The transport that the options ask for. Nothing is loaded and nothing is connected yet. */
export function transportOf(options: HttpOptions): Transport {
  const { transport = 'got', connection } = options;
  if (typeof transport === 'function') {
    if (connection === undefined) return transport;
    throw new TypeError(
      'connection applies to the transports "got" and "undici"; give it to the transport that you made',
    );
  }
  switch (transport) {
    case 'got':
      return gotTransport(connection);
    case 'undici':
      return undiciTransport(connection);
    default:
      throw new TypeError(
        `transport must be "got", "undici" or a function, not ${JSON.stringify(transport)}`,
      );
  }
}
