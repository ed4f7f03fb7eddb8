import { openSocket as openWebSocket, type Socket, SocketFailure } from '../../../rpc/socket.ts';
import { type Clock, clock as realClock } from '../../../time/clock.ts';
import { httpRoot, socketUrl } from './address.ts';
import { connect } from './connect.ts';
import type { Endpoint } from './endpoints.ts';
import { isCertificateFailure } from './errors.ts';
import type { DialLog } from './log.ts';
import type { Dialled, DialOptions, OpenOptions } from './options.ts';
import { type ControllerTls, controllerTls } from './trust.ts';
import { withDeadline } from './waiting.ts';

/** How long it may take until one WebSocket is open, in milliseconds. */
export const handshakeTimeoutMs = 45_000;

/** A version that Juju's own client has, since controllers make depend on it what a client may call. */
const defaultClientVersion = '4.0.15';

/** Dials one place after another in the same way. */
export class Dialler {
  readonly #options: DialOptions;
  readonly #pool: readonly string[] | undefined;
  readonly #log: DialLog;
  readonly #clock: Clock;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param pool PEM of the authorities that vouch for the controller; absent: the system's do */
  constructor(options: DialOptions, pool: readonly string[] | undefined, log: DialLog) {
    const { clock = realClock, clientVersion = defaultClientVersion, headers } = options;
    this.#options = options;
    this.#pool = pool;
    this.#log = log;
    this.#clock = clock;
    this.#headers = { 'X-Juju-ClientVersion': clientVersion, ...headers };
  }

  /** Tries until it works, it can't get better, or time is over. */
  async dial(endpoint: Endpoint, signal: AbortSignal): Promise<Dialled> {
    const {
      retryDelayMs = 2_000,
      timeoutMs,
      retryForMs = timeoutMs ?? Number.POSITIVE_INFINITY,
    } = this.#options;
    const last = this.#clock.now() + retryForMs - retryDelayMs;
    for (;;) {
      try {
        return await this.#log.watched(endpoint, () => this.#attempt(endpoint, signal), signal);
      } catch (error) {
        const isHopeless = isCertificateFailure(error) || error instanceof TypeError;
        if (signal.aborted || isHopeless || retryDelayMs === 0 || this.#clock.now() >= last) throw error;
      }
      await this.#clock.sleep(retryDelayMs, signal);
    }
  }

  /** One attempt, or two where the certificate may be by a public authority instead of the controller's own. */
  async #attempt(endpoint: Endpoint, signal: AbortSignal): Promise<Dialled> {
    const { serverName, insecureSkipVerify, path } = this.#options;
    const own = controllerTls(this.#pool, serverName, insecureSkipVerify);
    const open = (tls: ControllerTls) => this.#open(endpoint, tls, path, { signal });
    try {
      return this.#dialled(endpoint, own, await open(own));
    } catch (error) {
      if (this.#pool === undefined || serverName === undefined || !isCertificateFailure(error)) throw error;
      const publicly = controllerTls(undefined, serverName);
      const socket = await open(publicly).catch(() => {
        throw error;
      });
      return this.#dialled(endpoint, publicly, socket);
    }
  }

  #dialled(endpoint: Endpoint, tls: ControllerTls, socket: Socket): Dialled {
    const { address, ipAddress } = endpoint;
    return {
      socket,
      address: address.text,
      url: socketUrl(address, this.#options.path),
      httpRoot: httpRoot(address),
      ipAddress,
      proxy: this.#options.proxier,
      tls,
      open: (path, options) => this.#open(endpoint, tls, path, options),
      connect: (signal) => connect(endpoint, tls, signal),
    };
  }

  #open(endpoint: Endpoint, tls: ControllerTls, path: string, options: OpenOptions = {}): Promise<Socket> {
    const { openSocket = openWebSocket } = this.#options;
    const url = socketUrl(endpoint.address, path);
    const onTimeout = () =>
      new SocketFailure('timeout', `no WebSocket with ${endpoint.ipAddress} within ${handshakeTimeoutMs} ms`);
    return withDeadline(
      (signal) =>
        openSocket(url, {
          headers: { ...this.#headers, ...options.headers },
          sendTimeoutMs: options.sendTimeoutMs,
          connect: () => connect(endpoint, tls, signal),
          handshakeTimeoutMs: Number.POSITIVE_INFINITY,
          signal,
          ipAddress: endpoint.ipAddress,
          tls,
        }),
      { ms: handshakeTimeoutMs, clock: this.#clock, signal: options.signal, onTimeout },
    );
  }
}
