import type { Interactor } from '../../auth/bakery/interactor.ts';
import type { MacaroonJar } from '../../auth/bakery/jar.ts';
import type { BakeryKey } from '../../auth/bakery/key.ts';
import type { Trusts } from '../../auth/bakery/reach.ts';
import type { HttpOptions } from '../../options.ts';
import type { Clock } from '../../time/clock.ts';
import type { DialFailure, DialSocket, DnsCache, HttpProxy, Resolver, VerifyCa } from './dial/options.ts';
import type { Proxier } from './dial/proxier.ts';
import type { LoginProvider } from './login/provider.ts';
import type { RedirectError } from './redirect.ts';

/** How a controller is reached: which of its addresses first, for how long, and whom to trust. */
export interface JujuDialOptions {
  /** How long one address has a start on the next, in milliseconds. The first that answers wins. Default 50. */
  readonly intervalMs?: number | undefined;
  /**
   * How long reaching a controller may take, in milliseconds, without what comes after it: the login. Default: no limit of
   * its own. It is told apart from {@link JujuOptions.timeoutMs} by its error, `DialTimeoutError`.
   */
  readonly timeoutMs?: number | undefined;
  /** How long to wait before an address that refused is tried again, in milliseconds; 0: each is tried once. Default 2,000. */
  readonly retryDelayMs?: number | undefined;
  /**
   * Take any certificate, so that anybody on the way can read and change everything, the password included. For a test on
   * one's own machine; elsewhere give `caCert`. Default false.
   */
  readonly insecureSkipVerify?: boolean | undefined;
  /**
   * Asked about an authority that neither the system nor `caCert` knows, before anything is sent: throwing refuses it, returning
   * trusts it. Asked for each connection that is made. Default: such an authority is refused.
   */
  readonly verifyCa?: VerifyCa | undefined;
  /** Names into addresses. Default: the system's resolver. */
  readonly resolver?: Resolver | undefined;
  /** What names were the last time, asked before the resolver, so that a controller is reached without a working DNS. Default: none. */
  readonly dnsCache?: DnsCache | undefined;
  /** How a WebSocket is opened; for tests, mostly. Default: over `ws`. */
  readonly openSocket?: DialSocket | undefined;
  /**
   * The HTTP proxy on the way to a URL (`https:` for `wss:`), `undefined` for none. Default: what `HTTPS_PROXY`, `HTTP_PROXY`
   * and `NO_PROXY` say. What is asked over HTTP goes the same way, be it of the controller or of third parties.
   */
  readonly httpProxy?: HttpProxy | undefined;
  /**
   * Told of every attempt that failed, as it does: an address that refuses, or answers with 404, is tried again until time is
   * over, and nobody else hears of it before. Default: nobody is told.
   */
  readonly onFailure?: ((failure: DialFailure) => void) | undefined;
}

/** How a connection that has died is noticed: a controller is asked for a sign of life now and then. */
export interface JujuPingOptions {
  /** Between the end of one ping and the next, in milliseconds. More than 10,000. Default 60,000. */
  readonly periodMs?: number | undefined;
  /** How long an answer may take, in milliseconds, before the connection counts as broken. More than 1,000. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}

/** How third parties are brought to vouch for the user, when a controller wants macaroons. */
export interface JujuBakeryOptions {
  /** Ways to prove to an identity provider who one is, tried in this order. Default: none, so that only what needs none works. */
  readonly interactors?: readonly Interactor[] | undefined;
  /** Where macaroons are kept. Give the same to several sessions, or one that was read from a file. Default: a jar of this session. */
  readonly cookies?: MacaroonJar | undefined;
  /** The key that discharges of our own are made with. Default: the interactors' own. */
  readonly key?: BakeryKey | undefined;
  /**
   * Says yes to third parties that would not be asked otherwise, as they are reached over plain HTTP from another machine, or
   * send us to another host. Default: only the controller itself.
   */
  readonly trusts?: Trusts | undefined;
}

/** How a session comes back after its connection was lost. */
export interface JujuReconnectOptions {
  /** Attempts in a row before the session is given up. Default Infinity. */
  readonly retries?: number | undefined;
  /** The bound of the first wait, in milliseconds; it doubles with each further one, and chance decides below it. Default 500. */
  readonly delayMs?: number | undefined;
  /** The bound that it never grows beyond, in milliseconds. Default 30,000. */
  readonly maxDelayMs?: number | undefined;
}

/** What {@link juju} takes. */
export interface JujuOptions {
  /**
   * Where the controller is: `host:port`, with a path where it isn't at the root (`host:443/juju`), and `ws://` before it for
   * one without TLS. A controller with several machines has several; which is asked first is left to chance.
   */
  readonly addresses: readonly string[];
  /** PEM of the authority that signed the controller's certificates. Default: the authorities that the system trusts. */
  readonly caCert?: string | undefined;
  /**
   * The name that the controller's certificate is for where a public authority signed it, and that it is asked for by (SNI).
   * With `caCert` it is tried when the controller turns out to have another certificate. Default: the host of the address.
   */
  readonly serverName?: string | undefined;
  /** The UUID of the controller. Macaroons are kept under it, so that they are found whichever address is in use. */
  readonly controllerUuid?: string | undefined;
  /**
   * The UUID of a model, which all calls are then about. Default: a session with the controller itself, for models, clouds and
   * users, in which the facades of a model aren't to be had.
   */
  readonly model?: string | undefined;
  /**
   * Who calls: `passwordLogin(…)`, `macaroonLogin()`, `sessionTokenLogin(…)`, `clientCredentialsLogin(…)`,
   * `sessionCookieLogin(…)`, `anonymousLogin()` or one of your own. `false`: nobody logs in, and only `Admin` answers. Default
   * `macaroonLogin()`.
   */
  readonly login?: LoginProvider | false | undefined;
  readonly dial?: JujuDialOptions | undefined;
  /**
   * How long opening may take in all, in milliseconds: reaching the controller, redirects, the login, and whatever a user has to
   * do for it. Default 600,000; `Infinity` is no limit. Rejects with `OpenTimeoutError`.
   */
  readonly timeoutMs?: number | undefined;
  readonly ping?: JujuPingOptions | undefined;
  readonly bakery?: JujuBakeryOptions | undefined;
  /**
   * Whether a connection that was lost is made again. Calls that are under way fail all the same, since nobody knows whether
   * they were done; later ones wait for the new connection, and watchers go on over it. Default false: the session is broken.
   */
  readonly reconnect?: boolean | JujuReconnectOptions | undefined;
  /**
   * What is between here and the controller: a tunnel, which is opened before and closed with the session, and leads to the
   * controller in place of `addresses`. For one session only. See `createProxier`.
   */
  readonly proxier?: Proxier | undefined;
  /**
   * Asked when the controller says that the model is elsewhere; `true` goes there, otherwise opening rejects with the
   * {@link RedirectError}. Default: go where a controller is only the door to others (`followRedirect`), and reject where a
   * model was migrated, as whatever knows it by its old controller should learn of that.
   */
  readonly onRedirect?: ((redirect: RedirectError) => boolean | Promise<boolean>) | undefined;
  /**
   * The version of Juju that this client says it is, of which controllers make depend what it may call. Default `4.0.15`, or
   * the controller's own version where that has another major version.
   */
  readonly clientVersion?: string | undefined;
  /** How charms, resources and the like are sent and had over HTTP: transport, retries, limits of time. */
  readonly http?: HttpOptions | undefined;
  /** Time, for pings, waits and limits; for tests. */
  readonly clock?: Clock | undefined;
}
