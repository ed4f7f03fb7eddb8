import type { ConnectionOptions } from '../options.ts';
import { tlsOptions } from './tls.ts';
import { TransportFailure } from './transport.ts';

/** What a WebSocket is opened with. */
interface WebSocketOptions {
  /** Sent with the handshake. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `ca`, `cert`, `key` and `serverName` apply. */
  readonly connection?: ConnectionOptions | undefined;
  /** An abort closes it, and rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long the handshake may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** How much may wait for a slow reader, in characters. Default 16,777,216. */
  readonly maxWaiting?: number;
}

/** An open WebSocket, as far as texts go. */
interface TextSocket {
  /** The texts that come, to be read once. Throws a TransportFailure when more waits than may, or the connection breaks. */
  readonly texts: AsyncIterable<string>;
  send(text: string): void;
  close(): void;
}

/**
 * Opens a WebSocket. undici is loaded with the first.
 *
 * @param url `ws:` or `wss:`
 * @throws TransportFailure when it can't be opened; why the server refused isn't known
 */
export async function openWebSocket(url: string, options: WebSocketOptions = {}): Promise<TextSocket> {
  const {
    headers = {},
    connection = {},
    signal,
    timeoutMs = 30_000,
    maxWaiting = 16 * 1024 * 1024,
  } = options;
  signal?.throwIfAborted();
  const { Agent, WebSocket } = await import('undici');
  signal?.throwIfAborted();
  const dispatcher = new Agent({ connect: { ...tlsOptions(connection), timeout: timeoutMs } });
  // Some servers compress the body that the answer to a handshake hasn't got, and so break what follows it.
  const socket = new WebSocket(url, { headers: { 'accept-encoding': 'identity', ...headers }, dispatcher });
  const { host } = new URL(url);
  const texts = new Texts(maxWaiting, () => socket.close());
  const opened = Promise.withResolvers<void>();
  /** A handshake that nobody answers ends with its connection only. */
  const giveUp = (reason: unknown) => {
    opened.reject(reason);
    texts.end({ error: reason });
    void dispatcher.destroy();
  };
  const abort = () => giveUp(signal?.reason);
  const timer = setTimeout(() => {
    giveUp(new TransportFailure('timeout', 'ETIMEDOUT', `no WebSocket with ${host} in ${timeoutMs} ms`));
  }, timeoutMs);
  signal?.addEventListener('abort', abort, { once: true });
  socket.addEventListener('open', () => opened.resolve());
  socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
    if (typeof data === 'string') texts.put(data);
  });
  socket.addEventListener('close', ({ code, wasClean }) => {
    signal?.removeEventListener('abort', abort);
    const failure = new TransportFailure('reset', `WS_${code}`, `the WebSocket with ${host} broke (${code})`);
    opened.reject(new TransportFailure('connect', `WS_${code}`, `no WebSocket with ${host}: it was refused`));
    texts.end(wasClean ? undefined : { error: failure });
    void dispatcher.destroy();
  });
  // What follows it is a close, which is enough to know.
  socket.addEventListener('error', () => {});
  try {
    await opened.promise;
  } finally {
    clearTimeout(timer);
  }
  return { texts, send: (text) => socket.send(text), close: () => socket.close() };
}

/** Texts between who sends, who can't be slowed down, and a loop that may be slow. */
class Texts implements AsyncIterable<string> {
  readonly #maxWaiting: number;
  readonly #stop: () => void;
  #waiting: string[] = [];
  #length = 0;
  #over: { readonly failure: { readonly error: unknown } | undefined } | undefined;
  #news = Promise.withResolvers<void>();

  constructor(maxWaiting: number, stop: () => void) {
    this.#maxWaiting = maxWaiting;
    this.#stop = stop;
  }

  put(text: string): void {
    if (this.#over !== undefined) return;
    this.#waiting.push(text);
    this.#length += text.length;
    if (this.#length > this.#maxWaiting) {
      this.#waiting = [];
      const what = `more than ${this.#maxWaiting} characters wait for a reader that is too slow`;
      this.end({ error: new TransportFailure('too-large', 'ERR_TOO_LARGE', what) });
      this.#stop();
    }
    this.#news.resolve();
  }

  end(failure: { readonly error: unknown } | undefined): void {
    this.#over ??= { failure };
    this.#news.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) {
        const texts = this.#waiting;
        this.#waiting = [];
        this.#length = 0;
        yield* texts;
        if (this.#waiting.length > 0) continue;
        if (this.#over?.failure !== undefined) throw this.#over.failure.error;
        if (this.#over !== undefined) return;
        this.#news = Promise.withResolvers();
        await this.#news.promise;
      }
    } finally {
      this.#stop();
    }
  }
}
