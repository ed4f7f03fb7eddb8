import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Request, RequestFunction, Response } from 'got';
import type { ConnectionOptions } from '../options.ts';
import { Limit, type Stoppable } from '../time/limit.ts';
import { failureOf, timeoutFailure, tooLarge } from './failure.ts';
import { flat } from './headers.ts';
import { Incoming } from './incoming.ts';
import { type Loaded, lazily } from './lazily.ts';
import { isChangedByParsing, type Target, targetOf } from './target.ts';
import { tlsOptions } from './tls.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

export interface GotTransportOptions extends ConnectionOptions {
  /** Agents of your own, such as those of a proxy. The other options don't apply to them. */
  readonly agents?: { readonly http?: HttpAgent; readonly https?: HttpsAgent };
}

/** The transport over got, which is loaded with the first call. */
export function gotTransport(options: GotTransportOptions = {}): Transport {
  return lazily(() => load(options));
}

async function load(options: GotTransportOptions): Promise<Loaded> {
  const [{ default: got }, http, https] = await Promise.all([
    import('got'),
    import('node:http'),
    import('node:https'),
  ]);
  const { agents, keepAlive = true, maxSockets = 50, socketPath } = options;
  const connection = { keepAlive, maxSockets, ...(socketPath !== undefined && { socketPath }) };
  const own = {
    http: new http.Agent(connection),
    https: new https.Agent({ ...connection, ...tlsOptions(options) }),
  };
  const client = got.extend({
    agent: { ...own, ...agents },
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
  });
  const requestExactly =
    (path: string): RequestFunction =>
    (url, native) =>
      (url.protocol === 'https:' ? https : http).request(url, { ...native, path });

  const send: Transport = (request) =>
    new Promise((resolve, reject) => {
      if (request.signal?.aborted) {
        reject(request.signal.reason);
        return;
      }
      const target = targetOf(request.url);
      const { body } = request;
      const stream = client.stream(request.url, {
        method: request.method,
        headers: request.headers,
        // A GET with a body is unusual, and for the service to ask for.
        ...(body !== undefined && { body, allowGetBody: true }),
        // got and Node send what a URL parser makes of the URL; the few URLs that it would change need a word.
        ...(isChangedByParsing(request.url, target) && { request: requestExactly(target.path) }),
      });
      // got waits for a body to be written wherever the method could have one.
      if (body === undefined && request.method !== 'GET' && request.method !== 'HEAD') stream.end();
      new Exchange(stream, request, target, resolve, reject);
    });
  return {
    send,
    async close() {
      own.http.destroy();
      own.https.destroy();
    },
  };
}

class Exchange implements Stoppable {
  readonly #stream: Request;
  readonly #request: TransportRequest;
  readonly #target: Target;
  readonly #resolve: (response: TransportResponse) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #limit: Limit;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;
  #response: Response | undefined;
  #socket: Socket | undefined;
  #connected = false;
  #bytesBefore = 0;

  constructor(
    stream: Request,
    request: TransportRequest,
    target: Target,
    resolve: (response: TransportResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#stream = stream;
    this.#request = request;
    this.#target = target;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#limit = new Limit(this, request.timeoutMs, request.signal);
    stream.on('socket', (socket: Socket) => {
      this.#socket = socket;
      this.#bytesBefore = socket.bytesRead;
      this.#connected = !socket.connecting;
      if (this.#connected) return;
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
        this.#connected = true;
      });
    });
    stream.on('response', (response: Response) => this.#answered(response));
    stream.on('error', (error) => this.#fail(this.#explain(error)));
  }

  #answered(response: Response): void {
    this.#response = response;
    if (this.#request.stream === true) {
      this.#limit.clear();
      this.#give(
        new Incoming(this.#stream, this.#request, this.#target.host, (error) => this.#explain(error)),
      );
      return;
    }
    this.#stream.on('data', (piece: Uint8Array) => {
      this.#pieces.push(piece);
      this.#size += piece.length;
      const { maxBytes } = this.#request;
      if (maxBytes !== undefined && this.#size > maxBytes) this.#fail(tooLarge(maxBytes));
    });
    this.#stream.on('end', () => {
      this.#limit.clear();
      const [first] = this.#pieces;
      this.#give(first !== undefined && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces));
    });
  }

  #give(body: TransportResponse['body']): void {
    if (this.#response === undefined) return;
    this.#resolve({ status: this.#response.statusCode, headers: flat(this.#response.headers), body });
  }

  #explain(error: unknown): unknown {
    const answered = this.#response !== undefined;
    const stale = !answered && this.#bytesBefore > 0 && this.#socket?.bytesRead === this.#bytesBefore;
    return failureOf(error, { host: this.#target.host, connected: this.#connected, answered, stale });
  }

  #fail(reason: unknown): void {
    this.#limit.clear();
    this.#reject(reason);
    this.#stream.destroy();
  }

  timedOut(): void {
    this.#fail(timeoutFailure(this.#target.host, this.#request.timeoutMs));
  }

  aborted(reason: unknown): void {
    this.#fail(reason);
  }
}
