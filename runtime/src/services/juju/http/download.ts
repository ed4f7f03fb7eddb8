import type { Hash } from 'node:crypto';
import { type CallRecord, ProtocolError } from '../../../errors.ts';
import type { HttpEndpoint } from '../../../http/endpoint.ts';
import type { Path } from '../../../http/path.ts';
import type { RequestOptions } from '../../../options.ts';

/** What is downloaded, as it comes. Reading stops where the loop over it does, and so does the connection. */
export interface Download extends AsyncIterable<Uint8Array> {
  /** In bytes; `undefined` when the controller doesn't say. A body that ends before is an error. */
  readonly contentLength: number | undefined;
  readonly contentType: string | undefined;
  /** Of the answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What the data must turn out to be. */
interface Expected {
  readonly algorithm: 'sha256';
  /** The whole hash, or as many of its first digits as are known, in hexadecimal. */
  readonly hash: string;
}

/**
 * Asks for data, and gives it as it comes.
 *
 * @throws ResponseError, ConnectionError when it can't be had; the iteration throws a ConnectionError when it breaks off, and a
 *   ProtocolError at its end when it isn't what was expected
 */
export async function download(
  http: HttpEndpoint,
  path: Path,
  options: RequestOptions,
  expected?: Expected,
): Promise<Download> {
  let record: CallRecord | undefined;
  const { onRecord } = options;
  const answer = await http.stream('get', path, {
    ...options,
    onRecord: (each) => {
      record = each;
      onRecord?.(each);
    },
  });
  const { headers, body } = answer;
  const length = Number(headers['content-length'] ?? Number.NaN);
  const wrong = (what: string) =>
    new ProtocolError(what, {
      call: `GET ${path.shown}`,
      record: record ?? { method: 'GET', url: path.shown, attempts: [] },
    });
  return {
    contentLength: Number.isSafeInteger(length) ? length : undefined,
    contentType: headers['content-type'],
    headers,
    [Symbol.asyncIterator]: () =>
      (expected === undefined ? body : verified(body, expected, wrong))[Symbol.asyncIterator](),
  };
}

async function* verified(
  body: AsyncIterable<Uint8Array>,
  { algorithm, hash: expected }: Expected,
  wrong: (what: string) => ProtocolError,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { createHash } = await import('node:crypto');
  const hash: Hash = createHash(algorithm);
  for await (const piece of body) {
    hash.update(piece);
    yield piece;
  }
  const found = hash.digest('hex');
  if (found.startsWith(expected.toLowerCase())) return;
  throw wrong(`200 with data whose ${algorithm} is ${found}, where ${expected} was asked for`);
}
