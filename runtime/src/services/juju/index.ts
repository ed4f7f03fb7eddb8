/// <reference types="node" preserve="true" />
/** The door `@fairlead/runtime/juju`: the session, and all that its users need besides the generated classes. */
export { DischargeError, InteractionError } from '../../auth/bakery/errors.ts';
export type { Interaction, PostOptions } from '../../auth/bakery/interaction.ts';
export type { Interactor } from '../../auth/bakery/interactor.ts';
export { type Agent as BakeryAgent, type AgentOptions, agent } from '../../auth/bakery/interactors/agent.ts';
export { type BrowserWindowOptions, browserWindow } from '../../auth/bakery/interactors/browser-window.ts';
export { type FormOptions, form } from '../../auth/bakery/interactors/form.ts';
export type { Places } from '../../auth/bakery/interactors/places.ts';
export {
  type UsernamePasswordOptions,
  usernamePassword,
} from '../../auth/bakery/interactors/username-password.ts';
export { MacaroonJar } from '../../auth/bakery/jar.ts';
export { BakeryKey, type BakeryKeyText } from '../../auth/bakery/key.ts';
export type { Trusts } from '../../auth/bakery/reach.ts';
export { MacaroonError } from '../../auth/macaroon/error.ts';
export { Macaroon } from '../../auth/macaroon/macaroon.ts';
export type { Open } from '../../client.ts';
export {
  type Attempt,
  type CallRecord,
  type Category,
  type ConnectionCode,
  ConnectionError,
  ProtocolError,
  ResponseError,
  ServiceError,
} from '../../errors.ts';
export type { HttpEndpoint } from '../../http/endpoint.ts';
export { path } from '../../http/path.ts';
export type { CallOptions, ConnectionOptions, HttpOptions, RetryOptions } from '../../options.ts';
export type { BulkReply } from '../../rpc/bulk-reply.ts';
export type { RpcCallOptions, RpcFacade, RpcOptions, RpcSession } from '../../rpc/facade.ts';
export { BulkError, type Outcome } from '../../rpc/outcome.ts';
export { RpcError } from '../../rpc/rpc-error.ts';
export type { RpcReply } from '../../rpc/rpc-reply.ts';
export { type Socket, SocketFailure, type SocketFailureKind } from '../../rpc/socket.ts';
export { UnsupportedError } from '../../rpc/versions.ts';
export type {
  Delta,
  DeltaEntity,
  DeltaKind,
  MigrationStatus,
  ModelSummary,
  OfferStatusChange,
  RelationStatusChange,
  RelationUnitsChange,
  RemoteRelationChange,
  WatcherChange,
  WatcherName,
} from '../../rpc/watch/changes.ts';
export type { BulkWatchReply, WatchReply } from '../../rpc/watch/watch-reply.ts';
export type { Watcher, WatcherOptions } from '../../rpc/watch/watcher.ts';
export { controllerApiUrl, cookieUrlFromHost, preferredHost } from './dial/address.ts';
export { createCertPool } from './dial/cert-pool.ts';
export { createProxier } from './dial/create-proxier.ts';
export { DialError, DialTimeoutError } from './dial/errors.ts';
export type { DialFailure, DialSocket, DnsCache, HttpProxy, Resolver, VerifyCa } from './dial/options.ts';
export type { Proxier, ProxierConfig, ProxierMaker, TunnelProxier } from './dial/proxier.ts';
export type { HostPort } from './host-ports.ts';
export type { CharmChoice, CharmRoute, CharmUpload, UploadedCharm } from './http/charms.ts';
export type { Download } from './http/download.ts';
export type { Health } from './http/health.ts';
export type { ResourceUpload, StoredResource } from './http/resources.ts';
export type { StoredTools, ToolsUpload } from './http/tools.ts';
export type { Upload, UploadSource } from './http/upload.ts';
export { type Juju, juju } from './juju.ts';
export { anonymousLogin, anonymousUsername } from './login/anonymous.ts';
export {
  type ClientCredentialsLogin,
  type ClientCredentialsLoginOptions,
  clientCredentialsLogin,
} from './login/client-credentials.ts';
export { LoginError } from './login/login-error.ts';
export { type MacaroonLoginOptions, macaroonLogin } from './login/macaroons.ts';
export { type PasswordLoginOptions, passwordLogin } from './login/password.ts';
export type {
  HeldMacaroons,
  LoginAnswer,
  LoginCaller,
  LoginOutcome,
  LoginProvider,
} from './login/provider.ts';
export type { SecretSource } from './login/secret.ts';
export { type SessionCookieLoginOptions, sessionCookieLogin } from './login/session-cookie.ts';
export { type DeviceLogin, type SessionTokenLoginOptions, sessionTokenLogin } from './login/session-token.ts';
export { OpenTimeoutError } from './open-timeout-error.ts';
export type {
  JujuBakeryOptions,
  JujuDialOptions,
  JujuOptions,
  JujuPingOptions,
  JujuReconnectOptions,
} from './options.ts';
export { type Redirect, RedirectError } from './redirect.ts';
export { type Registered, type RegisterOptions, register } from './register/register.ts';
export { Registration, type RegistrationFacts } from './register/registration.ts';
export type { JujuSession } from './session.ts';
export {
  ClientStore,
  type StoredAccount,
  type StoredController,
  type StoredModel,
} from './store/client-store.ts';
export { StoreError } from './store/store-error.ts';
export type { StoreChoice } from './store/stored-options.ts';
export type { DischargeInfo } from './stream-host.ts';
export type { RunCommandsOptions } from './streams/commands.ts';
export type { DebugLogOptions, LogFilters, LogLevel, LogRecord } from './streams/debug-log.ts';
export type { JujuStream, StreamOptions, StreamQuery } from './streams/stream.ts';
export type { TagKind } from './tags/kinds.ts';
export { formatTag, isTagId, parseTag, type Tag, type TagText, tags } from './tags/tags.ts';
