import type { Writable } from 'node:stream';

/** Takes the data of one attempt to download. */
export interface Receiver {
  /** The next piece. The download goes no faster than the promises settle. The piece is the receiver's to keep. */
  receive(chunk: Uint8Array): void | Promise<void>;
  /** That was all, and it is what the service says it is. */
  commit(): void | Promise<void>;
  /** The attempt failed or the data is not what it should be: what was written must not be used. */
  discard(reason: unknown): void | Promise<void>;
}

/**
 * What data can be written to: a Node `Writable` or a web `WritableStream` (ended when the download succeeds, destroyed
 * or aborted when it fails), a function that is called with each piece, or a {@link Receiver}.
 */
export type Target =
  | Writable
  | WritableStream<Uint8Array>
  | ((chunk: Uint8Array) => void | Promise<void>)
  | Receiver;

/**
 * Gives the place where downloaded data goes. Called once an attempt, as an attempt may fail half-way and the next
 * one starts from the beginning. For a file, see `fileSink`.
 */
export type Sink = () => Target | Promise<Target>;

export function receiverOf(target: Target): Receiver {
  if (typeof target === 'function') return { receive: target, commit: nothing, discard: nothing };
  if ('write' in target) return writableReceiver(target);
  if ('getWriter' in target) return webReceiver(target);
  return target;
}

/** Keeps the data in memory. */
export class MemoryReceiver implements Receiver {
  readonly #chunks: Uint8Array[] = [];

  receive(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  commit(): void {}

  discard(): void {
    this.#chunks.length = 0;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

function writableReceiver(stream: Writable): Receiver {
  // Each failure reaches the caller through the promise of the write or of the end that it belongs to.
  stream.on('error', nothing);
  const settle = (start: (done: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
  return {
    receive: (chunk) => settle((done) => stream.write(chunk, done)),
    commit: () => settle((done) => stream.end(done)),
    discard: () => void stream.destroy(),
  };
}

function webReceiver(stream: WritableStream<Uint8Array>): Receiver {
  const writer = stream.getWriter();
  writer.closed.catch(nothing);
  return {
    receive: (chunk) => writer.write(chunk),
    commit: () => writer.close(),
    discard: (reason) => writer.abort(reason).catch(nothing),
  };
}

function nothing(): void {}
