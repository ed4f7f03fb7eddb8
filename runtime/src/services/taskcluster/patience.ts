import { type Transport, TransportFailure } from '../../http/transport.ts';
import { JoinedSignal } from '../../time/joined-signal.ts';

/**
 * A transport that lets a request with a streamed body take as long as it moves: it gives up when no piece
 * of the body was taken for `stallMs`, or no answer came that long after the last one. The time that the body takes to
 * give a piece doesn't count.
 */
export function patient(transport: Transport, stallMs: number): Transport {
  return async (request) => {
    const { body, signal } = request;
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array)
      return transport(request);
    const stall = new Stall(stallMs);
    const joined = new JoinedSignal(signal, stall.signal);
    stall.begin();
    try {
      return await transport({
        ...request,
        body: watched(body, stall),
        // All of the answer must have come in time, not just its beginning.
        stream: false,
        signal: joined.signal,
      });
    } finally {
      joined.release();
      stall.end();
    }
  };
}

async function* watched(
  body: AsyncIterable<Uint8Array>,
  stall: Stall,
): AsyncGenerator<Uint8Array, void, undefined> {
  stall.pause();
  for await (const piece of body) {
    stall.begin();
    yield piece;
    stall.pause();
  }
  stall.begin();
}

class Stall {
  readonly #stallMs: number;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(stallMs: number) {
    this.#stallMs = stallMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  begin(): void {
    if (this.#over || this.#stallMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => {
      const what = `the upload did not move for ${this.#stallMs} ms`;
      this.#controller.abort(new TransportFailure('timeout', 'ETIMEDOUT', what));
    }, this.#stallMs);
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  /** An answer can come, and end this, while the body is still read. */
  end(): void {
    this.#over = true;
    this.pause();
  }
}
