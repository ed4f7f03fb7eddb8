import { parseArgs } from 'node:util';
import { type Option, UsageError } from './command.ts';
import { didYouMean } from './suggest.ts';

/** A command line without the name of the command. */
export interface Parsed {
  readonly operands: readonly string[];
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly switches: ReadonlySet<string>;
}

/** Reads a command line against the options that there are. Everything unknown or given twice is refused. */
export function parse(args: readonly string[], options: Readonly<Record<string, Option>>): Parsed {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value, short }]) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(short !== undefined && { short }) } as const,
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const operands: string[] = [];
  const values = new Map<string, readonly string[]>();
  const switches = new Set<string>();
  for (const token of tokens) {
    // A shell variable that isn't set: the current folder would be taken for it.
    if (token.kind === 'positional' && token.value === '') throw new UsageError('an argument is empty');
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      const known = Object.keys(options).map((name) => `--${name}`);
      throw new UsageError(`unknown option ${token.rawName}${didYouMean(token.rawName, known)}`);
    }
    const before = values.get(token.name);
    if (before !== undefined && option.many !== true) throw new UsageError(`${token.rawName} is given twice`);
    if (option.value === undefined) {
      if (token.inlineValue === true) throw new UsageError(`${token.rawName} takes no value`);
      switches.add(token.name);
    } else if (!token.value || (token.inlineValue !== true && token.value.startsWith('-'))) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${option.value}`);
    } else {
      values.set(token.name, [...(before ?? []), token.value]);
    }
  }
  return { operands, values, switches };
}
