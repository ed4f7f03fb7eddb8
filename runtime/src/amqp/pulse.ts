import type { ConnectionOptions } from 'node:tls';

/**
 * Where the broker is and who we are there. Pulse is Taskcluster's name for its broker and for the accounts on it,
 * which have nothing to do with Taskcluster credentials.
 */
export type PulseOptions = PulseUrl | PulseAddress;

export interface PulseUrl {
  /** `amqps://user:password@host:port/vhost`, reserved characters percent-encoded; no path is the vhost `/`. */
  readonly url: string;
  /** For `amqps`: what Node's `tls.connect` takes besides host and port. */
  readonly tls?: ConnectionOptions | undefined;
}

export interface PulseAddress {
  readonly hostname: string;
  /** Default 5671, and 5672 without TLS. */
  readonly port?: number | undefined;
  readonly username: string;
  readonly password: string;
  /** Default `/`. */
  readonly vhost?: string | undefined;
  /** `false` is a connection in plain text. An object is what Node's `tls.connect` takes. Default true. */
  readonly tls?: ConnectionOptions | boolean | undefined;
}

/** {@link PulseOptions} with nothing left open. Holds the password: must not reach an error or a log. */
export interface Pulse {
  readonly protocol: 'amqp' | 'amqps';
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  readonly tls: ConnectionOptions;
}

/** @throws TypeError when something is missing or wrong; never shows the URL, which may hold a password */
export function resolvePulse(options: PulseOptions): Pulse {
  const pulse = 'url' in options ? fromUrl(options) : fromAddress(options);
  if (pulse.hostname === '') throw new TypeError('pulse: the host of the broker is missing');
  if (pulse.username === '') throw new TypeError('pulse: the username is missing');
  if (pulse.password === '') throw new TypeError('pulse: the password is missing');
  if (!Number.isInteger(pulse.port) || pulse.port < 1 || pulse.port > 65_535) {
    throw new TypeError(`pulse: the port must be an integer from 1 to 65535, not ${pulse.port}`);
  }
  return pulse;
}

/** Where the broker is, without who we are. */
export function addressOf(pulse: Pulse): string {
  const host = pulse.hostname.includes(':') ? `[${pulse.hostname}]` : pulse.hostname;
  return `${pulse.protocol}://${host}:${pulse.port}/${encodeURIComponent(pulse.vhost)}`;
}

function fromAddress(options: PulseAddress): Pulse {
  const protocol = options.tls === false ? 'amqp' : 'amqps';
  return {
    protocol,
    hostname: options.hostname ?? '',
    port: options.port ?? defaultPort(protocol),
    username: options.username ?? '',
    password: options.password ?? '',
    vhost: options.vhost ?? '/',
    tls: typeof options.tls === 'object' ? options.tls : {},
  };
}

function fromUrl(options: PulseUrl): Pulse {
  // URL.parse: the error of `new URL` carries the input, and with it the password.
  const url = URL.parse(options.url);
  const protocol = url?.protocol.slice(0, -1);
  if (url === null || (protocol !== 'amqp' && protocol !== 'amqps')) {
    throw new TypeError('pulse.url must be amqps://user:password@host:port/vhost (or amqp://…)');
  }
  return {
    protocol,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort(protocol) : Number(url.port),
    username: decoded(url.username),
    password: decoded(url.password),
    vhost: decoded(url.pathname.slice(1)) || '/',
    tls: options.tls ?? {},
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError('pulse.url holds a "%" that starts no valid percent-encoding; write it as %25');
  }
}

function defaultPort(protocol: 'amqp' | 'amqps'): number {
  return protocol === 'amqps' ? 5671 : 5672;
}
