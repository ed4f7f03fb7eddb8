import { wrapped } from '../emit/wrap.ts';
import { type Command, EXIT, type Option } from './command.ts';

const WIDTH = 80;

/** Options that every command has. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  json: { about: 'write the result as JSON, or the error' },
  trace: { about: 'show the stack of an error' },
  help: { about: 'show this help', short: 'h' },
  version: { about: 'show the version', short: 'V' },
};

const EXIT_CODES: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.stale, 'check: something is out of date; sync --dry-run: there is a difference'],
  [EXIT.usage, 'the command line is wrong'],
  [EXIT.input, 'the input is wrong: a reference, a schema, a correction'],
  [EXIT.io, 'something could not be read, fetched or written'],
  [EXIT.defect, 'a defect of fairlead itself'],
];

export function generalHelp(commands: Readonly<Record<string, Command>>): string {
  const summaries = Object.entries(commands).map(([name, { about }]) => [name, about] as const);
  return [
    'fairlead: typed clients, generated from what services say about themselves',
    section('Usage', ['fairlead COMMAND [OPTION…]', 'fairlead COMMAND --help']),
    section('Commands', table(summaries)),
    section('Options', optionTable(COMMON_OPTIONS)),
    section('Exit codes', table(EXIT_CODES.map(([code, about]) => [String(code), about] as const))),
  ].join('\n\n');
}

export function commandHelp({ usage, about, options }: Command): string {
  return [
    wrapped(about, WIDTH).join('\n'),
    section(
      'Usage',
      usage.map((line) => `fairlead ${line}`),
    ),
    section('Options', optionTable({ ...options, ...COMMON_OPTIONS })),
  ].join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return `${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function optionTable(options: Readonly<Record<string, Option>>): string[] {
  return table(
    Object.entries(options).map(([name, { value, about, short }]) => [
      `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
      about,
    ]),
  );
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.flatMap(([left, right]) =>
    wrapped(right, WIDTH - width - 2).map(
      (line, index) => `${(index === 0 ? left : '').padEnd(width)}${line}`,
    ),
  );
}
