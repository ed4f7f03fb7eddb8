import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ClientOptions, WebSocket } from 'ws';
import { Limit } from '../time/limit.ts';
import { Sending } from './sending.ts';
import { breakingFailure, openingFailure, refusedHandshake, SocketFailure } from './socket-failure.ts';

export { SocketFailure, type SocketFailureKind } from './socket-failure.ts';

/** How a WebSocket ended. */
export interface SocketEnd {
  /** As the peer's close frame said; 1005 when it said nothing, 1006 when there was no such frame. */
  readonly code?: number;
  readonly reason?: string;
  /** Present when it broke. */
  readonly error?: SocketFailure;
  /** Present when it was closed or dropped here. */
  readonly isOurs?: true;
}

/** An open WebSocket, as far as texts go. */
export interface Socket {
  /** Sends a message. After the end it is dropped: whoever waits for an answer is told by `ended`. */
  send(text: string): void;
  /** Who is given every message, one listener at most. What came before is delivered first. */
  receive(listener: (text: string) => void): void;
  /** Resolves when no more comes; never rejects. */
  readonly ended: Promise<SocketEnd>;
  /** Closes with code 1000, and waits for the peer to do the same for up to 10 s. Messages that still come are dropped. */
  close(): Promise<void>;
  /** Ends it at once. */
  drop(): void;
  /** Takes no more from the connection until `resume`; what has come already is still delivered. */
  pause(): void;
  resume(): void;
}

export interface SocketOptions {
  /** Sent with the handshake. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Gives an established connection (over TLS where the URL is `wss:`). Default: one is made to the host of the URL. */
  readonly connect?: (() => Duplex | Promise<Duplex>) | undefined;
  /** How long it may take until the socket is open, in milliseconds. Default 45,000. */
  readonly handshakeTimeoutMs?: number | undefined;
  /**
   * How long it may take until a message is on its way, with those that were sent along with it, in milliseconds. When it takes
   * longer the socket is dropped: a peer that reads nothing would have messages pile up here. Default: no limit.
   */
  readonly sendTimeoutMs?: number | undefined;
  /** The longest message that is accepted, in bytes. Default 268,435,456: a status may have many megabytes. */
  readonly maxBytes?: number | undefined;
  /** An abort while it is being opened rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
}

export type OpenSocket = (url: string, options?: SocketOptions) => Promise<Socket>;

const closeTimeoutMs = 10_000;
/** Of the answer to a handshake that was refused, in bytes. */
const longestBody = 64 * 1024;

/**
 * Opens a WebSocket. The library for it is loaded with the first.
 *
 * @param url `ws:` or `wss:`
 * @throws SocketFailure when it can't be opened
 */
export const openSocket: OpenSocket = async (url, options = {}) => {
  const { signal } = options;
  signal?.throwIfAborted();
  const { host } = new URL(url);
  const { WebSocket } = await import('ws');
  signal?.throwIfAborted();
  const opening = new Opening(host, options);
  let connection: Duplex | undefined;
  try {
    connection = await opening.connected(options.connect);
    const webSocket = new WebSocket(url, clientOptions(options, connection));
    return await opening.opened(new OpenedSocket(webSocket, host, options.sendTimeoutMs), webSocket);
  } catch (error) {
    connection?.destroy();
    throw error;
  } finally {
    opening.over();
  }
};

function clientOptions(options: SocketOptions, connection: Duplex | undefined): ClientOptions {
  const { headers = {}, maxBytes = 256 * 1024 * 1024 } = options;
  const all: ClientOptions = { headers, maxPayload: maxBytes, perMessageDeflate: false };
  // The library takes any stream, as Node does; its types know one of `node:net` only.
  return connection === undefined ? all : Object.assign(all, { createConnection: () => connection });
}

/** A WebSocket on its way, which ends in a socket or a failure, whichever comes first. */
class Opening {
  readonly #host: string;
  readonly #sent: Readonly<Record<string, string>>;
  readonly #limit: Limit;
  readonly #failed = Promise.withResolvers<never>();
  #abandon: () => void = () => {};

  constructor(host: string, { handshakeTimeoutMs: timeoutMs = 45_000, headers = {}, signal }: SocketOptions) {
    this.#host = host;
    this.#sent = headers;
    this.#failed.promise.catch(() => {});
    const late = new SocketFailure(
      'timeout',
      `no WebSocket with ${host} within ${timeoutMs} ms`,
      'ETIMEDOUT',
    );
    const target = {
      timedOut: () => this.#fail(late),
      aborted: (reason: unknown) => this.#fail(reason),
    };
    this.#limit = new Limit(target, timeoutMs, signal);
  }

