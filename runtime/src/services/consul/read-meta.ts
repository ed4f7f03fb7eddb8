import type { Headers } from '../../http/headers.ts';
import type { ReadMeta } from '../../http/read-meta.ts';

/** What Consul says of an answer, in headers. */
export function readConsulMeta(headers: Headers): ReadMeta {
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
