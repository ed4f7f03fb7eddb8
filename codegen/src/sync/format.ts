import { FACTS_FILE } from '../read/service.ts';
import type { Change, SyncResult } from './result.ts';

/** The difference for people: what happens to the files, then one line a change, the breaking ones first. */
export function formatDifference({ files, stale, dryRun, changes }: SyncResult): string {
  if (!stale) return `Nothing changed: all ${files.unchanged} files are what upstream says.`;
  const counts = [
    `${files.added.length} added`,
    `${files.changed.length} changed`,
    `${files.removed.length} removed`,
    `${files.unchanged} unchanged`,
  ];
  const touched = [...files.added, ...files.changed, ...files.removed].filter((file) => file !== FACTS_FILE);
  const breaking = changes.filter((change) => change.breaking);
  const others = changes.filter((change) => !change.breaking);
  return [
    `Files: ${counts.join(', ')}${dryRun ? ' (nothing was written)' : ''}.`,
    ...section('Breaking changes:', breaking),
    ...section('Other changes:', others),
    ...(changes.length === 0 ? unseen(touched) : []),
  ].join('\n');
}

/** What no type tells, such as the length of a text, may matter to a caller all the same. */
function unseen(files: readonly string[]): readonly string[] {
  if (files.length === 0) return ['The API is the same.'];
  return ['', 'No method, event or type changed, but these files did:', ...files.map((file) => `  ${file}`)];
}

function section(title: string, changes: readonly Change[]): readonly string[] {
  if (changes.length === 0) return [];
  return ['', title, ...changes.map(({ at, kind, what }) => `  ${kind.padEnd(8)} ${at}: ${what}`)];
}
