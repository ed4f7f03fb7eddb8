import { normalUrl, type SaltOptions } from './options.ts';

/** The variables that other clients of Salt's API know, too. An empty one is as good as none. */
export interface Environment {
  readonly SALTAPI_URL?: string | undefined;
  readonly SALTAPI_USER?: string | undefined;
  readonly SALTAPI_PASS?: string | undefined;
  readonly SALTAPI_EAUTH?: string | undefined;
}

/**
 * What the environment says of a session.
 *
 * @param overrides win; a `token` among them also over user and password
 * @throws TypeError when there is no address
 */
export function optionsFromEnvironment(
  overrides: Partial<SaltOptions>,
  environment: Environment,
): SaltOptions {
  const url = overrides.url ?? normalUrl(environment.SALTAPI_URL, 'SALTAPI_URL');
  return { ...('token' in overrides ? {} : credentialsIn(environment)), ...overrides, url };
}

function credentialsIn({
  SALTAPI_USER: username,
  SALTAPI_PASS: password,
  SALTAPI_EAUTH: eauth,
}: Environment): Partial<SaltOptions> {
  return { ...(username && { username }), ...(password && { password }), ...(eauth && { eauth }) };
}
