import { InputError } from '../errors.ts';
import { isArray, isObject, sortKeys } from '../json/values.ts';
import type { JsonValue } from '../model.ts';
import { type Documents, documentsOf } from '../read/documents.ts';
import { compareReleases, releaseOf } from '../read/juju/facades.ts';
import type { Source } from './source.ts';

/** Files of facades, one a release and group: what is found takes the place of its like, the others stay. */
export const juju: Source = {
  facts: { session: 'juju', int64: 'bigint', bytes: 'uint8array' },
  owns: (path) => path.startsWith('facades/'),
  text,
  complete,
  versionOf,
};

function complete(found: Documents, stored: Documents | undefined): Documents {
  for (const path of found.files.keys()) {
    if (releaseOf(path) !== undefined) continue;
    throw new InputError('its name does not tell which release it describes', {
      file: path.replace(/^.*\//, ''),
      hint: 'Name it after what it holds: client-4.0.15.json, agent-4.0.15.json',
    });
  }
  return documentsOf(found.origin, [...(stored?.files ?? []), ...found.files]);
}

/** The newest release that is described. */
function versionOf({ files }: Documents): string | undefined {
  return [...files.keys()]
    .flatMap((path) => releaseOf(path) ?? [])
    .sort(compareReleases)
    .at(-1);
}

/** JSON with one method and one type a line, so that a difference shows which of them changed. */
function text(document: JsonValue): string {
  const facades = isArray(document) ? document.map(facadeText) : [];
  return `[\n${facades.join(',\n')}\n]\n`;
}

function facadeText(facade: JsonValue): string {
  if (!isObject(facade) || !isObject(facade['Schema'])) return JSON.stringify(sortKeys(facade));
  const { Schema, ...facts } = facade;
  const { properties, definitions, ...rest } = facade['Schema'];
  const parts = [...members(rest), ...lines('properties', properties), ...lines('definitions', definitions)];
  return `{${[...members(facts), `"Schema": {${parts.join(', ')}}`].join(', ')}}`;
}

function members(object: Readonly<Record<string, JsonValue>>): string[] {
  return Object.entries(object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(sortKeys(value))}`);
}

function lines(name: string, map: JsonValue | undefined): string[] {
  if (!isObject(map)) return [];
  const entries = members(map);
  return [entries.length === 0 ? `"${name}": {}` : `"${name}": {\n${entries.join(',\n')}\n}`];
}
