import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import hawk from 'hawk';

/** A request that the npm package `hawk` found to be signed as it should be. */
export interface Authenticated {
  readonly method: string;
  /** As on the request line. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Whether its signature covers its body. */
  readonly hashed: boolean;
  /** The JSON in `ext`; `{}` without one. */
  readonly ext: { readonly certificate?: unknown; readonly authorizedScopes?: unknown };
}

export interface HawkServerOptions {
  /** Gives the key of a client. Default: that of the client `tester`. */
  readonly keyOf?: (clientId: string) => string | undefined;
  /** How wrong the server's clock is, in milliseconds. Default 0. */
  readonly offsetMs?: () => number;
  readonly answer?: (request: Authenticated) => unknown;
}

/**
 * A server on loopback that has its requests checked by the npm package `hawk`, headers and bewits alike. Whatever it
 * refuses gets a 401 in the words of Taskcluster.
 */
export class HawkServer implements AsyncDisposable {
  readonly authenticated: Authenticated[] = [];
  refused = 0;
  rootUrl = '';
  readonly #options: HawkServerOptions;
  readonly #server = createServer(async (request, response) => {
    const offsetMs = this.#options.offsetMs?.() ?? 0;
    const answer = await this.#answer(request, offsetMs);
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      date: new Date(Date.now() + offsetMs).toUTCString(),
    });
    response.end(JSON.stringify(answer.body));
  });

  private constructor(options: HawkServerOptions) {
    this.#options = options;
  }

  static async start(options: HawkServerOptions = {}): Promise<HawkServer> {
    const server = new HawkServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    const address = server.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    server.rootUrl = `http://127.0.0.1:${address.port}`;
    return server;
  }

  /** How many connections are open, once what is closing has closed. */
  async connections(): Promise<number> {
    await setTimeout(20);
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });
  }

  async #answer(request: IncomingMessage, offsetMs: number) {
    const body = await buffer(request);
    const { method = '', url = '', headers } = request;
    const lookup = async (clientId: string) => {
      const key = (this.#options.keyOf ?? testerKey)(clientId);
      return key === undefined ? null : ({ key, algorithm: 'sha256' } as const);
    };
    const options = { localtimeOffsetMsec: offsetMs, timestampSkewSec: 15 * 60 };
    const hashed = headers.authorization?.includes('hash=') === true;
    try {
      const signed = /[?&]bewit=/.test(url)
        ? (await hawk.uri.authenticate(request, lookup, options)).attributes
        : (await hawk.server.authenticate(request, lookup, hashed ? { ...options, payload: body } : options))
            .artifacts;
      const ext = signed.ext ? JSON.parse(Buffer.from(signed.ext, 'base64').toString()) : {};
      const authenticated = { method, url, headers, body, hashed, ext };
      this.authenticated.push(authenticated);
      return { status: 200, body: this.#options.answer?.(authenticated) ?? {} };
    } catch (error) {
      this.refused += 1;
      const why = error instanceof Error ? error.message : String(error);
      return { status: 401, body: unauthorized(why) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function testerKey(clientId: string): string | undefined {
  return clientId === 'tester' ? 'no-secret' : undefined;
}

function unauthorized(why: string) {
  return {
    code: 'AuthenticationFailed',
    message: `Unauthorized: ${why}\n\n---\n\n* method:     currentScopes\n* errorCode:  AuthenticationFailed`,
    requestInfo: { method: 'currentScopes', params: {}, payload: {}, time: new Date().toJSON() },
  };
}
