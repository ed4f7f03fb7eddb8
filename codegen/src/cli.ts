import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCommand } from './cli/check.ts';
import { type Call, type Command, EXIT, UsageError } from './cli/command.ts';
import { generateCommand } from './cli/generate.ts';
import { COMMON_OPTIONS, commandHelp, generalHelp } from './cli/help.ts';
import { parse } from './cli/parse.ts';
import { serveCommand } from './cli/serve.ts';
import { didYouMean } from './cli/suggest.ts';
import { syncCommand } from './cli/sync.ts';
import { createProgress } from './progress.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  generate: generateCommand,
  check: checkCommand,
  sync: syncCommand,
  serve: serveCommand,
};

/** Somebody pressed Ctrl-C. */
class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** Runs a command line and gives the exit code. Results go to stdout, all else to stderr. */
export async function main(args: readonly string[]): Promise<number> {
  const progress = createProgress(process.stderr);
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new InterruptedError('interrupted'));
  process.stdout.once('error', outputLost);
  try {
    const [name = '--help', ...rest] = args;
    if (name.startsWith('-')) return general(args);
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) {
      const known = Object.keys(COMMANDS);
      throw new UsageError(`unknown command ${JSON.stringify(name)}${didYouMean(name, known)}`);
    }
    const { operands, values, switches } = parse(rest, { ...command.options, ...COMMON_OPTIONS });
    if (switches.has('help')) return print(commandHelp(command));
    if (switches.has('version')) return print(version());
    const call: Call = {
      operands,
      option: (option) => values.get(option)?.[0],
      options: (option) => values.get(option) ?? [],
      isOn: (option) => switches.has(option),
      cwd: process.cwd(),
      progress,
      result: (text, json) => print(switches.has('json') ? JSON.stringify(json, undefined, 2) : text),
      warn: (line) => process.stderr.write(`${line}\n`),
      // Whoever asks for the signal promises to end by it; all else ends as a process does.
      get signal() {
        process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
        return interrupted.signal;
      },
    };
    return await command.run(call);
  } catch (error) {
    progress.end();
    return fail(error, { json: args.includes('--json'), trace: args.includes('--trace') });
  } finally {
    process.removeListener('SIGINT', interrupt).removeListener('SIGTERM', interrupt);
  }
}

function general(args: readonly string[]): number {
  const { operands, switches } = parse(args, COMMON_OPTIONS);
  if (operands.length > 0) throw new UsageError('the command comes first: fairlead COMMAND [OPTION…]');
  return print(switches.has('version') ? version() : generalHelp(COMMANDS));
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'));
  return manifest instanceof Object && 'version' in manifest ? String(manifest.version) : 'unknown';
}

/** Nobody reads on, as in `fairlead … | head`, or the disk is full that the result goes to. */
function outputLost(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') process.stderr.write(`fairlead: cannot write the result: ${error.message}\n`);
  process.exit(EXIT.io);
}

/** One clear message; what went wrong decides the exit code. */
function fail(error: unknown, { json, trace }: { readonly json: boolean; readonly trace: boolean }): number {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const stack = trace && error instanceof Error ? [error.stack] : [];
  if (json) print(JSON.stringify({ error: { exitCode: code, message, ...placeOf(error) } }, undefined, 2));
  process.stderr.write(`${[`fairlead: ${message}`, ...(HINTS.get(code) ?? []), ...stack].join('\n')}\n`);
  return code;
}

/** By name, so that telling a wrong command line needs nothing that reads references. */
const CODES: ReadonlyMap<string, number> = new Map([
  ['UsageError', EXIT.usage],
  ['InputError', EXIT.input],
  ['NameError', EXIT.input],
  ['WriteError', EXIT.io],
  ['InterruptedError', EXIT.io],
]);

const HINTS: ReadonlyMap<number, readonly string[]> = new Map([
  [EXIT.usage, ['Try: fairlead --help']],
  [
    EXIT.defect,
    ['This is a defect of fairlead, not of your input: please report it with what --trace shows.'],
  ],
]);

/** Where the input is wrong, if that is what an error says. */
function placeOf(error: unknown): object {
  if (!(error instanceof Error && error.name === 'InputError')) return {};
  const { file, pointer } = { file: undefined, pointer: undefined, ...error };
  return { file, pointer };
}

function codeOf(error: unknown): number {
  if (isIo(error)) return EXIT.io;
  return (error instanceof Error ? CODES.get(error.name) : undefined) ?? EXIT.defect;
}

/** Whether the system or the network is at fault: the error itself, or what an `InputError` was made of. */
function isIo(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('syscall' in error || error.name === 'TimeoutError') return true;
  // What fetch throws when nobody answers.
  return error.cause instanceof TypeError || isIo(error.cause);
}
