import { styleText } from 'node:util';
import { ResponseError } from '@fairlead/runtime';

/** Colours on a terminal, plain lines anywhere else. */
function coloured(style: Parameters<typeof styleText>[0], text: string): string {
  return process.stdout.isTTY ? styleText(style, text) : text;
}

const columns = { title: 24, code: 43 };

/** How long a step may take, in milliseconds: what a step waits for may never come. */
const patienceMs = 20_000;

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
  const { promise: late, resolve } = Promise.withResolvers<Finding>();
  const giveUp = () => resolve({ found: `nothing came of it within ${patienceMs} ms`, holds: false });
  const timer = setTimeout(giveUp, patienceMs);
  const ran = run().catch((error: unknown) => ({ found: String(error), holds: false }));
  const { found, holds } = await Promise.race([ran, late]);
  clearTimeout(timer);
  const took = `${Math.round(performance.now() - started)} ms`.padStart(7);
  if (!holds) failures += 1;
  const mark = holds ? coloured('green', '✓') : coloured('red', '✗');
  const call = coloured('cyan', code.padEnd(columns.code));
  process.stdout.write(
    `${mark} ${title.padEnd(columns.title)} ${call} ${coloured('dim', took)}  ${holds ? found : coloured('red', found)}\n`,
  );
}

/** The last line, and the exit code of the program. */
export function conclude(whenAllHeld: string): void {
  heading(failures === 0 ? whenAllHeld : 'Something is not as it should be: see the steps with a cross.');
  process.exitCode = failures === 0 ? 0 : 1;
}

/** The error that something ends with, whether it is thrown or comes later. */
export async function attempt(run: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return new Error('nothing went wrong');
}

/** Shows the error that a call ends with; it must be the service's own. `expected` are some of its properties. */
export async function refusal(
  call: PromiseLike<unknown>,
  expected: Partial<Pick<ResponseError, 'status' | 'code' | 'category'>>,
): Promise<Finding> {
  const error = await attempt(() => call);
  if (!(error instanceof ResponseError)) return { found: firstLine(error), holds: false };
  const { name, status, code, category } = error;
  const said = code === undefined ? firstLine(error) : `${name} ${status} ${code}`;
  const { status: s = status, code: c = code, category: k = category } = expected;
  return { found: `${said}, category ${category}`, holds: s === status && c === code && k === category };
}

export function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
