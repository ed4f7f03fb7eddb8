import type { BakeryOptions } from './options.ts';
import { BakerySession } from './session.ts';

/**
 * A session with services that the macaroon bakery protects:
 * `bakery({ interactors: [browserWindow({ open })] })`.
 *
 * @throws TypeError when an option can't be used
 */
export function bakery(options: BakeryOptions = {}): BakerySession {
  return new BakerySession(options);
}
