import type { Api, JsonSchema, Model } from '../model.ts';
import { type ClientContext, clientClass } from './client.ts';
import { conversionsOf } from './conversions.ts';
import { eventStatements } from './events.ts';
import { type Home, homeOf, neighbours, type Shared, sharedOf } from './home.ts';
import { type ImportExtension, Uses } from './imports.ts';
import { groupedIndex, packageIndex } from './index.ts';
import { Patterns } from './patterns.ts';
import { type PrintStatements, statementPrinter } from './print.ts';
import { scopeOf } from './reference.ts';
import { sessionFile } from './session.ts';
import { Shapes } from './shapes.ts';
import { type Declared, declarationsText, declaredTypes } from './types.ts';

interface EmitOptions {
  /** The module that the index takes the session from, where the model has none: `@fairlead/runtime/taskcluster`. */
  readonly session: string;
  /** Default: `.js`. */
  readonly importExtension?: ImportExtension;
  /** Called before each Api. */
  readonly onApi?: (api: Api) => void;
}

/** A class and its events, and where they go. */
interface Housed {
  readonly api: Api;
  readonly home: Home;
}

/** A file of types, before json-schema-to-typescript has said what they look like. */
interface TypesFile {
  readonly path: string;
  readonly places: Home['neighbours'];
  readonly declared: readonly Declared[];
}

/** The generated files by path: `index.ts`, `queue/client.ts`, … Text without a header. */
export async function emitFiles(model: Model, options: EmitOptions): Promise<ReadonlyMap<string, string>> {
  const { importExtension: extension = '.js', onApi } = options;
  const print = statementPrinter();
  const shared = sharedOf(model);
  const housed = model.apis
    .map((api): Housed => ({ api, home: homeOf(api, shared, extension) }))
    .sort((a, b) => (a.home.folder < b.home.folder ? -1 : 1));

  const conversions = conversionsOf(model, shared.plain);
  const shapes = new Shapes(model.types, shared.plain, conversions);
  const { given } = conversions;
  const patterns = new Patterns();
  const typesFiles = typesFilesOf(model, housed, shared, { given, patterns, extension });
  await patterns.answer();

  const files = new Map<string, string>();
  const add = (path: string, text: string): void => {
    if (files.has(path)) throw new Error(`two of the files would be called ${path}`);
    files.set(path, `${text.trim()}\n`);
  };
  for (const { path, places, declared } of typesFiles) {
    const uses = new Uses();
    const text = declarationsText(declared, patterns, uses);
    add(path, withImports(text, uses, places));
  }
  for (const { api, home } of housed) {
    onApi?.(api);
    for (const [name, text] of await classFiles({ api, home }, given, shapes, print))
      add(`${home.folder}/${name}`, text);
    if (api.group !== undefined) add(`${home.folder}/index.ts`, groupedIndex({ api, home }, extension));
  }
  const shapesText = shapes.declaration();
  if (shapesText !== undefined) {
    const uses = new Uses();
    uses.runtime('Shape');
    add('shapes.ts', withImports(shapesText, uses, neighbours('./', './', extension)));
  }
  if (model.session !== undefined) add('session.ts', sessionFile(model.session));
  const session = model.session ?? options.session;
  add('index.ts', packageIndex(housed, { session, hasTypes: files.has('types.ts'), extension }));
  return files;
}

interface TypesContext {
  readonly given: ReadonlySet<JsonSchema>;
  readonly patterns: Patterns;
  readonly extension: ImportExtension;
}

/** The types of each Api that has its own, and those that classes share. */
function typesFilesOf(
  model: Model,
  housed: readonly Housed[],
  shared: Shared,
  { given, patterns, extension }: TypesContext,
): TypesFile[] {
  const files = housed
    .filter(({ home }) => home.ownsTypes)
    .map(({ api, home }): TypesFile => {
      const scope = scopeOf(api.types, '', shared.asShared);
      const declared = declaredTypes(api.types, api, { scope, given, patterns, isOpen: true });
      return { path: `${home.folder}/types.ts`, places: home.neighbours, declared };
    });
  if (!shared.exists) return files;
  const users = housed.filter(({ home }) => !home.ownsTypes).map(({ api }) => api);
  const others = {
    methods: users.flatMap((api) => api.methods),
    events: users.flatMap((api) => api.events),
  };
  const context = { scope: shared.plain, given, patterns, isOpen: false };
  const declared = declaredTypes(model.types, others, context);
  return declared.length === 0
    ? files
    : [...files, { path: 'types.ts', places: neighbours('./', './', extension), declared }];
}

/** The class of an Api and its events, without those that would be empty. */
async function classFiles(
  { api, home }: Housed,
  given: ReadonlySet<JsonSchema>,
  shapes: Shapes,
  print: PrintStatements,
): Promise<readonly (readonly [string, string])[]> {
  const file = async (name: string, write: (context: ClientContext) => string | Promise<string>) => {
    const uses = new Uses();
    const text = await write({ scope: home.scope, given, uses, namespace: 'types.', shapes });
    return [name, withImports(text, uses, home.neighbours)] as const;
  };
  return [
    ...(api.methods.length === 0 ? [] : [await file('client.ts', (context) => clientClass(api, context))]),
    ...(api.events.length === 0
      ? []
      : [await file('events.ts', (context) => print(eventStatements(api.events, context)))]),
  ];
}

function withImports(text: string, uses: Uses, places: Home['neighbours']): string {
  const imports = uses.imports(places).join('\n');
  return imports === '' ? text : `${imports}\n\n${text}`;
}
