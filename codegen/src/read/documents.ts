import type { JsonValue } from '../model.ts';

/**
 * What a service publishes about itself: parsed files under canonical paths.
 *
 * A path is relative, uses `/` and doesn't depend on the form in which the files came, so that one reader
 * serves a stored folder, a rolled-up file and a live deployment: `references/queue/v1/api.json`,
 * `schemas/queue/v1/task.json`.
 */
export interface Documents {
  /** Where they came from, for messages: a file, a folder or a URL. */
  readonly origin: string;
  /** Sorted by path. */
  readonly files: ReadonlyMap<string, JsonValue>;
}

/** Documents with their files in the order of their paths, whatever the order in which they were found. */
export function documentsOf(origin: string, files: Iterable<readonly [string, JsonValue]>): Documents {
  return { origin, files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) };
}
