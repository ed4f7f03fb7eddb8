import type { Readable } from 'node:stream';
import { Limit, type Stoppable } from '../time/limit.ts';
import { timeoutFailure } from './failure.ts';
import type { TransportRequest } from './transport.ts';

/**
 * The body of an answer as it arrives. The time limit runs only while a piece is waited for, so that a slow consumer
 * isn't taken for a slow server; leaving the loop early closes the connection.
 */
export class Incoming implements AsyncIterableIterator<Uint8Array>, Stoppable {
  readonly #source: Readable;
  readonly #pieces: AsyncIterator<unknown>;
  readonly #request: TransportRequest;
  readonly #host: string;
  readonly #explain: (error: unknown) => unknown;
  #stop: { readonly reason: unknown } | undefined;

  constructor(
    source: Readable,
    request: TransportRequest,
    host: string,
    explain: (error: unknown) => unknown,
  ) {
    this.#source = source;
    this.#pieces = source[Symbol.asyncIterator]();
    this.#request = request;
    this.#host = host;
    this.#explain = explain;
    // The iteration may begin later than the connection breaks.
    source.on('error', ignore);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { signal } = this.#request;
    if (signal?.aborted) this.aborted(signal.reason);
    const limit = new Limit(this, this.#limitMs(), signal);
    try {
      const piece = await this.#pieces.next();
      if (piece.done === true) return { done: true, value: undefined };
      if (piece.value instanceof Uint8Array) return { done: false, value: piece.value };
      throw new TypeError('an HTTP library gave a body that is not bytes');
    } catch (error) {
      throw this.#stop === undefined ? this.#explain(error) : this.#stop.reason;
    } finally {
      limit.clear();
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#source.destroy();
    return { done: true, value: undefined };
  }

  timedOut(): void {
    this.aborted(timeoutFailure(this.#host, this.#limitMs()));
  }

  #limitMs(): number | undefined {
    return this.#request.idleTimeoutMs ?? this.#request.timeoutMs;
  }

  aborted(reason: unknown): void {
    this.#stop ??= { reason };
    this.#source.destroy(new Error('stopped'));
  }
}

function ignore(): void {}
