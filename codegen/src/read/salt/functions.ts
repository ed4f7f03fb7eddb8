import { InputError } from '../../errors.ts';
import { child, pointerOf } from '../../json/pointer.ts';
import { isArray, isObject, sortKeys } from '../../json/values.ts';
import type { FunctionCall, JsonValue } from '../../model.ts';

/** What introspection tells about a function: names and defaults, and nothing about types. */
export type Signature = {
  readonly args?: readonly string[];
  /** Of the last of `args`, in their order. A default that JSON cannot hold is a text in angle brackets. */
  readonly defaults?: readonly JsonValue[];
  /** Also takes any number of values that have no name. */
  readonly varargs?: true;
  /** Also takes values under any other name. */
  readonly kwargs?: true;
  /** Minions that were asked don't agree: this is what suits all of them. */
  readonly differs?: true;
};

/** A file such as `functions/modules.json`. */
export type FunctionsFile = {
  /** Whom it was learnt from: `Debian 12, Salt 3006.0`. */
  readonly origins?: readonly string[];
  /** By `module.function`. */
  readonly functions: Readonly<Record<string, Signature>>;
};

/** Where functions run: each group is a file, a folder of generated classes, and a client of Salt. */
export const GROUPS = [
  { group: 'modules', client: 'local', path: 'functions/modules.json' },
  { group: 'runners', client: 'runner', path: 'functions/runners.json' },
  { group: 'wheel', client: 'wheel', path: 'functions/wheel.json' },
] as const satisfies readonly {
  readonly group: string;
  readonly client: FunctionCall['client'];
  readonly path: string;
}[];

export type Group = (typeof GROUPS)[number]['group'];

export function isFunctionsPath(path: string): boolean {
  return GROUPS.some((known) => known.path === path);
}

/** Holds for every document that the meta schema `salt-functions` accepts. */
export function isFunctionsFile(content: JsonValue | undefined): content is JsonValue & FunctionsFile {
  return isObject(content) && isObject(content['functions']);
}

/**
 * Refuses what the meta schema lets pass: names that are none in Python, and defaults of nothing. There are thousands of
 * names, and a validator looks at each with the care that a pattern from outside needs.
 */
export function assertSignatures({ functions }: FunctionsFile, file: string): void {
  for (const [name, { args = [], defaults = [] }] of Object.entries(functions)) {
    const wrong =
      (!/^\w+\.\w+$/.test(name) && 'not a name like module.function') ||
      (!args.every((arg) => /^[A-Za-z_]\w*$/.test(arg)) && 'has an argument whose name is none in Python') ||
      (defaults.length > args.length && 'more defaults than arguments');
    if (wrong === false) continue;
    throw new InputError(wrong, {
      file,
      pointer: pointerOf(['functions', name]),
      hint: 'Ask for the signature again',
    });
  }
}

/** A signature as `sys.argspec` gives it, where what isn't there is null; undefined when it is none. */
export function signatureOf(answer: JsonValue | undefined): Signature | undefined {
  if (!isObject(answer)) return undefined;
  const [args, defaults] = ['args', 'defaults'].map((key) => child(answer, key) ?? []);
  if (!isArray(args) || !isArray(defaults) || !args.every((arg) => typeof arg === 'string')) return undefined;
  if (defaults.length > args.length) return undefined;
  return {
    ...(args.length > 0 && { args }),
    ...(defaults.length > 0 && { defaults }),
    ...(isSaid(child(answer, 'varargs')) && { varargs: true }),
    ...(isSaid(child(answer, 'kwargs')) && { kwargs: true }),
  };
}

/** Older minions give the parameter's name. */
function isSaid(value: JsonValue | undefined): boolean {
  return value === true || typeof value === 'string';
}

/** JSON with one function a line, so that a difference shows which function changed. */
export function functionsText({ origins, functions }: FunctionsFile): string {
  const lines = Object.entries(functions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, signature]) => `${JSON.stringify(name)}: ${JSON.stringify(sortKeys(signature))}`);
  const head = origins === undefined ? '' : `"origins": ${JSON.stringify(origins)},\n`;
  return `{\n${head}"functions": {\n${lines.join(',\n')}\n}\n}\n`;
}
