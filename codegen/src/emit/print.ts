import type { FunctionDeclarationStructure, OptionalKind } from 'ts-morph';
import type { JsonSchema } from '../model.ts';
import { type Node, readMembers } from './tree.ts';

/** What json-schema-to-typescript is given: only the keywords written here, and `tsType` only of our making. */
export type PrintableSchema = {
  tsType?: string;
  type?: NonNullable<JsonSchema['type']>;
  properties?: Record<string, PrintableSchema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: PrintableSchema;
  enum?: Literal[];
  oneOf?: PrintableSchema[];
  anyOf?: PrintableSchema[];
  allOf?: PrintableSchema[];
};

export type Literal = null | boolean | number | string | Literal[] | { [key: string]: Literal };

/** Prints schemas as types, in their order. json-schema-to-typescript is loaded here and nowhere else. */
export async function printTypes(schemas: readonly PrintableSchema[]): Promise<readonly Node[]> {
  if (schemas.length === 0) return [];
  const { compile } = await import('json-schema-to-typescript');
  const names = schemas.map((_, index) => `t${index}`);
  const all: PrintableSchema = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(schemas.map((schema, index) => [`t${index}`, schema])),
    required: names,
  };
  const text = await compile(all, 'Schemas', {
    // Nothing refers to anything any more: every reference is a `tsType` by now.
    $refOptions: { resolve: { file: false, http: false, external: false } },
    bannerComment: '',
    format: false,
    ignoreMinAndMaxItems: true,
    unknownAny: true,
  });
  return readMembers(text).map(({ node }) => node);
}

/** A statement of a generated file: text that is laid out already, or a function as ts-morph prints it. */
export type Statement = string | OptionalKind<FunctionDeclarationStructure>;

/** Prints the statements of one file. */
export type PrintStatements = (statements: readonly Statement[]) => Promise<string>;

/** Sets up ts-morph when there first is a function to print: it takes longer to load than most files to generate. */
export function statementPrinter(): PrintStatements {
  let functions: Promise<PrintStatements> | undefined;
  return async (statements) => {
    if (statements.every((statement) => typeof statement === 'string')) return statements.join('\n\n');
    functions ??= functionPrinter();
    return (await functions)(statements);
  };
}

/** ts-morph is loaded here and nowhere else. Each file is made by one call: it reparses with each. */
async function functionPrinter(): Promise<PrintStatements> {
  const { IndentationText, NewLineKind, Project, QuoteKind, StructureKind } = await import('ts-morph');
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    skipFileDependencyResolution: true,
    manipulationSettings: {
      indentationText: IndentationText.TwoSpaces,
      newLineKind: NewLineKind.LineFeed,
      quoteKind: QuoteKind.Single,
    },
  });
  return async (statements) => {
    const structures = statements.map((statement) =>
      typeof statement === 'string'
        ? `\n${statement}\n`
        : ({ kind: StructureKind.Function, ...statement } as const),
    );
    const file = project.createSourceFile('events.ts', { statements: structures });
    const text = file.getFullText();
    file.forget();
    return tidied(text);
  };
}

/** ts-morph leaves a blank at the end of a line where a list goes on, and indents the end of a long return type. */
function tidied(text: string): string {
  return `${text
    .replace(/ +$/gm, '')
    .replace(/^ {2}> \{$/gm, '> {')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
