import type { Macaroon } from '../../../auth/macaroon/macaroon.ts';
import { adminLogin } from './admin.ts';
import { bakeryHeaders, basicAuth, cookiesOf } from './headers.ts';
import type { HeldMacaroons, LoginProvider } from './provider.ts';
import { isExternal, tagOf } from './user-tag.ts';

/** What {@link macaroonLogin} takes. */
export interface MacaroonLoginOptions {
  /** Of a user whom the controller itself knows. Default: whoever the identity provider says it is. */
  readonly user?: string | undefined;
  /** Macaroons that one has already, each with its discharges. Default: those in the session's jar. */
  readonly macaroons?: readonly (readonly Macaroon[])[] | undefined;
}

/**
 * Logs in with macaroons: those that are held, or those that the controller gives and its third parties say yes to, by the
 * session's `bakery.interactors`. They are kept in the session's jar.
 *
 * @throws TypeError when `user` is nobody's name
 */
export function macaroonLogin(options: MacaroonLoginOptions = {}): LoginProvider {
  const { user, macaroons: given = [] } = options;
  const tag = user === undefined ? '' : tagOf({ user });
  const known = user === undefined || isExternal(user) ? '' : tag;
  const withGiven = (held: HeldMacaroons): HeldMacaroons => ({
    held: async () => [...given, ...(await held.held())],
    discharge: (info, signal) => held.discharge(info, signal),
  });
  return {
    name: user === undefined ? 'macaroons' : `macaroons of ${user}`,
    async login(caller) {
      const macaroons = withGiven(caller.macaroons);
      const request = { tag: known, password: '', nonce: '', macaroons: await macaroons.held() };
      return { answer: await adminLogin({ ...caller, macaroons }, request), ...(tag !== '' && { tag }) };
    },
    async authHeaders(macaroons) {
      return {
        ...bakeryHeaders,
        ...(known !== '' && basicAuth(known, '')),
        ...(await cookiesOf(withGiven(macaroons))),
      };
    },
  };
}
