/** Both JSON formats: the first has words for keys and texts only, the second letters and base64 where it must be. */
import { isObject } from '../../json/is-object.ts';
import { base64, fromBase64, hex, textOf, utf8 } from './bytes.ts';
import { MacaroonError } from './error.ts';
import { type Caveat, type MacaroonParts, signatureBytes } from './parts.ts';

/** The JSON of a macaroon of version 1. */
export interface MacaroonJsonV1 {
  readonly location: string;
  readonly identifier: string;
  readonly caveats: readonly { readonly cid: string; readonly vid?: string; readonly cl?: string }[];
  /** Hexadecimal. */
  readonly signature: string;
}

/** Bytes under `i`, `s`, `v` when they are a text, otherwise in base64 under `i64`, `s64`, `v64`. */
export interface MacaroonJsonV2 {
  readonly v: 2;
  readonly l?: string;
  readonly i?: string;
  readonly i64?: string;
  readonly c?: readonly CaveatJsonV2[];
  readonly s64: string;
}

interface CaveatJsonV2 {
  readonly i?: string;
  readonly i64?: string;
  readonly v64?: string;
  readonly l?: string;
}

export type MacaroonJson = MacaroonJsonV1 | MacaroonJsonV2;

type Fields = Readonly<Record<string, unknown>>;

/** @throws MacaroonError when the object is no macaroon */
export function readJson(json: Fields): MacaroonParts {
  return own(json, 'signature') === undefined ? readV2(json) : readV1(json);
}

function readV1(json: Fields): MacaroonParts {
  const signature = textAt(json, 'signature');
  if (!/^[0-9a-f]{64}$/i.test(signature)) throw wrong('signature must be 64 hexadecimal digits');
  return {
    version: 1,
    location: optionalTextAt(json, 'location') ?? '',
    identifier: utf8(textAt(json, 'identifier')),
    caveats: listAt(json, 'caveats').map((caveat) => {
      const vid = optionalTextAt(caveat, 'vid');
      return {
        id: utf8(textAt(caveat, 'cid')),
        verificationId: vid === undefined ? undefined : verificationIdOf(decoded(vid, 'vid')),
        location: optionalTextAt(caveat, 'cl') ?? '',
      };
    }),
    signature: new Uint8Array(Buffer.from(signature, 'hex')),
  };
}

function readV2(json: Fields): MacaroonParts {
  if (Object.hasOwn(json, 'v') && json['v'] !== 2) throw wrong('v must be 2 where it is given');
  const signature = bytesAt(json, 's');
  if (signature.length !== signatureBytes) {
    throw wrong(`the signature has ${signature.length} bytes, not ${signatureBytes}`);
  }
  return {
    version: 2,
    location: optionalTextAt(json, 'l') ?? '',
    identifier: bytesAt(json, 'i'),
    caveats: listAt(json, 'c').map((caveat) => ({
      id: bytesAt(caveat, 'i'),
      verificationId: verificationIdOf(optionalBytesAt(caveat, 'v')),
      location: optionalTextAt(caveat, 'l') ?? '',
    })),
    signature,
  };
}

/** Empty, it would make a caveat of a third party one of the first. */
function verificationIdOf(bytes: Uint8Array | undefined): Uint8Array | undefined {
  if (bytes?.length === 0) throw wrong('the verification id of a caveat is empty');
  return bytes;
}

export function writeJson(parts: MacaroonParts): MacaroonJson {
  return parts.version === 1 ? writeV1(parts) : writeV2(parts);
}

function writeV1({ location, identifier, caveats, signature }: MacaroonParts): MacaroonJsonV1 {
  return {
    location,
    identifier: mustBeText(identifier, 'the identifier'),
    caveats: caveats.map((caveat) => ({
      cid: mustBeText(caveat.id, 'a caveat'),
      ...(caveat.verificationId !== undefined && { vid: base64(caveat.verificationId, 'url') }),
      ...((caveat.verificationId !== undefined || caveat.location !== '') && { cl: caveat.location }),
    })),
    signature: hex(signature),
  };
}

function writeV2({ location, identifier, caveats, signature }: MacaroonParts): MacaroonJsonV2 {
  return {
    v: 2,
    ...(location !== '' && { l: location }),
    ...idOf(identifier),
    ...(caveats.length > 0 && { c: caveats.map(writeCaveatV2) }),
    s64: base64(signature, 'url'),
  };
}

function writeCaveatV2({ id, verificationId, location }: Caveat): CaveatJsonV2 {
  return {
    ...idOf(id),
    ...(verificationId !== undefined && { v64: base64(verificationId, 'url') }),
    ...(location !== '' && { l: location }),
  };
}

/** As Go chooses: the text, unless it is none or base64 is shorter. */
function idOf(id: Uint8Array): { readonly i: string } | { readonly i64: string } {
  const text = textOf(id);
  const encoded = base64(id, 'url');
  if (text === undefined || utf8(JSON.stringify(text)).length > encoded.length + 2) return { i64: encoded };
  return { i: text };
}

function mustBeText(bytes: Uint8Array, name: string): string {
  const text = textOf(bytes);
  if (text !== undefined) return text;
  throw new MacaroonError(`a macaroon in JSON format 1: ${name} is not UTF-8: use the binary format`);
}

/** Only what is there itself counts, and `null` is nothing. */
function own(json: Fields, key: string): unknown {
  return Object.hasOwn(json, key) ? (json[key] ?? undefined) : undefined;
}

function optionalTextAt(json: Fields, key: string): string | undefined {
  const value = own(json, key);
  if (value === undefined || typeof value === 'string') return value;
  throw wrong(`${key} must be a text`);
}

function textAt(json: Fields, key: string): string {
  const text = optionalTextAt(json, key);
  if (text === undefined) throw wrong(`${key} is missing`);
  return text;
}

function optionalBytesAt(json: Fields, key: string): Uint8Array | undefined {
  const key64 = `${key}64`;
  const [text, encoded] = [optionalTextAt(json, key), optionalTextAt(json, key64)];
  if (text !== undefined && encoded !== undefined) throw wrong(`${key} and ${key64} are both there`);
  if (encoded !== undefined) return decoded(encoded, key64);
  return text === undefined ? undefined : utf8(text);
}

function bytesAt(json: Fields, key: string): Uint8Array {
  const bytes = optionalBytesAt(json, key);
  if (bytes === undefined) throw wrong(`${key} or ${key}64 is missing`);
  return bytes;
}

function listAt(json: Fields, key: string): readonly Fields[] {
  const list = own(json, key) ?? [];
  if (Array.isArray(list) && list.every(isObject)) return list;
  throw wrong(`${key} must be a list of caveats`);
}

function decoded(text: string, key: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw wrong(`${key} is not base64`);
  return bytes;
}

function wrong(why: string): MacaroonError {
  return new MacaroonError(`a macaroon in JSON: ${why}`);
}
