import { checkNames, type HttpOptions, httpOptionNames } from '../../options.ts';
import type { Netapi } from './netapi.ts';

/** A secret, or a function that gives it when it is needed. */
export type SecretSource = string | (() => string | Promise<string>);

/** What {@link salt} takes. */
export interface SaltOptions extends HttpOptions {
  /** Where the API is: `https://salt.example.com:8000`, with a path where the API isn't at the root. */
  readonly url: string;
  /**
   * Which of the three interfaces answers there. Default `auto`: the first call asks `GET /login`, and `GET /` where that
   * tells nothing.
   */
  readonly netapi?: 'auto' | Netapi | undefined;
  readonly username?: string | undefined;
  readonly password?: SecretSource | undefined;
  /** The backend that knows user and password, as in the master's `external_auth`: `pam`, `ldap`, `sharedsecret`. */
  readonly eauth?: string | undefined;
  /** What the backend, or the login, takes besides: `{ token_expire: 3600 }`. */
  readonly credentialFields?: Readonly<Record<string, unknown>> | undefined;
  /** A token of the master itself, 64 hexadecimal digits, in place of user and password. */
  readonly token?: SecretSource | undefined;
  /**
   * How user and password prove who calls. `session` (default, where the interface has sessions): by a login, whose token
   * goes with every call. `body`: with every call, which needs no session on the server.
   */
  readonly credentialsIn?: 'session' | 'body' | undefined;
}

const known: Readonly<Record<keyof SaltOptions, true>> = {
  ...httpOptionNames,
  credentialFields: true,
  credentialsIn: true,
  eauth: true,
  netapi: true,
  password: true,
  token: true,
  url: true,
  username: true,
};

/** @throws TypeError when an option isn't known, or one that only Salt has can't be used */
export function checkOptions(options: SaltOptions): void {
  checkNames(options, known, 'salt()');
  const { netapi = 'auto', username, password, eauth, token, credentialsIn = 'session' } = options;
  if (!['auto', 'cherrypy', 'tornado', 'wsgi'].includes(netapi)) {
    throw new TypeError(
      `netapi must be "auto", "cherrypy", "tornado" or "wsgi", not ${JSON.stringify(netapi)}`,
    );
  }
  if (credentialsIn !== 'session' && credentialsIn !== 'body') {
    throw new TypeError(`credentialsIn must be "session" or "body", not ${JSON.stringify(credentialsIn)}`);
  }
  if (token !== undefined && (username !== undefined || password !== undefined)) {
    throw new TypeError('token stands in for username and password: give one or the other');
  }
  const given = [username, password, eauth].filter((each) => each !== undefined && each !== '').length;
  if (token === undefined && given !== 0 && given !== 3) {
    throw new TypeError(
      "username, password and eauth belong together: eauth is the backend in the master's external_auth, like pam",
    );
  }
  if (typeof token === 'string' && !/^[0-9a-f]+$/i.test(token)) {
    throw new TypeError('token must be a token of the master, in hexadecimal digits');
  }
}

/**
 * The address without a slash at its end.
 *
 * @throws TypeError when it isn't an absolute http(s) URL
 */
export function normalUrl(url: string | undefined, source: string): string {
  const example = 'give the address of the API, like https://salt.example.com:8000';
  if (typeof url !== 'string' || url === '') throw new TypeError(`${source} is missing: ${example}`);
  const parsed = URL.parse(url);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new TypeError(`${source} is no http or https URL: ${example}`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new TypeError(
      `${source} has a user or password in it: take them out, and give username and password`,
    );
  }
  if (url.includes('?') || url.includes('#')) {
    throw new TypeError(`${source} has a query or a fragment, where only an address belongs: ${example}`);
  }
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '');
}
