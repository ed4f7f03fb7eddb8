import type { Headers } from './headers.ts';

/**
 * What the headers of an answer say of it. What is absent, or isn't what it should be, is `undefined`: a proxy that
 * mangles a header spoils no answer.
 */
export interface ReadMeta {
  /** `X-Consul-Index`: the version of what was asked for; a watch that begins `from` it gives what comes after. */
  readonly index: bigint | undefined;
  /** `X-Consul-ContentHash`: a version, too, of answers that have no index. */
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

/** Headers have their names in lower case. */
export function readMeta(headers: Headers): ReadMeta {
  const cache = headers['x-cache'];
  return {
    index: wholeNumber(headers['x-consul-index']),
    contentHash: textOf(headers['x-consul-contenthash']),
    lastContactMs: numberOf(headers['x-consul-lastcontact']),
    knownLeader: yesOrNo(headers['x-consul-knownleader']),
    consistency: textOf(headers['x-consul-effective-consistency']),
    cache: cache === undefined ? undefined : { hit: cache === 'HIT', ageSeconds: numberOf(headers['age']) },
    filteredByAcls: headers['x-consul-results-filtered-by-acls'] === 'true',
    addressesTranslated: headers['x-consul-translate-addresses'] === 'true',
    backend: textOf(headers['x-consul-query-backend']),
    defaultAclPolicy: textOf(headers['x-consul-default-acl-policy']),
  };
}

function textOf(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** Beyond 2^53 in practice: the index of events isn't a count. */
function wholeNumber(value: string | undefined): bigint | undefined {
  return value !== undefined && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function numberOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function yesOrNo(value: string | undefined): boolean | undefined {
  return value === 'true' || value === 'false' ? value === 'true' : undefined;
}
