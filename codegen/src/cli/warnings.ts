import { placedLine } from '../errors.ts';
import type { Warning } from '../model.ts';

/** The most that somebody reads; `--json` has all. */
const SHOWN = 20;

/** A line a warning, `file#pointer: what was ignored`, and how many there are beyond those that are shown. */
export function warningLines(warnings: readonly Warning[]): string[] {
  const lines = warnings
    .slice(0, SHOWN)
    .map(({ file, pointer, message }) => placedLine(message, file, pointer));
  const more = warnings.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more; --json has all`] : lines;
}
