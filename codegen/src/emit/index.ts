import type { ExportDeclarationStructure, OptionalKind } from 'ts-morph';
import type { Api } from '../model.ts';
import { className, eventsName, folderName, typesName } from '../names.ts';
import type { ImportExtension } from './imports.ts';
import { identifier } from './literal.ts';

/**
 * The index of a package: its session and all that belongs to it, then each class, its events and its types.
 * `session` is the module of the session: `@fairlead/runtime/taskcluster`.
 */
export function indexExports(
  apis: readonly Api[],
  session: string,
  extension: ImportExtension,
): OptionalKind<ExportDeclarationStructure>[] {
  return [{ moduleSpecifier: session }, ...apis.flatMap((api) => exportsOf(api, extension))];
}

function exportsOf(api: Api, extension: ImportExtension): OptionalKind<ExportDeclarationStructure>[] {
  const { path, methods, events } = api;
  const from = (file: string): string => `./${folderName(path)}/${file}${extension}`;
  return [
    ...(methods.length === 0
      ? []
      : [{ namedExports: [identifier(className(path))], moduleSpecifier: from('client') }]),
    ...(events.length === 0
      ? []
      : [{ namespaceExport: identifier(eventsName(path)), moduleSpecifier: from('events') }]),
    ...(hasTypes(api)
      ? [{ namespaceExport: identifier(typesName(path)), isTypeOnly: true, moduleSpecifier: from('types') }]
      : []),
  ];
}

/** Whether an Api has any type: one that only answers with text has none. */
export function hasTypes({ types, methods }: Api): boolean {
  return types.length > 0 || methods.some(({ queryType }) => queryType !== undefined);
}
