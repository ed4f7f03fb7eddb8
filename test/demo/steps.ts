import { styleText } from 'node:util';

/** Colours on a terminal, plain lines anywhere else. */
function coloured(style: Parameters<typeof styleText>[0], text: string): string {
  return process.stdout.isTTY ? styleText(style, text) : text;
}

const columns = { title: 24, code: 43 };

/** One line that introduces what follows. */
export function heading(text: string): void {
  process.stdout.write(`\n${coloured('bold', text)}\n\n`);
}

/** What a step found out: it is shown, and the step holds only when it is so. */
export interface Finding {
  readonly found: string;
  readonly holds: boolean;
}

let failures = 0;

/** Runs one step and tells in one line what was called and what came of it. An exception is a failed step. */
export async function step(title: string, code: string, run: () => Promise<Finding>): Promise<void> {
  const started = performance.now();
  const { found, holds } = await run().catch((error: unknown) => ({ found: String(error), holds: false }));
  const took = `${Math.round(performance.now() - started)} ms`.padStart(7);
  if (!holds) failures += 1;
  const mark = holds ? coloured('green', '✓') : coloured('red', '✗');
  const call = coloured('cyan', code.padEnd(columns.code));
  process.stdout.write(
    `${mark} ${title.padEnd(columns.title)} ${call} ${coloured('dim', took)}  ${holds ? found : coloured('red', found)}\n`,
  );
}

/** The exit code of all the steps so far. */
export function outcome(): 0 | 1 {
  return failures === 0 ? 0 : 1;
}
