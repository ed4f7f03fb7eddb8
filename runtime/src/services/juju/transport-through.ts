import type { Agent, ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import { gotTransport } from '../../http/got.ts';
import { lazily } from '../../http/lazily.ts';
import type { Transport } from '../../http/transport.ts';
import type { ConnectionOptions } from '../../options.ts';

/** Where HTTP is to be spoken. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** Whether over TLS. */
  readonly secure: boolean;
}

/** Makes a connection, over TLS where there is any, that HTTP can be spoken over. */
type Connect = (place: Place, signal: AbortSignal) => Promise<Duplex>;

/** The transport over got, with connections of another's making: through the proxies that they need, and as trusted there. */
export function transportThrough(connect: Connect, options: ConnectionOptions = {}): Transport {
  return lazily(async () => {
    const [http, https, { Duplex: AnyDuplex }] = await Promise.all([
      import('node:http'),
      import('node:https'),
      import('node:stream'),
    ]);
    const { keepAlive = true, maxSockets = 50 } = options;
    const closing = new AbortController();
    const through = <A extends Agent>(agent: A, secure: boolean): A => {
      const createConnection = (
        { host, port }: ClientRequestArgs,
        callback?: (error: Error | null, connection: Duplex) => void,
      ): undefined => {
        const place = { host: host ?? 'localhost', port: Number(port ?? (secure ? 443 : 80)), secure };
        connect(place, closing.signal).then(
          (connection) => callback?.(null, connection),
          (error: Error) => callback?.(error, new AnyDuplex()),
        );
      };
      return Object.assign(agent, { createConnection });
    };
    const agents = {
      http: through(new http.Agent({ keepAlive, maxSockets }), false),
      https: through(new https.Agent({ keepAlive, maxSockets }), true),
    };
    const send = gotTransport({ agents });
    return {
      send,
      async close() {
        closing.abort();
        agents.http.destroy();
        agents.https.destroy();
        await send.close?.();
      },
    };
  });
}
