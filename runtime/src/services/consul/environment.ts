import type { ConsulOptions, ConsulTlsOptions } from './options.ts';

/** The variables that Consul's own programs read. An empty one is as good as none. */
export interface ConsulEnvironment {
  readonly CONSUL_HTTP_ADDR?: string | undefined;
  readonly CONSUL_HTTP_TOKEN?: string | undefined;
  readonly CONSUL_HTTP_TOKEN_FILE?: string | undefined;
  readonly CONSUL_HTTP_AUTH?: string | undefined;
  readonly CONSUL_HTTP_SSL?: string | undefined;
  readonly CONSUL_HTTP_SSL_VERIFY?: string | undefined;
  readonly CONSUL_TLS_SERVER_NAME?: string | undefined;
  readonly CONSUL_CACERT?: string | undefined;
  readonly CONSUL_CAPATH?: string | undefined;
  readonly CONSUL_CLIENT_CERT?: string | undefined;
  readonly CONSUL_CLIENT_KEY?: string | undefined;
  readonly CONSUL_NAMESPACE?: string | undefined;
  readonly CONSUL_PARTITION?: string | undefined;
}

/**
 * What the environment says of a session.
 *
 * @param overrides win, each alone, those of `tls` too; a `token` or a `tokenFile` among them over both of the environment, and
 *   `tls.ca`, `tls.caFile` or `tls.caPath` over all that the environment trusts. `undefined` says nothing.
 * @throws TypeError when a variable that is a boolean has another value
 */
export function optionsFromEnvironment(
  overrides: ConsulOptions,
  environment: ConsulEnvironment,
): ConsulOptions {
  const env = (name: keyof ConsulEnvironment) => environment[name] || undefined;
  const own = said(overrides);
  const ownTls = said(overrides.tls ?? {});
  const trusts = ['ca', 'caFile', 'caPath'].some((name) => name in ownTls);
  const tls: ConsulTlsOptions = {
    serverName: env('CONSUL_TLS_SERVER_NAME'),
    ...(!trusts && { caFile: env('CONSUL_CACERT'), caPath: env('CONSUL_CAPATH') }),
    certFile: env('CONSUL_CLIENT_CERT'),
    keyFile: env('CONSUL_CLIENT_KEY'),
    verify: booleanOf('CONSUL_HTTP_SSL_VERIFY', env('CONSUL_HTTP_SSL_VERIFY')),
    ...ownTls,
  };
  const isSecured = Object.keys(said(tls)).length > 0;
  return {
    address: env('CONSUL_HTTP_ADDR'),
    scheme: booleanOf('CONSUL_HTTP_SSL', env('CONSUL_HTTP_SSL')) === true ? 'https' : undefined,
    basicAuth: env('CONSUL_HTTP_AUTH'),
    namespace: env('CONSUL_NAMESPACE'),
    partition: env('CONSUL_PARTITION'),
    ...(!('token' in own || 'tokenFile' in own) && {
      token: env('CONSUL_HTTP_TOKEN'),
      tokenFile: env('CONSUL_HTTP_TOKEN_FILE'),
    }),
    ...own,
    tls: isSecured ? tls : undefined,
  };
}

/** The options but for those that are `undefined`. */
export function said<T extends object>(options: T): Partial<T> {
  const given: Partial<T> = { ...options };
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) Reflect.deleteProperty(given, name);
  }
  return given;
}

const yes = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const no = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** As Go reads booleans. */
function booleanOf(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (yes.has(text)) return true;
  if (no.has(text)) return false;
  throw new TypeError(`${name} must be true or false (or 1, t, 0, f), not ${JSON.stringify(text)}`);
}
