import { type ConsulEnvironment, optionsFromEnvironment, said } from './environment.ts';
import type { ConsulOptions } from './options.ts';
import { ConsulSession } from './session.ts';

/** Makes sessions. */
export interface Consul {
  /**
   * A session with an agent, by default the one at `localhost:8500`. Nothing is connected to before the first call; files
   * are read at once.
   *
   * @throws TypeError when an option can't be used; says which and why
   */
  (options?: ConsulOptions): ConsulSession;

  /**
   * A session with what the environment says, in the variables that Consul's own programs read: `CONSUL_HTTP_ADDR`,
   * `CONSUL_HTTP_TOKEN`, `CONSUL_HTTP_TOKEN_FILE`, `CONSUL_HTTP_AUTH`, `CONSUL_HTTP_SSL`, `CONSUL_HTTP_SSL_VERIFY`,
   * `CONSUL_TLS_SERVER_NAME`, `CONSUL_CACERT`, `CONSUL_CAPATH`, `CONSUL_CLIENT_CERT`, `CONSUL_CLIENT_KEY`,
   * `CONSUL_NAMESPACE` and `CONSUL_PARTITION`. An empty variable is as good as none. `overrides` win,
   * those of `tls` each alone; `undefined` among them says nothing.
   *
   * @param environment default `process.env`
   * @throws TypeError when a variable can't be used
   */
  fromEnv(overrides?: ConsulOptions, environment?: ConsulEnvironment): ConsulSession;

  /** The same function with defaults of your own, which also win over the environment. */
  defaults(defaults: ConsulOptions): Consul;
}

/** Makes sessions with Consul: `consul({ address: 'https://consul.example.com', token })`. */
export const consul: Consul = withDefaults({});

function withDefaults(own: ConsulOptions): Consul {
  const make = (options: ConsulOptions = {}) => new ConsulSession({ ...own, ...options });
  return Object.assign(make, {
    fromEnv: (overrides: ConsulOptions = {}, environment: ConsulEnvironment = process.env) =>
      new ConsulSession(optionsFromEnvironment({ ...own, ...said(overrides) }, environment)),
    defaults: (further: ConsulOptions) => withDefaults({ ...own, ...further }),
  });
}
