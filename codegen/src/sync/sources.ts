import { sortKeys } from '../json/values.ts';
import type { JsonValue } from '../model.ts';
import { juju } from './juju.ts';
import { salt } from './salt/index.ts';
import type { Source } from './source.ts';
import { fetchDeployment } from './taskcluster.ts';

/** JSON with sorted keys, two spaces and a newline at the end. */
function canonicalText(value: JsonValue): string {
  return `${JSON.stringify(sortKeys(value), undefined, 2)}\n`;
}

const files: Source = { owns: () => true, text: canonicalText, complete: (found) => found };

/** By the name of the format. */
const SOURCES: Readonly<Record<string, Source>> = {
  taskcluster: { ...files, fetch: fetchDeployment },
  salt,
  juju,
};

export function sourceOf(format: string): Source {
  return (Object.hasOwn(SOURCES, format) ? SOURCES[format] : undefined) ?? files;
}

/** The format of what stands behind a URL, where nobody has said: a service called like a format has that one. */
export function formatOfUrl(service: string): string {
  return Object.hasOwn(SOURCES, service) ? service : 'taskcluster';
}
