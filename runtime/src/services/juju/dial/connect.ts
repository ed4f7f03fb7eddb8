import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { tlsOptions } from '../../../http/tls.ts';
import type { ConnectionOptions } from '../../../options.ts';
import { SocketFailure } from '../../../rpc/socket.ts';
import { openingFailure } from '../../../rpc/socket-failure.ts';
import type { Endpoint } from './endpoints.ts';
import { nodeNet } from './node-net.ts';
import { tunnelThrough } from './tunnel.ts';
import { established } from './wire.ts';

/**
 * A connection that a WebSocket can be opened over: through the HTTP proxy where there is one, and with TLS unless the address
 * says otherwise.
 *
 * @param signal ends it while it is being made
 * @throws SocketFailure
 */
export async function connect(
  endpoint: Endpoint,
  tls: ConnectionOptions,
  signal: AbortSignal,
): Promise<Duplex> {
  const wire = await reach(endpoint, signal);
  return endpoint.address.scheme === 'ws' ? wire : secure(wire, endpoint, tls, signal);
}

/** The bare connection. */
export async function reach(endpoint: Endpoint, signal: AbortSignal): Promise<Duplex> {
  const { address, host, ipAddress, proxy } = endpoint;
  if (proxy !== undefined) return tunnelThrough(proxy, ipAddress, signal);
  signal.throwIfAborted();
  const socket = nodeNet().connect({ host, port: address.port, noDelay: true, keepAlive: true });
  return established(socket, 'connect', signal, (error) => openingFailure(error, shown(endpoint)));
}

/** TLS 1.2 at least over a connection, which is destroyed when that fails. */
export async function secure(
  wire: Duplex,
  endpoint: Endpoint,
  trust: ConnectionOptions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { connect: open } = await import('node:tls');
  if (signal.aborted) wire.destroy();
  signal.throwIfAborted();
  const { host } = endpoint.address;
  const socket = open({
    socket: wire,
    // Whom the certificate must be for where no name is given; which only a name may be asked for by.
    host,
    ...(nodeNet().isIP(host) === 0 && { servername: host }),
    ...tlsOptions(trust),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
  });
  return established(socket, 'secureConnect', signal, (error) => tlsFailure(error, shown(endpoint)));
}

/** For messages: the address, and where it led to if that differs. */
function shown({ address, ipAddress }: Endpoint): string {
  const at = address.text.replace(/\/.*$/, '');
  return at === ipAddress ? at : `${at} at ${ipAddress}`;
}

/** Names that OpenSSL has for what is wrong with a certificate, without the word in them. */
const untrusted = /^(INVALID_|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|CA_|EE_|KEYUSAGE_|OCSP_)/;

const hint = "give the controller's authority as caCert, or the public name of its certificate as serverName";

function tlsFailure(error: Error, where: string): SocketFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const failure = openingFailure(error, where);
  if (failure.kind === 'certificate' || untrusted.test(code))
    return new SocketFailure(
      'certificate',
      `no trust in the certificate of ${where} (${code}): ${hint}`,
      code,
    );
  if (code.startsWith('ERR_SSL_'))
    return new SocketFailure('handshake', `no common TLS with ${where} (${code})`, code);
  return failure;
}
