import { nodeCrypto } from '../node-crypto.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A text as UTF-8, bytes as they are: a copy, which `slice` of a Node buffer would not give. */
export function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? utf8(value) : new Uint8Array(value);
}

/** The text that the bytes are in UTF-8; `undefined` when they are none. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** RFC 4648: `standard` has `+`, `/` and padding; `url` has `-`, `_` and none. */
export function base64(bytes: Uint8Array, alphabet: 'standard' | 'url'): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    alphabet === 'url' ? 'base64url' : 'base64',
  );
}

/** Either alphabet, padded or not, since every implementation writes another; `undefined` when it is neither. */
export function fromBase64(text: string): Uint8Array | undefined {
  const body = text.replace(/={1,2}$/, '');
  if (body.length % 4 === 1 || !/^[A-Za-z0-9+/_-]*$/.test(body)) return undefined;
  return new Uint8Array(Buffer.from(body, 'base64'));
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** In a time that doesn't tell where they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && nodeCrypto().timingSafeEqual(a, b);
}
