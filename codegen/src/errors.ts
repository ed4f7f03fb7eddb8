/** What may be told about the input that was refused, beside the sentence itself. */
export interface InputErrorDetails {
  /** The file, as the user named it or as it is called inside the input: `references/queue/v1/api.json`. */
  readonly file?: string;
  /** A JSON pointer into that file: `/entries/3/route`. */
  readonly pointer?: string;
  /** What to do about it, as one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The input is wrong: a reference, a schema, a correction, a page of documentation.
 *
 * Its message is one sentence that says where and what, and another that says what to do. A terminal shows
 * the message alone: the stack is ours and would tell the reader nothing about their file.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly file: string | undefined;
  readonly pointer: string | undefined;
  /** What was wrong, without the place and without the hint. */
  readonly problem: string;
  readonly hint: string | undefined;

  constructor(problem: string, details: InputErrorDetails = {}) {
    const { file, pointer, hint, cause } = details;
    super(sentence(problem, file, pointer, hint), cause === undefined ? undefined : { cause });
    this.file = file;
    this.pointer = pointer;
    this.problem = problem;
    this.hint = hint;
  }
}

function sentence(problem: string, file?: string, pointer?: string, hint?: string): string {
  const place = [file ?? '', pointer ? `#${abridged(pointer)}` : ''].join('');
  return [place === '' ? '' : `${place}: `, problem, hint === undefined ? '' : `. ${hint}`].join('');
}

/** In the message a pointer into something nested without end is cut in the middle; the property keeps it whole. */
function abridged(pointer: string): string {
  return pointer.length <= 160 ? pointer : `${pointer.slice(0, 100)}…${pointer.slice(-40)}`;
}
