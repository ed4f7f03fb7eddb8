import type { JsonValue } from '../../model.ts';
import type { Documents } from '../../read/index.ts';
import { isObject } from '../core/schemas.ts';
import { json, type ReceivedRequest, type Reply } from '../core/service.ts';

/** What a deployment publishes about itself, so that a generator can be pointed at a stand-in as well. */
export function serveReferences(
  { files }: Documents,
  { verb, path, rootUrl }: ReceivedRequest,
): Reply | undefined {
  if (verb !== 'GET') return undefined;
  if (path === '/references/references.json') {
    return json([...files].map(([filename, content]) => ({ filename, content: upstreams(content) })));
  }
  if (path === '/references/manifest.json') {
    const references = [...files.keys()]
      .filter((file) => file.startsWith('references/'))
      .map((file) => `/${file}`);
    return json({ $schema: `${rootUrl}/schemas/common/manifest-v3.json#`, references });
  }
  const file = files.get(path.slice(1));
  return file === undefined ? undefined : json(absolute(upstreams(file), rootUrl));
}

/** Under a rootUrl, the identifiers at the top of a file are whole URLs. */
function absolute(file: JsonValue, rootUrl: string): JsonValue {
  if (!isObject(file)) return file;
  const identifiers = ['$schema', '$id'].flatMap((key) => {
    const value = file[key];
    return typeof value === 'string' && value.startsWith('/') ? [[key, rootUrl + value]] : [];
  });
  return { ...file, ...Object.fromEntries(identifiers) };
}

/** A reference without the keywords that corrections add to its entries: no deployment publishes those. */
function upstreams(file: JsonValue): JsonValue {
  if (!isObject(file) || !Array.isArray(file['entries'])) return file;
  const entries = file['entries'].map((entry) =>
    isObject(entry)
      ? Object.fromEntries(Object.entries(entry).filter(([key]) => !key.startsWith('x-')))
      : entry,
  );
  return { ...file, entries };
}
