import type { Auth, Refusal } from '../../auth/auth.ts';
import { type BasicCredentials, type Proof, presentCredential } from './credentials.ts';

type Pairs = Readonly<Record<string, string>>;

/** Shows what a call needs, wherever each part of it is wanted. */
export class ProofAuth implements Auth {
  readonly #headers: readonly Proof[];
  /** Absent when nothing is wanted in the query, so that a call has a URL that stays. */
  readonly query?: () => Promise<Pairs>;

  constructor(proofs: readonly Proof[]) {
    const inQuery = proofs.filter((proof) => placeOf(proof) === 'query');
    this.#headers = proofs.filter((proof) => !inQuery.includes(proof));
    if (inQuery.length > 0) this.query = () => pairsOf(inQuery);
  }

  async sign(): Promise<Pairs> {
    const headers: Record<string, string> = {};
    for (const proof of this.#headers) {
      const [name, value] = headerOf(proof, await presentCredential(proof));
      const before = headers[name];
      headers[name] = name === 'cookie' && before !== undefined ? `${before}; ${value}` : value;
    }
    return headers;
  }

  /** Worth another attempt when the functions give something else by now. */
  async renew({ signed }: Refusal): Promise<boolean> {
    const headers = await this.sign();
    return Object.entries(headers).some(([name, value]) => signed[name] !== value);
  }
}

function placeOf({ scheme }: Proof): 'header' | 'query' | 'cookie' {
  return scheme.kind === 'key' ? scheme.in : 'header';
}

async function pairsOf(proofs: readonly Proof[]): Promise<Pairs> {
  const pairs: Record<string, string> = {};
  for (const proof of proofs) {
    const value = await presentCredential(proof);
    if (proof.scheme.kind === 'key' && typeof value === 'string') pairs[proof.scheme.param] = value;
  }
  return pairs;
}

function headerOf({ scheme }: Proof, value: string | BasicCredentials): readonly [string, string] {
  if (typeof value !== 'string') {
    const text = Buffer.from(`${value.username}:${value.password}`).toString('base64');
    return ['authorization', `Basic ${text}`];
  }
  if (scheme.kind !== 'key') return ['authorization', `Bearer ${value}`];
  return scheme.in === 'cookie'
    ? ['cookie', `${scheme.param}=${value}`]
    : [scheme.param.toLowerCase(), value];
}
