import { jsonText } from '../../../json/json-text.ts';
import type { SocketEnd } from '../../../rpc/socket.ts';
import { leavable } from '../../../time/leavable.ts';
import type { StreamHost } from '../stream-host.ts';
import { type OpenedStream, openStream, type StreamOptions } from './open-stream.ts';

export type { StreamOptions } from './open-stream.ts';

/**
 * A stream of messages with a controller, beside the calls of the session. One loop over it gives the text of each message, until
 * the controller closes it in good manners (1000, 1001, or no code at all); leaving the loop ends it, too. It throws a
 * ConnectionError when the stream ends in another way. The controller waits while nobody takes what it sends.
 */
export interface JujuStream extends AsyncIterable<string>, AsyncDisposable {
  /** Sends a message: a text as it is, anything else as JSON. After the end it is dropped. */
  send(message: unknown): void;
  /** Ends it in good manners. What still comes is dropped. */
  close(): Promise<void>;
}

/**
 * Opens a stream of the session's model: `connectStream(host, '/log', { noTail: true })`.
 *
 * Where the controller asks for macaroons they are discharged, and it is tried once more.
 *
 * @param path what comes after `/model/<uuid>`
 * @throws TypeError when the path can't be one or the session has no model; RpcError when the controller says no, ResponseError
 *   when it doesn't open a WebSocket (`unavailable` when it can't serve now), ConnectionError when there is no connection
 */
export async function connectStream(
  host: StreamHost,
  path: string,
  query: StreamQuery = {},
  options: StreamOptions = {},
): Promise<JujuStream> {
  return new Stream(
    await openStream(host, { path: modelPath(host, path), query: queryText(query) }, options),
  );
}

/**
 * Opens a stream of the controller: as {@link connectStream}, with a path that is absolute and not that of a model.
 */
export async function connectControllerStream(
  host: StreamHost,
  path: string,
  query: StreamQuery = {},
  options: StreamOptions = {},
): Promise<JujuStream> {
  checkPath(path);
  return new Stream(await openStream(host, { path, query: queryText(query) }, options));
}

/** Parts of a query: what is `undefined` or `false` is left out, a list gives one part an element. */
export type StreamQuery = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** @throws TypeError when the path can't be one, or the session has no model */
export function modelPath({ model }: Pick<StreamHost, 'model'>, path: string): string {
  checkPath(path);
  if (model !== undefined) return `/model/${encodeURIComponent(model)}${path}`;
  throw new TypeError(`can't open ${path}: the session is with the controller only; give juju() a model`);
}

export function queryText(query: StreamQuery): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === false) continue;
    for (const each of typeof value === 'object' ? value : [String(value)]) pairs.append(name, each);
  }
  return pairs.toString();
}

function checkPath(path: string): void {
  if (!path.startsWith('/'))
    throw new TypeError(`the path of a stream begins with /, and ${shown(path)} doesn't`);
  if (path.startsWith('/model/')) {
    throw new TypeError(`${shown(path)} names a model itself: give what comes after it to connectStream()`);
  }
  if (/[?#\s]|\/\.{1,2}(?:\/|$)/.test(path)) {
    throw new TypeError(`${shown(path)} is no path: it has a query, a space or dots in it`);
  }
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 80));
}

const isOver = endedWith(1000, 1001, 1005);

class Stream implements JujuStream {
  readonly #opened: OpenedStream;
  #iterated = false;

  constructor(opened: OpenedStream) {
    this.#opened = opened;
  }

  send(message: unknown): void {
    this.#opened.socket.send(typeof message === 'string' ? message : jsonText(message));
  }

  async close(): Promise<void> {
    await this.#opened.socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<string, undefined, undefined> {
    if (this.#iterated) throw new TypeError('a stream takes one loop; open another one');
    this.#iterated = true;
    const { inbox, socket } = this.#opened;
    return leavable(messagesOf(this.#opened, isOver), () => {
      inbox.leave();
      void socket.close();
    });
  }
}

/** Whether an end is one that was due: one that was made here, or the controller's with one of these codes. */
export function endedWith(...codes: readonly number[]): (end: SocketEnd) => boolean {
  return ({ code, error, isOurs }) =>
    isOurs === true || (error === undefined && code !== undefined && codes.includes(code));
}

/** Every message, until the stream is over; `isDue` tells whether an end is one that was due. */
export async function* messagesOf(
  { socket, inbox, asked }: OpenedStream,
  isDue: (end: SocketEnd) => boolean,
): AsyncGenerator<string, undefined, undefined> {
  try {
    for (let count = 0; ; count += 1) {
      const next = await inbox.next();
      if (typeof next === 'string') {
        yield next;
      } else if (isDue(next)) {
        return undefined;
      } else {
        throw asked.lost(next, `after ${count} ${count === 1 ? 'message' : 'messages'}`);
      }
    }
  } finally {
    // Whoever leaves the loop needn't wait for the controller's word.
    void socket.close();
  }
}
