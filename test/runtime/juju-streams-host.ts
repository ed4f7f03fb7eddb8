import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { createEndpoint, type HttpEndpoint } from '../../runtime/src/http/endpoint.ts';
import { transportOf } from '../../runtime/src/http/transports.ts';
import { type HttpOptions, resolveOptions } from '../../runtime/src/options.ts';
import { openSocket, type Socket } from '../../runtime/src/rpc/socket.ts';
import { readJujuError } from '../../runtime/src/services/juju/http/error-body.ts';
import type { DischargeInfo, StreamHost } from '../../runtime/src/services/juju/stream-host.ts';

export const model = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';

/** What a controller does with a stream that is opened. */
export type Streaming = (socket: WebSocket, request: IncomingMessage) => void;

/** What a controller does with a request. `body` is all of it. */
export type Answering = (response: ServerResponse, request: IncomingMessage, body: Buffer) => void;

/** A controller of a test, as far as streams and routes over HTTP go, and a host that is logged in to it. */
export class JujuServer implements StreamHost, AsyncDisposable {
  /** Verb, path and query of each request, upgrades included. */
  readonly lines: string[] = [];
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly body: Buffer }[] = [];
  readonly discharged: DischargeInfo[] = [];
  readonly sockets = new Set<WebSocket>();
  model: string | undefined = model;
  /** Tests replace what they need. */
  stream: Streaming = (socket) => socket.close();
  answer: Answering = (response) => void response.writeHead(404).end();
  /** In place of the WebSocket: an answer of HTTP. */
  refuse: ((request: IncomingMessage) => string | undefined) | undefined;
  readonly #http = createServer((request, response) => void this.#serve(request, response));
  readonly #webSockets = new WebSocketServer({ noServer: true });
  #url = '';
  #transport = transportOf({});

  static async start(options: HttpOptions = {}): Promise<JujuServer> {
    const server = new JujuServer();
    server.#http.on('upgrade', (request, socket, head) => server.#upgrade(request, socket, head));
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    const address = server.#http.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    server.#url = `127.0.0.1:${address.port}`;
    server.#transport = transportOf(options);
    server.http = createEndpoint({
      service: 'juju',
      baseUrl: `http://${server.#url}`,
      transport: server.#transport,
      options: resolveOptions({ retry: { delayMs: 1 }, ...options }),
      readError: readJujuError,
    });
    return server;
  }

  http: HttpEndpoint = createEndpoint({
    service: 'juju',
    baseUrl: 'http://127.0.0.1',
    transport: transportOf({}),
    options: resolveOptions({}),
  });

  get publicHttp(): HttpEndpoint {
    return this.http;
  }

  get address(): string {
    return this.#url;
  }

  openSocket(path: string, query: string, signal?: AbortSignal): Promise<Socket> {
    const url = `ws://${this.#url}${path}${query === '' ? '' : `?${query}`}`;
    return openSocket(url, {
      headers: { authorization: 'Basic dXNlcg==' },
      ...(signal !== undefined && { signal }),
    });
  }

  async discharge(info: DischargeInfo): Promise<void> {
    this.discharged.push(info);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.lines.push(`GET ${request.url ?? ''}`);
    const refusal = this.refuse?.(request);
    if (refusal !== undefined) {
      socket.end(refusal);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.sockets.add(webSocket);
      webSocket.once('close', () => this.sockets.delete(webSocket));
      this.stream(webSocket, request);
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.lines.push(`${request.method} ${request.url}`);
    const pieces: Buffer[] = [];
    for await (const piece of request) if (piece instanceof Buffer) pieces.push(piece);
    const body = Buffer.concat(pieces);
    this.requests.push({ headers: request.headers, body });
    this.answer(response, request, body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await this.#transport.close?.();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => this.#http.close(() => resolve()));
  }
}

/** An answer with JSON. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answering {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };
}

/** A refusal of a WebSocket, byte for byte. */
export function refusal(status: string, type: string, body: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}
