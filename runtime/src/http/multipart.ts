import { fieldsOf, fieldText, isStructured } from './form.ts';
import { type Body, isStream } from './sendable.ts';

/** What is sent as a file in a form. A `File` says its name and its type; the name of what doesn't is that of its property. */
export type FormFile = Blob | Uint8Array | AsyncIterable<Uint8Array>;

/** A part of a form: its headers, and what it holds, whole or as it comes. */
interface Part {
  readonly head: string;
  readonly content: string | Uint8Array | Blob | AsyncIterable<Uint8Array>;
}

/**
 * `multipart/form-data` (RFC 7578), from an object or a `FormData`: one part a property, or an element of it when it is a
 * list. A `Blob`, a `File`, a `Uint8Array` and a stream are files; what is itself an object is JSON.
 *
 * @throws TypeError on what isn't an object, or has no text
 */
export function multipartBody(value: unknown): Body {
  // Long enough that no content holds it: 122 random bits.
  const boundary = `fairlead-${crypto.randomUUID()}`;
  const parts = fieldsOf(value, 'multipart/form-data').map(([name, field]) => partOf(name, field));
  const type = `multipart/form-data; boundary=${boundary}`;
  const whole = wholeOf(parts, boundary);
  if (whole !== undefined) return { type, whole, repeatable: true, open: () => whole };
  return {
    type,
    whole: undefined,
    repeatable: parts.every(({ content }) => !isStream(content)),
    open: () => piecesOf(parts, boundary),
  };
}

function partOf(name: string, field: unknown): Part {
  const disposition = `content-disposition: form-data; name="${quoted(name)}"`;
  if (field instanceof Blob) {
    const filename = field instanceof File ? field.name : name;
    return { head: fileHead(disposition, filename, field.type), content: field };
  }
  if (field instanceof Uint8Array || isStream(field)) {
    return { head: fileHead(disposition, name), content: field };
  }
  const type = isStructured(field) ? '\r\ncontent-type: application/json' : '';
  return { head: `${disposition}${type}\r\n\r\n`, content: fieldText(name, field) };
}

function fileHead(disposition: string, filename: string, type = ''): string {
  // The type of a Blob is any text.
  const safeType = /^[\w!#$&^.+/; ="-]+$/.test(type) ? type : 'application/octet-stream';
  return `${disposition}; filename="${quoted(filename)}"\r\ncontent-type: ${safeType}\r\n\r\n`;
}

/** As browsers write names: the HTML standard, "multipart/form-data encoding algorithm". */
function quoted(name: string): string {
  return name.replace(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22');
}

/** All of it, when all of it is at hand. */
function wholeOf(parts: readonly Part[], boundary: string): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  for (const { head, content } of parts) {
    if (typeof content !== 'string' && !(content instanceof Uint8Array)) return undefined;
    pieces.push(Buffer.from(`--${boundary}\r\n${head}`), Buffer.from(content), Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

async function* piecesOf(
  parts: readonly Part[],
  boundary: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { head, content } of parts) {
    yield Buffer.from(`--${boundary}\r\n${head}`);
    if (content instanceof Blob) yield* content.stream();
    else if (isStream(content)) yield* content;
    else yield Buffer.from(content);
    yield Buffer.from('\r\n');
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}
