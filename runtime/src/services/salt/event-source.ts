import type { EndpointSettings, HttpEndpoint } from '../../http/endpoint.ts';
import { errorOfFailure } from '../../http/failure-error.ts';
import { path } from '../../http/path.ts';
import { readEvents } from '../../http/sse.ts';
import { TransportFailure } from '../../http/transport.ts';
import { openWebSocket } from '../../http/websocket.ts';
import type { ConnectionOptions } from '../../options.ts';
import type { EventSource } from './listener.ts';

/** How long a stream may be silent, in milliseconds, unless told otherwise. */
const defaultIdleTimeoutMs = 600_000;

/** The stream of events over HTTP. */
export async function openEventStream(
  endpoint: HttpEndpoint,
  signal: AbortSignal,
  idleTimeoutMs = defaultIdleTimeoutMs,
): Promise<Omit<EventSource, 'ended'>> {
  const { body } = await endpoint.stream('get', path`/events`, {
    signal,
    idleTimeoutMs,
    // The listener waits and tries again, and tells of it.
    retry: false,
  });
  const bytes = body[Symbol.asyncIterator]();
  return {
    events: told(readEvents({ [Symbol.asyncIterator]: () => bytes }), '/events'),
    async close() {
      await bytes.return?.();
    },
  };
}

/** Where a WebSocket is, and what proves who opens it. */
interface WebSocketPlace {
  /** Of the API, without a slash at its end. */
  readonly baseUrl: EndpointSettings['baseUrl'];
  /** `/ws` */
  readonly route: string;
  /** The route with secrets masked. */
  readonly shown: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connection: ConnectionOptions | undefined;
}

/** The same events over a WebSocket, of which nothing comes before the server was told that someone is there. */
export async function openEventSocket(
  { baseUrl, route, shown, headers, connection }: WebSocketPlace,
  signal: AbortSignal,
): Promise<Omit<EventSource, 'ended'>> {
  const url = `${baseUrl.replace(/^http/, 'ws')}${route}`;
  const socket = await openWebSocket(url, { headers, connection, signal }).catch((error: unknown) => {
    throw explained(error, shown);
  });
  socket.send('websocket client ready');
  return {
    events: told(readEvents(bytesOf(socket.texts)), shown),
    async close() {
      socket.close();
    },
  };
}

/**
 * Each text is an event, or something else that the server has to say, which must not run into what follows.
 * rest_cherrypy writes an event as the stream over HTTP has it, `data: {…}`, and rest_tornado only the object.
 */
async function* bytesOf(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  for await (const text of texts) {
    yield encoder.encode(text.startsWith('{') ? `data: ${text}\n\n` : `${text}\n\n`);
  }
}

/** The same, but that what goes wrong is an error like that of a call. */
async function* told<T>(events: AsyncIterable<T>, route: string): AsyncGenerator<T, void, undefined> {
  try {
    yield* events;
  } catch (error) {
    throw explained(error, route);
  }
}

function explained(error: unknown, route: string): unknown {
  if (!(error instanceof TransportFailure)) return error;
  const record = { method: 'GET', url: route, attempts: [] };
  return errorOfFailure(error, { call: `GET ${route}`, record, cause: error });
}
