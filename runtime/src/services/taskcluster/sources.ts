import type { Digest } from './hashes.ts';

/** Data to upload, readable more than once: an attempt that fails is followed by one that starts from the beginning. */
export interface Source {
  /** The exact length, in bytes. */
  readonly contentLength: number;
  /** The data from its beginning, each time. A Node `Readable` and a web `ReadableStream` are such iterables. */
  open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** What can be uploaded. A string goes out as UTF-8; for a file, see {@link fileSource}. */
export type Body = string | Uint8Array | Source;

export function sourceOf(body: Body): Source {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return body;
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { contentLength: bytes.byteLength, open: () => [bytes] };
}

/** Small enough that a connection that still moves takes one every now and then. */
const pieceBytes = 65_536;

/**
 * The data of a source in small pieces, each of them seen by `digest` first.
 *
 * @throws TypeError when the source is longer or shorter than it says
 */
export async function* pieces(source: Source, digest: Digest): AsyncGenerator<Uint8Array, void, undefined> {
  const { contentLength } = source;
  for await (const chunk of source.open()) {
    for (let start = 0; start < chunk.byteLength; start += pieceBytes) {
      const piece = chunk.subarray(start, start + pieceBytes);
      digest.update(piece);
      if (digest.length > contentLength) throw wrongLength('more', contentLength);
      yield piece;
    }
  }
  if (digest.length < contentLength) throw wrongLength(`only ${digest.length}`, contentLength);
}

function wrongLength(given: string, contentLength: number): TypeError {
  return new TypeError(`the data to upload gave ${given} bytes, and its contentLength is ${contentLength}`);
}
