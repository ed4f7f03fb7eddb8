import { escapeInvisible } from './invisible.ts';

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
  const said = placedLine(problem, file, pointer);
  return hint === undefined ? said : `${said}. ${escapeInvisible(hint)}`;
}

/** What is told of a place in the input, on one line that somebody can read: `file#pointer: problem`. */
export function placedLine(problem: string, file = '', pointer = ''): string {
  const place = `${abridged(file, 500)}${pointer === '' ? '' : `#${abridged(pointer, 160)}`}`;
  // What is quoted from the input must neither break the line nor command the terminal.
  return escapeInvisible(`${place === '' ? '' : `${place}: `}${abridged(problem, 600)}`);
}

/** In the message what has no end is cut in the middle; the properties keep it whole. */
function abridged(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 60)}…${text.slice(-40)}`;
}
