import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A request as it came. */
export interface WireRequest {
  readonly 'request-id': number;
  readonly type: string;
  readonly version?: number;
  readonly id?: string;
  readonly request: string;
  readonly params?: unknown;
}

/** One connection, as the server sees it. */
export class Peer {
  readonly #webSocket: WebSocket;

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
  }

  /** `text`: JSON; the answer as it is. */
  raw(text: string): void {
    this.#webSocket.send(text);
  }

  /** Says yes, as Juju spells it. */
  answer(request: WireRequest, response: unknown = {}): void {
    this.raw(`${JSON.stringify({ 'request-id': request['request-id'], response })}\n`);
  }

  /** Says no: there is a response, too, which says nothing. */
  refuse(request: WireRequest, message: string, code?: string, info?: unknown): void {
    const said = { error: message, 'error-code': code, 'error-info': info };
    this.raw(`${JSON.stringify({ 'request-id': request['request-id'], ...said, response: {} })}\n`);
  }

  close(code = 1000): void {
    this.#webSocket.close(code);
  }

  /** Ends the connection without a word. */
  terminate(): void {
    this.#webSocket.terminate();
  }
}

export type Answering = (request: WireRequest, peer: Peer) => void;

/** A server of calls over a WebSocket that answers as a test says. */
export class RpcServer implements AsyncDisposable {
  /** Every request, in the order in which they came. */
  readonly asked: WireRequest[] = [];
  /** Every message as it came. */
  readonly texts: string[] = [];
  readonly peers: Peer[] = [];
  /** The codes of connections that ended, as the clients said them. */
  readonly ends: number[] = [];
  answering: Answering;
  readonly #http = createServer();
  readonly #sockets = new WebSocketServer({ server: this.#http, maxPayload: 1024 ** 3 });
  readonly #waiting = new Set<() => void>();

  constructor(answering: Answering) {
    this.answering = answering;
    this.#sockets.on('connection', (webSocket) => {
      const peer = new Peer(webSocket);
      this.peers.push(peer);
      webSocket.on('error', () => {});
      webSocket.on('close', (code) => {
        this.ends.push(code);
        this.#tell();
      });
      webSocket.on('message', (data: Buffer) => {
        const text = data.toString();
        const request: WireRequest = JSON.parse(text);
        this.texts.push(text);
        this.asked.push(request);
        this.answering(request, peer);
        this.#tell();
      });
    });
  }

  static async start(answering: Answering): Promise<RpcServer> {
    const server = new RpcServer(answering);
    await server.#listen();
    return server;
  }

  get url(): string {
    const { port } = this.#http.address() as AddressInfo;
    return `ws://127.0.0.1:${port}/api`;
  }

  /** Resolves as soon as this is so, which is looked at whenever something came. */
  async until(so: () => boolean): Promise<void> {
    while (!so()) await new Promise<void>((told) => this.#waiting.add(told));
  }

  /** Those of one method. */
  of(request: string): readonly WireRequest[] {
    return this.asked.filter((each) => each.request === request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.peers) peer.terminate();
    this.#sockets.close();
    this.#http.close();
    this.#http.closeAllConnections();
    if (this.#http.listening) await once(this.#http, 'close');
  }

  async #listen(): Promise<void> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
  }

  #tell(): void {
    for (const told of this.#waiting) told();
    this.#waiting.clear();
  }
}
