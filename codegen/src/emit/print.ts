import type {
  ClassDeclarationStructure,
  ExportDeclarationStructure,
  FunctionDeclarationStructure,
  ImportDeclarationStructure,
  OptionalKind,
} from 'ts-morph';
import type { PrintType } from './types.ts';

/** A statement of a generated file: text that is laid out already, or a structure as ts-morph prints it. */
export type Statement =
  | string
  | { readonly import: OptionalKind<ImportDeclarationStructure> }
  | { readonly export: OptionalKind<ExportDeclarationStructure> }
  | { readonly class: OptionalKind<ClassDeclarationStructure> }
  | { readonly function: OptionalKind<FunctionDeclarationStructure> };

export type PrintFile = (path: string, statements: readonly Statement[]) => string;

/** Sets up json-schema-to-typescript, which is loaded here and nowhere else. */
export async function typePrinter(): Promise<PrintType> {
  const { compile } = await import('json-schema-to-typescript');
  return (schema) =>
    compile(schema, 'Schema', {
      // Nothing refers to anything any more: every reference is a `tsType` by now.
      $refOptions: { resolve: { file: false, http: false, external: false } },
      bannerComment: '',
      format: false,
      ignoreMinAndMaxItems: true,
      unknownAny: true,
    });
}

/** Sets up ts-morph, which is loaded here and nowhere else. Each file is made by one call: it reparses with each. */
export async function filePrinter(): Promise<PrintFile> {
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
      if ('import' in statement)
        return { kind: StructureKind.ImportDeclaration, ...statement.import } as const;
      if ('export' in statement)
        return { kind: StructureKind.ExportDeclaration, ...statement.export } as const;
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
