import { basicAuth } from './headers.ts';
import type { LoginAnswer, LoginProvider } from './provider.ts';
import { type SecretSource, secretOf } from './secret.ts';

/** What {@link clientCredentialsLogin} takes: a service account of JAAS. */
export interface ClientCredentialsLoginOptions {
  readonly clientId: string;
  readonly clientSecret: SecretSource;
}

/** Makes logins with client credentials. */
export interface ClientCredentialsLogin {
  /**
   * Logs in to JAAS as a service account: `clientCredentialsLogin({ clientId, clientSecret })`.
   *
   * @throws TypeError when one of the two is empty
   */
  (options: ClientCredentialsLoginOptions): LoginProvider;
  /**
   * With what the environment says, in the variables that Juju's own client reads: `JUJU_CLIENT_ID` and
   * `JUJU_CLIENT_SECRET`.
   *
   * @param environment default `process.env`
   * @throws TypeError when one of the two is missing or empty
   */
  fromEnv(environment?: Readonly<Record<string, string | undefined>>): LoginProvider;
}

export const clientCredentialsLogin: ClientCredentialsLogin = Object.assign(make, {
  fromEnv: (environment: Readonly<Record<string, string | undefined>> = process.env) =>
    make({
      clientId: needed(environment, 'JUJU_CLIENT_ID'),
      clientSecret: needed(environment, 'JUJU_CLIENT_SECRET'),
    }),
});

function make({ clientId, clientSecret }: ClientCredentialsLoginOptions): LoginProvider {
  if (typeof clientId !== 'string' || clientId === '') throw new TypeError('clientId must not be empty');
  if (clientSecret === '') throw new TypeError('clientSecret must not be empty');
  const secret = () => secretOf('clientSecret', clientSecret);
  return {
    name: `client credentials of ${clientId}`,
    async login(caller) {
      const params = { 'client-id': clientId, 'client-secret': await secret() };
      return { answer: await caller.call<LoginAnswer>(4, 'LoginWithClientCredentials', params) };
    },
    authHeaders: async () => basicAuth(clientId, await secret()),
  };
}

function needed(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new TypeError(`${name} is not set`);
  return value;
}
