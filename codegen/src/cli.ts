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
      option: (option) => values.get(option),
      isOn: (option) => switches.has(option),
      cwd: process.cwd(),
      progress,
      result: (text, json) => print(switches.has('json') ? JSON.stringify(json, undefined, 2) : text),
      // Whoever asks for the signal promises to end by it; all else ends as a process does.
      get signal() {
        process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
        return interrupted.signal;
      },
    };
    return await command.run(call);
  } catch (error) {
    progress.end();
    return fail(error, args.includes('--trace'));
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

/** One clear message; what went wrong decides the exit code. */
function fail(error: unknown, trace: boolean): number {
  const { code, message } = explain(error);
  const stack = trace && error instanceof Error ? `\n${error.stack}` : '';
  process.stderr.write(`fairlead: ${message}${stack}\n`);
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

function explain(error: unknown): { code: number; message: string } {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  const code = isIo(error) ? EXIT.io : (CODES.get(name) ?? EXIT.defect);
  if (code === EXIT.usage) return { code, message: `${message}\nTry: fairlead --help` };
  if (code !== EXIT.defect) return { code, message };
  const hint = 'This is a defect of fairlead, not of your input: please report it with what --trace shows.';
  return { code, message: `${message}\n${hint}` };
}

/** Whether the system or the network is at fault: the error itself, or what an `InputError` was made of. */
function isIo(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('syscall' in error || error.name === 'TimeoutError') return true;
  // What fetch throws when nobody answers.
  return error.cause instanceof TypeError || isIo(error.cause);
}
