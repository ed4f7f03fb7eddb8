import { once } from 'node:events';
import type { JujuStandIn } from '@fairlead/codegen/serve';
import { WebSocket } from 'ws';

/** What came back: an answer, or an error beside an empty one. */
export interface Reply {
  readonly 'request-id': number;
  readonly response: Record<string, unknown>;
  readonly error?: string;
  readonly 'error-code'?: string;
  readonly 'error-info'?: Record<string, unknown>;
}

/** Speaks to a controller without any client: a message for each call, and what comes back. */
export class Caller {
  readonly socket: WebSocket;
  /** All that was received, as text. */
  readonly received: string[] = [];
  /** The code with which the socket was closed. */
  readonly closed: Promise<number>;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const text = String(data);
      this.received.push(text);
      const reply: Reply = JSON.parse(text);
      this.#waiting.get(reply['request-id'])?.(reply);
    });
  }

  static async connect(
    server: Pick<JujuStandIn, 'url' | 'caCert'>,
    path = '/api',
    headers: Record<string, string> = {},
  ): Promise<Caller> {
    const { caCert } = server;
    const url = server.url.replace(/^http/, 'ws') + path;
    const socket = new WebSocket(url, { headers, ...(caCert === undefined ? {} : { ca: caCert }) });
    const caller = new Caller(socket);
    await once(socket, 'open');
    return caller;
  }

  /** Connected, and logged in as the first user. */
  static async loggedIn(
    server: Pick<JujuStandIn, 'url' | 'caCert' | 'model' | 'credentials'>,
    path = `/model/${server.model}/api`,
  ): Promise<Caller> {
    const caller = await Caller.connect(server, path);
    const { username, password } = server.credentials;
    await caller.ok('Admin', 3, 'Login', { 'auth-tag': `user-${username}`, credentials: password });
    return caller;
  }

  call(type: string, version: number, request: string, params: unknown = {}, id?: string): Promise<Reply> {
    this.#last += 1;
    const requestId = this.#last;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#waiting.set(requestId, resolve);
    this.send({ 'request-id': requestId, type, version, request, params, ...(id !== undefined && { id }) });
    return promise;
  }

  /** The answer; throws when there is none. */
  async ok(
    type: string,
    version: number,
    request: string,
    params?: unknown,
    id?: string,
  ): Promise<Reply['response']> {
    const { error, response } = await this.call(type, version, request, params, id);
    if (error !== undefined) throw new Error(`${type}.${request}: ${error}`);
    return response;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
