import { kMaxLength } from 'node:buffer';
import type { Readable } from 'node:stream';
import { TransportFailure } from './transport.ts';

/** Undoing `Content-Encoding`, for transports whose library doesn't. zlib is loaded with the first such answer. */
export async function decodedAtOnce(
  bytes: Uint8Array,
  encoding: string,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const decode = await decoder(encoding);
  return new Promise((resolve, reject) => {
    decode(bytes, { maxOutputLength: Math.floor(Math.min(maxBytes, kMaxLength)) }, (error, decoded) => {
      if (error === null) resolve(decoded);
      else reject(error);
    });
  });
}

type Decode = (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
  done: (error: Error | null, decoded: Buffer) => void,
) => void;

async function decoder(encoding: string): Promise<Decode> {
  const { gunzip, inflate, brotliDecompress } = await import('node:zlib');
  return { gzip: gunzip, deflate: inflate, br: brotliDecompress }[known(encoding)];
}

export async function decodedStream(source: Readable, encoding: string): Promise<Readable> {
  const [zlib, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')]);
  const make = { gzip: zlib.createGunzip, deflate: zlib.createInflate, br: zlib.createBrotliDecompress };
  // The failure is seen by whoever reads the decoder: pipeline destroys it with the source's error.
  return pipeline(source, make[known(encoding)](), () => {});
}

function known(encoding: string): 'gzip' | 'deflate' | 'br' {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    case 'deflate':
      return 'deflate';
    case 'br':
      return 'br';
    default:
      throw new TransportFailure(
        'protocol',
        'ERR_ENCODING',
        `the answer is encoded as "${encoding}", which is not known`,
      );
  }
}
