import { type Transport, TransportFailure, type TransportRequest } from '../../http/transport.ts';

/** The longest value, in bytes, unless the agent is told otherwise: `kv_max_value_size`. */
const usualLimit = 512 * 1024;

/**
 * A transport that says what it most likely means when a connection breaks under a large value. An agent answers 413
 * before it has read what is too large, and hangs up: whether its answer arrives is a matter of luck.
 */
export function explainingLargeValues(transport: Transport): Transport {
  const send: Transport = async (request) => {
    if (!isValue(request)) return await transport(request);
    const counted = new CountedBody(request.body);
    try {
      return await transport({ ...request, body: counted.body });
    } catch (error) {
      const isCut = error instanceof TransportFailure && error.kind === 'reset' && !error.stale;
      if (!isCut || counted.bytes <= usualLimit) throw error;
      const text =
        'the connection broke while a large value was being sent: it is most likely longer than the agent takes ' +
        `(512 KiB, unless kv_max_value_size or txn_max_req_len says otherwise), and ${counted.bytes} bytes were sent`;
      return {
        status: 413,
        headers: { 'content-type': 'text/plain' },
        body: new TextEncoder().encode(text),
      };
    }
  };
  return Object.assign(send, { close: transport.close });
}

interface ValueRequest extends TransportRequest {
  readonly body: NonNullable<TransportRequest['body']>;
}

function isValue(request: TransportRequest): request is ValueRequest {
  return request.method === 'PUT' && request.body !== undefined && /\/v1\/(?:kv\/|txn\b)/.test(request.url);
}

/** A body, and how much of it there was to send so far. */
class CountedBody {
  readonly body: ValueRequest['body'];
  bytes = 0;

  constructor(body: ValueRequest['body']) {
    if (typeof body === 'string' || body instanceof Uint8Array) {
      this.bytes = Buffer.byteLength(body);
      this.body = body;
    } else {
      this.body = this.#counting(body);
    }
  }

  async *#counting(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of body) {
      this.bytes += piece.length;
      yield piece;
    }
  }
}
