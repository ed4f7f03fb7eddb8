import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { ConnectionOptions } from '../options.ts';
import { Limit, type Stoppable } from '../time/limit.ts';
import { decodedAtOnce, decodedStream } from './encoding.ts';
import { failureOf, timeoutFailure, tooLarge } from './failure.ts';
import { flat, type Headers } from './headers.ts';
import { Incoming } from './incoming.ts';
import { type Loaded, lazily } from './lazily.ts';
import { type Target, targetOf } from './target.ts';
import { tlsOptions } from './tls.ts';
import {
  type Transport,
  TransportFailure,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

export interface UndiciTransportOptions extends ConnectionOptions {
  /** A dispatcher of your own, such as a `ProxyAgent`. The other options don't apply to it. */
  readonly dispatcher?: Pick<Dispatcher, 'dispatch'>;
}

/** The transport over undici, which is loaded with the first call. */
export function undiciTransport(options: UndiciTransportOptions = {}): Transport {
  return lazily(() => load(options));
}

async function load(options: UndiciTransportOptions): Promise<Loaded> {
  const [{ dispatcher, close }, { Readable }] = await Promise.all([
    dispatcherOf(options),
    import('node:stream'),
  ]);
  const send: Transport = (request) =>
    new Promise((resolve, reject) => {
      if (request.signal?.aborted) {
        reject(request.signal.reason);
        return;
      }
      const target = targetOf(request.url);
      const { body } = request;
      dispatcher.dispatch(
        {
          origin: target.origin,
          path: target.path,
          method: request.method,
          headers: { 'accept-encoding': 'gzip, deflate, br', ...request.headers },
          ...(body !== undefined && {
            body: typeof body === 'string' || body instanceof Uint8Array ? body : Readable.from(body),
          }),
        },
        new Exchange(request, target, Readable, resolve, reject),
      );
    });
  return { send, close };
}

/** Who dispatches, and how it is closed, which is up to us only when it is ours. */
async function dispatcherOf(options: UndiciTransportOptions) {
  if (options.dispatcher !== undefined) return { dispatcher: options.dispatcher, close: async () => {} };
  const own = await ownDispatcher(options);
  return { dispatcher: own, close: () => own.destroy() };
}

/** One connection of a pool, as far as an exchange asks about it. */
interface Connection {
  readonly socket: Socket | undefined;
}

async function ownDispatcher(options: UndiciTransportOptions): Promise<Dispatcher> {
  const { Agent, Client, Pool, buildConnector } = await import('undici');
  const { keepAlive = true, maxSockets = 50, socketPath } = options;
  const connect = buildConnector({
    ...tlsOptions(options),
    ...(socketPath !== undefined && { socketPath }),
    allowH2: false,
  });
  // undici's word for as many as it takes.
  const connections = maxSockets === Number.POSITIVE_INFINITY ? null : maxSockets;

  // An exchange is told its connection, since only the socket knows whether it has served another one before.
  class Connected extends Client implements Connection {
    socket: Socket | undefined;

    constructor(origin: string | URL) {
      super(origin, {
        allowH2: false,
        // Limits are ours, and the same for every transport.
        headersTimeout: 0,
        bodyTimeout: 0,
        pipelining: keepAlive ? 1 : 0,
        connect: (to, done) =>
          connect(to, (...outcome) => {
            this.socket = outcome[1] ?? undefined;
            done(...outcome);
          }),
      });
    }

    override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      if (handler instanceof Exchange) handler.connection = this;
      return super.dispatch(request, handler);
    }
  }

  return new Agent({
    factory: (origin) =>
      new Pool(origin, { allowH2: false, connections, factory: (to) => new Connected(to) }),
  });
}

