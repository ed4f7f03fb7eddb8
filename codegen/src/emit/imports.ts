import { RUNTIME_NAMES, type RuntimeName } from '../names.ts';
import { LINE_WIDTH } from './doc.ts';

/** Where generated code gets its behaviour from. */
const RUNTIME = '@fairlead/runtime/client';

/** How generated files name each other: `.js` for compiled code, `.ts` where types are stripped, '' for bundlers. */
export type ImportExtension = '.js' | '.ts' | '';

/** The import of a file from the runtime; none when it uses nothing of it. */
function runtimeImport(used: ReadonlySet<RuntimeName>): string[] {
  const names = alphabetical([...used]);
  if (names.length === 0) return [];
  const isTypeOnly = names.every((name) => RUNTIME_NAMES[name] === 'type');
  const items = names.map((name) => `${!isTypeOnly && RUNTIME_NAMES[name] === 'type' ? 'type ' : ''}${name}`);
  const start = `import ${isTypeOnly ? 'type ' : ''}{`;
  const end = `} from '${RUNTIME}';`;
  const line = `${start} ${items.join(', ')} ${end}`;
  return [
    line.length <= LINE_WIDTH ? line : `${start}\n${items.map((item) => `  ${item},\n`).join('')}${end}`,
  ];
}

/** A file of ours that others import, by the name that stands for all of it. */
export type Neighbour = 'types' | 'shared' | 'shapes';

/** What the code of one file uses: it is asked for each name as that is written down, and so knows what to import. */
export class Uses {
  readonly #runtime = new Set<RuntimeName>();
  readonly #neighbours = new Set<Neighbour>();

  runtime(name: RuntimeName): RuntimeName {
    this.#runtime.add(name);
    return name;
  }

  /** Text that may name types: `types.Task`, `shared.Problem[]`, `FormFile`, `Open<'a'>`. */
  types(text: string): string {
    const words = wordsOf(text);
    for (const name of ['types', 'shared'] as const) if (words.has(name)) this.#neighbours.add(name);
    for (const name of ['FormFile', 'Open'] as const) if (words.has(name)) this.#runtime.add(name);
    return text;
  }

  /** Text that may name shapes: `{ items: () => shapes.Pet }`. */
  shapes(text: string): string {
    if (wordsOf(text).has('shapes')) this.#neighbours.add('shapes');
    return text;
  }

  /** The imports of the file, a line each. `places` says where its neighbours are: `../types.js`. */
  imports(places: Readonly<Record<Neighbour, string>>): string[] {
    const used = (name: Neighbour): Neighbour[] => (this.#neighbours.has(name) ? [name] : []);
    return [
      ...runtimeImport(this.#runtime),
      ...used('shapes').map((name) => `import { ${name} } from '${places[name]}';`),
      ...[...used('shared'), ...used('types')].map(
        (name) => `import type * as ${name} from '${places[name]}';`,
      ),
    ];
  }
}

/** The names that an expression begins with, whatever its literals say: `types` of `types.Task['types']`. */
function wordsOf(text: string): ReadonlySet<string> {
  const code = text.replace(/'(?:[^'\\]|\\.)*'/g, "''");
  return new Set(code.match(/(?<![\w$.])[A-Za-z_$][\w$]*/g));
}

/** Puts each of a list of structures on a line of its own, with a comma after it, the last included. */
export function onePerLine<T extends object>(structures: readonly T[], indent = '  '): T[] {
  return structures.map((structure, index) => ({
    ...structure,
    leadingTrivia: `\n${indent}`,
    trailingTrivia: index === structures.length - 1 ? ',\n' : ',',
  }));
}

/** As a dictionary sorts: `path`, `Pages`. */
function alphabetical<T extends string>(names: readonly T[]): T[] {
  const key = (name: string): string => `${name.toLowerCase()} ${name}`;
  return [...names].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
