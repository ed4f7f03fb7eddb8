import type { Api, Session } from '../model.ts';
import { eventsName, typesName, versionTypeName } from '../names.ts';
import type { Home } from './home.ts';
import type { ImportExtension } from './imports.ts';
import { identifier } from './literal.ts';
import { aliasedVersions } from './rpc-call.ts';

/** A class or events, and where they are. */
interface Exported {
  readonly api: Api;
  readonly home: Home;
}

/** What a package has beside its classes. */
interface Package {
  /** What is generated, or the module of the runtime that has it. */
  readonly session: Session | string;
  /** Whether there is a file of types that classes share. */
  readonly hasTypes: boolean;
  readonly extension: ImportExtension;
}

/**
 * The index of a package: its session and all that belongs to it, the types that classes share, then each class, its
 * events and its own types. Classes of a group are left out: each is a module of its own.
 */
export function packageIndex(all: readonly Exported[], { session, hasTypes, extension }: Package): string {
  const name = typeof session === 'string' ? session.replace(/^.*\//, '') : session.name;
  return [
    ...sessionExports(session, extension),
    ...(hasTypes ? [typesExport(sharedTypesName(name, all), `./types${extension}`)] : []),
    ...all
      .filter(({ api }) => api.group === undefined)
      .flatMap((one) => exportsOf(one, `./${one.home.folder}/`, extension)),
  ].join('\n');
}

/** A class may be called as the types would be: one of pet types, say, in an API of pets. */
function sharedTypesName(name: string, all: readonly Exported[]): string {
  const usual = typesName(name);
  return all.some(({ api }) => api.name === usual) ? typesName(`${name} api`) : usual;
}

/** The index of a class of a group. */
export function groupedIndex(one: Exported, extension: ImportExtension): string {
  return exportsOf(one, './', extension).join('\n');
}

function sessionExports(session: Session | string, extension: ImportExtension): string[] {
  if (typeof session === 'string') return [`export * from '${session}';`];
  return [
    `export { ${RUNTIME_EXPORTS.join(', ')} } from '@fairlead/runtime';`,
    `export { ${identifier(session.name)} } from './session${extension}';`,
  ];
}

/** What a caller catches. */
const RUNTIME_EXPORTS = [
  'ConnectionError',
  'isResponseError',
  'ProtocolError',
  'ResponseError',
  'ServiceError',
];

function exportsOf({ api, home }: Exported, folder: string, extension: ImportExtension): string[] {
  const from = (file: string): string => `${folder}${file}${extension}`;
  return [
    ...(api.methods.length === 0
      ? []
      : [`export { ${classNames(api).join(', ')} } from '${from('client')}';`]),
    ...(api.events.length === 0
      ? []
      : [`export * as ${identifier(eventsName(api.path))} from '${from('events')}';`]),
    ...(home.ownsTypes ? [typesExport(typesName(api.path), from('types'))] : []),
  ];
}

/** The class, and the types of what its versions have. */
function classNames(api: Api): string[] {
  const { name } = api;
  return [
    identifier(name),
    ...aliasedVersions(api).map((version) => `type ${identifier(versionTypeName(name, version))}`),
  ];
}

function typesExport(name: string, from: string): string {
  return `export type * as ${identifier(name)} from '${from}';`;
}
