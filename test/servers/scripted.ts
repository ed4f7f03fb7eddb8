import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A request as it arrived. */
export interface Received {
  /** `PUT /api/object/v1/upload/some%2Fobject` */
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Answer = (received: Received, response: ServerResponse) => void | Promise<void>;

/** Answers with JSON. */
export function json(value: unknown, status = 200): Answer {
  return (_received, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

/** Answers with bytes. */
export function data(
  bytes: string | Uint8Array,
  headers: Record<string, string> = { 'content-type': 'text/plain' },
): Answer {
  return (_received, response) => {
    response.writeHead(200, headers).end(bytes);
  };
}

/** Answers with a status and a few words. */
export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (_received, response) => {
    response.writeHead(code, { 'content-type': 'text/plain', ...headers }).end(`status ${code}`);
  };
}

/** Says that more comes than does, and hangs up. */
export const truncated: Answer = (_received, response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('only this', () => response.destroy());
};

/** Hangs up without an answer. */
export const reset: Answer = (_received, response) => {
  response.destroy();
};

/**
 * A server on loopback that is a deployment and its storage at once. Each route has a list of answers: they are given
 * one after the other, the last one again and again.
 */
export class ScriptedServer implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #routes = new Map<string, Answer[]>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  rootUrl = '';

  static async start(): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    const address = server.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    server.rootUrl = `http://127.0.0.1:${address.port}`;
    return server;
  }

  /** `line` is a verb and a path without its query: `GET /storage/a`. */
  on(line: string, ...answers: Answer[]): this {
    this.#routes.set(line, answers);
    return this;
  }

  /** The requests with this line, which may leave out the end of the path. */
  to(line: string): readonly Received[] {
    return this.received.filter((received) => received.line.startsWith(line));
  }

  /** The body of the last request with this line, which must be JSON. */
  asked(line: string): unknown {
    const last = this.to(line).at(-1);
    if (last === undefined) throw new Error(`nothing asked for ${line}`);
    return JSON.parse(last.body.toString());
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const line = `${method} ${url.split('?', 1)[0]}`;
    const answers = this.#routes.get(line) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    try {
      const received = { line, headers, body: await buffer(request) };
      this.received.push(received);
      await (answer ?? status(599))(received, response);
    } catch {
      // The client went away, which some tests want.
      response.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
