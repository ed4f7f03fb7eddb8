import type { Api, Model } from '../model.ts';
import { folderName } from '../names.ts';
import type { ImportExtension, Neighbour } from './imports.ts';
import { type Scope, scopeOf } from './reference.ts';

/** Where the files of an Api are, and how they name types. */
export interface Home {
  /** `queue`, `modules/test` */
  readonly folder: string;
  /** Whether it has a file of types of its own, and not only what classes share. */
  readonly ownsTypes: boolean;
  readonly neighbours: Readonly<Record<Neighbour, string>>;
  /** How its class and its events name types. */
  readonly scope: Scope;
}

export function homeOf(api: Api, shared: Shared, extension: ImportExtension): Home {
  const folder = [...(api.group === undefined ? [] : [folderName(api.group)]), folderName(api.path)].join(
    '/',
  );
  const top = '../'.repeat(folder.split('/').length);
  const ownsTypes = hasOwnTypes(api, shared);
  return {
    folder,
    ownsTypes,
    neighbours: neighbours(ownsTypes ? './' : top, top, extension),
    scope: ownsTypes ? scopeOf(api.types, 'types.', shared.asShared) : shared.asTypes,
  };
}

/** How files below `top` name files that they import; `own` is where the types are that they call `types`. */
export function neighbours(own: string, top: string, extension: ImportExtension): Home['neighbours'] {
  return {
    types: `${own}types${extension}`,
    shared: `${top}types${extension}`,
    shapes: `${top}shapes${extension}`,
  };
}

/** The types that classes share, under each of the names that files have for them. */
export interface Shared {
  readonly exists: boolean;
  readonly plain: Scope;
  readonly asTypes: Scope;
  readonly asShared: Scope;
}

/** There is a file for them when there are any, or when queries may have to go somewhere. */
export function sharedOf({ types, session }: Model): Shared {
  return {
    exists: types.length > 0 || session !== undefined,
    plain: scopeOf(types, ''),
    asTypes: scopeOf(types, 'types.'),
    asShared: scopeOf(types, 'shared.'),
  };
}

/** An Api that only answers with text has no type at all. */
function hasOwnTypes({ types, methods, events, group }: Api, shared: Shared): boolean {
  if (types.length > 0) return true;
  const hasOthers =
    methods.some(
      ({ queryType, answersType, errorsType }) => (queryType ?? answersType ?? errorsType) !== undefined,
    ) || events.some(({ source }) => source.kind === 'tag' && source.parts.length > 0);
  return hasOthers && (group !== undefined || !shared.exists);
}
