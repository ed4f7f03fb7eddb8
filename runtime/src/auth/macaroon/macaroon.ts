import { inspectCustom } from '../../inspect.ts';
import { isObject } from '../../json/is-object.ts';
import { nodeCrypto } from '../node-crypto.ts';
import { readBinaryV1, writeBinaryV1 } from './binary-v1.ts';
import { readBinaryV2, writeBinaryV2 } from './binary-v2.ts';
import { bytesOf, concat, fromBase64, textOf } from './bytes.ts';
import { MacaroonError } from './error.ts';
import { type MacaroonJson, readJson, writeJson } from './json.ts';
import type { Caveat, MacaroonParts } from './parts.ts';
import { ByteReader } from './reader.ts';
import { nonceBytes, seal } from './secretbox.ts';
import { boundSignature, derivedKey, firstSignature, nextSignature } from './signing.ts';
import { type Check, verify } from './verify.ts';

/** What a macaroon is made from. Texts stand for their UTF-8. */
export interface MacaroonOptions {
  /** What only the maker and verifier know; any length. */
  readonly rootKey: string | Uint8Array;
  /** How the verifier finds the root key again. Version 1: UTF-8. */
  readonly identifier: string | Uint8Array;
  /** A hint where it is for. Default none. */
  readonly location?: string | undefined;
  /** Default 2. Version 1 is for services of bakery versions 0 and 1. */
  readonly version?: 1 | 2 | undefined;
}

/** A caveat that a third party discharges. */
export interface ThirdPartyOptions {
  /** What the discharge is made with. */
  readonly rootKey: string | Uint8Array;
  /** What tells the third party root key and condition. */
  readonly id: string | Uint8Array;
  /** Where the third party is. */
  readonly location: string;
}

/** Far above what any service makes, and below what hurts. */
const longestInput = 1024 * 1024;

/**
 * A macaroon: a credential that anybody can restrict further, and nobody can widen. It never changes: what adds to it gives
 * a new one. Whoever holds it can use it, so `inspect` shows neither its signature nor its identifiers.
 *
 * Formats as in libmacaroons and the Go package `gopkg.in/macaroon.v2`: JSON and binary, versions 1 and 2.
 */
export class Macaroon {
  readonly #parts: MacaroonParts;

  private constructor(parts: MacaroonParts) {
    this.#parts = parts;
  }

  static create({ rootKey, identifier, location = '', version = 2 }: MacaroonOptions): Macaroon {
    const id = bytesOf(identifier);
    mustFit(version, id);
    const signature = firstSignature(derivedKey(bytesOf(rootKey)), id);
    return new Macaroon({ version, location, identifier: id, caveats: [], signature });
  }

  /**
   * Reads a macaroon in any of its formats: parsed JSON, bytes, base64 (either alphabet) of bytes, or JSON as a text.
   *
   * @throws MacaroonError when it is none, or more than one
   */
  static from(input: unknown): Macaroon {
    const macaroons = Array.isArray(input) ? [] : macaroonsOf(input);
    const [macaroon] = macaroons;
    if (macaroon === undefined || macaroons.length > 1) {
      throw new MacaroonError('a macaroon: a list came where one is due');
    }
    return new Macaroon(macaroon);
  }

  /**
   * Reads a slice: a macaroon and its discharges. A list of parsed JSON, bytes one after another, or a text of either, as
   * cookies and headers have it. One alone is a slice, too.
   *
   * @throws MacaroonError when something in it is no macaroon
   */
  static sliceFrom(input: unknown): readonly Macaroon[] {
    return macaroonsOf(input).map((parts) => new Macaroon(parts));
  }

  /** The bytes of a slice. */
  static sliceToBinary(macaroons: readonly Macaroon[]): Uint8Array {
    return concat(...macaroons.map((macaroon) => macaroon.toBinary()));
  }

  get version(): 1 | 2 {
    return this.#parts.version;
  }

  /** Empty when there is none. */
  get location(): string {
    return this.#parts.location;
  }

  get identifier(): Uint8Array {
    return this.#parts.identifier.slice();
  }

