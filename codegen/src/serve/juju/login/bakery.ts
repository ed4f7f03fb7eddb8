import { randomBytes } from 'node:crypto';
import type { JsonValue } from '../../../model.ts';
import type { JsonObject } from '../../core/schemas.ts';
import { type BakeryVersion, sealCaveat } from '../bakery/caveat.ts';
import { macaroonJson, macaroonsIn } from '../bakery/formats.ts';
import {
  conditionsOf,
  type Macaroon,
  mint,
  problemOf,
  withCondition,
  withThirdParty,
} from '../bakery/macaroon.ts';
import type { Controller } from '../controller.ts';
import { Failure } from '../failures.ts';

/** How long what was minted for a login is good, in milliseconds. */
const loginMs = 24 * 60 * 60_000;

const declared = 'declared username ';

/** What a client that speaks a version of the bakery's protocol understands: 0 is that it didn't say. */
export function bakeryVersion(told: number): BakeryVersion {
  if (told >= 3) return 3;
  return told === 2 ? 2 : 1;
}

export interface Demand {
  /** As clients before Juju 2.6 read it. */
  readonly plain: JsonObject;
  /** With what the caveats of the third version need. */
  readonly wrapped: JsonObject;
}

/** A macaroon that is good once the discharger at `location` has said who it is; `user` only, when given. */
export async function demand(
  controller: Controller,
  location: string,
  version: BakeryVersion,
  user?: string,
): Promise<Demand> {
  const condition = ['need-declared username is-authenticated-user', user].filter(Boolean).join(' ');
  return await mintFor(controller, { location, version, condition, publicKey: controller.keys.publicKey });
}

export async function mintFor(
  controller: Controller,
  {
    location,
    version,
    condition,
    publicKey,
    declares,
  }: {
    readonly location: string;
    readonly version: BakeryVersion;
    readonly condition: string;
    /** Of whoever discharges it. */
    readonly publicKey: Uint8Array;
    /** Whom it speaks for, where whoever discharges it doesn't say. */
    readonly declares?: string;
  },
): Promise<Demand> {
  const id = randomBytes(16).toString('hex');
  const rootKey = randomBytes(24);
  const expires = controller.clock.now() + loginMs;
  controller.rootKeys.set(id, { rootKey, expires });
  const fresh = mint(rootKey, id, 'juju', version === 1 ? 1 : 2);
  const named = declares === undefined ? fresh : withCondition(fresh, declared + declares);
  const limited = withCondition(named, timeBefore(expires));
  const caveatKey = randomBytes(24);
  const payload = await sealCaveat(controller.keys, publicKey, { rootKey: caveatKey, condition }, version);
  // From the third version on the macaroon has a short id in the place of the caveat itself.
  const caveatId = version === 3 ? Buffer.of(3, 0) : payload;
  const macaroon = await withThirdParty(limited, { rootKey: caveatKey, id: caveatId, location });
  const plain = macaroonJson(macaroon);
  if (version < 3) return { plain, wrapped: plain };
  const cdata = { [caveatId.toString('base64url')]: Buffer.from(payload).toString('base64url') };
  return { plain, wrapped: { m: plain, v: 3, cdata, ns: 'std:' } };
}

/** Who one of several slices of macaroons speaks for. Throws with the reason of the last one when none is good. */
export async function userOf(
  controller: Controller,
  slices: readonly (readonly Macaroon[])[],
): Promise<string> {
  let problem = 'invalid login macaroon';
  for (const slice of slices) {
    const [primary] = slice;
    if (primary === undefined) continue;
    const found = await checked(controller, slice);
    if (found === undefined) {
      const user = conditionsOf(slice).find((one) => one.startsWith(declared));
      if (user !== undefined) return user.slice(declared.length);
      problem = 'no declared username';
    } else {
      problem = `verification failed: ${found}`;
    }
  }
  throw new Failure(problem);
}

/** Why a slice isn't good, if it isn't. */
export async function checked(
  controller: Controller,
  slice: readonly Macaroon[],
): Promise<string | undefined> {
  const [primary] = slice;
  const known = controller.rootKeys.get(Buffer.from(primary?.id ?? []).toString());
  if (known === undefined) return 'macaroon not found in storage';
  const names = new Set(conditionsOf(slice).filter((one) => one.startsWith(declared)));
  return await problemOf(slice, known.rootKey, (condition) => {
    if (condition.startsWith(declared)) return names.size === 1;
    const [, limit] = /^time-before (.+)$/.exec(condition) ?? [];
    return limit !== undefined && Date.parse(limit) > controller.clock.now();
  });
}

export function timeBefore(milliseconds: number): string {
  return `time-before ${new Date(milliseconds).toISOString()}`;
}

/** A list of slices as JSON. */
export function slicesIn(value: readonly JsonValue[]): readonly (readonly Macaroon[])[] {
  return value.map((slice) => macaroonsIn(slice)).filter((slice) => slice.length > 0);
}

/** One that nobody needs to discharge: it speaks for a user as it is. */
export function loginMacaroon(controller: Controller, user: string): Macaroon {
  const id = randomBytes(16).toString('hex');
  const rootKey = randomBytes(24);
  const expires = controller.clock.now() + loginMs;
  controller.rootKeys.set(id, { rootKey, expires });
  return withCondition(withCondition(mint(rootKey, id, 'juju', 2), declared + user), timeBefore(expires));
}
