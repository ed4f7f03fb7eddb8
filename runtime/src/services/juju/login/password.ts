import { explainedUser } from '../hints.ts';
import { adminLogin } from './admin.ts';
import { bakeryHeaders, basicAuth, cookiesOf } from './headers.ts';
import type { LoginProvider } from './provider.ts';
import { type SecretSource, secretOf } from './secret.ts';
import { isExternal, tagOf, type Who } from './user-tag.ts';

/** What {@link passwordLogin} takes. */
export type PasswordLoginOptions = Who & {
  readonly password: SecretSource;
  /** What a machine was given when it was provisioned, and proves itself with: agents only. */
  readonly nonce?: string | undefined;
};

/**
 * Logs in with a password: `passwordLogin({ user: 'admin', password })`. Macaroons that are held aren't sent along.
 *
 * @throws TypeError when `user` or `tag` is nobody's name, or that of a user whom the controller doesn't know itself
 */
export function passwordLogin(options: PasswordLoginOptions): LoginProvider {
  const { password: source, nonce = '' } = options;
  const tag = tagOf(options);
  if (tag.startsWith('user-') && isExternal(tag))
    throw new TypeError(
      `${options.user ?? tag} is known by somebody else than the controller, which is not to be told the password: use macaroonLogin()`,
    );
  if (typeof source !== 'string' && typeof source !== 'function')
    throw new TypeError('password must be a text, or a function that gives one');
  return {
    name: `password of ${options.user ?? options.tag}`,
    async login(caller) {
      const password = await secretOf('password', source);
      const answer = adminLogin(caller, { tag, password, nonce, macaroons: [] }).catch((error: unknown) => {
        throw explainedUser(error, options.user);
      });
      return { answer: await answer, tag };
    },
    async authHeaders(macaroons) {
      return {
        ...bakeryHeaders,
        ...basicAuth(tag, await secretOf('password', source)),
        ...(nonce !== '' && { 'x-juju-nonce': nonce }),
        ...(await cookiesOf(macaroons)),
      };
    },
  };
}
