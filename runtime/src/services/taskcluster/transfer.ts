import type { CallRecord, ProtocolError } from '../../errors.ts';
import { fetchUrl } from '../../http/fetch-url.ts';
import type { CallOptions } from '../../options.ts';
import { Digest, type Hashes } from './hashes.ts';
import { patient } from './patience.ts';
import { following } from './redirects.ts';
import type { TaskclusterSession } from './session.ts';
import { receiverOf, type Sink } from './sinks.ts';
import { pieces, type Source } from './sources.ts';
import { readStorageError } from './storage-error.ts';

/** What every upload and download takes. */
export interface TransferOptions {
  /** An abort, at any point, rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long the whole may take, in milliseconds. Default: as long as it moves; an attempt in which nothing moves for
   * the session's `attemptTimeoutMs` is given up.
   */
  readonly timeoutMs?: number | undefined;
  /** How each of the calls that this takes is tried again. Default: as the session says. */
  readonly retry?: CallOptions['retry'];
  /** Called for each of the calls that this takes, when it is over. */
  readonly onRecord?: ((record: CallRecord) => void) | undefined;
  /** Called with each piece that has passed. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** How far an attempt has come. The next attempt begins anew, so that the count can go back. */
export interface Progress {
  /** In bytes; of a download, as they are after decompression. */
  readonly transferred: number;
  /** In bytes. Absent when a download doesn't say it, or says it of compressed data. */
  readonly total: number | undefined;
}

/** What came of a download. */
export interface Downloaded {
  /** As the storage says; `application/binary` when it doesn't. */
  readonly contentType: string;
  /** In bytes, after decompression. */
  readonly contentLength: number;
  /** The digests of the data that came, sha256 and sha512. */
  readonly hashes: Hashes;
}

/** Where to put or get data. The URL is signed: whoever has it needs nothing else. */
export interface Address {
  readonly url: string;
  /** Sent as they are. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

interface Upload {
  /** Asked before each attempt. */
  readonly address: () => Promise<Address>;
  readonly source: Source;
}

/** Puts data to an address, again from its beginning when that fails, and gives the digests of what went out. */
export function putData(
  session: TaskclusterSession,
  { address, source }: Upload,
  options: TransferOptions,
): Promise<Hashes> {
  const { contentLength } = source;
  const { transport, options: defaults } = session.http;
  let digest = new Digest();
  return fetchUrl(
    {
      ...storage,
      transport: patient(transport, defaults.attemptTimeoutMs),
      options: { ...defaults, attemptTimeoutMs: Number.POSITIVE_INFINITY },
    },
    {
      ...limits(options),
      ...asking(address, { 'content-length': String(contentLength) }),
      method: 'PUT',
      body() {
        digest = new Digest();
        return reported(pieces(source, digest), contentLength, options);
      },
    },
    (_answer, context) => {
      if (digest.length === contentLength) return digest.hashes();
      throw context.nonsense(`success after ${digest.length} of ${contentLength} bytes`);
    },
  );
}

interface Download {
  /** Asked before each attempt. */
  readonly address: () => Promise<Address>;
  readonly sink: Sink;
  /** Whether the address may say that the data is at another one. */
  readonly redirects: boolean;
  /** Looks at the digests of all that came. What it throws is the end: other attempts would give the same. */
  readonly verify?: (hashes: Hashes, complain: (what: string) => ProtocolError) => void;
}

/** Gets data from an address, again from its beginning when that fails. */
export function getData(
  session: TaskclusterSession,
  { address, sink, redirects, verify }: Download,
  options: TransferOptions,
): Promise<Downloaded> {
  const { transport, options: defaults } = session.http;
  return fetchUrl(
    { ...storage, transport: redirects ? following(transport) : transport, options: defaults },
    { ...limits(options), ...asking(address) },
    async ({ status, headers, body }, context) => {
      if (status !== 200) throw context.nonsense(`${status}, where all of the data was due with 200`);
      const digest = new Digest();
      const receiver = receiverOf(await sink());
      try {
        for await (const piece of reported(body, totalOf(headers), options)) {
          digest.update(piece);
          await receiver.receive(piece);
        }
        const hashes = digest.hashes();
        verify?.(hashes, (what) => context.nonsense(what));
        await receiver.commit();
        const { length: contentLength } = digest;
        return { contentType: headers['content-type'] ?? 'application/binary', contentLength, hashes };
      } catch (error) {
        await receiver.discard(error);
        throw error;
      }
    },
  );
}

const storage = { service: 'storage', readError: readStorageError };

function limits({ signal, timeoutMs = Number.POSITIVE_INFINITY, retry, onRecord }: TransferOptions) {
  return { signal, timeoutMs, retry, onRecord };
}

/** The URL and the headers of an address as it is when an attempt begins. */
function asking(address: () => Promise<Address>, further: Readonly<Record<string, string>> = {}) {
  let headers = further;
  return {
    async url() {
      const current = await address();
      headers = { ...further, ...current.headers };
      return current.url;
    },
    headers: () => headers,
  };
}

async function* reported(
  data: AsyncIterable<Uint8Array>,
  total: number | undefined,
  { onProgress }: TransferOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let transferred = 0;
  for await (const piece of data) {
    yield piece;
    transferred += piece.byteLength;
    onProgress?.({ transferred, total });
  }
}

function totalOf(headers: Readonly<Record<string, string>>): number | undefined {
  const length = headers['content-length'];
  const compressed = headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity';
  return length === undefined || compressed ? undefined : Number(length);
}
