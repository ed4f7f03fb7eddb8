import { InputError } from '../../../errors.ts';
import type { Documents } from '../../../read/index.ts';
import { createValidator, type Validator } from '../../../validate.ts';
import { isObject, type JsonObject, type Schemas, schemasOf } from '../../core/schemas.ts';
import { propertiesOf, wireDefinitions, withoutFailures } from './wire-schema.ts';

/** Which Juju a stand-in behaves like. */
export type Release = '3.6' | '4.0';

/** A version of a facade. */
export interface Facade {
  readonly name: string;
  readonly version: number;
  readonly methods: ReadonlyMap<string, MethodTypes>;
  /** As upstream tells them. */
  readonly definitions: JsonObject;
  /** Made when they are first needed: few of the facades are ever called. */
  readonly types: () => Promise<Types>;
}

/** The names of definitions; absent where nothing is sent or answered. */
export interface MethodTypes {
  readonly params?: string;
  readonly result?: string;
}

export interface Types {
  /** Under `facade.json`. */
  readonly schemas: Schemas;
  /** The same, but for what says that something failed. */
  readonly examples: Schemas;
  readonly validator: Validator;
}

/** Where a definition is found in {@link Types}. */
export const typePath = (name: string) => `facade.json#/definitions/${encodeURIComponent(name)}`;

/** What a controller of a release offers, and what it calls itself. */
export interface Offer {
  /** `4.0.15` */
  readonly version: string;
  readonly facades: readonly Facade[];
}

/** Facades that no schema of a release tells, since they are for other controllers and for watchers. */
const untold =
  /Watcher$|^(CrossController|CrossModelRelations|CrossModelSecrets|MigrationTarget|Pinger|Admin)$/;

/** Nothing watches all of a model any more. */
const gone = /^All(Model)?Watcher$/;

interface Source {
  /** `4.0.15`, where the name of the file tells. */
  readonly version: string;
  readonly entries: readonly JsonObject[];
}

/**
 * What documents tell of a release. Each is a list of facades as Juju publishes them, with the version of Juju in the
 * name of its file (`4.0.15-client.json`). What a release doesn't tell is taken from the others, the newest first.
 */
export function offerOf(documents: Documents, release: Release): Offer {
  const sources = [...documents.files].flatMap(([path, file]): readonly Source[] => {
    const version = /\d+\.\d+\.\d+/.exec(path.replace(/^.*\//, ''))?.[0];
    return version !== undefined && Array.isArray(file) ? [{ version, entries: file.filter(isObject) }] : [];
  });
  const own = sources.filter(({ version }) => version.startsWith(`${release}.`));
  const [first] = own;
  if (first === undefined) {
    throw new InputError(`has no facades of Juju ${release}`, {
      file: documents.origin,
      hint: 'Serve another release, or name their file after the version: 4.0.15-client.json',
    });
  }
  const others = sources
    .filter((source) => !own.includes(source))
    .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
  const offered = new Map<string, Facade>();
  for (const { entries } of own) for (const entry of entries) offered.set(keyOf(entry), facadeOf(entry));
  const names = new Set([...offered.values()].map(({ name }) => name));
  for (const { entries } of others) {
    for (const entry of entries) {
      const name = String(entry['Name']);
      const isOld = release === '4.0' && (gone.test(name) || !untold.test(name));
      if (names.has(name) || isOld) continue;
      offered.set(keyOf(entry), facadeOf(entry));
    }
    for (const { name } of offered.values()) names.add(name);
  }
  return { version: first.version, facades: [...offered.values()] };
}

function keyOf(entry: JsonObject): string {
  return `${String(entry['Name'])} ${String(entry['Version'])}`;
}

/** From an entry of a list as Juju publishes it. */
export function facadeOf(entry: JsonObject): Facade {
  const schema = isObject(entry['Schema']) ? entry['Schema'] : {};
  const definitions = isObject(schema['definitions']) ? schema['definitions'] : {};
  let types: Promise<Types> | undefined;
  return {
    name: String(entry['Name']),
    version: Number(entry['Version']),
    methods: new Map(
      Object.entries(propertiesOf(schema)).map(([name, method]) => [name, methodTypes(propertiesOf(method))]),
    ),
    definitions,
    types: () => {
      types ??= typesOf(definitions);
      return types;
    },
  };
}

function methodTypes({ Params, Result }: JsonObject): MethodTypes {
  const params = definitionName(Params);
  const result = definitionName(Result);
  return { ...(params !== undefined && { params }), ...(result !== undefined && { result }) };
}

function definitionName(schema: JsonObject[string] | undefined): string | undefined {
  const reference = isObject(schema) ? schema['$ref'] : undefined;
  return typeof reference === 'string' ? reference.replace(/^.*\//, '') : undefined;
}

async function typesOf(definitions: JsonObject): Promise<Types> {
  const wire = wireDefinitions(definitions);
  const documents = new Map([['facade.json', { definitions: wire }]]);
  return {
    schemas: schemasOf(documents),
    examples: schemasOf(new Map([['facade.json', { definitions: withoutFailures(wire) }]])),
    validator: await createValidator(documents),
  };
}
