import type { Macaroon } from '../macaroon/macaroon.ts';
import type { Caveat } from '../macaroon/parts.ts';
import type { BakeryMacaroon } from './bakery-macaroon.ts';
import { DischargeError, InteractionError } from './errors.ts';
import type { BakeryKey } from './key.ts';
import { dischargeLocally } from './local.ts';
import { ThirdPartyClient, type ThirdPartyMeans } from './third-party-client.ts';

/** In the course of what discharges are gathered. */
export interface Course {
  /** With which caveats for us ourselves are discharged. */
  readonly key: BakeryKey | undefined;
  readonly signal: AbortSignal | undefined;
  /** How many logins it is for the sake of: an agent that logs in gathers discharges, too. */
  readonly depth: number;
}

/** What is done for the sake of a login in the course of something. */
export function deeper(course: Course, key: BakeryKey): Course {
  return { ...course, key, depth: course.depth + 1 };
}

/** Third parties may have third parties, but not without end. */
const mostDischarges = 100;
/** A login may need another one, but not without end. */
const deepest = 3;

/**
 * The macaroon and the discharges of all its caveats for third parties, and of theirs, bound to it.
 *
 * @throws DischargeError, InteractionError, MacaroonError; what `means` throw and the signal's reason pass
 */
export async function gather(
  primary: BakeryMacaroon,
  { key, signal, depth }: Course,
  means: ThirdPartyMeans,
): Promise<readonly Macaroon[]> {
  const slice = [primary.macaroon];
  const pending: [Caveat, Uint8Array | undefined][] = caveatsOf(primary);
  // One after another: each may ask a person something.
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    signal?.throwIfAborted();
    const [caveat, payload] = next;
    if (slice.length > mostDischarges || depth > deepest) {
      const why = depth > deepest ? 'logins that need ever more logins' : 'ever more discharges';
      throw new DischargeError(
        'failed',
        `it asks for ${why}`,
        caveat.location.slice(0, 200) || 'third parties',
      );
    }
    const discharge =
      caveat.location === 'local'
        ? await dischargeLocally(caveat.id, payload ?? caveat.id, ownKey(key))
        : await new ThirdPartyClient(means, caveat, payload, signal).discharge();
    slice.push(discharge.macaroon.bindTo(primary.macaroon));
    pending.push(...caveatsOf(discharge));
  }
  return slice;
}

/** The caveats for third parties, with what those are to be told. */
function caveatsOf(macaroon: BakeryMacaroon): [Caveat, Uint8Array | undefined][] {
  return macaroon.macaroon.caveats
    .filter(({ verificationId }) => verificationId !== undefined)
    .map((caveat) => [caveat, macaroon.payloadOf(caveat.id)]);
}

function ownKey(key: BakeryKey | undefined): BakeryKey {
  if (key !== undefined) return key;
  throw new InteractionError('it is for the owner of a key, and there is none; give one as `key`', 'local');
}
