import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SaltOptions } from '../../runtime/src/services/salt/index.ts';
import { SaltSession } from '../../runtime/src/services/salt/session.ts';
import type { Clock } from '../../runtime/src/time/clock.ts';

/** A request as it arrived. */
export interface Asked {
  /** `POST /run` */
  readonly line: string;
  /** With its `?`, or ''. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (response: ServerResponse, asked: Asked) => void;

/** The server of a test, on loopback: an answer a route, the last of several again and again. */
export class Loopback implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly #routes = new Map<string, Answer[]>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  url = '';

  static async start(): Promise<Loopback> {
    const loopback = new Loopback();
    loopback.#server.listen(0, '127.0.0.1');
    await once(loopback.#server, 'listening');
    const address = loopback.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    loopback.url = `http://127.0.0.1:${address.port}`;
    return loopback;
  }

  on(line: string, ...answers: readonly Answer[]): this {
    this.#routes.set(line, [...answers]);
    return this;
  }

  /** What was asked on a line. */
  to(line: string): readonly Asked[] {
    return this.asked.filter((each) => each.line === line);
  }

  /** The body of the last request on a line. */
  sent(line: string): unknown {
    return JSON.parse(this.to(line).at(-1)?.body ?? 'null');
  }

  /** A session with this server, as a user of the netapi, that tries nothing twice unless told to. */
  session(options: Partial<SaltOptions> = {}, clock?: Clock): SaltSession {
    const user = { username: 'tester', password: 'hush', eauth: 'auto' };
    const all = { url: this.url, netapi: 'cherrypy', retry: false, ...user, ...options } as const;
    return new SaltSession(all, clock === undefined ? {} : { clock });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const [path = '', query] = url.split('?', 2);
    const asked = {
      line: `${method} ${path}`,
      query: query === undefined ? '' : `?${query}`,
      headers,
      body: await text(request).catch(() => ''),
    };
    this.asked.push(asked);
    const answers = this.#routes.get(asked.line) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    (answer ?? page(404, `The path '${path}' was not found.`))(response, asked);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };
}

export function plain(status: number, said: string, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(said);
  };
}

/** What CherryPy answers to what goes wrong. */
export function page(status: number, said: string): Answer {
  const body = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"><html><head><title>${status} Reason</title></head>
<body><h2>${status} Reason</h2><p>${said}</p><pre id="traceback"></pre>
<div id="powered_by"><span>Powered by <a href="http://www.cherrypy.org">CherryPy 18.8.0</a></span></div></body></html>`;
  return (response) => {
    response
      .writeHead(status, {
        'content-type': 'text/html;charset=utf-8',
        'set-cookie': 'session_id=eca1278502c822f93dfbded36c743f2e46e257b1; Max-Age=36000; Path=/',
      })
      .end(body);
  };
}

/** An answer to each chunk, in the way of `full_return` where that was asked for. */
export function returns(...elements: readonly unknown[]): Answer {
  return json({ return: elements });
}

/** The answer to a login, with a token that is good for so many seconds. */
export function login(token: string, seconds = 43_200): Answer {
  const start = 1_795_288_781.5;
  const user = { token, start, expire: start + seconds, user: 'tester', eauth: 'auto', perms: ['.*'] };
  return json({ return: [user] }, 200, {
    'x-auth-token': token,
    'set-cookie': `session_id=${token}; Max-Age=36000; Path=/`,
  });
}

/** A stream of events that a test writes. */
export class Stream {
  readonly #opened = Promise.withResolvers<ServerResponse>();

  readonly answer: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream;charset=utf-8' });
    // The first line has no empty one after it, so that it belongs to the first event.
    response.write('retry: 400\n');
    this.#opened.resolve(response);
  };

  async send(tag: string, data: unknown): Promise<void> {
    (await this.#opened.promise).write(`tag: ${tag}\ndata: ${JSON.stringify({ tag, data })}\n\n`);
  }

  async write(said: string): Promise<void> {
    (await this.#opened.promise).write(said);
  }

  /** Resolves when the client has closed it. */
  async gone(): Promise<void> {
    const response = await this.#opened.promise;
    if (!response.closed) await once(response, 'close');
  }

  async end(): Promise<void> {
    (await this.#opened.promise).end();
  }

  async cut(): Promise<void> {
    (await this.#opened.promise).destroy();
  }
}

/** A clock that a test moves on. */
export class ManualClock implements Clock {
  #now = 0;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  #asleep = Promise.withResolvers<void>();

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const nap = Promise.withResolvers<void>();
    const sleeper = { until: this.#now + ms, wake: () => nap.resolve() };
    this.#sleepers.push(sleeper);
    this.#asleep.resolve();
    signal?.addEventListener('abort', () => nap.reject(signal.reason), { once: true });
    try {
      await nap.promise;
    } finally {
      this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
    }
  }

  /** Moves on when somebody sleeps, and no sooner. */
  async pass(ms: number): Promise<void> {
    while (this.#sleepers.length === 0) {
      this.#asleep = Promise.withResolvers();
      await this.#asleep.promise;
    }
    this.#now += ms;
    for (const { wake } of this.#sleepers.filter((each) => each.until <= this.#now)) {
      this.#sleepers = this.#sleepers.filter((each) => each.wake !== wake);
      wake();
    }
  }
}

/** What `promise` is rejected with, which must be of this class. */
export async function rejection<E>(
  promise: PromiseLike<unknown>,
  type: abstract new (...parameters: never[]) => E,
): Promise<E> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
  throw new Error(`expected a rejection with ${type.name}`);
}
