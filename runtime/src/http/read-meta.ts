import type { Headers } from './headers.ts';

/**
 * What the headers of an answer say of it. What is absent, or isn't what it should be, is `undefined`: a proxy that
 * mangles a header spoils no answer.
 */
export interface ReadMeta {
  /** The version of what was asked for; a watch that begins `from` it gives what comes after. */
  readonly index: bigint | undefined;
  /** A version, too, of answers that have no index. */
  readonly contentHash: string | undefined;
  /** How long ago the server that answered heard of the leader, in milliseconds. */
  readonly lastContactMs: number | undefined;
  /** Whether there was a leader. */
  readonly knownLeader: boolean | undefined;
  /** How the answer was come by: `leader`, `consistent` or `stale`. Not every endpoint says. */
  readonly consistency: string | undefined;
  /** Absent when the agent's cache wasn't asked. */
  readonly cache: CacheMeta | undefined;
  /** Something was left out, since the token may not see it. */
  readonly filteredByAcls: boolean;
  /** Addresses are those that this datacenter is reached at from others. */
  readonly addressesTranslated: boolean;
  /** What found the answer: `blocking-query` or `streaming`. */
  readonly backend: string | undefined;
  /** What is allowed where no rule says: `allow` or `deny`. */
  readonly defaultAclPolicy: string | undefined;
}

export interface CacheMeta {
  readonly hit: boolean;
  /** How old the answer is, in seconds. */
  readonly ageSeconds: number | undefined;
}

/** Which headers a service says it with. */
export type MetaReader = (headers: Headers) => ReadMeta;

/** Of a service that says nothing. */
export function readNoMeta(): ReadMeta {
  return {
    index: undefined,
    contentHash: undefined,
    lastContactMs: undefined,
    knownLeader: undefined,
    consistency: undefined,
    cache: undefined,
    filteredByAcls: false,
    addressesTranslated: false,
    backend: undefined,
    defaultAclPolicy: undefined,
  };
}
