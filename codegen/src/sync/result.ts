/** What `fairlead sync` is asked. */
export interface SyncOptions {
  /** The folder to bring up to date: `schemas/taskcluster`. */
  readonly folder: string;
  /** A file, a folder or the URL of a live deployment; or several files and folders. */
  readonly from: string | readonly string[];
  /** By default that of `service.yaml`, and for a new service the one that is detected. */
  readonly format?: string;
  /** Upstream's version, where the source doesn't tell it. */
  readonly version?: string;
  /** Of a live Salt, the minions whose functions count, as a glob. Default: `*`. */
  readonly target?: string;
  /** Of a live Salt, the modules that are asked about; what is stored of others stays. Default: all. */
  readonly modules?: readonly string[];
  /** Where the credentials for a live Salt are. Default: the environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Find out what would change and write nothing. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  /** Called with one line whenever something is done that takes time. */
  readonly onProgress?: (line: string) => void;
}

export interface SyncResult {
  readonly files: FileChanges;
  /** False when the folder was what upstream says, byte for byte. */
  readonly stale: boolean;
  readonly dryRun: boolean;
  /** What the difference means for callers, the breaking changes first. */
  readonly changes: readonly Change[];
}

/** Paths relative to the folder, sorted. */
export interface FileChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
}

/** One difference between the API that was stored and the one that upstream has now. */
export interface Change {
  /** `queue.createTask`, `queue.taskCompleted`, `queue.TaskStatus/properties/runs`. */
  readonly at: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** `query parameter limit`, `optional, was required`, … */
  readonly what: string;
  /** Whether code that compiled, or a call that worked, may stop to. */
  readonly breaking: boolean;
}
