import { readdirSync, readFileSync } from 'node:fs';

/** What a Consul 1.10.11 agent was asked, and what it answered. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** `<raw>` for a body that isn't JSON. */
  readonly req: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the answer was JSON. */
  readonly json: boolean;
  readonly body: unknown;
}

const folder = new URL('../recordings/', import.meta.url);

/** All that was recorded, in order. */
export const exchanges: readonly Exchange[] = readdirSync(folder)
  .filter((file) => /^consul-.*\.json$/.test(file))
  .sort()
  .flatMap((file): Exchange[] => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));

/** `GET /v1/kv/a`: without the query. */
export function nameOf({ method, path }: Exchange): string {
  return `${method} ${path.split('?')[0]}`;
}

/** Below `/v1`, without the query. */
export function barePathOf({ path }: Exchange): string {
  return (path.split('?')[0] ?? '').replace(/^\/v1/, '');
}
