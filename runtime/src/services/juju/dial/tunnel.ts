import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { SocketFailure } from '../../../rpc/socket.ts';
import { openingFailure } from '../../../rpc/socket-failure.ts';
import { nodeNet } from './node-net.ts';

/**
 * A connection through an HTTP proxy, which is asked for it by CONNECT and resolves the name.
 *
 * @param proxy its URL, `http:` or `https:`; a user and a password in it are sent to it
 * @param target `host:port`
 * @throws SocketFailure, and TypeError where there can't be such a proxy
 */
export async function tunnelThrough(proxy: string, target: string, signal: AbortSignal): Promise<Duplex> {
  const { protocol, hostname, port, username, password, host } = proxyUrl(proxy);
  const { request: ask } = protocol === 'https:' ? await import('node:https') : await import('node:http');
  signal.throwIfAborted();
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const proxyHost = hostname.replace(/^\[|\]$/g, '');
  const request: ClientRequest = ask({
    method: 'CONNECT',
    host: proxyHost,
    // Otherwise the certificate would have to be for the host of the header, which is the target.
    servername: nodeNet().isIP(proxyHost) === 0 ? proxyHost : '',
    port: port || (protocol === 'https:' ? 443 : 80),
    path: target,
    agent: false,
    headers: {
      host: target,
      ...(username !== '' && {
        'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}`,
      }),
    },
  });
  const where = `the proxy ${host}`;
  return new Promise((resolve, reject) => {
    const over = () => signal.removeEventListener('abort', abort);
    const abort = () => {
      over();
      request.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    request.once('connect', ({ statusCode = 0, headers }: IncomingMessage, socket: Duplex) => {
      over();
      socket.on('error', () => {});
      if (statusCode >= 200 && statusCode < 300) {
        // Nothing has come through yet: of those who talk here, the server is not the first.
        resolve(socket);
        return;
      }
      socket.destroy();
      const answer = { status: statusCode, headers: flat(headers), body: '' };
      reject(
        new SocketFailure(
          'handshake',
          `${where} answered ${statusCode} to CONNECT ${target}`,
          // What is left of it where HTTP goes through.
          `PROXY_${statusCode}`,
          answer,
        ),
      );
    });
    request.on('error', (error) => {
      over();
      reject(openingFailure(error, where));
    });
    request.end();
  });
}

/** @throws TypeError that doesn't show the URL, as a password may be in it */
function proxyUrl(proxy: string): URL {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const kind = url === undefined ? 'no URL' : `one of ${url.protocol}`;
  throw new TypeError(`the HTTP proxy must be http://host:port or https://host:port, not ${kind}`);
}

function flat(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
