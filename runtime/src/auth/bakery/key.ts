import { base64, fromBase64 } from '../macaroon/bytes.ts';
import { MacaroonError } from '../macaroon/error.ts';
import { keyBytes, open, publicKeyOf, seal, sharedKey } from '../macaroon/secretbox.ts';
import { nodeCrypto } from '../node-crypto.ts';

/** A pair of keys as agent files hold it, in base64. */
export interface BakeryKeyText {
  readonly public: string;
  readonly private: string;
}

/** Our own pair of X25519 keys, with which caveats for us are sealed. `inspect` shows neither. */
export class BakeryKey {
  readonly #privateKey: Uint8Array;
  readonly #publicKey: Uint8Array;

  private constructor(privateKey: Uint8Array) {
    this.#privateKey = privateKey;
    this.#publicKey = publicKeyOf(privateKey);
  }

  static generate(): BakeryKey {
    return new BakeryKey(new Uint8Array(nodeCrypto().randomBytes(keyBytes)));
  }

  /** @throws MacaroonError when it is no pair, such as one of another's public key */
  static from({ public: publicKey, private: privateKey }: BakeryKeyText): BakeryKey {
    const key = new BakeryKey(publicKeyFrom(privateKey, 'a private key'));
    if (base64(key.#publicKey, 'standard') !== base64(publicKeyFrom(publicKey, 'a public key'), 'standard')) {
      throw new MacaroonError('a bakery key: its public part does not belong to its private one');
    }
    return key;
  }

  /** 32 bytes. */
  get publicKey(): Uint8Array {
    return this.#publicKey.slice();
  }

  /** Both parts, to be kept where secrets are kept. */
  reveal(): BakeryKeyText {
    return {
      public: base64(this.#publicKey, 'standard'),
      private: base64(this.#privateKey, 'standard'),
    };
  }

  /** A message that only the owner of `publicKey` can open. */
  async seal(message: Uint8Array, nonce: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array> {
    return seal(message, nonce, await sharedKey(this.#privateKey, publicKey));
  }

  /** `undefined` when the owner of `publicKey` didn't seal this for us. */
  async open(sealed: Uint8Array, nonce: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array | undefined> {
    let shared: Uint8Array;
    try {
      shared = await sharedKey(this.#privateKey, publicKey);
    } catch {
      // One of the few public keys with which everybody shares the same secret.
      return undefined;
    }
    return open(sealed, nonce, shared);
  }
}

/** The bytes of a key in base64. `what` is for the message. */
export function publicKeyFrom(text: unknown, what: string): Uint8Array {
  const bytes = typeof text === 'string' ? fromBase64(text) : undefined;
  if (bytes?.length === keyBytes) return bytes;
  throw new MacaroonError(`${what}: ${keyBytes} bytes in base64 are due`);
}
