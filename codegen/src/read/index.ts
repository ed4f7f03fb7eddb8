import { basename, join } from 'node:path';
import { InputError } from '../errors.ts';
import type { Api, JsonValue, Model } from '../model.ts';
import { applyCorrections, type Correction, parseCorrections } from './corrections.ts';
import { checkDocs, type Docs, noDocs, parseDocs } from './docs.ts';
import { type Documents, documentsOf } from './documents.ts';
import { isFolder, listFolder, readDocument, readDocuments, readReferredTo } from './files.ts';
import { assertInvariants } from './invariants.ts';
import { juju } from './juju/index.ts';
import { openapi } from './openapi/index.ts';
import type { Reader, ReadSettings } from './reader.ts';
import { salt } from './salt/index.ts';
import { readServiceFiles } from './service.ts';
import { storedSchemas } from './stored.ts';
import { taskcluster } from './taskcluster/index.ts';

export type { Correction } from './corrections.ts';
export type { ClassDocs, Docs } from './docs.ts';
export type { Documents } from './documents.ts';

/** Every format that we read. */
const READERS: readonly Reader[] = [taskcluster, salt, juju, openapi];

/** A service as `schemas/<service>/` stores it. */
export interface Service {
  /** The name of the folder: `taskcluster`. */
  readonly name: string;
  readonly format: string;
  /** Upstream's version that the files were taken from, when it is known. */
  readonly version?: string;
  /** Checked and corrected: what a stand-in serves, with patterns and constraints. */
  readonly documents: Documents;
  readonly apis: readonly Api[];
  /** What {@link apis} are a part of. */
  readonly model: Model;
  /** The service whose session was written by hand, where it isn't generated: `consul`. */
  readonly session?: string;
  /** Files that come with this package and were read where the folder has none. */
  readonly alsoRead: readonly string[];
}

export interface ReadOptions extends Partial<ReadSettings> {
  /** By default found out by {@link detectFormat}. */
  readonly format?: string;
  readonly corrections?: readonly Correction[];
}

/** Reads a file or a folder of reference files, in any of the forms upstream publishes. Nothing is checked yet. */
export async function loadDocuments(
  from: string,
  options: { readonly format?: string } = {},
): Promise<Documents> {
  const found = await readDocuments(from);
  if (isFolder(from)) return arrangeDocuments(found, options);
  const { filesReferredTo } = readerOf(options.format ?? detectFormat(found));
  const all = filesReferredTo === undefined ? found : await readReferredTo(found, filesReferredTo);
  return arrangeDocuments(all, options);
}

/** Documents as they were found, under canonical paths. */
export function arrangeDocuments(found: Documents, options: { readonly format?: string } = {}): Documents {
  const arranged = readerOf(options.format ?? detectFormat(found)).arrange(found);
  if (arranged.files.size > 0) return arranged;
  throw new InputError('holds no reference that we read', {
    file: found.origin,
    hint: 'Check what it is the folder of',
  });
}

/** Reads a file like `corrections.yaml`. */
export async function loadCorrections(file: string): Promise<readonly Correction[]> {
  return parseCorrections(await readDocument(file), file);
}

/** Reads a file like `docs.yaml`. */
export async function loadDocs(file: string): Promise<Docs> {
  return parseDocs(await readDocument(file), file);
}

/** Reads a folder such as `schemas/taskcluster`: check, correct, read. */
export async function loadService(folder: string): Promise<Service> {
  const { format, version, session, corrections, ...settings } = await readServiceFiles(folder);
  const own = await loadDocuments(folder, { format });
  const shipped = await shippedFor(own, readerOf(format));
  const all = documentsOf(own.origin, [...own.files, ...shipped.files]);
  const documents = await corrected(all, corrections, readerOf(format));
  const { session: facts, ...read } = modelled(documents, settings, readerOf(format));
  // Of a file that isn't the project's, nobody there can mend anything.
  const described = { ...read, warnings: read.warnings.filter(({ file }) => !shipped.files.has(file)) };
  const model = session === undefined && facts !== undefined ? { ...described, session: facts } : described;
  return {
    name: basename(join(folder)),
    format,
    ...(version !== undefined && { version }),
    ...(session !== undefined && { session }),
    documents,
    apis: model.apis,
    model,
    alsoRead: [...shipped.files.keys()].map((path) => join(shipped.origin, path)),
  };
}

/** What comes with this package in place of files that these documents don't have. */
async function shippedFor({ files }: Documents, { format, isOurs }: Reader): Promise<Documents> {
  const folder = isOurs === undefined ? undefined : storedSchemas(format);
  if (isOurs === undefined || folder === undefined) return documentsOf('', []);
  const missing = listFolder(folder).filter((path) => isOurs(path) && !files.has(path));
  const found: [string, JsonValue][] = [];
  for (const path of missing) found.push([path, await readDocument(join(folder, path))]);
  return documentsOf(folder, found);
}

/** Check, correct, read: documents of one's own into the model. */
export async function readModel(documents: Documents, options: ReadOptions = {}): Promise<Model> {
  const { format = detectFormat(documents), corrections = [], docs = noDocs, ...settings } = options;
  const reader = readerOf(format);
  return modelled(await corrected(documents, corrections, reader), { ...settings, docs }, reader);
}

/**
 * Checks documents, reduces them to the facts that are stored, and reads these: what `fairlead sync` needs.
 * Neither corrections nor docs are applied.
 */
export async function readFacts(
  documents: Documents,
  format: string,
): Promise<{ readonly documents: Documents; readonly model: Model }> {
  const reader = readerOf(format);
  await reader.check(documents, { corrected: false });
  const facts = reader.reduce(documents);
  return { documents: facts, model: modelled(facts, { docs: noDocs }, reader) };
}

/** The name of the format that these documents are in; an `InputError` when there is none. */
export function detectFormat(documents: Documents): string {
  const reader = READERS.find((candidate) => candidate.recognises(documents));
  if (reader !== undefined) return reader.format;
  throw new InputError('in none of the formats that we read', { file: documents.origin, hint: KNOWN });
}

const KNOWN = `These are: ${READERS.map(({ format }) => format).join(', ')}`;

function readerOf(format: string): Reader {
  const reader = READERS.find((candidate) => candidate.format === format);
  if (reader !== undefined) return reader;
  throw new InputError(`${JSON.stringify(format)} is none of the formats that we read`, { hint: KNOWN });
}

/** A correction may break what was valid, so what it touched is checked again. */
async function corrected(
  documents: Documents,
  corrections: readonly Correction[],
  reader: Reader,
): Promise<Documents> {
  await reader.check(documents, { corrected: false });
  const { documents: result, touched } = applyCorrections(documents, corrections);
  const changed = new Map([...result.files].filter(([path]) => touched.has(path)));
  await reader.check({ origin: result.origin, files: changed }, { corrected: true });
  return result;
}

function modelled(documents: Documents, settings: ReadSettings, reader: Reader): Model {
  const model = reader.read(documents, settings);
  assertInvariants(model);
  checkDocs(settings.docs, model.apis);
  return model;
}
