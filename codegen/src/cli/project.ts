import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Target } from '../target.ts';
import { type Call, type Option, UsageError } from './command.ts';
import { didYouMean } from './suggest.ts';

/** Where a project keeps its schemas and what is generated from them. */
export interface Project {
  readonly schemas: string;
  readonly generated: string;
}

/** The option of every command that works on schemas. */
export const SCHEMAS_OPTION: Readonly<Record<string, Option>> = {
  schemas: { value: 'DIR', about: 'where the schemas of the services are (default: schemas)' },
};

/** The options of every command that works on schemas and on what is generated from them. */
export const PROJECT_OPTIONS: Readonly<Record<string, Option>> = {
  ...SCHEMAS_OPTION,
  generated: { value: 'DIR', about: 'where the generated packages are (default: generated)' },
};

/** The project is the nearest folder that has `schemas/`: the current one, or one above it in the same repository. */
export function project(call: Call): Project {
  const root = projectRoot(call.cwd);
  const place = (option: string): string => {
    const given = call.option(option);
    return given === undefined ? join(root, option) : resolve(call.cwd, given);
  };
  return { schemas: place('schemas'), generated: place('generated') };
}

function projectRoot(cwd: string): string {
  const folders: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(folder);
    if (existsSync(join(folder, '.git'))) break;
    // In no repository: what lies above may be anybody's.
    if (folder === dirname(folder)) return cwd;
  }
  return folders.find((folder) => existsSync(join(folder, 'schemas'))) ?? cwd;
}

/** The services that a project has: the folders of its schemas that hold a `service.yaml`. */
export function services({ schemas }: Project): string[] {
  if (!existsSync(schemas)) return [];
  return readdirSync(schemas, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(schemas, entry.name, 'service.yaml')))
    .map((entry) => entry.name)
    .sort();
}

/** The folder of the schemas of one service, which must be there. */
function serviceFolder(call: Call, place: Project, name: string): string {
  const known = services(place);
  if (known.includes(name)) return join(place.schemas, name);
  const shown = shortest(call.cwd, place.schemas);
  const have = known.length === 0 ? `${shown} has no service` : `there are: ${known.join(', ')}`;
  throw new UsageError(`unknown service ${JSON.stringify(name)}${didYouMean(name, known)} (${have})`);
}

/** The services that were named, or all of the project. */
export function serviceTargets(call: Call): Target[] {
  const place = project(call);
  const names = call.operands.length > 0 ? [...new Set(call.operands)] : services(place);
  if (names.length === 0) {
    throw new UsageError(
      `${shortest(call.cwd, place.schemas)} has no service; go to a project that has schemas, or name a file and --out DIR`,
    );
  }
  return names.map((name) => ({
    name,
    source: { kind: 'service', folder: serviceFolder(call, place, name) },
    out: join(place.generated, name),
  }));
}

/** A path as one would type it here. */
export function shortest(cwd: string, path: string): string {
  const below = relative(cwd, path);
  return below === '' ? '.' : below.startsWith('..') && below.length > path.length ? path : below;
}
