import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';

/** A pair of keys of Curve25519, 32 bytes each. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** DER of a key of X25519, without its last 32 bytes, which are the key. */
const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const spki = Buffer.from('302a300506032b656e032100', 'hex');

/** "expand 32-byte k" */
const sigma = new Uint32Array([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);

export function createKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(spki.length),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(pkcs8.length),
  };
}

/** NaCl's secretbox. */
export async function sealSecret(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Promise<Uint8Array> {
  const { xsalsa20poly1305 } = await import('@noble/ciphers/salsa.js');
  return xsalsa20poly1305(key, nonce).encrypt(plain);
}

/** `undefined` when it wasn't sealed with this key. */
export async function openSecret(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array | undefined> {
  const { xsalsa20poly1305 } = await import('@noble/ciphers/salsa.js');
  try {
    return xsalsa20poly1305(key, nonce).decrypt(sealed);
  } catch {
    return undefined;
  }
}

/** NaCl's box. */
export async function seal(
  privateKey: Uint8Array,
  publicKey: Uint8Array,
  nonce: Uint8Array,
  plain: Uint8Array,
): Promise<Uint8Array> {
  return await sealSecret(await sharedKey(privateKey, publicKey), nonce, plain);
}

/** `undefined` when it is not for this pair. */
export async function open(
  privateKey: Uint8Array,
  publicKey: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array | undefined> {
  return await openSecret(await sharedKey(privateKey, publicKey), nonce, sealed);
}

/** What both ends of a box have: the shared secret of X25519, through HSalsa20 with a nonce of zeroes. */
async function sharedKey(privateKey: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array> {
  const { hsalsa } = await import('@noble/ciphers/salsa.js');
  const secret = diffieHellman({
    privateKey: createPrivateKey({
      key: Buffer.concat([pkcs8, privateKey]),
      format: 'der',
      type: 'pkcs8',
    }),
    publicKey: createPublicKey({ key: Buffer.concat([spki, publicKey]), format: 'der', type: 'spki' }),
  });
  const key = new Uint32Array(8);
  hsalsa(sigma, new Uint32Array(new Uint8Array(secret).buffer), new Uint32Array(4), key);
  return new Uint8Array(key.buffer);
}
