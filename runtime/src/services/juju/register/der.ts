/** The types of DER (ITU-T X.690) that a registration is made of. */
const sequence = 0x30;
const octets = 0x04;
const utf8Text = 0x0c;
const printableText = 0x13;
const ia5Text = 0x16;

/** An element: its type, and what is in it. */
interface Element {
  readonly type: number;
  readonly content: Uint8Array;
}

/** What isn't DER, or is of another type than is due. The message is a clause, and shows nothing of what was read. */
export class DerError extends Error {
  override get name(): string {
    return 'DerError';
  }
}

/** Reads elements one after the other. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** There is an element yet. */
  get hasMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** The elements of a sequence. */
  sequence(): DerReader {
    return new DerReader(this.#of([sequence], 'a sequence').content);
  }

  text(): string {
    const { content } = this.#of([utf8Text, printableText, ia5Text], 'a text');
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(content);
    } catch {
      throw new DerError('a text in it is no UTF-8');
    }
  }

  bytes(): Uint8Array {
    return this.#of([octets], 'bytes').content;
  }

  #of(types: readonly number[], what: string): Element {
    const element = this.#next();
    if (types.includes(element.type)) return element;
    throw new DerError(`it has an element of type ${element.type} where ${what} should be`);
  }

  #next(): Element {
    const type = this.#byte();
    const length = this.#length();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new DerError('it ends too early');
    const content = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return { type, content };
  }

  /** One byte below 128, otherwise as many bytes as the first says. */
  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first - 0x80;
    if (count === 0 || count > 3) throw new DerError('it has an element whose length makes no sense');
    let length = 0;
    for (let each = 0; each < count; each += 1) length = length * 256 + this.#byte();
    return length;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new DerError('it ends too early');
    this.#at += 1;
    return byte;
  }
}

export function derSequence(elements: readonly Uint8Array[]): Uint8Array {
  return element(sequence, Buffer.concat(elements));
}

export function derText(text: string): Uint8Array {
  return element(utf8Text, new TextEncoder().encode(text));
}

export function derBytes(bytes: Uint8Array): Uint8Array {
  return element(octets, bytes);
}

function element(type: number, content: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from([type, ...lengthBytes(content.length)]), content]));
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}
