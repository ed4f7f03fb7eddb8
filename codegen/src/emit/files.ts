import type { Api } from '../model.ts';
import { folderName } from '../names.ts';
import { clientClass, clientRuntime, clientUsesTypes } from './client.ts';
import { EVENTS_RUNTIME, eventFunction, keyDeclaration } from './events.ts';
import { type ImportExtension, runtimeImports, typesImport } from './imports.ts';
import { hasTypes, indexExports } from './index.ts';
import { filePrinter, type Statement, typePrinter } from './print.ts';
import { type TypesByName, typesByName } from './schema.ts';
import { type PrintType, routingDeclaration, typeDeclarations, typesRuntime } from './types.ts';

export interface EmitOptions {
  /** The module that the index takes the session from: `@fairlead/runtime/taskcluster`. */
  readonly session: string;
  /** Default: `.js`. */
  readonly importExtension?: ImportExtension;
  /** Called before each Api. */
  readonly onApi?: (api: Api) => void;
}

/** The generated files by path: `index.ts`, `queue/client.ts`, … Text without a header. */
export async function emitFiles(
  apis: readonly Api[],
  options: EmitOptions,
): Promise<ReadonlyMap<string, string>> {
  const { session, importExtension = '.js', onApi } = options;
  const [printType, printFile] = await Promise.all([typePrinter(), filePrinter()]);
  const sorted = [...apis].sort((a, b) => (a.path < b.path ? -1 : 1));
  const files = new Map<string, string>();
  for (const api of sorted) {
    onApi?.(api);
    for (const [name, statements] of await apiFiles(api, printType, importExtension)) {
      const path = `${folderName(api.path)}/${name}`;
      files.set(path, printFile(path, statements));
    }
  }
  const index = indexExports(sorted, session, importExtension).map((statement) => ({ export: statement }));
  files.set('index.ts', printFile('index.ts', index));
  return files;
}

/** The three files of an Api, without those that would be empty. */
async function apiFiles(
  api: Api,
  print: PrintType,
  extension: ImportExtension,
): Promise<Map<string, Statement[]>> {
  const files = new Map<string, Statement[]>();
  const types = typesByName(api.types);
  if (hasTypes(api)) {
    const declarations = await typeDeclarations(api, types, print);
    files.set('types.ts', [...imports(runtimeImports(typesRuntime(declarations))), ...declarations]);
  }
  if (api.methods.length > 0) {
    files.set('client.ts', [
      ...imports(runtimeImports(clientRuntime(api))),
      ...(clientUsesTypes(api) ? imports([typesImport(extension)]) : []),
      { class: clientClass(api, types) },
    ]);
  }
  if (api.events.length > 0) {
    files.set('events.ts', [
      ...imports(runtimeImports(EVENTS_RUNTIME)),
      ...imports([typesImport(extension)]),
      ...(await eventStatements(api, types, print)),
    ]);
  }
  return files;
}

/** The parts of each routing key as a type and as data, then the events that have it. */
async function eventStatements(api: Api, types: TypesByName, print: PrintType): Promise<Statement[]> {
  const byKey = Map.groupBy(api.events, ({ source }) => source.keyName);
  const statements = [...byKey].map(async ([key, events]) => [
    await routingDeclaration(key, events, print),
    ...events.slice(0, 1).map(({ source }) => keyDeclaration(source)),
    ...events.map((event) => ({ function: eventFunction(event, types) })),
  ]);
  return (await Promise.all(statements)).flat();
}

function imports(structures: ReturnType<typeof runtimeImports>): Statement[] {
  return structures.map((structure) => ({ import: structure }));
}
