import { TransportFailure } from './transport.ts';

/** One event of a stream of server-sent events (`text/event-stream`), as the stream had it. */
export interface ServerSentEvent {
  /** The kind of event, where the stream names one. */
  readonly event?: string;
  /** Where the stream can be taken up again, where it tells. */
  readonly id?: string;
  /** How long to wait before connecting again, in milliseconds, where the stream tells it with this event. */
  readonly retryMs?: number;
  /** Its lines joined by `\n`. */
  readonly data: string;
  /** Fields that the standard doesn't know, such as Salt's `tag`; the last of a name wins. */
  readonly fields: ReadonlyMap<string, string>;
}

/** How a stream of events is read. */
interface ReadEventsOptions {
  /** The longest event that is accepted, in characters. Default 16,777,216. */
  readonly maxLength?: number;
}

/**
 * Takes a stream apart into events, as the HTML standard says (9.2.6): lines may end in any of three ways, pieces may be
 * cut anywhere, comments and events without data are passed over, and what the end of the stream cuts off is dropped.
 *
 * @throws TransportFailure `too-large` when an event is longer than `maxLength`; whatever `bytes` throws passes
 */
export async function* readEvents(
  bytes: AsyncIterable<Uint8Array>,
  { maxLength = 16 * 1024 * 1024 }: ReadEventsOptions = {},
): AsyncGenerator<ServerSentEvent, void, undefined> {
  // The decoder keeps what a cut leaves of a character, and drops a byte order mark.
  const decoder = new TextDecoder();
  const lines = new Lines(maxLength);
  const block = new Block(maxLength);
  for await (const piece of bytes) {
    for (const line of lines.of(decoder.decode(piece, { stream: true }))) {
      if (line !== '') {
        block.add(line);
        continue;
      }
      const event = block.take();
      if (event !== undefined) yield event;
    }
  }
}

/** Puts lines together of which pieces come. */
class Lines {
  readonly #maxLength: number;
  readonly #ends = /\r\n|\n|\r/g;
  #begun: string[] = [];
  #length = 0;
  #afterReturn = false;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The lines that end in this piece, each without its end. */
  of(text: string): string[] {
    if (text === '') return [];
    const lines: string[] = [];
    // A CR at the end of a piece has ended its line already: a LF that follows belongs to it.
    let at = this.#afterReturn && text.startsWith('\n') ? 1 : 0;
    this.#ends.lastIndex = at;
    for (let end = this.#ends.exec(text); end !== null; end = this.#ends.exec(text)) {
      this.#begun.push(text.slice(at, end.index));
      lines.push(this.#begun.join(''));
      this.#begun = [];
      this.#length = 0;
      at = this.#ends.lastIndex;
    }
    this.#afterReturn = text.endsWith('\r');
    if (at < text.length) {
      this.#begun.push(text.slice(at));
      this.#length += text.length - at;
      if (this.#length > this.#maxLength) throw tooLong(this.#maxLength);
    }
    return lines;
  }
}

/** The lines between two empty ones. */
class Block {
  readonly #maxLength: number;
  #length = 0;
  #data: string[] = [];
  #event: string | undefined;
  #id: string | undefined;
  #retryMs: number | undefined;
  #fields = new Map<string, string>();

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  add(line: string): void {
    const colon = line.indexOf(':');
    // A comment, with which a quiet stream is kept open, is no part of an event.
    if (colon === 0) return;
    this.#length += line.length;
    if (this.#length > this.#maxLength) throw tooLong(this.#maxLength);
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    switch (name) {
      case 'data':
        this.#data.push(value);
        break;
      case 'event':
        this.#event = value;
        break;
      case 'id':
        if (!value.includes('\0')) this.#id = value;
        break;
      case 'retry':
        if (/^\d+$/.test(value)) this.#retryMs = Number(value);
        break;
      default:
        this.#fields.set(name, value);
    }
  }

  /** The event that the lines were, if they were one, and a new beginning. */
  take(): ServerSentEvent | undefined {
    const event: ServerSentEvent | undefined =
      this.#data.length === 0
        ? undefined
        : {
            ...(this.#event !== undefined && { event: this.#event }),
            ...(this.#id !== undefined && { id: this.#id }),
            ...(this.#retryMs !== undefined && { retryMs: this.#retryMs }),
            data: this.#data.join('\n'),
            fields: this.#fields,
          };
    this.#length = 0;
    this.#data = [];
    this.#event = undefined;
    this.#id = undefined;
    this.#retryMs = undefined;
    this.#fields = new Map();
    return event;
  }
}

function tooLong(maxLength: number): TransportFailure {
  return new TransportFailure(
    'too-large',
    'ERR_TOO_LARGE',
    `an event of the stream is longer than ${maxLength} characters`,
  );
}
