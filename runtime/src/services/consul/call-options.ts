import type { CallOptions } from '../../options.ts';

/** How fresh an answer must be: any one of the servers may know a little less than the leader. */
export type Consistency = 'default' | 'consistent' | 'stale' | 'leader';

/** What an answer from the agent's cache may be like. */
export interface CacheOptions {
  /** The oldest that is taken, in seconds. */
  readonly maxAgeSeconds?: number | undefined;
  /** An answer that is too old by no more than this, in seconds, is taken when no fresh one can be had. */
  readonly staleIfErrorSeconds?: number | undefined;
  /** Ask the servers whether it is still right. */
  readonly mustRevalidate?: boolean | undefined;
}

/** What calls that read and calls that write both take. */
export interface WriteOptions extends CallOptions {
  /** Another datacenter than the agent's own, or than the session's. */
  readonly datacenter?: string | undefined;
  /** A namespace, which only the Enterprise edition has. */
  readonly namespace?: string | undefined;
  /** An admin partition, which only the Enterprise edition has. */
  readonly partition?: string | undefined;
  /** Another token than the session's; `''` is none. */
  readonly token?: string | undefined;
}

interface StaleRead {
  /**
   * With `consistency: 'stale'`: how long ago, in milliseconds, the server that answers may have heard from the leader; where it
   * is longer, the leader is asked after all. The catalog, health, prepared queries and the match of intentions heed it.
   */
  readonly maxStaleMs?: number | undefined;
}

interface FreshRead {
  /** Default `default`: the leader answers, who may for a moment not know that it was replaced. */
  readonly consistency?: Consistency | undefined;
  readonly cached?: false | undefined;
}

interface CachedRead {
  /** What the agent's cache takes isn't checked with all servers. */
  readonly consistency?: Exclude<Consistency, 'consistent'> | undefined;
  /** The agent may answer from its cache. */
  readonly cached: boolean | CacheOptions;
}

interface PeerRead {
  /** A cluster that this one is peered with. */
  readonly peer?: string | undefined;
  readonly samenessGroup?: undefined;
}

interface GroupRead {
  readonly peer?: undefined;
  /** A group of clusters that stand in for each other, which only the Enterprise edition has. */
  readonly samenessGroup: string;
}

/**
 * What a call that reads takes. `consistency: 'consistent'` and `cached` exclude each other, and so do `peer` and
 * `samenessGroup`.
 */
export type ReadOptions = WriteOptions & StaleRead & (FreshRead | CachedRead) & (PeerRead | GroupRead);
