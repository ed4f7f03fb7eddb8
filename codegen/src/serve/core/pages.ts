import type { JsonValue } from '../../model.ts';

/** What a caller asked for, and the page that it gets. */
export interface PageOptions {
  /** As in the query: how many items at the most. */
  readonly limit: string | null;
  /** As in the query: what the page before answered with. */
  readonly token: string | null;
  /** The largest page, which is also the page of a caller who sets no limit. */
  readonly pageSize: number;
}

export interface Page<T extends JsonValue> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly next?: string;
}

/**
 * A page by offset, behind a token that callers can't take apart by accident. A token that means nothing is the
 * first page, as it is with the services that page by offset.
 */
export function page<T extends JsonValue>(items: readonly T[], options: PageOptions): Page<T> {
  const from = offsetOf(options.token);
  const limit = options.limit === null ? options.pageSize : Number(options.limit);
  const to = from + Math.min(limit, options.pageSize);
  const next = to < items.length ? { next: tokenOf(to) } : {};
  return { items: items.slice(from, to), ...next };
}

function tokenOf(offset: number): string {
  return Buffer.from(`from ${offset}`).toString('base64url');
}

function offsetOf(token: string | null): number {
  if (token === null) return 0;
  const found = /^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  return found === null ? 0 : Number(found[1]);
}
