/**
 * The second binary format, of libmacaroons and Go: a 2, then sections of fields (type, length, data) that each end with
 * a 0: the header, one a caveat, an empty one, and the signature.
 */
import { concat, textOf, utf8 } from './bytes.ts';
import { type Caveat, type MacaroonParts, signatureBytes } from './parts.ts';
import { type ByteReader, uvarint } from './reader.ts';

const field = { end: 0, location: 1, identifier: 2, verificationId: 4, signature: 6 } as const;

/** A type is written as a number, but none is above this. */
const highestType = 0x7fffffff;

/** Reads one macaroon; others may follow. */
export function readBinaryV2(reader: ByteReader): MacaroonParts {
  if (reader.byte() !== 2) throw reader.wrong('it does not begin with a 2');
  const { id: identifier, verificationId, location } = caveatOf(readSection(reader), reader);
  if (verificationId !== undefined) throw reader.wrong('a verification id in its header');
  const caveats: Caveat[] = [];
  for (;;) {
    const section = readSection(reader);
    if (section.size === 0) break;
    caveats.push(caveatOf(section, reader));
  }
  const type = reader.uvarint(highestType);
  if (type !== field.signature) throw reader.wrong(`a field ${type} where its signature is due`);
  const signature = reader.counted();
  if (signature.length !== signatureBytes) {
    throw reader.wrong(`its signature has ${signature.length} bytes, not 32`);
  }
  return { version: 2, location, identifier, caveats, signature };
}

type Section = ReadonlyMap<number, Uint8Array>;

/** Types must ascend, so that no field is there twice. */
function readSection(reader: ByteReader): Section {
  const fields = new Map<number, Uint8Array>();
  for (let last: number = field.end; ; ) {
    const type = reader.uvarint(highestType);
    if (type === field.end) return fields;
    if (type <= last) throw reader.wrong(`a field ${type} after a field ${last}: fields must ascend`);
    fields.set(type, reader.counted());
    last = type;
  }
}

/** A header is built like a caveat without verification id. */
function caveatOf(section: Section, reader: ByteReader): Caveat {
  for (const type of section.keys()) {
    if (type !== field.location && type !== field.identifier && type !== field.verificationId) {
      throw reader.wrong(`an unknown field ${type}`);
    }
  }
  const id = section.get(field.identifier);
  if (id === undefined) throw reader.wrong('a header or a caveat without an identifier');
  const verificationId = section.get(field.verificationId);
  if (verificationId?.length === 0) throw reader.wrong('the verification id of a caveat is empty');
  const location = textOf(section.get(field.location) ?? new Uint8Array());
  if (location === undefined) throw reader.wrong('a location that is not UTF-8');
  return { id, verificationId, location };
}

export function writeBinaryV2({ location, identifier, caveats, signature }: MacaroonParts): Uint8Array {
  const end = Uint8Array.of(field.end);
  return concat(
    Uint8Array.of(2),
    ...writeSection({ id: identifier, location }),
    ...caveats.flatMap(writeSection),
    end,
    writeField(field.signature, signature),
  );
}

function writeSection({ location, id, verificationId }: Caveat): Uint8Array[] {
  return [
    ...(location === '' ? [] : [writeField(field.location, utf8(location))]),
    writeField(field.identifier, id),
    ...(verificationId === undefined ? [] : [writeField(field.verificationId, verificationId)]),
    Uint8Array.of(field.end),
  ];
}

function writeField(type: number, data: Uint8Array): Uint8Array {
  return concat(uvarint(type), uvarint(data.length), data);
}
