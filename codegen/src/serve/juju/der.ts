/** DER, the encoding of certificates: a tag, a length, and what there is. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body]);
}

export const sequence = (...items: readonly Uint8Array[]) => der(0x30, ...items);
export const set = (...items: readonly Uint8Array[]) => der(0x31, ...items);
export const octets = (content: Uint8Array) => der(0x04, content);
export const bits = (content: Uint8Array, unused = 0) => der(0x03, Buffer.of(unused), content);
export const utf8 = (text: string) => der(0x0c, Buffer.from(text));
/** Constructed, and told by its number. */
export const tagged = (number: number, content: Uint8Array) => der(0xa0 + number, content);
export const boolean = (value: boolean) => der(0x01, Buffer.of(value ? 0xff : 0));

/** Of a number that isn't negative, its highest byte first. */
export function integer(bytes: Uint8Array): Buffer {
  const isHigh = ((bytes[0] ?? 0) & 0x80) !== 0;
  return isHigh ? der(0x02, Buffer.of(0), bytes) : der(0x02, bytes);
}

/** Of the years from 1950 to 2049. */
export function utcTime(date: Date): Buffer {
  return der(0x17, Buffer.from(date.toISOString().replace(/^..|[-T:]|\.\d+/g, '')));
}

/** `1.2.840.10045.2.1` */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.of(first * 40 + second, ...rest.flatMap(base128)));
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}
