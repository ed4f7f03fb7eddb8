import { type Shape, ShapeError, shapedJson } from '../json/shape.ts';
import type { Opened } from './endless.ts';
import { tooLarge } from './failure.ts';

/**
 * JSON values that come one after the other. What comes is of the type that the service's schema says: here, and nowhere
 * else, it is believed.
 */
export async function* valuesOf<T>(
  { body, context }: Opened,
  maxLength: number,
  shape: Shape = {},
): AsyncGenerator<T, void, undefined> {
  for await (const text of jsonTexts(body, maxLength)) {
    try {
      yield shapedJson(text, shape) as T;
    } catch (error) {
      if (error instanceof ShapeError) throw context.nonsense(`a value whose ${error.message}`);
      // The parser's own message quotes the text, which may hold secrets.
      throw context.nonsense(`a value that is not JSON (${text.length} characters)`);
    }
  }
}

/**
 * The JSON texts of a stream of them: a line each, one right after the other, or with anything between them that is
 * white space to JSON or to RFC 7464. Pieces may be cut anywhere.
 */
async function* jsonTexts(
  pieces: AsyncIterable<Uint8Array>,
  maxLength: number,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  const cutter = new Cutter();
  for await (const piece of pieces) {
    yield* cutter.take(decoder.decode(piece, { stream: true }));
    if (cutter.length > maxLength) throw tooLarge(maxLength);
  }
  yield* cutter.take(`${decoder.decode()}\n`);
  // What the end of the stream cut off is given, too: that it isn't JSON is an error, and none to be passed over.
  if (cutter.length > 0) yield cutter.rest.trimEnd();
}

/** Finds the end of each value without reading it. */
class Cutter {
  /** What came of a value whose end hasn't. */
  #begun: string[] = [];
  #length = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;

  get length(): number {
    return this.#length;
  }

  get rest(): string {
    return this.#begun.join('');
  }

  *take(text: string): Generator<string, void, undefined> {
    let start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const character = text.charAt(at);
      const isBetween = this.#depth === 0 && !this.#inText;
      if (isBetween && (isSpace(character) || opens(character))) {
        // A number or a word has no end of its own.
        const word = this.#ended(text.slice(start, at));
        if (word !== '') yield word;
        start = isSpace(character) ? at + 1 : at;
      }
      if (this.#ends(character)) {
        yield this.#ended(text.slice(start, at + 1));
        start = at + 1;
      }
    }
    if (start === text.length) return;
    this.#begun.push(text.slice(start));
    this.#length += text.length - start;
  }

  #ended(end: string): string {
    const value = this.#begun.length === 0 ? end : this.#begun.join('') + end;
    this.#begun = [];
    this.#length = 0;
    return value;
  }

  /** Whether this character is the last one of a value. */
  #ends(character: string): boolean {
    if (this.#escaped) {
      this.#escaped = false;
    } else if (this.#inText) {
      this.#escaped = character === '\\';
      this.#inText = character !== '"';
      return !this.#inText && this.#depth === 0;
    } else if (character === '"') {
      this.#inText = true;
    } else if (character === '{' || character === '[') {
      this.#depth += 1;
    } else if ((character === '}' || character === ']') && this.#depth > 0) {
      this.#depth -= 1;
      return this.#depth === 0;
    }
    return false;
  }
}

function isSpace(character: string): boolean {
  return (
    character === '\n' ||
    character === ' ' ||
    character === '\r' ||
    character === '\t' ||
    character === '\x1e'
  );
}

function opens(character: string): boolean {
  return character === '{' || character === '[' || character === '"';
}