class Exchange implements Dispatcher.DispatchHandler, Stoppable {
  connection: Connection | undefined;
  readonly #request: TransportRequest;
  readonly #target: Target;
  readonly #Readable: typeof Readable;
  readonly #resolve: (response: TransportResponse) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #limit: Limit;
  #controller: Dispatcher.DispatchController | undefined;
  #stopped = false;
  #bytesBefore = 0;
  #status = 0;
  #headers: Headers = {};
  #pieces: Uint8Array[] = [];
  #size = 0;
  #incoming: Readable | undefined;

  constructor(
    request: TransportRequest,
    target: Target,
    readable: typeof Readable,
    resolve: (response: TransportResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#request = request;
    this.#target = target;
    this.#Readable = readable;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#limit = new Limit(this, request.timeoutMs, request.signal);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#bytesBefore = this.connection?.socket?.bytesRead ?? 0;
    if (this.#stopped) controller.abort(stopped);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = flat(headers);
    if (this.#request.stream === true) {
      this.#limit.clear();
      this.#stream(controller);
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#incoming !== undefined) {
      if (!this.#incoming.push(piece)) controller.pause();
      return;
    }
    this.#pieces.push(piece);
    this.#size += piece.length;
    const { maxBytes } = this.#request;
    if (maxBytes !== undefined && this.#size > maxBytes) this.#fail(tooLarge(maxBytes));
  }

  onResponseEnd(): void {
    if (this.#incoming !== undefined) {
      this.#incoming.push(null);
      return;
    }
    this.#limit.clear();
    const [first] = this.#pieces;
    const bytes = first !== undefined && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    const encoding = this.#encoding();
    if (encoding === undefined || bytes.length === 0) {
      // undici frees the connection in the next turn of the event loop: who called earlier would have to open another.
      queueMicrotask(() => setImmediate(() => this.#give(bytes)));
      return;
    }
    decodedAtOnce(bytes, encoding, this.#request.maxBytes).then(
      (decoded) => this.#give(decoded),
      (error) => this.#reject(this.#explain(error)),
    );
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#incoming !== undefined) this.#incoming.destroy(error);
    else this.#fail(this.#explain(error));
  }

  timedOut(): void {
    this.#fail(timeoutFailure(this.#target.host, this.#request.timeoutMs));
  }

  aborted(reason: unknown): void {
    this.#fail(reason);
  }

  #stream(controller: Dispatcher.DispatchController): void {
    const incoming = new this.#Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        // Once all has come the connection is free for others; before, nobody wants the rest.
        if (!incoming.readableEnded) controller.abort(stopped);
        done(error);
      },
    });
    this.#incoming = incoming;
    const give = (source: Readable) =>
      this.#give(new Incoming(source, this.#request, this.#target.host, (error) => this.#explain(error)));
    const encoding = this.#encoding();
    if (encoding === undefined) {
      give(incoming);
      return;
    }
    decodedStream(incoming, encoding).then(give, (error) => {
      incoming.destroy();
      this.#reject(this.#explain(error));
    });
  }

  /** Absent when there is nothing to undo; the answer to HEAD only tells how the one to GET would be. */
  #encoding(): string | undefined {
    const encoding = this.#headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity' || encoding === '') return undefined;
    const bodiless = this.#request.method === 'HEAD' || this.#status === 204 || this.#status === 304;
    return bodiless ? undefined : encoding;
  }

  #give(body: TransportResponse['body']): void {
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  #explain(error: unknown): unknown {
    if (error instanceof TransportFailure) return error;
    const { maxBytes } = this.#request;
    if (maxBytes !== undefined && error instanceof RangeError) return tooLarge(maxBytes);
    const answered = this.#status !== 0;
    const stale =
      !answered && this.#bytesBefore > 0 && this.connection?.socket?.bytesRead === this.#bytesBefore;
    const connected = this.#controller !== undefined;
    return failureOf(error, { host: this.#target.host, connected, answered, stale });
  }

  #fail(reason: unknown): void {
    this.#stopped = true;
    this.#limit.clear();
    this.#reject(reason);
    this.#controller?.abort(stopped);
  }
}

const stopped = new Error('stopped');
