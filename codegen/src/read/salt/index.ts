import { child } from '../../json/pointer.ts';
import { isObject } from '../../json/values.ts';
import type { JsonValue, Model } from '../../model.ts';
import { type Documents, documentsOf } from '../documents.ts';
import { checkAgainst } from '../meta.ts';
import { openapi } from '../openapi/index.ts';
import type { Reader, ReadSettings } from '../reader.ts';
import { captured, isCapture } from './capture.ts';
import { assertSignatures, GROUPS, isFunctionsFile, isFunctionsPath } from './functions.ts';
import { modulesOf } from './modules.ts';
import { isOverlayPath } from './overlays.ts';

/** Salt: functions as introspection tells them, what we know about them, and OpenAPI for the routes and events. */
export const salt: Reader = { format: 'salt', recognises, arrange, check, reduce, read, isOurs };

function recognises({ files }: Documents): boolean {
  return [...files.keys()].some((path) => isFunctionsPath(path) || isCapture(path));
}

function arrange(documents: Documents): Documents {
  const paths = [...documents.files.keys()];
  return paths.some(isCapture) ? captured(documents) : documents;
}

async function check(documents: Documents, options: { readonly corrected: boolean }): Promise<void> {
  for (const [path, content] of documents.files) {
    if (isFunctionsPath(path)) await checkAgainst('salt-functions', path, content);
    if (isFunctionsFile(content) && isFunctionsPath(path)) assertSignatures(content, path);
    if (isOverlayPath(path)) await checkAgainst('salt-overlay', path, content);
  }
  await openapi.check(routes(documents), options);
}

/** Introspection gives names and defaults only; the rest of a folder is ours and isn't upstream's to change. */
function reduce(documents: Documents): Documents {
  return only(documents, isFunctionsPath);
}

/** Minions and runners tell about themselves, and wheel functions don't. */
function isOurs(path: string): boolean {
  return !GROUPS.some((known) => known.path === path && known.group !== 'wheel');
}

function read(documents: Documents, settings: ReadSettings): Model {
  const described = routes(documents);
  const { apis, warnings } = modulesOf(documents);
  // Functions can be had without the routes: they are called through a session.
  if (described.files.size === 0) return { apis, types: [], warnings };
  const model = openapi.read(described, settings);
  return { ...model, apis: [...model.apis, ...apis], warnings: [...model.warnings, ...warnings] };
}

/** The documents that are OpenAPI, without what a session does and no method could: open a WebSocket. */
function routes(documents: Documents): Documents {
  const { origin, files } = only(documents, (path) => !isFunctionsPath(path) && !isOverlayPath(path));
  return documentsOf(
    origin,
    [...files].map(([path, content]) => [path, withoutSockets(content)]),
  );
}

function withoutSockets(document: JsonValue): JsonValue {
  const paths = child(document, 'paths');
  if (!isObject(document) || !isObject(paths)) return document;
  const kept = Object.entries(paths).filter(
    ([, item]) => child(child(child(item, 'get'), 'responses'), '101') === undefined,
  );
  return { ...document, paths: Object.fromEntries(kept) };
}

function only({ origin, files }: Documents, keep: (path: string) => boolean): Documents {
  return documentsOf(
    origin,
    [...files].filter(([path]) => keep(path)),
  );
}
