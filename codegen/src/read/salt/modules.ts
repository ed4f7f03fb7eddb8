import { pointerOf } from '../../json/pointer.ts';
import type { Api, FunctionCall, JsonSchema, Method, NamedType, Warning } from '../../model.ts';
import { className, methodName, Names, typeName } from '../../names.ts';
import type { Documents } from '../documents.ts';
import { named } from '../naming.ts';
import { type FunctionsFile, GROUPS, type Group, isFunctionsFile, type Signature } from './functions.ts';
import { type Overlay, overlaysOf } from './overlays.ts';
import { parametersOf } from './parameters.ts';

/** A class for each module of Salt, in a folder for each place where functions run. */
export function modulesOf(documents: Documents): {
  readonly apis: readonly Api[];
  readonly warnings: readonly Warning[];
} {
  const overlays = overlaysOf(documents);
  const found = GROUPS.flatMap(({ group, client, path }) => {
    const file = documents.files.get(path);
    if (!isFunctionsFile(file)) return [];
    const names = new Names(`classes of ${group}`);
    return [...byModule(file)].map(([module, functions]) =>
      moduleOf(
        { group, client, path, module, names, origins: file.origins ?? [], functions },
        overlays.get(`${group}/${module}`),
      ),
    );
  });
  const known = new Set(found.map(({ api }) => `${api.group}/${api.path}`));
  const unused = [...overlays].filter(([key]) => !known.has(key));
  return {
    apis: found.map(({ api }) => api),
    warnings: [
      ...found.flatMap(({ warnings }) => warnings),
      ...unused.map(([, { file }]) => ({ file, pointer: '', message: 'the module is not there' })),
    ],
  };
}

/** The functions of each module, by their names within it, in an order that doesn't depend on that of the file. */
function byModule({ functions }: FunctionsFile): ReadonlyMap<string, ReadonlyMap<string, Signature>> {
  const modules = new Map<string, Map<string, Signature>>();
  for (const [name, signature] of Object.entries(functions).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [module = '', ...rest] = name.split('.');
    const own = modules.get(module) ?? new Map<string, Signature>();
    modules.set(module, own.set(rest.join('.'), signature));
  }
  return modules;
}

interface Module {
  readonly group: Group;
  readonly client: FunctionCall['client'];
  readonly path: string;
  readonly module: string;
  readonly names: Names;
  readonly origins: readonly string[];
  readonly functions: ReadonlyMap<string, Signature>;
}

function moduleOf(
  module: Module,
  overlay: Overlay = NOTHING_KNOWN,
): { readonly api: Api; readonly warnings: readonly Warning[] } {
  const { group, path, module: name, names, origins, functions } = module;
  const claims = { methods: new Names(`methods of ${name}`), types: new Names(`types of ${name}`) };
  for (const type of overlay.types.keys()) claims.types.claim(type, overlay.file);
  const made = [...functions].map(([own, signature]) => functionOf(module, overlay, claims, own, signature));
  return {
    api: {
      path: name,
      group,
      name: named(path, '/functions', () => names.claim(className(name), `${path} ${name}`)),
      doc: {
        ...(overlay.about !== undefined && { text: overlay.about }),
        facts: [`\`${name}\``, ...origins],
      },
      endpoint: name,
      methods: made.map(({ method }) => method),
      events: [],
      types: [
        ...made.flatMap(({ type }) => type ?? []),
        ...[...overlay.types].map(([type, schema]) => ({ name: type, source: overlay.file, schema })),
      ],
    },
    warnings: [...overlay.functions].flatMap(([own, { params }]) =>
      goneFrom(functions.get(own), params).map((what) => ({
        file: overlay.file,
        pointer: pointerOf(['functions', own]),
        message: `${what} ${name}.${own} is not there`,
      })),
    ),
  };
}

/** What an overlay speaks of and a function has not. */
function goneFrom(
  signature: Signature | undefined,
  params: ReadonlyMap<string, JsonSchema>,
): readonly string[] {
  if (signature === undefined) return ['the function'];
  const { args = [], kwargs } = signature;
  if (kwargs === true) return [];
  return [...params.keys()].filter((name) => !args.includes(name)).map((name) => `the parameter ${name} of`);
}

const NOTHING_KNOWN: Overlay = { file: '', types: new Map(), params: new Map(), functions: new Map() };

function functionOf(
  { client, path, module }: Module,
  overlay: Overlay,
  claims: { readonly methods: Names; readonly types: Names },
  own: string,
  signature: Signature,
): { readonly method: Method; readonly type?: NamedType } {
  const fun = `${module}.${own}`;
  const pointer = pointerOf(['functions', fun]);
  const source = `${path}#${pointer}`;
  const known = overlay.functions.get(own);
  const schema = argumentsOf(signature, overlay, own);
  const type =
    schema === undefined
      ? undefined
      : {
          name: named(path, pointer, () => claims.types.claim(typeName(own, 'Arguments'), source)),
          source,
          schema,
        };
  return {
    ...(type !== undefined && { type }),
    method: {
      name: named(path, pointer, () => claims.methods.claim(methodName(own), source)),
      doc: {
        ...(known?.doc !== undefined && { text: known.doc }),
        facts: [`\`${fun}\``, ...notesOf(signature)],
      },
      path: [],
      query: [],
      ...(type !== undefined && {
        body: {
          content: { kind: 'json', type: { $ref: type.name } },
          required: (type.schema.required ?? []).length > 0,
        },
      }),
      result: known?.result === undefined ? { kind: 'unknown' } : { kind: 'json', type: known.result },
      call: { kind: 'function', client, fun, varargs: signature.varargs === true },
    },
  };
}

/** What a caller has to know about a signature and its type doesn't tell. */
function notesOf({ args = [], varargs, differs }: Signature): readonly string[] {
  return [
    ...(varargs === true && args.length > 0
      ? [`values without a name fill ${args.map((name) => `\`${name}\``).join(', ')} first`]
      : []),
    ...(differs === true ? ['differs between minions'] : []),
  ];
}

/** All that can be given by name, in the order of the signature; undefined when that is nothing. */
function argumentsOf(signature: Signature, overlay: Overlay, own: string): JsonSchema | undefined {
  const said = overlay.functions.get(own)?.params ?? new Map<string, JsonSchema>();
  const parameters = parametersOf(signature);
  const properties = parameters.map(({ name, schema }): [string, JsonSchema] => [
    name,
    described(said.get(name) ?? overlay.params.get(name), schema),
  ]);
  const names = new Set(parameters.map(({ name }) => name));
  const more = signature.kwargs === true ? [...said].filter(([name]) => !names.has(name)) : [];
  if (properties.length + more.length === 0 && signature.kwargs !== true) return undefined;
  return {
    type: 'object',
    properties: Object.fromEntries([...properties, ...more]),
    // Where values have no name, the first of them are these, and a parameter cannot be given twice.
    required:
      signature.varargs === true ? [] : parameters.flatMap(({ name, required }) => (required ? [name] : [])),
    additionalProperties: signature.kwargs === true,
  };
}

/** What we know stands above what the default tells, which stays as a fact. */
function described(known: JsonSchema | undefined, { default: preset, ...told }: JsonSchema): JsonSchema {
  const schema = known ?? told;
  return preset === undefined || schema.$ref !== undefined ? schema : { ...schema, default: preset };
}
