import { MacaroonError } from './error.ts';

/** Reads bytes from front to back, and never beyond their end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  /** `what` is what the bytes are, for messages. */
  constructor(bytes: Uint8Array, what: string) {
    // Of a Node buffer, `slice` would give no copy.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Another reader of what is left. */
  fork(): ByteReader {
    return new ByteReader(this.#bytes.subarray(this.#at), this.#what);
  }

  /** The next byte, which stays; `undefined` at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw this.wrong('it ends too early');
    this.#at += 1;
    return byte;
  }

  take(count: number): Uint8Array {
    if (count > this.left) throw this.wrong(`it ends too early: ${count} bytes due, ${this.left} left`);
    this.#at += count;
    return this.#bytes.slice(this.#at - count, this.#at);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  /** A number of at most `max`, seven bits a byte, the lowest first (as `encoding/binary` of Go). */
  uvarint(max: number): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte % 128) * scale;
      if (value > max) throw this.wrong(`a number in it is above ${max}`);
      if (byte < 128) return value;
      // More digits, be they zeros, than any number of that size has.
      if (scale > max) throw this.wrong('a number in it has too many digits');
    }
  }

  /** Bytes with their number before them. */
  counted(): Uint8Array {
    return this.take(this.uvarint(longestField));
  }

  wrong(why: string): MacaroonError {
    return new MacaroonError(`${this.#what}: ${why}`);
  }
}

const longestField = 0x7fffffff;

/** See {@link ByteReader.uvarint}. */
export function uvarint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a whole number: ${value}`);
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
