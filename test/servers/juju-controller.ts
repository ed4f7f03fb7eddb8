import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type WebSocket, WebSocketServer } from 'ws';
import { Peer, type WireRequest } from './rpc-server.ts';

export const controllerUuid = '5c2e8a5e-7f0a-4b8e-8f0a-3a2b1c0d9e8f';
export const model = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';

/** A certificate that only tests trust, for juju-apiserver, 127.0.0.1 and localhost. Its key guards nothing. */
const cert = `-----BEGIN CERTIFICATE-----
MIIBtDCCAVmgAwIBAgIUMj2wNC29N+SuQLNQNCLeDbHyJh8wCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNZmFpcmxlYWQtdGVzdDAgFw0yNjExMjIwMzEzNDZaGA8yMTI2
MTAyOTAzMTM0NlowGDEWMBQGA1UEAwwNZmFpcmxlYWQtdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABKMP+nJJY1UYdiyX0rF7zNs5tZLn5WE4FV2khsvBXuIr
fU1pcCM2OpvQp6ISQUNyCY7u5x3fytxHzWM35JrQVvujfzB9MB0GA1UdDgQWBBRS
7xRnMIxWelm8ridBueb8NRszAjAfBgNVHSMEGDAWgBRS7xRnMIxWelm8ridBueb8
NRszAjAqBgNVHREEIzAhhwR/AAABgglsb2NhbGhvc3SCDmp1anUtYXBpc2VydmVy
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAPSHoqOz3+GLD30j
ydXB/k0Ep9ME5ml8QoCNBhRw3SMhAiEAnrOwtHe2k365haJ+MQnyxZmWR9/e1n+r
6OmRYflY3ik=
-----END CERTIFICATE-----`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtM/ALCQWwVEjYAN6
oPlNpWbAjm97pDLPuJBQvmMOE5KhRANCAASjD/pySWNVGHYsl9Kxe8zbObWS5+Vh
OBVdpIbLwV7iK31NaXAjNjqb0KeiEkFDcgmO7ucd38rcR81jN+Sa0Fb7
-----END PRIVATE KEY-----`;

/** PEM of the authority behind it, which is itself. */
export const caCert = cert;

/** One WebSocket, as the controller sees it. */
export interface Connection {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly peer: Peer;
  readonly webSocket: WebSocket;
}

type Method = (request: WireRequest, connection: Connection) => void;
type Route = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** What a login that is let in is answered with; an agent's would have no `user-info`. */
export function loginAnswer(overrides: object = {}): object {
  return {
    'controller-tag': `controller-${controllerUuid}`,
    'server-version': '4.0.15',
    servers: null,
    facades: [
      { name: 'Pinger', versions: [1] },
      { name: 'Application', versions: [19, 22] },
      { name: 'Client', versions: [8] },
      { name: 'StringsWatcher', versions: [1] },
    ],
    'user-info': {
      identity: 'user-admin',
      'display-name': 'admin',
      'controller-access': 'superuser',
      'model-access': 'admin',
    },
    ...overrides,
  };
}

/** A controller of which a test says what it answers. By default it lets everybody in. */
export class JujuController implements AsyncDisposable {
  readonly connections: Connection[] = [];
  /** Every request, in the order in which they came. */
  readonly asked: WireRequest[] = [];
  /** By `Facade.Method`. */
  readonly methods = new Map<string, Method>();
  /** By verb and path: `POST /auth/discharge`. */
  readonly routes = new Map<string, Route>();
  /** What came over HTTP: verb and path, and headers. */
  readonly requests: { readonly line: string; readonly headers: IncomingMessage['headers'] }[] = [];
  readonly #server;
  readonly #scheme: 'ws' | 'wss';
  readonly #webSockets = new WebSocketServer({ noServer: true });
  readonly #waiting = new Set<() => void>();

  constructor(tls: boolean) {
    this.#scheme = tls ? 'wss' : 'ws';
    this.#server = tls ? createTlsServer({ cert, key }) : createServer();
    this.#server.on('request', (request, response) => void this.#serve(request, response));
    this.#server.on('upgrade', (request, socket, head) =>
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#take(webSocket, request)),
    );
    this.on('Admin.Login', (request, { peer, path }) =>
      peer.answer(request, loginAnswer(path.includes('/model/') ? { 'model-tag': `model-${model}` } : {})),
    );
    this.on('Pinger.Ping', (request, { peer }) => peer.answer(request));
  }

  static async start({ tls = false, port = 0 }: { readonly tls?: boolean; readonly port?: number } = {}) {
    const controller = new JujuController(tls);
    controller.#server.listen(port, '127.0.0.1');
    await once(controller.#server, 'listening');
    return controller;
  }

  on(method: string, answer: Method): void {
    this.methods.set(method, answer);
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the controller has no port');
    return address.port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** With the scheme, as an option takes it. */
  get address(): string {
    return `${this.#scheme}://${this.host}`;
  }

  get last(): Connection {
    const last = this.connections.at(-1);
    if (last === undefined) throw new Error('nobody has connected');
    return last;
  }

  of(request: string): readonly WireRequest[] {
    return this.asked.filter((each) => each.request === request);
  }

  /** Resolves as soon as this is so, which is looked at whenever something came or went. */
  async until(so: () => boolean): Promise<void> {
    while (!so()) await new Promise<void>((told) => this.#waiting.add(told));
  }

  /** Resolves when no connection is left, which is looked at as often as anything happens. */
  async idle(): Promise<void> {
    const count = () =>
      new Promise<number>((resolve) => this.#server.getConnections((_error, open) => resolve(open)));
    while ((await count()) > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const webSocket of this.#webSockets.clients) webSocket.terminate();
    this.#webSockets.close();
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  #take(webSocket: WebSocket, { url = '', headers }: IncomingMessage): void {
    const connection = { path: url, headers, peer: new Peer(webSocket), webSocket };
    this.connections.push(connection);
    webSocket.on('error', () => {});
    webSocket.on('close', () => this.#tell());
    webSocket.on('message', (data: Buffer) => {
      const request: WireRequest = JSON.parse(data.toString());
      this.asked.push(request);
      const { type, request: method } = request;
      const answer = this.methods.get(`${type}.${method}`);
      if (answer === undefined)
        connection.peer.refuse(request, `unknown facade type "${type}"`, 'not implemented');
      else answer(request, connection);
      this.#tell();
    });
    this.#tell();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += part;
    const line = `${request.method} ${request.url}`;
    this.requests.push({ line, headers: request.headers });
    const route = this.routes.get(line.replace(/\?.*$/, ''));
    if (route === undefined) response.writeHead(404).end();
    else route(request, body, response);
  }

  #tell(): void {
    for (const told of this.#waiting) told();
    this.#waiting.clear();
  }
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
