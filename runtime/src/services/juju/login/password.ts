import { adminLogin } from './admin.ts';
import { bakeryHeaders, basicAuth, cookiesOf } from './headers.ts';
import type { LoginProvider } from './provider.ts';
import { type SecretSource, secretOf } from './secret.ts';
import { tagOf, type Who } from './user-tag.ts';

/** What {@link passwordLogin} takes. */
export type PasswordLoginOptions = Who & {
  readonly password: SecretSource;
  /** What a machine was given when it was provisioned, and proves itself with: agents only. */
  readonly nonce?: string | undefined;
};

/**
 * Logs in with a password: `passwordLogin({ user: 'admin', password })`. Macaroons that are held aren't sent along.
 *
 * @throws TypeError when `user` or `tag` is nobody's name
 */
export function passwordLogin(options: PasswordLoginOptions): LoginProvider {
  const { password: source, nonce = '' } = options;
  const tag = tagOf(options);
  return {
    name: `password of ${options.user ?? options.tag}`,
    async login(caller) {
      const password = await secretOf('password', source);
      return { answer: await adminLogin(caller, { tag, password, nonce, macaroons: [] }), tag };
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
