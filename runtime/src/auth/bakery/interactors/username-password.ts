import type { Interactor } from '../interactor.ts';
import { field, objectField, tokenOf } from '../wire.ts';
import { type Places, placesOf } from './places.ts';

/** Who logs in, and where that may be told. */
export interface UsernamePasswordOptions {
  readonly username: string;
  /** Itself, or a function that gives it when it is needed. */
  readonly password: string | (() => string | Promise<string>);
  /**
   * The third parties that may be told: URLs, below which everything is meant, or a function. A service can send its
   * clients to any third party that it likes, so a password for all of them would be anybody's. Default: the controller of a
   * session with Juju, and without such a session nobody.
   */
  readonly at?: Places | undefined;
}

/** A local user of a Juju controller logs in to it: `juju_userpass`. */
export function usernamePassword({ username, password, at }: UsernamePasswordOptions): Interactor {
  const isPlace = at === undefined ? undefined : placesOf(at);
  return {
    kind: 'juju_userpass',
    async interact(interaction) {
      if (!(isPlace?.(interaction.location) ?? interaction.isOwn)) return undefined;
      const url = interaction.askable(field(interaction.data, 'url'));
      const secret = typeof password === 'string' ? password : await password();
      const body = { form: { user: username, password: secret } };
      const token = tokenOf(objectField(await interaction.post(url, body, { secrets: [secret] }), 'token'));
      if (token === undefined) throw interaction.failure('the third party gives no token for the password');
      return token;
    },
  };
}
