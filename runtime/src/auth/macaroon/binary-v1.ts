/**
 * The first binary format, of libmacaroons: packets of a size in four hexadecimal digits (which counts itself), a name, a
 * space, data and a newline.
 */
import { concat, textOf, utf8 } from './bytes.ts';
import { MacaroonError } from './error.ts';
import { type Caveat, type MacaroonParts, signatureBytes } from './parts.ts';
import type { ByteReader } from './reader.ts';

const longestPacket = 0xffff;
const what = 'a macaroon in binary format 1';

/** Reads one macaroon; others may follow. */
export function readBinaryV1(reader: ByteReader): MacaroonParts {
  const location = textOf(packetOf(reader, 'location'));
  if (location === undefined) throw reader.wrong('its location is not UTF-8');
  const identifier = packetOf(reader, 'identifier');
  const caveats: Caveat[] = [];
  for (;;) {
    const { name, data } = readPacket(reader);
    if (name === 'signature') {
      if (data.length !== signatureBytes)
        throw reader.wrong(`its signature has ${data.length} bytes, not 32`);
      return { version: 1, location, identifier, caveats, signature: data };
    }
    if (name !== 'cid') throw reader.wrong(`a field ${JSON.stringify(name)} where cid or signature is due`);
    caveats.push(caveatOf(data, reader));
  }
}

function caveatOf(id: Uint8Array, reader: ByteReader): Caveat {
  const verificationId = optionalPacket(reader, 'vid');
  const location = textOf(optionalPacket(reader, 'cl') ?? new Uint8Array());
  if (location === undefined) throw reader.wrong('the location of a caveat is not UTF-8');
  if (verificationId?.length === 0) throw reader.wrong('the vid of a caveat is empty');
  return { id, verificationId, location };
}

export function writeBinaryV1({ location, identifier, caveats, signature }: MacaroonParts): Uint8Array {
  return concat(
    writePacket('location', utf8(location)),
    writePacket('identifier', identifier),
    ...caveats.flatMap(({ id, verificationId, location: at }) => [
      writePacket('cid', id),
      ...(verificationId === undefined ? [] : [writePacket('vid', verificationId)]),
      ...(verificationId === undefined && at === '' ? [] : [writePacket('cl', utf8(at))]),
    ]),
    writePacket('signature', signature),
  );
}

function packetOf(reader: ByteReader, due: string): Uint8Array {
  const { name, data } = readPacket(reader);
  if (name !== due) throw reader.wrong(`a field ${JSON.stringify(name)} where ${due} is due`);
  return data;
}

/** The packet, if it is the next one: all names that may come are told apart by their first letters. */
function optionalPacket(reader: ByteReader, name: 'vid' | 'cl'): Uint8Array | undefined {
  return nextName(reader) === name ? readPacket(reader).data : undefined;
}

function nextName(reader: ByteReader): string {
  return readPacket(reader.fork()).name;
}

interface Packet {
  readonly name: string;
  readonly data: Uint8Array;
}

/** For tests of what breaks a packet, too. */
export function readPacket(reader: ByteReader): Packet {
  const digits = textOf(reader.take(4)) ?? '';
  if (!/^[0-9a-f]{4}$/.test(digits)) throw reader.wrong('a packet whose size is no hexadecimal number');
  const size = Number.parseInt(digits, 16);
  if (size <= 4) throw reader.wrong(`a packet of ${size} bytes, which is too small`);
  const bytes = reader.take(size - 4);
  const space = bytes.indexOf(0x20);
  if (space <= 0) throw reader.wrong('a packet without a field name');
  if (bytes.at(-1) !== 0x0a) throw reader.wrong('a packet without a newline at its end');
  const name = textOf(bytes.subarray(0, space));
  if (name === undefined) throw reader.wrong('a field name that is not UTF-8');
  return { name, data: bytes.slice(space + 1, -1) };
}

export function writePacket(name: string, data: Uint8Array): Uint8Array {
  const size = 4 + name.length + 1 + data.length + 1;
  if (size > longestPacket) {
    throw new MacaroonError(
      `${what}: ${name} has ${data.length} bytes: a packet holds ${longestPacket} at most; use version 2`,
    );
  }
  return concat(utf8(`${size.toString(16).padStart(4, '0')}${name} `), data, utf8('\n'));
}
