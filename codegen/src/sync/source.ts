import type { JsonValue } from '../model.ts';
import type { Documents } from '../read/documents.ts';
import type { ServiceFacts } from '../read/service.ts';
import type { SyncOptions } from './result.ts';

/** What a live service publishes about itself. */
export interface Deployment {
  readonly documents: Documents;
  /** What it runs, when it tells. */
  readonly version?: string;
}

export interface FetchOptions
  extends Pick<SyncOptions, 'target' | 'modules' | 'env' | 'signal' | 'onProgress'> {
  /** What was stored before, for what the service cannot tell. */
  readonly stored?: Documents;
}

/** How the references of one format are had and kept. */
export interface Source {
  /** What `service.yaml` says from the start, where the format tells. */
  readonly facts?: Pick<ServiceFacts, 'session' | 'int64' | 'bytes'>;
  /** Loads them from a live service. Absent: there is no such thing. */
  readonly fetch?: (rootUrl: string, options: FetchOptions) => Promise<Deployment>;
  /** Whether upstream says what a stored file holds. The others are ours. */
  owns(path: string): boolean;
  /** The file of a document: its text depends on nothing but its meaning. */
  text(document: JsonValue): string;
  /** What was found, with what only the stored files tell. */
  complete(found: Documents, stored: Documents | undefined): Documents;
  /** Upstream's version, where files tell it. */
  versionOf?(documents: Documents): string | undefined;
}
