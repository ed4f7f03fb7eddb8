import { TransportFailure } from '../../http/transport.ts';
import { dial } from './dial/dial.ts';
import { DialError, DialTimeoutError } from './dial/errors.ts';
import type { Dialled, DialSocket } from './dial/options.ts';
import type { Settings } from './settings.ts';

/**
 * Looks for a machine of the controller that answers and is to be trusted, once, and says nothing to it: who asks over HTTP tries
 * again by its own rules.
 *
 * @throws TransportFailure when there is none
 */
export async function dialOnly(settings: Settings, signal: AbortSignal): Promise<Dialled> {
  const { addresses, caCert, serverName, clock } = settings;
  try {
    const dialled = await dial({
      ...settings.dial,
      addresses,
      caCert,
      serverName,
      clock,
      signal,
      path: '/',
      retryDelayMs: 0,
      openSocket: openNone,
    });
    dialled.socket.drop();
    return dialled;
  } catch (error) {
    if (!(error instanceof DialError || error instanceof DialTimeoutError)) throw error;
    const isUntrusted = error instanceof DialError && error.untrusted;
    const what = error.message.slice(`${error.call}: `.length);
    throw new TransportFailure(isUntrusted ? 'certificate' : 'connect', error.code, what);
  }
}

/** The connection that a WebSocket would be opened over. */
const openNone: DialSocket = async (_url, { connect }) => {
  const connection = await connect?.();
  const drop = () => connection?.destroy();
  return {
    send: () => {},
    receive: () => {},
    ended: new Promise((resolve) => connection?.once('close', () => resolve({}))),
    close: async () => void drop(),
    drop,
    pause: () => {},
    resume: () => {},
  };
};
