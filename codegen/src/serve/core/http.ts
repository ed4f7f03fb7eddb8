import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { JsonValue } from '../../model.ts';
import { assertJson } from '../../read/bounds.ts';
import type { ReceivedRequest, Reply, RequestHead } from './service.ts';
import { wireText } from './wire.ts';

/** All of a request but its body. */
export function headOf(incoming: IncomingMessage, signal: AbortSignal): RequestHead {
  const url = incoming.url ?? '/';
  const question = url.indexOf('?');
  const { method = 'GET' } = incoming;
  return {
    method,
    verb: method === 'HEAD' ? 'GET' : method,
    url,
    path: question < 0 ? url : url.slice(0, question),
    query: new URLSearchParams(question < 0 ? '' : url.slice(question + 1)),
    headers: incoming.headers,
    rootUrl: `${'encrypted' in incoming.socket ? 'https' : 'http'}://${incoming.headers.host ?? '127.0.0.1'}`,
    signal,
  };
}

/** The whole body; `undefined` when it is larger than the limit. The rest is then read and thrown away. */
export async function readBody(incoming: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length > limit ? undefined : Buffer.concat(chunks);
}

/** The body as JSON. Throws when it is none, and when it is nested so deep that it could neither be checked nor told. */
export function jsonIn({ body }: ReceivedRequest): JsonValue {
  const value: unknown = JSON.parse(Buffer.from(body).toString());
  assertJson(value, 'the payload');
  return value;
}

/** Sends a reply; a truncated one ends in the middle of its body. */
export function send(
  outgoing: ServerResponse,
  { method }: RequestHead,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
  truncate = false,
): void {
  if (reply.stream !== undefined) {
    outgoing.writeHead(reply.status ?? 200, { ...headers });
    if (method === 'HEAD') {
      outgoing.end();
      return;
    }
    outgoing.flushHeaders();
    const stream = truncate ? firstOf(reply.stream) : reply.stream;
    pipeline(stream, outgoing).catch(() => outgoing.destroy());
    return;
  }
  const isJson = reply.json !== undefined;
  const data = Buffer.from(
    reply.json === undefined ? (reply.data ?? '') : wireText(reply.json, reply.indent),
  );
  outgoing.writeHead(reply.status ?? 200, {
    ...(isJson ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    ...headers,
    ...((reply.status ?? 200) === 204 ? {} : { 'content-length': String(data.length) }),
  });
  if (!truncate) {
    outgoing.end(method === 'HEAD' ? undefined : data);
    return;
  }
  outgoing.write(data.subarray(0, Math.floor(data.length / 2)), () => outgoing.destroy());
}

/** What comes first, and then a broken connection. */
async function* firstOf(stream: AsyncIterable<string | Uint8Array>): AsyncIterable<string | Uint8Array> {
  for await (const chunk of stream) {
    yield chunk;
    throw new Error('the stream was told to break');
  }
}
