import type { ImportExtension } from './emit/imports.ts';
import { InputError } from './errors.ts';
import type { Api } from './model.ts';

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
}

/** The files and folders that a target is made of. */
export function inputs({ source }: Target): string[] {
  if (source.kind === 'service') return [source.folder];
  return [source.from, source.corrections, source.docs].filter((path) => path !== undefined);
}

/** What a target describes, checked and corrected, and the module that its session comes from. */
export async function read({ name, source }: Target): Promise<{ apis: readonly Api[]; session: string }> {
  const { apis, format } = await (source.kind === 'service' ? readService(source) : readFile(source));
  if (apis.length > 0) return { apis, session: `@fairlead/runtime/${format}` };
  throw new InputError('describes no API and no event', {
    file: name,
    hint: 'Name the references, not only their schemas',
  });
}

interface Described {
  readonly apis: readonly Api[];
  readonly format: string;
}

async function readService({ folder }: ServiceSource): Promise<Described> {
  const { loadService } = await import('./read/index.ts');
  return loadService(folder);
}

async function readFile({ from, corrections, docs }: FileSource): Promise<Described> {
  const reader = await import('./read/index.ts');
  const documents = await reader.loadDocuments(from);
  const format = reader.detectFormat(documents);
  const apis = await reader.readApis(documents, {
    format,
    ...(corrections !== undefined && { corrections: await reader.loadCorrections(corrections) }),
    ...(docs !== undefined && { docs: await reader.loadDocs(docs) }),
  });
  return { apis, format };
}
