import type { BakeryVersion, ThirdParty } from './bakery-macaroon.ts';
import { categoryOfAnswer, clauseOf, DischargeError } from './errors.ts';
import { publicKeyFrom } from './key.ts';
import { locationOf, shownLocation, type Trusts } from './reach.ts';
import type { SendAnswer, SendRequest } from './send.ts';
import { field, jsonOf } from './wire.ts';

/**
 * The public key of a third party and the version that it knows, at `discharge/info`. Older ones, Juju's among them, tell
 * the key alone at `publickey`, and are taken to know version 1.
 *
 * @throws DischargeError when it doesn't tell, MacaroonError when what it tells is no key
 */
export async function askThirdParty(
  send: (request: SendRequest) => Promise<SendAnswer>,
  location: string,
  trusts: Trusts,
  signal: AbortSignal | undefined,
): Promise<ThirdParty> {
  const base = locationOf(location, trusts);
  const ask = (path: string) =>
    send({ method: 'GET', url: new URL(path, base).href, headers: { accept: 'application/json' }, signal });
  const info = await ask('discharge/info');
  const isOld = info.status >= 400 && info.status < 500;
  const answer = isOld ? await ask('publickey') : info;
  const body = answer.status === 200 ? jsonOf(answer) : undefined;
  if (body === undefined) {
    throw new DischargeError(categoryOfAnswer(answer), clauseOf(answer), shownLocation(base));
  }
  const publicKey = publicKeyFrom(field(body, 'PublicKey'), `the public key of ${shownLocation(base)}`);
  return { publicKey, version: isOld ? 1 : versionOf(field(body, 'Version')) };
}

/** One above ours is one that knows ours, too. */
function versionOf(version: unknown): BakeryVersion {
  if (typeof version !== 'number' || !(version >= 0)) return 1;
  return version < 1 ? 0 : version < 2 ? 1 : version < 3 ? 2 : 3;
}
