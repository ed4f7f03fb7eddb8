import type { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Socket, SocketOptions } from '../../../rpc/socket.ts';
import type { Clock } from '../../../time/clock.ts';
import type { Proxier } from './proxier.ts';
import type { ControllerTls, Trusted } from './trust.ts';

/** The IP addresses of a host. One that is valid on one link only (`fe80::1%eth0`) is passed over. */
export type Resolver = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/** What hosts resolved to the last time. */
export interface DnsCache {
  /** Empty when nothing is known. */
  lookup(host: string): readonly string[];
  /** Takes what a resolver has just given. */
  add(host: string, ips: readonly string[]): void;
}

/**
 * Decides on an authority that the system doesn't know: throwing refuses it, returning trusts it.
 *
 * @param host as in the address: `host:port`
 * @param endpoint where it was shown: `ip:port`
 * @param certificate of the authority
 */
export type VerifyCa = (host: string, endpoint: string, certificate: X509Certificate) => void | Promise<void>;

/**
 * The HTTP proxy on the way to a URL, if there is one: `http://user:password@proxy:3128`.
 *
 * @param url of HTTP, also where a WebSocket is opened: `https:` for `wss:`, `http:` for `ws:`
 */
export type HttpProxy = (url: string) => string | undefined;

/** Opens a WebSocket; any `OpenSocket` does. */
export type DialSocket = (url: string, options: DialSocketOptions) => Promise<Socket>;

export interface DialSocketOptions extends SocketOptions {
  /** Where `connect` connects to. */
  readonly ipAddress: string;
  /** How `connect` trusts who answers. */
  readonly tls: ControllerTls;
}

/** What {@link dial} takes. */
export interface DialOptions {
  /** `host:port`, with `wss://` (default) or `ws://` before it and a path after it where there is one. */
  readonly addresses: readonly string[];
  /** Below the address: `/api`, or `/model/<uuid>/api`. */
  readonly path: string;
  /** PEM of the authority that signed the controller's certificates. Default: the authorities that the system trusts. */
  readonly caCert?: string | undefined;
  /** Where further authorities are, in `*.pem`, which count with `caCert` only. Default `/etc/juju/cert.d`. */
  readonly caDirectory?: string | undefined;
  /**
   * The name that a certificate of a public authority is for. With `caCert` it is tried when the controller turns out to have
   * another certificate than one by that authority. Default: the host of the address.
   */
  readonly serverName?: string | undefined;
  /** Take any certificate, so that anybody on the way can read and change everything, credentials included. Default false. */
  readonly insecureSkipVerify?: boolean | undefined;
  /** Asked about an authority that neither the system nor `caCert` knows, before anything is sent. Default: nobody is asked. */
  readonly verifyCa?: VerifyCa | undefined;
  /** How long one address has a start on the next, in milliseconds. Default 50. */
  readonly intervalMs?: number | undefined;
  /** How long dialling may take, in milliseconds: {@link DialTimeoutError}. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** How long to wait before an address is tried again, in milliseconds; 0: each is tried once. Default 2,000. */
  readonly retryDelayMs?: number | undefined;
  /** For how long an address is tried again, in milliseconds. Default: as long as dialling may take. */
  readonly retryForMs?: number | undefined;
  /** Default: the system's. */
  readonly resolver?: Resolver | undefined;
  /** Asked before the resolver. When nobody answers there, the resolver has the last word. Default: none. */
  readonly dnsCache?: DnsCache | undefined;
  /** Default: over `ws`. */
  readonly openSocket?: DialSocket | undefined;
  /** Started before anything is dialled, which then is what it offers in place of `addresses`. */
  readonly proxier?: Proxier | undefined;
  /** Default: what `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say. */
  readonly httpProxy?: HttpProxy | undefined;
  /** Told of every attempt that failed, as it does. */
  readonly onFailure?: ((failure: DialFailure) => void) | undefined;
  /** The version of Juju that this client says it is. Default `4.0.15`. */
  readonly clientVersion?: string | undefined;
  /** Further headers of the request that opens the WebSocket. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly clock?: Clock | undefined;
  /** An abort rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** Between 0 and 1, as `Math.random`, which is the default: the order of addresses depends on it. */
  readonly random?: (() => number) | undefined;
}

/** An attempt that failed. */
export interface DialFailure {
  /** The address, or `host:port` where its name couldn't be resolved. */
  readonly address: string;
  /** `ip:port`; absent where the name couldn't be resolved. */
  readonly ipAddress?: string | undefined;
  readonly error: unknown;
}

/** A controller that was reached. */
export interface Dialled extends Trusted {
  readonly socket: Socket;
  /** The address that was reached: `host:port`, or `host:port/path`. */
  readonly address: string;
  /** What was dialled there: `wss://host:port/path/model/<uuid>/api`. */
  readonly url: string;
  /** `ip:port`; behind an HTTP proxy, which resolves names itself, `host:port`. */
  readonly ipAddress: string;
  /** Runs on, and has to be stopped with the session. */
  readonly proxy: Proxier | undefined;
  /** Opens a further WebSocket to the same machine, in the same way and as trusted; no retries. */
  open(path: string, options?: OpenOptions): Promise<Socket>;
  /** A further connection to the same machine, in the same way and as trusted, for whatever speaks over it. */
  connect(signal: AbortSignal): Promise<Duplex>;
}

/** How a further WebSocket is opened. */
export interface OpenOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** See {@link SocketOptions}. */
  readonly sendTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
