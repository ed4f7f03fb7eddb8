/** How signatures of macaroons are chained: HMAC-SHA-256 throughout, as in libmacaroons. */
import { nodeCrypto } from '../node-crypto.ts';
import { concat, sameBytes, utf8 } from './bytes.ts';
import type { Caveat } from './parts.ts';

const generator = utf8('macaroons-key-generator');
const zeroKey = new Uint8Array(32);

function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(nodeCrypto().createHmac('sha256', key).update(data).digest());
}

/** A key of 32 bytes, of a root key of any length. */
export function derivedKey(rootKey: Uint8Array): Uint8Array {
  return hmac(generator, rootKey);
}

/** The signature of a macaroon without caveats; `key` is derived. */
export function firstSignature(key: Uint8Array, identifier: Uint8Array): Uint8Array {
  return hmac(key, identifier);
}

/** The signature after one more caveat. */
export function nextSignature(signature: Uint8Array, { id, verificationId }: Caveat): Uint8Array {
  return verificationId === undefined ? hmac(signature, id) : hmacOfBoth(signature, verificationId, id);
}

/** The signature of a discharge that is good together with this primary macaroon only. */
export function boundSignature(primary: Uint8Array, discharge: Uint8Array): Uint8Array {
  return sameBytes(primary, discharge) ? discharge : hmacOfBoth(zeroKey, primary, discharge);
}

function hmacOfBoth(key: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array {
  return hmac(key, concat(hmac(key, first), hmac(key, second)));
}
