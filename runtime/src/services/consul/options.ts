import { checkNames, type HttpOptions, httpOptionNames } from '../../options.ts';

/** How the connection to an agent is secured, from files or from PEM at hand. Files are read once, when the session is made. */
export interface ConsulTlsOptions {
  /** PEM of the authorities that are trusted, in place of Node's own. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** A file of such PEM. */
  readonly caFile?: string | undefined;
  /** A folder, all of whose files are such PEM. */
  readonly caPath?: string | undefined;
  /** PEM of our own certificate; needs a key. */
  readonly cert?: string | Uint8Array | undefined;
  readonly certFile?: string | undefined;
  /** PEM of the key of our own certificate. */
  readonly key?: string | Uint8Array | undefined;
  readonly keyFile?: string | undefined;
  /** The name that the agent's certificate must be for, when it isn't the host of the address. A port in it is ignored. */
  readonly serverName?: string | undefined;
  /** `false`: any certificate will do, so that anybody on the way can read the token. Default true. */
  readonly verify?: boolean | undefined;
}

/** Who a proxy in front of Consul wants to know. Consul itself knows nothing of it. */
export interface BasicAuth {
  readonly username: string;
  readonly password?: string | undefined;
}

/** What {@link consul} takes. */
export interface ConsulOptions extends HttpOptions {
  /**
   * Where the agent is: `host:port`, `http://host:port`, `https://host:port`, each of the latter two also with a path that
   * comes before `/v1`, or `unix:///path/of.sock`. Default `localhost:8500`.
   */
  readonly address?: string | undefined;
  /** For an address that doesn't say. `https` isn't taken back by an address with `http://`. Default `http`. */
  readonly scheme?: 'http' | 'https' | undefined;
  /** What comes before `/v1` of a path: `/consul`. Default the path of the address, which is nothing as a rule. */
  readonly pathPrefix?: string | undefined;
  /** The secret of the ACL token that calls are made with. */
  readonly token?: string | undefined;
  /** A file with the token, read once, when the session is made. Wins over `token`. */
  readonly tokenFile?: string | undefined;
  /**
   * Where the token is sent. `query` is for old proxies that drop headers: the token then is in the logs of everything on the
   * way, and Consul itself warns of it. Default `header`.
   */
  readonly tokenIn?: 'header' | 'query' | undefined;
  /** For a proxy in front of Consul: `user:password`, or both apart. */
  readonly basicAuth?: string | BasicAuth | undefined;
  readonly tls?: ConsulTlsOptions | undefined;
  /** Calls go to this datacenter, unless they say otherwise. Default the agent's. */
  readonly datacenter?: string | undefined;
  /** Enterprise only: the open edition refuses every call that names one. */
  readonly namespace?: string | undefined;
  /** Enterprise only: the open edition refuses every call that names one. */
  readonly partition?: string | undefined;
  /** How long a watch lets the agent wait for a change, in milliseconds. Default 55,000; Consul's limit is 600,000. */
  readonly waitMs?: number | undefined;
}

const known: Readonly<Record<keyof ConsulOptions, true>> = {
  ...httpOptionNames,
  address: true,
  basicAuth: true,
  datacenter: true,
  namespace: true,
  partition: true,
  pathPrefix: true,
  scheme: true,
  tls: true,
  token: true,
  tokenFile: true,
  tokenIn: true,
  waitMs: true,
};

/** @throws TypeError when an option isn't known */
export function checkOptions(options: ConsulOptions): void {
  checkNames(options, known, 'consul()');
}
