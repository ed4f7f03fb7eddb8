import type { ClassDeclarationStructure, FunctionDeclarationStructure, OptionalKind } from 'ts-morph';
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

/** Prints schemas as types, in their order. */
export type PrintTypes = (schemas: readonly PrintableSchema[]) => Promise<readonly Node[]>;

/** A statement of a generated file: text that is laid out already, or a structure as ts-morph prints it. */
export type Statement =
  | string
  | { readonly class: OptionalKind<ClassDeclarationStructure> }
  | { readonly function: OptionalKind<FunctionDeclarationStructure> };

export type PrintStatements = (path: string, statements: readonly Statement[]) => string;

/** Sets up json-schema-to-typescript, which is loaded here and nowhere else. */
export async function typePrinter(): Promise<PrintTypes> {
  const { compile } = await import('json-schema-to-typescript');
  return async (schemas) => {
    if (schemas.length === 0) return [];
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
  };
}

/** Sets up ts-morph, which is loaded here and nowhere else. Each file is made by one call: it reparses with each. */
export async function statementPrinter(): Promise<PrintStatements> {
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
  return (path, statements) => {
    const structures = statements.map((statement) => {
      if (typeof statement === 'string') return `\n${statement}\n`;
      if ('class' in statement) return { kind: StructureKind.Class, ...statement.class } as const;
      return { kind: StructureKind.Function, ...statement.function } as const;
    });
    const file = project.createSourceFile(path, { statements: structures });
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
