import { basename } from 'node:path';
import { InputError } from '../errors.ts';
import type { JsonValue } from '../model.ts';
import { type Documents, documentsOf } from '../read/documents.ts';
import { readDocuments } from '../read/files.ts';
import { arrangeDocuments, detectFormat, readFacts } from '../read/index.ts';
import { FACTS_FILE, readServiceFacts, type ServiceFacts, serviceFactsText } from '../read/service.ts';
import { type Described, differenceOf } from './difference.ts';
import { isUrl, rootUrlOf } from './http.ts';
import type { SyncOptions, SyncResult } from './result.ts';
import type { Deployment, FetchOptions } from './source.ts';
import { formatOfUrl, sourceOf } from './sources.ts';
import { fileChanges, isChange, storedTexts, swapIn, textsOf } from './store.ts';

export { formatDifference } from './format.ts';
export type { Change, FileChanges, SyncOptions, SyncResult } from './result.ts';

/**
 * Brings the references of a service up to what upstream publishes: reads them in any form, refuses what isn't
 * valid, reduces them to facts and writes canonical files. All or nothing: when something is wrong, or cannot be
 * written, the folder stays as it was. `corrections.yaml` and `docs.yaml` are ours and never touched.
 */
export async function sync(options: SyncOptions): Promise<SyncResult> {
  const { folder, dryRun = false, onProgress = () => {} } = options;
  const facts = await readServiceFacts(folder);
  const stored = await storedDocuments(folder, facts);
  // A URL with a password is refused before anybody shows it.
  for (const from of placesOf(options)) onProgress(`reading ${isUrl(from) ? rootUrlOf(from) : from}`);
  const upstream = await readUpstream(options, facts, stored);
  onProgress('checking');
  const { documents, model } = await readFacts(upstream.documents, upstream.format);

  const source = sourceOf(upstream.format);
  const before = storedTexts(folder, source);
  const references = textsOf(documents, source);
  const { [FACTS_FILE]: _, ...storedReferences } = Object.fromEntries(before);
  const isSame = !isChange(fileChanges(new Map(Object.entries(storedReferences)), references));
  const after = new Map([
    ...references,
    [FACTS_FILE, serviceFactsText(factsOf(options, upstream, facts, isSame))] as const,
  ]);
  const files = fileChanges(before, after);

  const changes = isSame ? [] : differenceOf(await modelOf(stored, facts), model);
  if (isChange(files) && !dryRun) {
    onProgress('writing');
    swapIn(folder, after, files.removed);
  }
  return { files, stale: isChange(files), dryRun, changes };
}

interface Upstream {
  readonly documents: Documents;
  readonly format: string;
  readonly version?: string;
}

async function readUpstream(
  options: SyncOptions,
  facts: ServiceFacts | undefined,
  stored: Documents | undefined,
): Promise<Upstream> {
  const { folder } = options;
  const places = placesOf(options);
  const asked = options.format ?? facts?.format;
  const url = places.find(isUrl);
  const { version, documents: found } =
    url === undefined
      ? { documents: await readAll(places) }
      : await fetched(asked ?? formatOfUrl(basename(folder)), onlyOf(places, url), {
          ...options,
          ...(stored !== undefined && { stored }),
        });
  const format = asked ?? detectFormat(found);
  const source = sourceOf(format);
  const documents = source.complete(arrangeDocuments(found, { format }), stored);
  const told = version ?? source.versionOf?.(documents);
  return { documents, format, ...(told !== undefined && { version: told }) };
}

function placesOf({ from }: SyncOptions): readonly string[] {
  return typeof from === 'string' ? [from] : from;
}

/** Files and folders together. Two files may not have the same name, as it may tell what they are. */
async function readAll(places: readonly string[]): Promise<Documents> {
  const all = new Map<string, JsonValue>();
  for (const place of places) {
    const { files } = await readDocuments(place);
    for (const [path, content] of files) {
      if (all.has(path)) {
        throw new InputError(`there are two files called ${path}`, {
          file: place,
          hint: 'Give one of them another name',
        });
      }
      all.set(path, content);
    }
  }
  return documentsOf(places.join(', '), all);
}

function onlyOf(places: readonly string[], url: string): string {
  if (places.length === 1) return url;
  throw new InputError('a deployment is loaded alone, without files beside it', {
    file: rootUrlOf(url),
    hint: 'Name the URL, or files',
  });
}

async function fetched(
  format: string,
  from: string,
  options: SyncOptions & FetchOptions,
): Promise<Deployment> {
  const { fetch } = sourceOf(format);
  if (fetch !== undefined) return fetch(rootUrlOf(from), options);
  throw new InputError(`nothing of the format ${format} can be loaded from a URL`, {
    file: from,
    hint: 'Save it in a file, and name that',
  });
}

/** The same references keep what is known about them: the same file may be read from another place. */
function factsOf(
  options: SyncOptions,
  upstream: Upstream,
  known: ServiceFacts | undefined,
  isSame: boolean,
): ServiceFacts {
  const found = options.version ?? upstream.version;
  if (isSame && known !== undefined && (found === undefined || found === known.version)) return known;
  const kept: Partial<ServiceFacts> = known ?? sourceOf(upstream.format).facts ?? {};
  const { format: _, version: __, source: ___, ...rest } = kept;
  return {
    format: upstream.format,
    ...(found !== undefined && { version: found }),
    // Of a path only the last part: where it lies on this machine is nobody's business.
    source: placesOf(options)
      .map((from) => (isUrl(from) ? rootUrlOf(from) : basename(from)))
      .sort()
      .join(', '),
    ...rest,
  };
}

/** What was stored before is only compared with. When it cannot be read, this is the way to repair it. */
async function storedDocuments(
  folder: string,
  facts: ServiceFacts | undefined,
): Promise<Documents | undefined> {
  if (facts === undefined) return undefined;
  return tolerant(async () => {
    const { origin, files } = await readDocuments(folder);
    const owned = [...files].filter(([path]) => sourceOf(facts.format).owns(path));
    return arrangeDocuments(documentsOf(origin, owned), { format: facts.format });
  });
}

async function modelOf(stored: Documents | undefined, facts: ServiceFacts | undefined): Promise<Described> {
  if (stored === undefined || facts === undefined) return NOTHING;
  return (await tolerant(async () => (await readFacts(stored, facts.format)).model)) ?? NOTHING;
}

const NOTHING: Described = { apis: [], types: [] };

async function tolerant<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
