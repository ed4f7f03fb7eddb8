import { basename } from 'node:path';
import { InputError } from '../errors.ts';
import type { Api } from '../model.ts';
import { type Documents, documentsOf } from '../read/documents.ts';
import { readDocuments } from '../read/files.ts';
import { arrangeDocuments, detectFormat, readFacts } from '../read/index.ts';
import { FACTS_FILE, readServiceFacts, type ServiceFacts, serviceFactsText } from '../read/service.ts';
import { differenceOf } from './difference.ts';
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
  const { folder, from, dryRun = false, onProgress = () => {} } = options;
  const facts = await readServiceFacts(folder);
  const stored = await storedDocuments(folder, facts);
  // A URL with a password is refused before anybody shows it.
  onProgress(`reading ${isUrl(from) ? rootUrlOf(from) : from}`);
  const upstream = await readUpstream(options, facts, stored);
  onProgress('checking');
  const { documents, apis } = await readFacts(upstream.documents, upstream.format);

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

  const changes = isSame ? [] : differenceOf(await apisOf(stored, facts), apis);
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
  const { folder, from } = options;
  const asked = options.format ?? facts?.format;
  const { version, documents: found } = isUrl(from)
    ? await fetched(asked ?? formatOfUrl(basename(folder)), {
        ...options,
        ...(stored !== undefined && { stored }),
      })
    : { documents: await readDocuments(from) };
  const format = asked ?? detectFormat(found);
  return {
    documents: sourceOf(format).complete(arrangeDocuments(found, { format }), stored),
    format,
    ...(version !== undefined && { version }),
  };
}

async function fetched(format: string, options: SyncOptions & FetchOptions): Promise<Deployment> {
  const { fetch } = sourceOf(format);
  if (fetch !== undefined) return fetch(rootUrlOf(options.from), options);
  throw new InputError(`nothing of the format ${format} can be loaded from a URL`, {
    file: options.from,
    hint: 'Save it in a file, and name that',
  });
}

/** The same references keep what is known about them: the same file may be read from another place. */
function factsOf(
  { from, version }: SyncOptions,
  upstream: Upstream,
  known: ServiceFacts | undefined,
  isSame: boolean,
): ServiceFacts {
  const found = version ?? upstream.version;
  if (isSame && known !== undefined && (found === undefined || found === known.version)) return known;
  const kept: Partial<ServiceFacts> = known ?? sourceOf(upstream.format).facts ?? {};
  const { format: _, version: __, source: ___, ...rest } = kept;
  return {
    format: upstream.format,
    ...(found !== undefined && { version: found }),
    // Of a path only the last part: where it lies on this machine is nobody's business.
    source: isUrl(from) ? rootUrlOf(from) : basename(from),
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

async function apisOf(
  stored: Documents | undefined,
  facts: ServiceFacts | undefined,
): Promise<readonly Api[]> {
  if (stored === undefined || facts === undefined) return [];
  return (await tolerant(async () => (await readFacts(stored, facts.format)).apis)) ?? [];
}

async function tolerant<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
