/** How a third party is told, in secret, what to check and what key to discharge with. Of the bakery, versions 1 to 3. */

import { isObject } from '../../json/is-object.ts';
import { base64, concat, fromBase64, sameBytes, textOf, utf8 } from '../macaroon/bytes.ts';
import { MacaroonError } from '../macaroon/error.ts';
import { ByteReader, uvarint } from '../macaroon/reader.ts';
import { keyBytes, nonceBytes, overheadBytes } from '../macaroon/secretbox.ts';
import { nodeCrypto } from '../node-crypto.ts';
import { type BakeryKey, publicKeyFrom } from './key.ts';

/** What a third party is told. */
export interface CaveatPayload {
  readonly version: 1 | 2 | 3;
  /** What it is to check: `is-authenticated-user bob`. */
  readonly condition: string;
  /** What the discharge is made with. */
  readonly rootKey: Uint8Array;
  /** The words that conditions of the discharge may be made of. Version 3 tells it; before that it is `std:`. */
  readonly namespace: string;
  /** Who made the caveat. */
  readonly firstPartyKey: Uint8Array;
}

/** What a caveat is made from. */
interface PayloadOptions {
  readonly version: 1 | 2 | 3;
  readonly condition: string;
  readonly rootKey: Uint8Array;
  readonly namespace: string;
  /** Of the first party. */
  readonly key: BakeryKey;
  readonly thirdPartyKey: Uint8Array;
}

/** The bytes of a third party's key that tell it which of its keys is meant. */
const hintBytes = 4;
/** Before version 3 these words are meant. */
const standardWords = 'std:';

const headBytes = 1 + hintBytes + keyBytes + nonceBytes;

/** Seals a payload. The bytes are the id of the caveat itself, or with version 3 travel beside it. */
export async function sealPayload(options: PayloadOptions): Promise<Uint8Array> {
  const { version, key, thirdPartyKey } = options;
  const nonce = new Uint8Array(nodeCrypto().randomBytes(nonceBytes));
  if (version === 1) return sealFirst(options, nonce);
  const sealed = await key.seal(secretOf(options), nonce, thirdPartyKey);
  return concat(Uint8Array.of(version), thirdPartyKey.subarray(0, hintBytes), key.publicKey, nonce, sealed);
}

function secretOf({ version, rootKey, namespace, condition }: PayloadOptions): Uint8Array {
  const words = version === 3 ? counted(utf8(namespace)) : new Uint8Array();
  return concat(Uint8Array.of(version), counted(rootKey), words, utf8(condition));
}

function counted(bytes: Uint8Array): Uint8Array {
  return concat(uvarint(bytes.length), bytes);
}

async function sealFirst(
  { key, thirdPartyKey, rootKey, condition }: PayloadOptions,
  nonce: Uint8Array,
): Promise<Uint8Array> {
  const secret = JSON.stringify({ RootKey: base64(rootKey, 'standard'), Condition: condition });
  const json = JSON.stringify({
    ThirdPartyPublicKey: base64(thirdPartyKey, 'standard'),
    FirstPartyPublicKey: base64(key.publicKey, 'standard'),
    Nonce: base64(nonce, 'standard'),
    Id: base64(await key.seal(utf8(secret), nonce, thirdPartyKey), 'standard'),
  });
  return utf8(base64(utf8(json), 'standard'));
}

/**
 * Opens a payload that was sealed for `key`.
 *
 * @throws MacaroonError when it is none, or for somebody else
 */
export async function openPayload(payload: Uint8Array, key: BakeryKey): Promise<CaveatPayload> {
  const [version] = payload;
  if (version === 0x65) return openFirst(payload, key);
  if (version !== 2 && version !== 3) throw wrong(`it begins with ${version}, as no known version does`);
  const leastBytes = headBytes + overheadBytes + 1;
  if (payload.length < leastBytes) {
    throw wrong(
      `${payload.length} bytes are too few: most likely it is an id, whose payload was not sent along`,
    );
  }
  const reader = new ByteReader(payload.subarray(1), what);
  mustBeOurs(reader.take(hintBytes), key);
  const [firstPartyKey, nonce] = [reader.take(keyBytes), reader.take(nonceBytes)];
  const secret = await opened(reader.rest(), nonce, firstPartyKey, key);
  return { version, firstPartyKey, ...readSecret(version, new ByteReader(secret, what)) };
}

function readSecret(
  version: 2 | 3,
  reader: ByteReader,
): Pick<CaveatPayload, 'rootKey' | 'namespace' | 'condition'> {
  if (reader.byte() !== version) throw wrong('its secret part is of another version');
  const rootKey = reader.counted();
  const namespace = version === 3 ? textIn(reader.counted()) : standardWords;
  return { rootKey, namespace, condition: textIn(reader.rest()) };
}

async function openFirst(payload: Uint8Array, key: BakeryKey): Promise<CaveatPayload> {
  const outer = jsonIn(fromBase64(textIn(payload).trim()));
  const thirdPartyKey = publicKeyFrom(outer['ThirdPartyPublicKey'], `${what}: ThirdPartyPublicKey`);
  mustBeOurs(thirdPartyKey, key);
  const firstPartyKey = publicKeyFrom(outer['FirstPartyPublicKey'], `${what}: FirstPartyPublicKey`);
  const [nonce, sealed] = [bytesIn(outer, 'Nonce'), bytesIn(outer, 'Id')];
  if (nonce.length !== nonceBytes) throw wrong(`its Nonce has ${nonce.length} bytes, not ${nonceBytes}`);
  const secret = jsonIn(await opened(sealed, nonce, firstPartyKey, key));
  const condition = secret['Condition'];
  if (typeof condition !== 'string') throw wrong('it has no Condition');
  return {
    version: 1,
    firstPartyKey,
    rootKey: bytesIn(secret, 'RootKey'),
    namespace: standardWords,
    condition,
  };
}

function mustBeOurs(hint: Uint8Array, key: BakeryKey): void {
  if (!sameBytes(hint, key.publicKey.subarray(0, hint.length))) throw wrong('it is for another public key');
}

async function opened(
  sealed: Uint8Array,
  nonce: Uint8Array,
  firstPartyKey: Uint8Array,
  key: BakeryKey,
): Promise<Uint8Array> {
  const message = await key.open(sealed, nonce, firstPartyKey);
  if (message === undefined) throw wrong('it cannot be opened with this key');
  return message;
}

function jsonIn(bytes: Uint8Array | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(textIn(bytes ?? new Uint8Array()));
    if (isObject(value)) return value;
  } catch {}
  throw wrong('it is not an object of JSON in base64');
}

function bytesIn(object: Readonly<Record<string, unknown>>, name: string): Uint8Array {
  const value = object[name];
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
  if (bytes === undefined) throw wrong(`its ${name} is not base64`);
  return bytes;
}

function textIn(bytes: Uint8Array): string {
  const text = textOf(bytes);
  if (text === undefined) throw wrong('a text in it is not UTF-8');
  return text;
}

const what = "the payload of a third party's caveat";

function wrong(why: string): MacaroonError {
  return new MacaroonError(`${what}: ${why}`);
}
