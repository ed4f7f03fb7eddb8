/** XSalsa20-Poly1305 and its key agreement, as NaCl has them. The library is loaded when something is sealed or opened. */
import { nodeCrypto } from '../node-crypto.ts';
import { utf8 } from './bytes.ts';

const salsa = () => import('@noble/ciphers/salsa.js');

export const keyBytes = 32;
export const nonceBytes = 24;
/** What a sealed message is longer by. */
export const overheadBytes = 16;

export async function seal(message: Uint8Array, nonce: Uint8Array, key: Uint8Array): Promise<Uint8Array> {
  const { xsalsa20poly1305 } = await salsa();
  return xsalsa20poly1305(key, nonce).encrypt(message);
}

/** `undefined` when the message was sealed with another key or isn't as it was sealed. */
export async function open(
  sealed: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array,
): Promise<Uint8Array | undefined> {
  const { xsalsa20poly1305 } = await salsa();
  if (sealed.length < overheadBytes) return undefined;
  try {
    return xsalsa20poly1305(key, nonce).decrypt(sealed);
  } catch {
    return undefined;
  }
}

/** What stands before the 32 bytes of a key in DER (RFC 8410). */
const derOfPrivate = Buffer.from('302e020100300506032b656e04220420', 'hex');
const derOfPublic = Buffer.from('302a300506032b656e032100', 'hex');

/** The public key of a private one. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  const der = nodeCrypto()
    .createPublicKey(privateKeyObject(privateKey))
    .export({ type: 'spki', format: 'der' });
  return new Uint8Array(der.subarray(derOfPublic.length));
}

/**
 * The key that two parties share: `box` of NaCl is `secretbox` with it.
 *
 * @throws Error when the public key is one with which nothing is secret
 */
export async function sharedKey(privateKey: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array> {
  const { hsalsa } = await salsa();
  const shared = nodeCrypto().diffieHellman({
    privateKey: privateKeyObject(privateKey),
    publicKey: nodeCrypto().createPublicKey({
      key: Buffer.concat([derOfPublic, publicKey]),
      type: 'spki',
      format: 'der',
    }),
  });
  const key = new Uint32Array(8);
  hsalsa(words(utf8('expand 32-byte k')), words(shared), new Uint32Array(4), key);
  return new Uint8Array(key.buffer);
}

function privateKeyObject(privateKey: Uint8Array) {
  const der = Buffer.concat([derOfPrivate, privateKey]);
  return nodeCrypto().createPrivateKey({ key: der, type: 'pkcs8', format: 'der' });
}

/** Copied, since words must begin at a multiple of four. */
function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer);
}
