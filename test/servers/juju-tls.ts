import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import type { SecureVersion } from 'node:tls';
import { WebSocketServer } from 'ws';
import {
  bits,
  boolean,
  der,
  integer,
  objectId,
  octets,
  sequence,
  set,
  tagged,
  utcTime,
  utf8,
} from '../../codegen/src/serve/juju/der.ts';

const day = 86_400_000;
const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));

/** What a server proves with who it is. */
export interface Identity {
  readonly key: string;
  /** PEM of its certificate, and of the authority that signed it. */
  readonly cert: string;
  /** The first of the two alone. */
  readonly leaf: string;
}

/** An authority that exists for one test. */
export class Authority {
  /** PEM. */
  readonly cert: string;
  readonly #name: Buffer;
  readonly #key: KeyObject;

  constructor(name: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#name = nameOf(name);
    this.#key = privateKey;
    this.cert = this.#sign(this.#name, publicKey, [
      extension('2.5.29.19', sequence(boolean(true)), true),
      // To sign certificates.
      extension('2.5.29.15', bits(Buffer.of(0b00000110), 1), true),
    ]);
  }

  /** A server's certificate for these names and IP addresses. */
  vouchFor(...names: readonly string[]): Identity {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const leaf = this.#sign(nameOf('*'), publicKey, [extension('2.5.29.17', sequence(...names.map(nameIn)))]);
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    return { key, cert: `${leaf}\n${this.cert}`, leaf };
  }

  #sign(subject: Buffer, publicKey: KeyObject, extensions: readonly Buffer[]): string {
    const told = sequence(
      tagged(0, integer(Buffer.of(2))),
      integer(Buffer.of(0x40, ...randomBytes(8))),
      ecdsaWithSha256,
      this.#name,
      sequence(utcTime(new Date(Date.now() - day)), utcTime(new Date(Date.now() + day))),
      subject,
      publicKey.export({ format: 'der', type: 'spki' }),
      tagged(3, sequence(...extensions)),
    );
    const signed = sequence(told, ecdsaWithSha256, bits(sign('sha256', told, this.#key)));
    return `-----BEGIN CERTIFICATE-----\n${signed.toString('base64')}\n-----END CERTIFICATE-----`;
  }
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(objectId('2.5.4.3'), utf8(commonName))));
}

function nameIn(name: string): Buffer {
  const isIp = /^[\d.]+$/.test(name);
  return isIp ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name));
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(objectId(id), ...(isCritical ? [boolean(true)] : []), octets(value));
}

/** Whatever listens on this machine and has to be gone after a test. */
abstract class Listening implements AsyncDisposable {
  readonly #server: Server;
  /** Connections that are open. */
  readonly sockets = new Set<Socket>();
  /** How many there have been. */
  connections = 0;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `127.0.0.1:port` */
  get at(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Resolves when nobody is connected. */
  async deserted(): Promise<void> {
    const [socket] = this.sockets;
    if (socket === undefined) return;
    await new Promise<void>((closed) => socket.once('close', () => closed()));
    await this.deserted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    if (this.#server.listening) await once(this.#server, 'close');
  }
}

/** As much of a controller as dialling is about: WebSockets that repeat what they are told, and `/health`, over TLS. */
export class TlsController extends Listening {
  /** The names that it was asked for by, in order; `undefined` when by none. */
  readonly names: (string | undefined)[];
  /** The requests that came, in order: path and headers. */
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[];

  constructor(identity: Pick<Identity, 'key' | 'cert'>, maxVersion: SecureVersion = 'TLSv1.3') {
    const names: (string | undefined)[] = [];
    const requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
    const old = maxVersion === 'TLSv1.1' && { minVersion: 'TLSv1' as const, ciphers: 'ALL:@SECLEVEL=0' };
    const server = createHttpsServer({
      key: identity.key,
      cert: identity.cert,
      maxVersion,
      ...old,
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    server.on('tlsClientError', () => {});
    server.on('request', (request, response) => {
      requests.push({ path: request.url ?? '', headers: request.headers });
      response.end('running\n');
    });
    super(server);
    this.names = names;
    this.requests = requests;
    const webSockets = new WebSocketServer({ server });
    webSockets.on('connection', (socket, request) => {
      requests.push({ path: request.url ?? '', headers: request.headers });
      socket.on('message', (data: Buffer) => socket.send(data.toString()));
    });
  }
}

/** Takes connections and says nothing. */
export class SilentServer extends Listening {
  constructor() {
    super(createTcpServer((socket) => socket.resume()));
  }

  /** The first connection, as soon as there is one. */
  async connected(): Promise<void> {
    while (this.connections === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** An HTTP proxy that wants a password, and brings everything that it is asked for to one place. */
export class ConnectProxy extends Listening {
  /** What it was asked for: `CONNECT host:port`, and what proved by whom. */
  readonly asked: { readonly target: string; readonly authorization: string | undefined }[];

  /** @param identity where it is to be asked over TLS */
  constructor(port: number, password: string, identity?: Pick<Identity, 'key' | 'cert'>) {
    const asked: { readonly target: string; readonly authorization: string | undefined }[] = [];
    const server = identity === undefined ? createHttpServer() : createHttpsServer(identity);
    super(server);
    this.asked = asked;
    server.on('connect', (request, socket, head) => {
      const authorization = request.headers['proxy-authorization'];
      asked.push({ target: request.url ?? '', authorization });
      if (authorization !== `Basic ${Buffer.from(password).toString('base64')}`) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const onwards = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onwards.write(head);
        socket.pipe(onwards).pipe(socket);
      });
      onwards.on('error', () => socket.destroy());
      onwards.once('close', () => socket.destroy());
      socket.on('error', () => onwards.destroy());
      socket.once('close', () => onwards.destroy());
    });
  }
}
