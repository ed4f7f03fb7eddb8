import { InputError } from '../errors.ts';
import { child } from '../json/pointer.ts';
import { mapSchemas } from '../json/positions.ts';
import { isArray } from '../json/values.ts';
import type { JsonValue } from '../model.ts';
import { documentsOf } from '../read/documents.ts';
import { checkAgainst } from '../read/meta.ts';
import { kindOf } from '../read/taskcluster/arrange.ts';
import { fetchJson } from './http.ts';
import type { Deployment, FetchOptions } from './source.ts';

/** How many files are loaded at the same time. */
const AT_ONCE = 8;

/** How many files a deployment may publish. Today's has 243. */
const MAX_FILES = 5_000;

/**
 * Loads what a live deployment publishes: the array of all files where it has one, and otherwise the manifest, the
 * references in it and the schemas that these need.
 */
export async function fetchDeployment(
  rootUrl: string,
  options: Pick<FetchOptions, 'signal' | 'onProgress'>,
): Promise<Deployment> {
  const { signal, onProgress = () => {} } = options;
  const all = await fetchJson(`${rootUrl}/references/references.json`, signal);
  const files: [string, JsonValue][] =
    all === undefined ? await follow(rootUrl, signal, onProgress) : [['references.json', all]];
  const version = await versionOf(rootUrl, signal);
  return { documents: documentsOf(rootUrl, files), ...(version !== undefined && { version }) };
}

async function follow(
  rootUrl: string,
  signal: AbortSignal | undefined,
  onProgress: (line: string) => void,
): Promise<[string, JsonValue][]> {
  const manifestUrl = `${rootUrl}/references/manifest.json`;
  const manifest = await fetchJson(manifestUrl, signal);
  if (manifest === undefined) {
    throw new InputError('publishes no references', {
      file: rootUrl,
      hint: "Check that this is a deployment's root URL",
    });
  }
  await checkAgainst('taskcluster-manifest-v3', manifestUrl, manifest);
  const references = child(manifest, 'references');
  const files = new Map<string, JsonValue>();
  let wanted = inside(rootUrl, `${rootUrl}/`, isArray(references) ? references : []);
  while (wanted.length > 0) {
    if (files.size + wanted.length > MAX_FILES) {
      throw new InputError(`publishes more than ${MAX_FILES} files`, {
        file: rootUrl,
        hint: 'Check the URL',
      });
    }
    onProgress(`loading ${wanted.length} files`);
    const loaded = await loadAll(wanted, signal);
    for (const [url, content] of loaded) files.set(url, content);
    const next = loaded.flatMap(([url, content]) => needs(rootUrl, url, content));
    wanted = [...new Set(next)].filter((url) => !files.has(url) && !wanted.includes(url));
  }
  return [...files];
}

/** Those that are there; what is missing is reported by whoever needs it. */
async function loadAll(
  urls: readonly string[],
  signal: AbortSignal | undefined,
): Promise<[string, JsonValue][]> {
  const waiting = [...urls];
  const loaded: [string, JsonValue][] = [];
  const work = async () => {
    for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
      const content = await fetchJson(url, signal);
      if (content !== undefined) loaded.push([url, content]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return loaded;
}

/** The URLs of the schemas that a file needs. */
function needs(rootUrl: string, url: string, content: JsonValue): readonly string[] {
  const kind = kindOf(content);
  if (kind === 'schema') {
    const refs: JsonValue[] = [];
    mapSchemas(content, (schema) => {
      refs.push(child(schema, '$ref') ?? '');
      return schema;
    });
    return inside(rootUrl, url, refs);
  }
  const [service, entries] = [child(content, 'serviceName'), child(content, 'entries')];
  if (kind === undefined || !isArray(entries)) return [];
  const names = entries.flatMap((entry) =>
    ['input', 'output', 'schema'].map((key) => child(entry, key) ?? 'blob'),
  );
  return inside(
    rootUrl,
    `${rootUrl}/schemas/${String(service)}/`,
    names.filter((name) => name !== 'blob'),
  );
}

/** Absolute, without fragments. What lies outside of the deployment is left out, and refused when it is needed. */
function inside(rootUrl: string, base: string, references: readonly JsonValue[]): string[] {
  return references.flatMap((reference) => {
    // In the abstract form a leading "/" stands for the root URL, which may have a path itself.
    const text = String(reference).replace(/^\/(?!\/)/, `${rootUrl}/`);
    const url = text === '' ? null : URL.parse(text, base);
    if (url === null) return [];
    url.hash = '';
    return url.href.startsWith(`${rootUrl}/`) ? [url.href] : [];
  });
}

/** Every service tells it; a deployment that doesn't is none the worse. */
async function versionOf(rootUrl: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    const version = child((await fetchJson(`${rootUrl}/api/auth/v1/__version__`, signal)) ?? null, 'version');
    return typeof version === 'string' ? /^v?([\w.+-]{1,64})$/.exec(version)?.[1] : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
