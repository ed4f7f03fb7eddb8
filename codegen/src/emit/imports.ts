import type { ImportDeclarationStructure, OptionalKind } from 'ts-morph';
import { LINE_WIDTH } from './doc.ts';

/** Where generated code gets its behaviour from. */
export const RUNTIME = '@fairlead/runtime/client';

/** All that generated code may use of the runtime, and whether it is a type. */
export const RUNTIME_NAMES = {
  byToken: 'value',
  CallOptions: 'type',
  HttpEndpoint: 'type',
  HttpSession: 'type',
  KeyPart: 'type',
  Open: 'type',
  Pages: 'type',
  path: 'value',
  RoutingPattern: 'type',
  secret: 'value',
  Topic: 'type',
  topic: 'value',
} as const satisfies Readonly<Record<string, 'type' | 'value'>>;

export type RuntimeName = keyof typeof RUNTIME_NAMES;

/** How generated files name each other: `.js` for compiled code, `.ts` where types are stripped, '' for bundlers. */
export type ImportExtension = '.js' | '.ts' | '';

type ImportStructure = OptionalKind<ImportDeclarationStructure>;

/** Imports of a file from the runtime; none when it uses nothing of it. */
export function runtimeImports(used: ReadonlySet<RuntimeName>): ImportStructure[] {
  const names = alphabetical([...used]);
  if (names.length === 0) return [];
  const isTypeOnly = names.every((name) => RUNTIME_NAMES[name] === 'type');
  const namedImports = names.map((name) => ({
    name,
    isTypeOnly: !isTypeOnly && RUNTIME_NAMES[name] === 'type',
  }));
  const width =
    `import ${isTypeOnly ? 'type ' : ''}{  } from '${RUNTIME}';`.length +
    namedImports.map(({ name, isTypeOnly }) => `${isTypeOnly ? 'type ' : ''}${name}`).join(', ').length;
  return [
    {
      moduleSpecifier: RUNTIME,
      isTypeOnly,
      namedImports: width > LINE_WIDTH ? onePerLine(namedImports) : namedImports,
    },
  ];
}

/** The import of the types of the same folder. */
export function typesImport(extension: ImportExtension): ImportStructure {
  return { moduleSpecifier: `./types${extension}`, isTypeOnly: true, namespaceImport: 'types' };
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
