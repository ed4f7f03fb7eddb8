import type { Api, Doc, Model } from '../../model.ts';
import { className, Names, typesName, versionTypeName } from '../../names.ts';
import type { Documents } from '../documents.ts';
import { named } from '../naming.ts';
import type { Reader, ReadSettings } from '../reader.ts';
import { check } from './check.ts';
import { arrange, recognises } from './facades.ts';
import { type Entry, type MergedFacade, merged } from './merge.ts';
import { methodOf, rootsOf } from './methods.ts';
import { reduce } from './reduce.ts';
import { type Types, typesOf } from './types.ts';
import { warningsOf } from './warnings.ts';
import { isIdentified } from './watchers.ts';

/** The facades of Juju's API, as Juju describes them: a file for each release and group of callers. */
export const juju: Reader = { format: 'juju', recognises, arrange, check, reduce, read };

function read(documents: Documents, settings: ReadSettings): Model {
  const all = merged(documents);
  const facades = [...all.facades.values()];
  const roots = facades.flatMap(({ methods }) =>
    [...methods.values()].flatMap((entries) => Object.values(rootsOf(entries))),
  );
  const types = typesOf(all, roots, settings);
  const names = new Names('classes');
  names.claim(typesName(juju.format), 'the types that all classes share');
  return {
    apis: facades.map((facade) => apiOf(facade, types, names, settings)),
    types: types.named,
    warnings: warningsOf(all),
  };
}

function apiOf(facade: MergedFacade, types: Types, names: Names, { docs: all }: ReadSettings): Api {
  const { name, entries, methods } = facade;
  const { source = '' } = entries[0] ?? {};
  const [file = '', pointer = ''] = source.split('#');
  const docs = all.get(name);
  const versions = [...new Set(entries.map((entry) => entry.facade.Version))].sort((a, b) => a - b);
  const context = { facade, versions, types, names: new Names(`methods of ${name}`), docs };
  const own = named(file, pointer, () => names.claim(className(name), source));
  // Where versions differ, each has a type of what it has.
  for (const version of versions.length > 1 ? versions : [])
    named(file, pointer, () => names.claim(versionTypeName(own, version), source));
  const text = docs?.about ?? entries.map((entry) => entry.facade.Description).find(Boolean);
  return {
    path: name,
    name: own,
    doc: { ...(text !== undefined && { text }), facts: factsOf(name, versions, entries) },
    endpoint: name,
    versions,
    ...(isIdentified(name, methods) && { identified: true }),
    methods: [...methods]
      .map(([wire, own]) => methodOf(wire, own, context))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    events: [],
    types: [],
  };
}

function factsOf(name: string, versions: readonly number[], entries: readonly Entry[]): Doc['facts'] {
  const told = versions.map((version) => {
    const releases = entries
      .filter(({ facade }) => facade.Version === version)
      .flatMap(({ release }) => release ?? []);
    const of = [...new Set(releases)].reverse();
    return of.length === 0 ? String(version) : `${version} (${of.join(', ')})`;
  });
  const callers = entries.map(({ facade }) => facade.AvailableTo ?? []).find((list) => list.length > 0) ?? [];
  return [
    `facade \`${name}\`, version${versions.length === 1 ? '' : 's'} ${told.join(', ')}`,
    ...(callers.length === 0 ? [] : [`open to ${callers.map((caller) => `\`${caller}\``).join(', ')}`]),
  ];
}
