import type { EauthLogin } from '../../auth/eauth.ts';
import { type CallRecord, ProtocolError } from '../../errors.ts';
import type { HttpEndpoint } from '../../http/endpoint.ts';
import { path } from '../../http/path.ts';
import { isObject } from '../../json/is-object.ts';
import type { SaltOptions, SecretSource } from './options.ts';

/** What proves who calls, in the words of the API; `undefined` when the options hold nothing. */
export type Credentials = () => Promise<Readonly<Record<string, unknown>>>;

/** The credentials that the options hold, as they are sent in a body. */
export function credentialsOf(options: SaltOptions): Credentials | undefined {
  const { username, password, eauth, token, credentialFields } = options;
  if (token !== undefined) return async () => ({ ...credentialFields, token: await reveal(token) });
  if (username === undefined || password === undefined) return undefined;
  return async () => ({ ...credentialFields, username, password: await reveal(password), eauth });
}

/** The secret itself. */
export async function reveal(secret: SecretSource): Promise<string> {
  return typeof secret === 'string' ? secret : await secret();
}

/** `POST /login`: the token of a session. */
export async function logIn(endpoint: HttpEndpoint, credentials: Credentials): Promise<EauthLogin> {
  // A login that is made twice is a session too many, which ends by itself.
  const body = await credentials();
  const { value, record } = await endpoint.post<unknown>(path`/login`, { body, safe: true }).withResponse();
  const returned = isObject(value) ? value['return'] : undefined;
  return tokenIn(returned, 'POST /login', record);
}

/** `POST /token`: a token of the master, without a session. */
export async function masterToken(endpoint: HttpEndpoint, credentials: Credentials): Promise<EauthLogin> {
  const body = await credentials();
  const { value, record } = await endpoint.post<unknown>(path`/token`, { body, safe: true }).withResponse();
  return tokenIn(value, 'POST /token', record);
}

/** `POST /logout`: ends the session of a token. */
export function logOut(endpoint: HttpEndpoint, token: string): Promise<void> {
  return endpoint.send('post', path`/logout`, {
    body: {},
    headers: { 'x-auth-token': token },
    attemptTimeoutMs: 5_000,
    retry: false,
  });
}

function tokenIn(list: unknown, call: string, record: CallRecord): EauthLogin {
  const login: unknown = Array.isArray(list) ? list[0] : undefined;
  if (!isObject(login) || typeof login['token'] !== 'string' || login['token'] === '') {
    throw new ProtocolError('an answer without a token', { call, record });
  }
  const { token, start, expire } = login;
  const seconds = typeof start === 'number' && typeof expire === 'number' ? expire - start : defaultSeconds;
  return { token, lifetimeMs: Math.max(0, seconds) * 1000 };
}

/** A session of rest_cherrypy, where the answer doesn't say. */
const defaultSeconds = 36_000;
