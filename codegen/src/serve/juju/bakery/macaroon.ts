import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { openSecret, sealSecret } from './box.ts';

/** A condition, or what somebody else is to vouch for. */
export interface Caveat {
  /** The condition as text; of a third party's caveat its id. */
  readonly id: Uint8Array;
  /** Present when a third party is to vouch: the root key of its discharge, sealed. */
  readonly verification?: Uint8Array;
  /** Where the third party is. */
  readonly location?: string;
}

export interface Macaroon {
  /** Of its format. */
  readonly version: 1 | 2;
  readonly id: Uint8Array;
  readonly location: string;
  readonly caveats: readonly Caveat[];
  readonly signature: Uint8Array;
}

const zeroes = new Uint8Array(32);

export function mint(
  rootKey: Uint8Array,
  id: string | Uint8Array,
  location: string,
  version: 1 | 2,
): Macaroon {
  const bytes = Buffer.from(id);
  return { version, id: bytes, location, caveats: [], signature: hmac(derived(rootKey), bytes) };
}

/** With a condition that whoever accepts it checks. */
export function withCondition(macaroon: Macaroon, condition: string): Macaroon {
  const id = Buffer.from(condition);
  const caveats = [...macaroon.caveats, { id }];
  return { ...macaroon, caveats, signature: hmac(macaroon.signature, id) };
}

/** With a caveat that whoever is at `location` discharges, by a macaroon of `rootKey`. */
export async function withThirdParty(
  macaroon: Macaroon,
  {
    rootKey,
    id,
    location,
  }: { readonly rootKey: Uint8Array; readonly id: Uint8Array; readonly location: string },
): Promise<Macaroon> {
  const nonce = randomBytes(24);
  const sealed = await sealSecret(macaroon.signature, nonce, derived(rootKey));
  const verification = Buffer.concat([nonce, sealed]);
  return {
    ...macaroon,
    caveats: [...macaroon.caveats, { id, verification, location }],
    signature: paired(macaroon.signature, verification, id),
  };
}

/**
 * Why a macaroon and its discharges are not good, or `undefined` when they are. `check` tells whether a condition
 * holds. Every discharge must be needed, and bound to the first macaroon.
 */
export async function problemOf(
  [primary, ...discharges]: readonly Macaroon[],
  rootKey: Uint8Array,
  check: (condition: string) => boolean,
): Promise<string | undefined> {
  if (primary === undefined) return 'no macaroons in slice';
  const unused = new Set(discharges);

  async function follow(
    macaroon: Macaroon,
    key: Uint8Array,
    isPrimary: boolean,
  ): Promise<string | undefined> {
    let signature = hmac(key, macaroon.id);
    for (const { id, verification } of macaroon.caveats) {
      if (verification === undefined) {
        const condition = Buffer.from(id).toString();
        if (!check(condition)) return `caveat ${JSON.stringify(condition)} not satisfied`;
        signature = hmac(signature, id);
        continue;
      }
      const discharge = [...unused].find((one) => Buffer.from(one.id).equals(id));
      if (discharge === undefined) return 'cannot find discharge macaroon for caveat';
      unused.delete(discharge);
      const own = await openSecret(signature, verification.subarray(0, 24), verification.subarray(24));
      if (own === undefined) return 'failed to decrypt caveat verification';
      const problem = await follow(discharge, own, false);
      if (problem !== undefined) return problem;
      signature = paired(signature, verification, id);
    }
    const expected = isPrimary ? signature : boundTo(primary?.signature ?? zeroes, signature);
    return isSame(expected, macaroon.signature) ? undefined : 'signature mismatch after caveat verification';
  }

  const problem = await follow(primary, derived(rootKey), true);
  return problem ?? (unused.size > 0 ? 'discharge macaroon was not used' : undefined);
}

/** The conditions of some macaroons, in order. */
export function conditionsOf(macaroons: readonly Macaroon[]): readonly string[] {
  return macaroons.flatMap(({ caveats }) =>
    caveats.filter((one) => one.verification === undefined).map(({ id }) => Buffer.from(id).toString()),
  );
}

/** The signature of a discharge that can be used with one macaroon only. */
function boundTo(primary: Uint8Array, discharge: Uint8Array): Uint8Array {
  return isSame(primary, discharge) ? discharge : paired(zeroes, primary, discharge);
}

function derived(key: Uint8Array): Uint8Array {
  return hmac(Buffer.from('macaroons-key-generator'), key);
}

function paired(key: Uint8Array, first: Uint8Array, second: Uint8Array): Uint8Array {
  return hmac(key, Buffer.concat([hmac(key, first), hmac(key, second)]));
}

function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(data).digest();
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
