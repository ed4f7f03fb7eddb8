import type { Check, Instance, Session } from './state.ts';

/** What ends the sessions that nobody renews. */
export interface Expiries {
  /** Starts, or starts again, the time that a session has. */
  renew(session: Session): void;
  forget(id: string): void;
  clear(): void;
}

/** A check that an agent watches over, with what only the agent knows of it. */
export interface LocalCheck extends Omit<Check, 'Node' | 'CreateIndex' | 'ModifyIndex'> {
  /** Passes for so long after it was said to; absent for one that isn't a TTL check. */
  readonly ttlMs?: number;
  readonly Interval: string;
  readonly Timeout: string;
}

/** What an agent keeps for itself, and tells the servers. */
export interface Agent {
  readonly services: Map<string, Instance>;
  readonly checks: Map<string, LocalCheck>;
  /** What ends a TTL check that nobody updates, by its ID. */
  readonly ttls: Map<string, () => void>;
  /** Tokens by what they are for: `default`, `agent`, `replication`, … */
  readonly tokens: Map<string, string>;
  readonly expiries: Expiries;
  /** Lines that the monitor shows, as they come. */
  readonly log: Set<(line: LogLine) => void>;
  /** When what this agent caches was fetched, by its path. */
  readonly cache: Map<string, number>;
  left: boolean;
}

export interface LogLine {
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  readonly module: string;
  readonly message: string;
  readonly time: string;
}

export function createAgent(expiries: Expiries): Agent {
  return {
    services: new Map(),
    checks: new Map(),
    ttls: new Map(),
    tokens: new Map(),
    expiries,
    log: new Set(),
    cache: new Map(),
    left: false,
  };
}
