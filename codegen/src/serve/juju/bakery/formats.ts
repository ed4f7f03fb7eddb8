import type { JsonValue } from '../../../model.ts';
import { isObject, type JsonObject } from '../../core/schemas.ts';
import type { Caveat, Macaroon } from './macaroon.ts';

/** As the JSON of its version. */
export function macaroonJson(macaroon: Macaroon): JsonObject {
  const { id, location, caveats, signature } = macaroon;
  if (macaroon.version === 1) {
    return {
      caveats: caveats.map((caveat) => ({
        cid: textOf(caveat.id),
        ...(caveat.verification && { vid: Buffer.from(caveat.verification).toString('base64url') }),
        ...(caveat.location !== undefined && { cl: caveat.location }),
      })),
      location,
      identifier: textOf(id),
      signature: Buffer.from(signature).toString('hex'),
    };
  }
  return {
    c: caveats.map((caveat) => ({
      ...field('i', caveat.id),
      ...(caveat.verification && { v64: Buffer.from(caveat.verification).toString('base64url') }),
      ...(caveat.location !== undefined && { l: caveat.location }),
    })),
    l: location,
    ...field('i', id),
    s64: Buffer.from(signature).toString('base64url'),
  };
}

/** From the JSON of either version; from what a bakery wraps around it, too. `undefined` when it is none. */
function macaroonIn(value: JsonValue | undefined): Macaroon | undefined {
  if (!isObject(value)) return undefined;
  if (isObject(value['m'])) return macaroonIn(value['m']);
  const isFirst = value['signature'] !== undefined;
  const id = isFirst ? utf8(value['identifier']) : bytesIn(value, 'i');
  const signature = isFirst ? hex(value['signature']) : bytesIn(value, 's');
  if (id === undefined || signature?.length !== 32) return undefined;
  const caveats: Caveat[] = [];
  const list = value[isFirst ? 'caveats' : 'c'];
  for (const one of Array.isArray(list) ? list : []) {
    const caveat = isObject(one) ? caveatIn(one, isFirst) : undefined;
    if (caveat === undefined) return undefined;
    caveats.push(caveat);
  }
  const location = value[isFirst ? 'location' : 'l'];
  return {
    version: isFirst ? 1 : 2,
    id,
    location: typeof location === 'string' ? location : '',
    caveats,
    signature,
  };
}

/** Of a list of macaroons as JSON those that are some; one that isn't makes all of them none. */
export function macaroonsIn(value: JsonValue | undefined): readonly Macaroon[] {
  const list = Array.isArray(value) ? value.map(macaroonIn) : [];
  const found = list.filter((one) => one !== undefined);
  return found.length === list.length ? found : [];
}

/** From the binary of version 2, one after the other. `undefined` when it is anything else. */
export function macaroonsInBinary(bytes: Uint8Array): readonly Macaroon[] | undefined {
  const found: Macaroon[] = [];
  const reader = new BinaryReader(bytes);
  try {
    while (!reader.isAtEnd) found.push(reader.macaroon());
    return found;
  } catch {
    return undefined;
  }
}

function caveatIn(value: JsonObject, isFirst: boolean): Caveat | undefined {
  const id = isFirst ? utf8(value['cid']) : bytesIn(value, 'i');
  const verification = isFirst ? base64(value['vid']) : bytesIn(value, 'v');
  const location = value[isFirst ? 'cl' : 'l'];
  if (id === undefined) return undefined;
  return {
    id,
    ...(verification && { verification }),
    ...(typeof location === 'string' && { location }),
  };
}

/** As text where it is some, else as base64. */
function field(name: string, bytes: Uint8Array): JsonObject {
  const text = Buffer.from(bytes).toString();
  const isText = Buffer.from(text).equals(bytes) && !/\p{Cc}/u.test(text);
  return isText ? { [name]: text } : { [`${name}64`]: Buffer.from(bytes).toString('base64url') };
}

function bytesIn(value: JsonObject, name: string): Uint8Array | undefined {
  return utf8(value[name]) ?? base64(value[`${name}64`]);
}

function utf8(value: JsonValue | undefined): Uint8Array | undefined {
  return typeof value === 'string' ? Buffer.from(value) : undefined;
}

function hex(value: JsonValue | undefined): Uint8Array | undefined {
  return typeof value === 'string' ? Buffer.from(value, 'hex') : undefined;
}

/** Of either alphabet, padded or not. */
function base64(value: JsonValue | undefined): Uint8Array | undefined {
  return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

const fields = { end: 0, location: 1, id: 2, verification: 4, signature: 6 } as const;

class BinaryReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  macaroon(): Macaroon {
    if (this.#byte() !== 2) throw new RangeError('no macaroon of version 2');
    const { id, location = '' } = this.#section();
    const caveats: Caveat[] = [];
    while (this.#bytes[this.#at] !== fields.end) {
      caveats.push(this.#section());
    }
    this.#at += 1;
    if (this.#number() !== fields.signature) throw new RangeError('a macaroon ends with its signature');
    return { version: 2, id, location, caveats, signature: this.#take(this.#number()) };
  }

  #section(): Caveat {
    let id: Uint8Array | undefined;
    let more: Pick<Caveat, 'location' | 'verification'> = {};
    for (let type = this.#number(); type !== fields.end; type = this.#number()) {
      const data = this.#take(this.#number());
      if (type === fields.id) id = data;
      else if (type === fields.location) more = { ...more, location: Buffer.from(data).toString() };
      else if (type === fields.verification) more = { ...more, verification: data };
      else throw new RangeError('no field of a macaroon');
    }
    if (id === undefined) throw new RangeError('a part of a macaroon has an id');
    return { id, ...more };
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError('a macaroon has ended too early');
    this.#at += 1;
    return byte;
  }

  #number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too large');
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('a macaroon has ended too early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
