import type { Doc } from '../../model.ts';
import { flagAt, type Node, textAt } from './node.ts';

/** What a document says about a thing, and what we say about it, which goes first. */
export function docOf(node: Node, facts: readonly string[] = [], line?: string): Doc {
  const text = line ?? proseOf(node);
  return {
    ...(text !== undefined && { text }),
    facts,
    ...(flagAt(node, 'deprecated') && { deprecated: '' }),
  };
}

function proseOf(node: Node): string | undefined {
  const summary = textAt(node, 'summary')?.trim() ?? '';
  const description = textAt(node, 'description')?.trim() ?? '';
  if (summary === '' || description.startsWith(summary)) return description === '' ? undefined : description;
  return description === '' ? summary : `${summary}\n\n${description}`;
}
