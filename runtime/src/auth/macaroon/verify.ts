import { hex, sameBytes, textOf } from './bytes.ts';
import { MacaroonError } from './error.ts';
import type { Caveat, MacaroonParts } from './parts.ts';
import { nonceBytes, open } from './secretbox.ts';
import { boundSignature, firstSignature, nextSignature } from './signing.ts';

/** Whether the condition of a caveat of the first party holds. */
export type Check = (condition: string) => boolean | Promise<boolean>;

interface Task {
  readonly macaroon: MacaroonParts;
  readonly key: Uint8Array;
}

interface Offer {
  readonly macaroon: MacaroonParts;
  isUsed: boolean;
}

/**
 * Whether a macaroon was made with this key and all its caveats are met. Every discharge must be used exactly once, for a
 * caveat of the macaroon or of another discharge, and must be bound to the macaroon.
 *
 * @param key derived of the root key
 * @throws MacaroonError when it isn't good
 */
export async function verify(
  primary: MacaroonParts,
  key: Uint8Array,
  check: Check,
  discharges: readonly MacaroonParts[],
): Promise<void> {
  const offered = discharges.map((macaroon): Offer => ({ macaroon, isUsed: false }));
  const byId = new Map(offered.toReversed().map((offer) => [hex(offer.macaroon.identifier), offer]));

  /** What a caveat of a third party needs, which is then no longer free for another one. */
  const taskOf = async ({ id }: Caveat, verificationId: Uint8Array, signature: Uint8Array): Promise<Task> => {
    const offer = byId.get(hex(id));
    if (offer === undefined) throw failed(`there is no discharge for the caveat ${shown(id)}`);
    if (offer.isUsed) throw failed(`the discharge ${shown(id)} is used more than once`);
    offer.isUsed = true;
    const nonce = verificationId.subarray(0, nonceBytes);
    const found =
      nonce.length === nonceBytes
        ? await open(verificationId.subarray(nonceBytes), nonce, signature)
        : undefined;
    if (found === undefined) throw failed(`the key for the caveat ${shown(id)} cannot be opened`);
    return { macaroon: offer.macaroon, key: found };
  };

  // A stack rather than recursion: how deep discharges are nested is up to whoever sent them.
  const tasks: Task[] = [{ macaroon: primary, key }];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    const { macaroon } = task;
    const found: Task[] = [];
    let signature = firstSignature(task.key, macaroon.identifier);
    for (const caveat of macaroon.caveats) {
      if (caveat.verificationId === undefined) await mustHold(caveat, check);
      else found.push(await taskOf(caveat, caveat.verificationId, signature));
      signature = nextSignature(signature, caveat);
    }
    const due = macaroon === primary ? signature : boundSignature(primary.signature, signature);
    if (!sameBytes(due, macaroon.signature)) {
      throw failed(`the signature of ${shown(macaroon.identifier)} is not what its caveats come to`);
    }
    tasks.push(...found.toReversed());
  }
  const left = offered.find(({ isUsed }) => !isUsed);
  if (left !== undefined) throw failed(`the discharge ${shown(left.macaroon.identifier)} is not used`);
}

async function mustHold({ id }: Caveat, check: Check): Promise<void> {
  const condition = textOf(id);
  if (condition === undefined || !(await check(condition))) throw failed(`${shown(id)} does not hold`);
}

const longestShown = 100;

function shown(id: Uint8Array): string {
  const text = textOf(id);
  if (text === undefined) return `of ${id.length} bytes`;
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
}

function failed(why: string): MacaroonError {
  return new MacaroonError(`verifying a macaroon: ${why}`);
}
