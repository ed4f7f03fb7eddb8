import { readFileSync } from 'node:fs';

/** What Juju's own RPC server was sent on one connection, and what it answered. */
export interface Exchange {
  readonly name: string;
  readonly sent: readonly string[];
  readonly received: readonly string[];
  /** How it ended the connection, where it did. */
  readonly closed?: { readonly code: number };
}

export const exchanges: readonly Exchange[] = JSON.parse(
  readFileSync(new URL('juju-rpc.json', import.meta.url), 'utf8'),
);
