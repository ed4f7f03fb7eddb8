import { basename } from 'node:path';
import { InputError } from '../errors.ts';
import type { Api } from '../model.ts';
import type { Documents } from '../read/documents.ts';
import { readDocuments } from '../read/files.ts';
import { arrangeDocuments, detectFormat, loadDocuments, readFacts } from '../read/index.ts';
import { FACTS_FILE, readServiceFacts, type ServiceFacts, serviceFactsText } from '../read/service.ts';
import { differenceOf } from './difference.ts';
import { isUrl, rootUrlOf } from './http.ts';
import type { SyncOptions, SyncResult } from './result.ts';
import { canonicalTexts, fileChanges, isChange, storedTexts, swapIn } from './store.ts';
import { fetchDeployment } from './taskcluster.ts';

export { formatDifference } from './format.ts';
export type { Change, FileChanges, SyncOptions, SyncResult } from './result.ts';

/**
 * Brings the references of a service up to what upstream publishes: reads them in any form, refuses what isn't
 * valid, reduces them to facts and writes canonical files. All or nothing: when something is wrong, or cannot be
 * written, the folder stays as it was. `corrections.yaml` and `docs.yaml` are ours and never touched.
 */
export async function sync(options: SyncOptions): Promise<SyncResult> {
  const { folder, from, dryRun = false, onProgress = () => {} } = options;
  const stored = await readServiceFacts(folder);
  onProgress(`reading ${from}`);
  const upstream = await readUpstream(options, stored?.format);
  onProgress('checking');
  const { documents, apis } = await readFacts(upstream.documents, upstream.format);

  const before = storedTexts(folder);
  const references = canonicalTexts(documents);
  const { [FACTS_FILE]: _, ...storedReferences } = Object.fromEntries(before);
  const isSame = !isChange(fileChanges(new Map(Object.entries(storedReferences)), references));
  const facts = factsOf(options, upstream, isSame ? stored : undefined);
  const after = new Map([...references, [FACTS_FILE, serviceFactsText(facts)] as const]);
  const files = fileChanges(before, after);

  const changes = isSame ? [] : differenceOf(await storedApis(folder, stored), apis);
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

async function readUpstream(options: SyncOptions, storedFormat: string | undefined): Promise<Upstream> {
  const { from } = options;
  const { version, documents: found } = isUrl(from)
    ? await fetchDeployment(rootUrlOf(from), options)
    : { documents: await readDocuments(from) };
  const format = options.format ?? storedFormat ?? detectFormat(found);
  return {
    documents: arrangeDocuments(found, { format }),
    format,
    ...(version !== undefined && { version }),
  };
}

/** The same references keep what is known about them: the same file may be read from another place. */
function factsOf(
  { from, version }: SyncOptions,
  upstream: Upstream,
  known: ServiceFacts | undefined,
): ServiceFacts {
  const found = version ?? upstream.version;
  if (known !== undefined && (found === undefined || found === known.version)) return known;
  return {
    format: upstream.format,
    ...(found !== undefined && { version: found }),
    // Of a path only the last part: where it lies on this machine is nobody's business.
    source: isUrl(from) ? rootUrlOf(from) : basename(from),
  };
}

/** What was stored before is only compared with. When it cannot be read, this is the way to repair it. */
async function storedApis(folder: string, stored: ServiceFacts | undefined): Promise<readonly Api[]> {
  if (stored === undefined) return [];
  try {
    const documents = await loadDocuments(folder, { format: stored.format });
    return (await readFacts(documents, stored.format)).apis;
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}
