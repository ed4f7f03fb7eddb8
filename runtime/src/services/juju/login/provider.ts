import type { Macaroon } from '../../../auth/macaroon/macaroon.ts';
import type { DischargeInfo } from '../stream-host.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * A way to log in to a controller: a value that a session is given. Those of Juju are made by functions (`passwordLogin`,
 * `macaroonLogin`, …); an object with these three members is one, too.
 */
export interface LoginProvider {
  /** For messages and `inspect`, without a secret in it: `password of admin`. */
  readonly name: string;
  /** Logs in, on a connection that was just made. Called again for each connection that is made later. */
  login(caller: LoginCaller): Promise<LoginOutcome>;
  /**
   * The headers that prove who calls, for what isn't said over this connection: streams and HTTP. Never shown. Called after
   * a login.
   */
  authHeaders(macaroons: HeldMacaroons): Headers | Promise<Headers>;
  /** Headers of the request that opens the connection, for who proves it there: by a cookie. Never shown. */
  connectHeaders?(): Headers | Promise<Headers>;
}

/** What a login has to do its work with. */
export interface LoginCaller {
  /** Calls a method of the facade `Admin`, which is all that answers before the login. */
  call<T>(version: number, method: string, params: object): Promise<T>;
  readonly macaroons: HeldMacaroons;
  /** Where the controller is, for errors. */
  readonly url: string;
  /** What this client says that it is: `4.0.15`. */
  readonly clientVersion: string;
  /** Aborted when opening is given up. */
  readonly signal: AbortSignal;
}

/** The macaroons that a session holds for its controller. */
export interface HeldMacaroons {
  /** Each with its discharges. */
  held(): Promise<readonly (readonly Macaroon[])[]>;
  /** Has the third parties of a macaroon say yes, and holds the result. */
  discharge(info: DischargeInfo, signal?: AbortSignal): Promise<void>;
}

/** What came of a login. */
export interface LoginOutcome {
  /** What the controller answered; the session checks it. */
  readonly answer: LoginAnswer;
  /** The tag that was logged in with, for answers that don't say whose login it is: those to agents. */
  readonly tag?: string | undefined;
}

/** What `Admin.Login` and its siblings answer, as far as it is used. */
export interface LoginAnswer {
  readonly 'controller-tag'?: string;
  readonly 'model-tag'?: string;
  readonly 'server-version'?: string;
  readonly 'public-dns-name'?: string;
  readonly servers?: readonly (readonly WireAddress[] | null)[] | null;
  readonly facades?: readonly { readonly name: string; readonly versions: readonly number[] | null }[] | null;
  readonly 'user-info'?: {
    readonly identity?: string;
    readonly 'display-name'?: string;
    readonly 'controller-access'?: string;
    readonly 'model-access'?: string;
  } | null;
}

/** An address of a controller, as a controller writes it. */
export interface WireAddress {
  readonly value?: string;
  readonly type?: string;
  readonly scope?: string;
  readonly port?: number;
}
