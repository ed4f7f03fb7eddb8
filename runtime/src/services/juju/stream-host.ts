import type { HttpEndpoint } from '../../http/endpoint.ts';
import type { Socket } from '../../rpc/socket.ts';

/** What an error of a controller says about macaroons: its `info`. Two forms of the same, the second with more in it. */
export interface DischargeInfo {
  readonly macaroon?: unknown;
  readonly 'bakery-macaroon'?: unknown;
}

/** What a session gives to the streams and to the routes over HTTP that go with it. */
export interface StreamHost {
  /** The UUID of the session's model; `undefined` in a session with the controller only. */
  readonly model: string | undefined;
  /**
   * A further socket to the controller that the session is connected to, with the headers that prove who calls. The
   * session is opened first where it isn't.
   *
   * @param path absolute: `/model/<uuid>/log`
   * @param query without the question mark; empty for none
   * @throws SocketFailure when it can't be opened; its body says what the controller said
   */
  openSocket(path: string, query: string, signal?: AbortSignal): Promise<Socket>;
  /** The controller's root over HTTP, with the headers that prove who calls. The first call opens the session. */
  readonly http: HttpEndpoint;
  /** The same for what anybody may ask: nobody logs in for it, and nothing says who calls. */
  readonly publicHttp: HttpEndpoint;
  /** Has the third parties of a macaroon that was asked for say yes, and keeps the result for what is asked next. */
  discharge(info: DischargeInfo, signal?: AbortSignal): Promise<void>;
}