  /** The connection that `connect` gives. One that comes too late is of no use to anyone. */
  async connected(connect: SocketOptions['connect']): Promise<Duplex | undefined> {
    if (connect === undefined) return undefined;
    let late = false;
    const connecting = (async () => {
      const connection = await connect();
      if (late) connection.destroy();
      return connection;
    })();
    try {
      return await Promise.race([connecting, this.#failed.promise]);
    } catch (error) {
      late = true;
      throw error;
    }
  }

  opened(socket: Socket, webSocket: WebSocket): Promise<Socket> {
    this.#abandon = () => webSocket.terminate();
    const { promise, resolve } = Promise.withResolvers<Socket>();
    webSocket.once('open', () => resolve(socket));
    webSocket.once('unexpected-response', (request, response) => void this.#refused(request, response));
    webSocket.once('error', (error) => this.#fail(openingFailure(error, this.#host)));
    return Promise.race([promise, this.#failed.promise]);
  }

  over(): void {
    this.#limit.clear();
  }

  #fail(reason: unknown): void {
    this.#failed.reject(reason);
    this.#abandon();
  }

  async #refused(request: ClientRequest, response: IncomingMessage): Promise<void> {
    this.#abandon = () => request.destroy();
    const status = response.statusCode ?? 0;
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
    );
    const body = await textOf(response);
    this.#fail(refusedHandshake(this.#host, { status, headers, body }, this.#sent));
  }
}

/** As much of a body as may be and as comes. */
async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of response) {
      if (!(part instanceof Buffer)) continue;
      parts.push(part);
      length += part.length;
      if (length >= longestBody) break;
    }
  } catch {
    // A body that breaks off still tells the status.
  }
  return Buffer.concat(parts).subarray(0, longestBody).toString();
}

class OpenedSocket implements Socket {
  readonly ended: Promise<SocketEnd>;
  readonly #webSocket: WebSocket;
  #listener: ((text: string) => void) | undefined;
  /** What came before anyone listened. */
  #early: string[] = [];
  #closing = false;
  readonly #sending: Sending | undefined;
  #connection: Duplex | undefined;
  #isGathering = false;

  constructor(webSocket: WebSocket, host: string, sendTimeoutMs: number | undefined) {
    this.#webSocket = webSocket;
    webSocket.once('upgrade', ({ socket }) => {
      this.#connection = socket;
    });
    const { promise, resolve } = Promise.withResolvers<SocketEnd>();
    this.ended = promise;
    let failure: SocketFailure | undefined;
    webSocket.on('error', (error) => {
      failure ??= breakingFailure(error, host);
      // The library would wait for 30 s for a peer that doesn't keep to the protocol to close in good manners.
      webSocket.terminate();
    });
    if (sendTimeoutMs !== undefined) {
      this.#sending = new Sending(sendTimeoutMs, () => {
        const what = `${host} didn't take what was sent within ${sendTimeoutMs} ms`;
        failure ??= new SocketFailure('timeout', what, 'ETIMEDOUT');
        this.drop();
      });
    }
    webSocket.on('message', (data: Buffer) => this.#take(data.toString()));
    webSocket.once('close', (code, reason) => {
      this.#sending?.end();
      const how = failure === undefined ? this.#closing && { isOurs: true as const } : { error: failure };
      resolve({ code, reason: reason.toString(), ...how });
    });
  }

  send(text: string): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    this.#gather();
    this.#webSocket.send(text, this.#sending?.begin());
  }

  receive(listener: (text: string) => void): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const text of early) listener(text);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#early = [];
    this.#webSocket.close(1000);
    // The close frame of the peer would not be read otherwise.
    this.#webSocket.resume();
    const drop = () => this.#webSocket.terminate();
    const limit = new Limit({ timedOut: drop, aborted: drop }, closeTimeoutMs, undefined);
    await this.ended;
    limit.clear();
  }

  drop(): void {
    this.#closing = true;
    this.#webSocket.terminate();
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  /** What is sent in one turn leaves together: a call of the system takes longer than all else about a message. */
  #gather(): void {
    const connection = this.#connection;
    if (connection === undefined || this.#isGathering) return;
    this.#isGathering = true;
    connection.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      connection.uncork();
    });
  }

  #take(text: string): void {
    if (this.#closing) return;
    if (this.#listener === undefined) this.#early.push(text);
    else this.#listener(text);
  }
}
