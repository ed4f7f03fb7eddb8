import type { Progress } from '../progress.ts';

/** How a command ends. */
export const EXIT = {
  ok: 0,
  /** `check` found stale files, or `sync --dry-run` a difference. */
  stale: 1,
  /** The command line was wrong. */
  usage: 2,
  /** The input was wrong: a reference, a schema, a correction. */
  input: 3,
  /** Something could not be read, fetched or written. */
  io: 4,
  /** A defect of fairlead itself. */
  defect: 70,
} as const;

/** The command line was wrong; the message says how, and what is right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Option {
  /** Shown in the help: `DIR`. An option without it is a switch. */
  readonly value?: string;
  readonly about: string;
  readonly short?: string;
  /** May be given several times. */
  readonly many?: true;
}

/** One command of the command line. */
export interface Command {
  /** After `fairlead`: `generate [SERVICE…]`. */
  readonly usage: readonly string[];
  readonly about: string;
  readonly options: Readonly<Record<string, Option>>;
  run(call: Call): Promise<number>;
}

/** A call of a command, parsed. */
export interface Call {
  readonly operands: readonly string[];
  /** The value of an option, `undefined` when it wasn't given. */
  option(name: string): string | undefined;
  /** All values of an option that may be given several times. */
  options(name: string): readonly string[];
  isOn(name: string): boolean;
  readonly cwd: string;
  readonly progress: Progress;
  /** Writes the result: `text` for people, or `json` when asked for. */
  result(text: string, json: unknown): void;
  /** Tells about something that is no error, a line. */
  warn(line: string): void;
  /** Aborted by Ctrl-C, which otherwise would just end the process. */
  readonly signal: AbortSignal;
}
