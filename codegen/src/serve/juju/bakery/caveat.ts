import { randomBytes } from 'node:crypto';
import type { JsonValue } from '../../../model.ts';
import { isObject } from '../../core/schemas.ts';
import { type KeyPair, open, seal } from './box.ts';

/** What a third party is told in its caveat, and nobody else can read. */
export interface Told {
  /** What its discharge is minted with. */
  readonly rootKey: Uint8Array;
  readonly condition: string;
}

/** By a bakery's protocol: 1, 2 or 3. */
export type BakeryVersion = 1 | 2 | 3;

/** Sealed for whoever has `publicKey`. */
export async function sealCaveat(
  own: KeyPair,
  publicKey: Uint8Array,
  { rootKey, condition }: Told,
  version: BakeryVersion,
): Promise<Uint8Array> {
  const nonce = randomBytes(24);
  if (version === 1) {
    const plain = JSON.stringify({ RootKey: base64(rootKey), Condition: condition });
    const Id = base64(await seal(own.privateKey, publicKey, nonce, Buffer.from(plain)));
    const parts = {
      ThirdPartyPublicKey: base64(publicKey),
      FirstPartyPublicKey: base64(own.publicKey),
      Nonce: base64(nonce),
      Id,
    };
    return Buffer.from(base64(Buffer.from(JSON.stringify(parts))));
  }
  const namespace = version === 3 ? counted(Buffer.from('std:')) : Buffer.alloc(0);
  const plain = Buffer.concat([Buffer.of(version), counted(rootKey), namespace, Buffer.from(condition)]);
  return Buffer.concat([
    Buffer.of(version),
    publicKey.subarray(0, 4),
    own.publicKey,
    nonce,
    await seal(own.privateKey, publicKey, nonce, plain),
  ]);
}

/** What a caveat says, and in which version; `undefined` when it wasn't sealed for the owner of `own`. */
export async function openCaveat(
  own: KeyPair,
  sealed: Uint8Array,
): Promise<(Told & { readonly version: BakeryVersion }) | undefined> {
  const [version] = sealed;
  if (version === 'e'.charCodeAt(0)) return await openFirst(own, sealed);
  if ((version !== 2 && version !== 3) || sealed.length < 61) return undefined;
  const plain = await open(
    own.privateKey,
    sealed.subarray(5, 37),
    sealed.subarray(37, 61),
    sealed.subarray(61),
  );
  if (plain === undefined) return undefined;
  const [rootKey, afterKey] = countedAt(plain, 1);
  const condition = version === 3 ? countedAt(plain, afterKey)[1] : afterKey;
  return { version, rootKey, condition: Buffer.from(plain.subarray(condition)).toString() };
}

async function openFirst(
  own: KeyPair,
  sealed: Uint8Array,
): Promise<(Told & { readonly version: 1 }) | undefined> {
  const parts = parsed(Buffer.from(Buffer.from(sealed).toString(), 'base64'));
  const part = (name: string) => bytes(isObject(parts) ? parts[name] : undefined);
  const plain = await open(own.privateKey, part('FirstPartyPublicKey'), part('Nonce'), part('Id'));
  const told = plain === undefined ? undefined : parsed(plain);
  if (!isObject(told)) return undefined;
  return { version: 1, rootKey: bytes(told['RootKey']), condition: String(told['Condition']) };
}

/** With its length before it. */
function counted(data: Uint8Array): Buffer {
  const length: number[] = [];
  let left = data.length;
  for (; left > 0x7f; left >>>= 7) length.push((left & 0x7f) | 0x80);
  return Buffer.concat([Buffer.of(...length, left), data]);
}

/** What is counted at a place, and the place after it. */
function countedAt(from: Uint8Array, at: number): readonly [Uint8Array, number] {
  let length = 0;
  let start = at;
  for (let shift = 0; ; shift += 7) {
    const byte = from[start] ?? 0;
    length += (byte & 0x7f) << shift;
    start += 1;
    if (byte < 0x80) break;
  }
  return [from.subarray(start, start + length), start + length];
}

function parsed(text: Uint8Array): JsonValue {
  try {
    const value: JsonValue = JSON.parse(Buffer.from(text).toString());
    return value;
  } catch {
    return null;
  }
}

function bytes(value: JsonValue | undefined): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : '', 'base64');
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64');
}
