import { within } from '../../../time/limit.ts';

/** The hashes that controllers ask for. */
type Algorithm = 'sha256' | 'sha384';

/** Data whose length and hashes may be known already. */
export interface UploadSource {
  /** Gives the data from its beginning, each time that it is called: once to measure it, once an attempt to send it. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** In bytes. With the hash that is asked for, the data needn't be read to be measured. */
  readonly contentLength?: number | undefined;
  /** In hexadecimal; of charms. */
  readonly sha256?: string | undefined;
  /** In hexadecimal; of resources. */
  readonly sha384?: string | undefined;
}

/**
 * What is uploaded: bytes, or a function that gives them from their beginning each time that it is called, such as
 * `() => createReadStream('charm.zip')`. Its hash goes before the data does, so that a function is called once more than
 * there are attempts, unless an {@link UploadSource} says what the hash is.
 */
export type Upload = Uint8Array | (() => AsyncIterable<Uint8Array>) | UploadSource;

/** An upload of which all is known. */
interface Measured {
  readonly body: Uint8Array | (() => AsyncIterable<Uint8Array>);
  readonly contentLength: number;
  /** In lower-case hexadecimal. */
  readonly hash: string;
}

/**
 * Finds out how long the data is and what its hash is.
 *
 * @throws TypeError when it is none of what can be uploaded, or what it says of itself can't be
 */
export async function measured(
  upload: Upload,
  algorithm: Algorithm,
  signal?: AbortSignal,
): Promise<Measured> {
  if (upload instanceof Uint8Array) {
    const { createHash } = await import('node:crypto');
    const hash = createHash(algorithm).update(upload).digest('hex');
    return { body: upload, contentLength: upload.byteLength, hash };
  }
  const source = sourceOf(upload);
  const { open } = source;
  const told = toldHash(source, algorithm);
  const contentLength = toldLength(source);
  if (told !== undefined && contentLength !== undefined) return { body: open, contentLength, hash: told };
  // Data that doesn't come is no reason to wait on.
  const found = await within(
    read(open, algorithm, signal),
    Number.POSITIVE_INFINITY,
    signal,
    () => undefined,
  );
  if (told !== undefined && told !== found.hash) {
    throw new TypeError(`what is uploaded has the ${algorithm} ${found.hash}, and was said to have ${told}`);
  }
  if (contentLength !== undefined && contentLength !== found.contentLength) {
    throw new TypeError(
      `what is uploaded has ${found.contentLength} bytes, and was said to have ${contentLength}`,
    );
  }
  return { body: open, ...found };
}

/** How many bytes there are, without a hash. */
export async function lengthOf(upload: Upload, signal?: AbortSignal): Promise<number> {
  if (upload instanceof Uint8Array) return upload.byteLength;
  return toldLength(sourceOf(upload)) ?? (await measured(upload, 'sha256', signal)).contentLength;
}

/** The body of a request. */
export function bodyOf(upload: Upload): Uint8Array | (() => AsyncIterable<Uint8Array>) {
  return upload instanceof Uint8Array ? upload : sourceOf(upload).open;
}

function sourceOf(upload: Exclude<Upload, Uint8Array>): UploadSource {
  const source: UploadSource = typeof upload === 'function' ? { open: upload } : upload;
  if (typeof source.open === 'function') return source;
  throw new TypeError('what is uploaded must be bytes, a function that gives them, or an object with open()');
}

async function read(
  open: UploadSource['open'],
  algorithm: Algorithm,
  signal: AbortSignal | undefined,
): Promise<{ readonly contentLength: number; readonly hash: string }> {
  const { createHash } = await import('node:crypto');
  const hash = createHash(algorithm);
  let contentLength = 0;
  for await (const piece of open()) {
    signal?.throwIfAborted();
    hash.update(piece);
    contentLength += piece.byteLength;
  }
  return { contentLength, hash: hash.digest('hex') };
}

const digits: Readonly<Record<Algorithm, number>> = { sha256: 64, sha384: 96 };

function toldHash(source: UploadSource, algorithm: Algorithm): string | undefined {
  const told = source[algorithm]?.toLowerCase();
  if (told === undefined) return undefined;
  if (told.length === digits[algorithm] && /^[0-9a-f]+$/.test(told)) return told;
  throw new TypeError(`${algorithm} must be ${digits[algorithm]} hexadecimal digits`);
}

function toldLength({ contentLength }: UploadSource): number | undefined {
  if (contentLength === undefined || (Number.isSafeInteger(contentLength) && contentLength >= 0)) {
    return contentLength;
  }
  throw new TypeError(`contentLength must be a whole number of bytes, not ${contentLength}`);
}
