import { MacaroonError } from '../macaroon/error.ts';
import { BakeryMacaroon } from './bakery-macaroon.ts';
import { openPayload } from './caveat-payload.ts';
import type { BakeryKey } from './key.ts';

/**
 * The discharge of a caveat that only the owner of a key can give: that they can is all that it proves.
 *
 * @throws MacaroonError when it is for somebody else, or asks for more
 */
export async function dischargeLocally(
  id: Uint8Array,
  payload: Uint8Array,
  key: BakeryKey,
): Promise<BakeryMacaroon> {
  const { version, condition, rootKey, namespace } = await openPayload(payload, key);
  if (condition !== 'true') throw new MacaroonError('a local caveat: its condition is not `true`');
  return BakeryMacaroon.create({ rootKey, identifier: id, version, namespace, idPrefix: id });
}
