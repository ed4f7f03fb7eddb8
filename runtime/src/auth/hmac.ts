import { nodeCrypto } from './node-crypto.ts';

const blockBytes = 64;

/**
 * HMAC-SHA-256 (RFC 2104), in base64, with a key that is used again and again.
 *
 * Over one-shot hashes rather than `createHmac`, as this is on the path of every call: an object that lives outside of
 * the heap, made and collected each time, costs more than the hashing.
 */
export function hmacSha256(key: string): (text: string) => string {
  const { hash } = nodeCrypto();
  const bytes = Buffer.from(key);
  const block = Buffer.alloc(blockBytes);
  block.set(bytes.length > blockBytes ? hash('sha256', bytes, 'buffer') : bytes);
  const inner = block.map((byte) => byte ^ 0x36);
  const outer = block.map((byte) => byte ^ 0x5c);
  return (text) => {
    const digest = hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
    return hash('sha256', Buffer.concat([outer, digest]), 'base64');
  };
}
