import { escapeInvisible } from '../invisible.ts';
import type { Warning } from '../model.ts';

/** The most that somebody reads; `--json` has all. */
const SHOWN = 20;

/** A line a warning, `file#pointer: what was ignored`, and how many there are beyond those that are shown. */
export function warningLines(warnings: readonly Warning[]): string[] {
  const lines = warnings
    .slice(0, SHOWN)
    // What is quoted from the input must neither break the line nor command the terminal.
    .map(({ file, pointer, message }) => escapeInvisible(`${file}#${pointer}: ${message}`));
  const more = warnings.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more; --json has all`] : lines;
}
