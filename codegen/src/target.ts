import { dirname, join } from 'node:path';
import type { ImportExtension } from './emit/imports.ts';
import { InputError } from './errors.ts';
import type { Model } from './model.ts';

/** What to generate, and where to. */
export interface Target {
  /** For messages: `taskcluster`, or the path of a file. */
  readonly name: string;
  readonly source: ServiceSource | FileSource;
  /** The folder that is generated into. */
  readonly out: string;
  /** How generated files name each other. Default: `.js`. */
  readonly importExtension?: ImportExtension;
}

/** A folder such as `schemas/taskcluster`, with its corrections and documentation. */
export interface ServiceSource {
  readonly kind: 'service';
  readonly folder: string;
}

/** A reference of one's own. */
export interface FileSource {
  readonly kind: 'file';
  /** A file, or a folder of files. */
  readonly from: string;
  /** A file like `corrections.yaml`. */
  readonly corrections?: string;
  /** A file like `docs.yaml`. */
  readonly docs?: string;
  /** What the function that makes a session is called. Default: as the reference says, or after its title. */
  readonly sessionName?: string;
  /** What an integer of 64 bits is in TypeScript. Default: `number`. */
  readonly int64?: 'number' | 'bigint';
  /** What a date with a time is in TypeScript. Default: `string`. */
  readonly dates?: 'string' | 'date';
  /** What text in base64 is in TypeScript. Default: `string`. */
  readonly bytes?: 'string' | 'uint8array';
}

/** The files and folders that a target is made of. */
export function inputs({ source }: Target): string[] {
  if (source.kind === 'service') return [source.folder];
  return [source.from, source.corrections, source.docs].filter((path) => path !== undefined);
}

/** What a target describes, checked and corrected, and the module that its session comes from unless it has one. */
export async function read({ name, source }: Target): Promise<Described> {
  const described = await (source.kind === 'service' ? readService(source) : readFile(source));
  if (described.model.apis.length > 0) return described;
  throw new InputError('describes no API and no event', {
    file: name,
    hint: 'Name the references, not only their schemas',
  });
}

interface Described {
  readonly model: Model;
  readonly session: string;
  /** Files that were read beside those of {@link inputs}, as these refer to them. */
  readonly alsoRead: readonly string[];
}

async function readService({ folder }: ServiceSource): Promise<Described> {
  const { loadService } = await import('./read/index.ts');
  const { model, format, session, alsoRead } = await loadService(folder);
  return { model, session: sessionModule(session ?? format), alsoRead };
}

async function readFile({ kind, from, corrections, docs, ...types }: FileSource): Promise<Described> {
  const reader = await import('./read/index.ts');
  const documents = await reader.loadDocuments(from);
  const format = reader.detectFormat(documents);
  const model = await reader.readModel(documents, {
    format,
    ...types,
    ...(corrections !== undefined && { corrections: await reader.loadCorrections(corrections) }),
    ...(docs !== undefined && { docs: await reader.loadDocs(docs) }),
  });
  const alsoRead = [...documents.files.keys()].map((path) => join(dirname(from), path));
  return { model, session: sessionModule(format), alsoRead };
}

function sessionModule(name: string): string {
  return `@fairlead/runtime/${name}`;
}
