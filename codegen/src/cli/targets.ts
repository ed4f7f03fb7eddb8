import { resolve } from 'node:path';
import type { ImportExtension } from '../emit/imports.ts';
import type { FileSource, Target } from '../target.ts';
import { choice } from './choice.ts';
import { type Call, UsageError } from './command.ts';
import { PROJECT_OPTIONS, serviceTargets } from './project.ts';

/** What says what is to be generated, and from what: services of the project, or a file of one's own. */
export const TARGET_OPTIONS = {
  ...PROJECT_OPTIONS,
  out: { value: 'DIR', about: 'the folder to generate into, for a FILE (or folder) of your own' },
  corrections: { value: 'FILE', about: 'what FILE got wrong: a list of { at, set | remove, why }' },
  docs: { value: 'FILE', about: 'one sentence for each service, method and event of FILE' },
  'import-extension': {
    value: '.js|.ts|none',
    about: 'how generated files import each other (default: .js)',
  },
  name: { value: 'NAME', about: 'what the session of FILE is called (default: after its title)' },
  int64: { value: 'number|bigint', about: 'what integers of 64 bits of FILE are (default: number)' },
  dates: { value: 'string|date', about: 'what dates with a time of FILE are (default: string)' },
  bytes: { value: 'string|uint8array', about: 'what base64 of FILE is (default: string)' },
};

/** What a call of `generate` or `check` is about. */
export function targetsOf(call: Call): Target[] {
  return call.option('out') === undefined ? projectTargets(call) : [fileTarget(call)];
}

const FILE_OPTIONS = ['corrections', 'docs', 'import-extension', 'name', 'int64', 'dates', 'bytes'];

function projectTargets(call: Call): Target[] {
  const stray = FILE_OPTIONS.find((name) => call.option(name) !== undefined);
  const file = call.operands.find((operand) => /[/\\.]/.test(operand));
  if (stray !== undefined || file !== undefined) {
    throw new UsageError(`${file ?? `--${stray}`} needs --out DIR, the folder to generate into`);
  }
  return serviceTargets(call);
}

function fileTarget(call: Call): Target {
  const [file, ...more] = call.operands;
  if (file === undefined || more.length > 0) {
    throw new UsageError(
      `--out takes exactly one file or folder to generate from, not ${call.operands.length}`,
    );
  }
  const path = (name: string): string | undefined => {
    const given = call.option(name);
    return given === undefined ? undefined : resolve(call.cwd, given);
  };
  const corrections = path('corrections');
  const docs = path('docs');
  const sessionName = call.option('name');
  if (sessionName !== undefined && !/[A-Za-z]/.test(sessionName)) {
    throw new UsageError(`--name needs a letter, which ${JSON.stringify(sessionName)} has none of`);
  }
  return {
    name: file,
    source: {
      kind: 'file',
      from: resolve(call.cwd, file),
      ...(corrections !== undefined && { corrections }),
      ...(docs !== undefined && { docs }),
      ...(sessionName !== undefined && { sessionName }),
      ...choices(call),
    },
    out: resolve(call.cwd, call.option('out') ?? '.'),
    importExtension: importExtension(call),
  };
}

/** What TypeScript has for what JSON has no word for. */
function choices(call: Call): Pick<FileSource, 'int64' | 'dates' | 'bytes'> {
  return {
    int64: choice(call, 'int64', ['number', 'bigint']) ?? 'number',
    dates: choice(call, 'dates', ['string', 'date']) ?? 'string',
    bytes: choice(call, 'bytes', ['string', 'uint8array']) ?? 'string',
  };
}

function importExtension(call: Call): ImportExtension {
  const given = choice(call, 'import-extension', ['.js', '.ts', 'none']) ?? '.js';
  return given === 'none' ? '' : given;
}
