import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';

/** A request, byte for byte as it came over the wire. */
export interface WireRequest {
  /** `GET /a%2Fb?c=d HTTP/1.1` */
  readonly line: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Which connection it came on; the first is 1. */
  readonly connection: number;
  /** Which request of all it is; the first is 1. */
  readonly number: number;
}

/** What is done about a request: write an answer, a part of one, nonsense, or nothing at all. */
export type Behaviour = (socket: Socket, request: WireRequest) => void;

/** A server on loopback that speaks HTTP by hand, so that it can also speak it badly. */
export class WireServer implements AsyncDisposable {
  readonly requests: WireRequest[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server: Server;
  #connections = 0;
  #scheme = 'http';
  url = '';

  private constructor(behaviour: Behaviour, tls?: { readonly key: string; readonly cert: string }) {
    const serve = (socket: Socket) => this.#serve(socket, behaviour);
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
    if (tls !== undefined) this.#scheme = 'https';
  }

  static async start(
    behaviour: Behaviour,
    tls?: { readonly key: string; readonly cert: string },
  ): Promise<WireServer> {
    const server = new WireServer(behaviour, tls);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    const address = server.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    server.url = `${server.#scheme}://127.0.0.1:${address.port}`;
    return server;
  }

  /** How many connections were made so far. */
  get connections(): number {
    return this.#connections;
  }

  #serve(socket: Socket, behaviour: Behaviour): void {
    this.#connections += 1;
    const connection = this.#connections;
    this.sockets.add(socket);
    let pending = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('data', (piece) => {
      pending = Buffer.concat([pending, piece]);
      for (let taken = take(pending); taken !== undefined; taken = take(pending)) {
        pending = taken.rest;
        const request = { ...taken.request, connection, number: this.requests.length + 1 };
        this.requests.push(request);
        behaviour(socket, request);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function take(
  bytes: Buffer,
): { request: Omit<WireRequest, 'connection' | 'number'>; rest: Buffer<ArrayBuffer> } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    }),
  );
  const [method = '', target = ''] = line.split(' ');
  const after = bytes.subarray(end + 4);
  const whole = headers['transfer-encoding'] === 'chunked' ? chunked(after) : counted(after, headers);
  if (whole === undefined) return undefined;
  return {
    request: { line, method, target, headers, body: whole.body },
    rest: Buffer.from(after.subarray(whole.length)),
  };
}

function counted(
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
): { body: Buffer; length: number } | undefined {
  const length = Number(headers['content-length'] ?? 0);
  return bytes.length < length ? undefined : { body: Buffer.from(bytes.subarray(0, length)), length };
}

function chunked(bytes: Buffer): { body: Buffer; length: number } | undefined {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(pieces), length: start + 2 };
    pieces.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}

/** A well-formed answer. */
export function reply(
  status: number,
  body: string | Uint8Array = '',
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  return (socket, { method }) => {
    const bytes = Buffer.from(body);
    const lines = Object.entries({ 'content-length': String(bytes.length), ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const head = Buffer.from(`HTTP/1.1 ${status} Some Reason\r\n${lines.join('')}\r\n`);
    socket.write(method === 'HEAD' ? head : Buffer.concat([head, bytes]));
  };
}

export function replyJson(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  return reply(status, JSON.stringify(value), { 'content-type': 'application/json', ...headers });
}

/** Breaks the connection, without TLS by a TCP reset. */
export const reset: Behaviour = (socket) => {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
};

/** Promises more than comes, and hangs up. */
export const truncated: Behaviour = (socket) => {
  socket.write(
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"half": ',
    () => socket.destroy(),
  );
};

/** Takes the request and says nothing. */
export const silence: Behaviour = () => {};

/** One behaviour a request, the last one for all that follow. */
export function inTurn(...behaviours: readonly Behaviour[]): Behaviour {
  let next = 0;
  return (socket, request) => {
    const behaviour = behaviours[Math.min(next, behaviours.length - 1)];
    next += 1;
    behaviour?.(socket, request);
  };
}