  get caveats(): readonly Caveat[] {
    return this.#parts.caveats.map(({ id, verificationId, location }) => ({
      id: id.slice(),
      ...(verificationId !== undefined && { verificationId: verificationId.slice() }),
      location,
    }));
  }

  /** 32 bytes. A secret: whoever has it can add caveats and use the macaroon. */
  get signature(): Uint8Array {
    return this.#parts.signature.slice();
  }

  /** With one more condition that the service itself checks. */
  addFirstParty(condition: string | Uint8Array): Macaroon {
    return this.#with({ id: bytesOf(condition), location: '' });
  }

  /** With one more condition that a third party checks, and gives a discharge for. */
  async addThirdParty({ rootKey, id, location }: ThirdPartyOptions): Promise<Macaroon> {
    const nonce = nodeCrypto().randomBytes(nonceBytes);
    const sealed = await seal(derivedKey(bytesOf(rootKey)), nonce, this.#parts.signature);
    return this.#with({ id: bytesOf(id), verificationId: concat(nonce, sealed), location });
  }

  /** This discharge as it is sent together with the macaroon that it is for: bound, it is good with that one only. */
  bindTo(primary: Macaroon): Macaroon {
    const signature = boundSignature(primary.#parts.signature, this.#parts.signature);
    return new Macaroon({ ...this.#parts, signature });
  }

  /**
   * That this macaroon was made with the root key and that all its caveats are met, those of `discharges` included, which
   * must be bound to it and each be used once. `check` is asked for every condition of the first party.
   *
   * @throws MacaroonError when it isn't good; what `check` throws passes
   */
  async verify(
    rootKey: string | Uint8Array,
    check: Check,
    discharges: readonly Macaroon[] = [],
  ): Promise<void> {
    const parts = discharges.map((discharge) => discharge.#parts);
    await verify(this.#parts, derivedKey(bytesOf(rootKey)), check, parts);
  }

  /** In the JSON format of its version. */
  toJSON(): MacaroonJson {
    return writeJson(this.#parts);
  }

  /** In the binary format of its version. */
  toBinary(): Uint8Array {
    return this.#parts.version === 1 ? writeBinaryV1(this.#parts) : writeBinaryV2(this.#parts);
  }

  [inspectCustom](): string {
    const { version, location, caveats } = this.#parts;
    return `Macaroon(version ${version}, ${location || 'no location'}, ${caveats.length} caveats)`;
  }

  #with(caveat: Caveat): Macaroon {
    mustFit(this.#parts.version, caveat.id);
    return new Macaroon({
      ...this.#parts,
      caveats: [...this.#parts.caveats, caveat],
      signature: nextSignature(this.#parts.signature, caveat),
    });
  }
}

function mustFit(version: 1 | 2, id: Uint8Array): void {
  if (version === 1 && textOf(id) === undefined) {
    throw new MacaroonError('a macaroon of version 1: an identifier that is not UTF-8: use version 2');
  }
}

function macaroonsOf(input: unknown): readonly MacaroonParts[] {
  if (input instanceof Uint8Array) return macaroonsOfBytes(input);
  if (typeof input === 'string') return macaroonsOfText(input);
  if (Array.isArray(input)) return input.map(macaroonOfJson);
  return [macaroonOfJson(input)];
}

/** A text in the place of a macaroon is base64 of its bytes. */
function macaroonOfJson(json: unknown): MacaroonParts {
  if (isObject(json)) return readJson(json);
  if (typeof json !== 'string') {
    throw new MacaroonError('a macaroon in JSON: an object or a text in base64 is due');
  }
  const [macaroon, ...others] = macaroonsOfBinary(fromBase64(json) ?? new Uint8Array());
  if (macaroon === undefined || others.length > 0) {
    throw new MacaroonError('a macaroon in JSON: a text that holds several where one is due');
  }
  return macaroon;
}

function macaroonsOfText(text: string): readonly MacaroonParts[] {
  mustBeShort(text.length);
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed)) return macaroonsOf(parsed(trimmed));
  const bytes = fromBase64(trimmed);
  if (bytes === undefined) throw new MacaroonError('a macaroon as a text: it is neither base64 nor JSON');
  return macaroonsOfBytes(bytes);
}

function macaroonsOfBytes(bytes: Uint8Array): readonly MacaroonParts[] {
  const [first] = bytes;
  if (first === 0x5b || first === 0x7b) return macaroonsOf(parsed(textOf(bytes) ?? ''));
  return macaroonsOfBinary(bytes);
}

function macaroonsOfBinary(bytes: Uint8Array): readonly MacaroonParts[] {
  mustBeShort(bytes.length);
  const reader = new ByteReader(bytes, 'a macaroon in binary format');
  const macaroons: MacaroonParts[] = [];
  do {
    const next = reader.peek();
    if (next === undefined) throw reader.wrong('it is empty, or not base64');
    if (next === 2) macaroons.push(readBinaryV2(reader));
    else if (isHexDigit(next)) macaroons.push(readBinaryV1(reader));
    else throw reader.wrong(`it begins with ${next}, as no known format does`);
  } while (reader.left > 0);
  return macaroons;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would repeat some of the macaroon.
    throw new MacaroonError('a macaroon as a text: it is not JSON');
  }
}

function mustBeShort(length: number): void {
  if (length > longestInput) throw new MacaroonError(`a macaroon: ${length} bytes are too many`);
}
