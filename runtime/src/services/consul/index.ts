/** The door `@fairlead/runtime/consul`: the session, and all that its users need besides the generated classes. */
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
export type { BlockingRead, Change } from '../../http/blocking.ts';
export type { Bytes } from '../../http/body.ts';
export type { HttpEndpoint, HttpSession, StreamedResponse } from '../../http/endpoint.ts';
export { type GotTransportOptions, gotTransport } from '../../http/got.ts';
export { type Path, path, secret, slashes } from '../../http/path.ts';
export type { Read, WithMeta } from '../../http/read.ts';
export type { CacheMeta, ReadMeta } from '../../http/read-meta.ts';
export type { Answered, Reply } from '../../http/reply.ts';
export {
  type FailureKind,
  type Transport,
  TransportFailure,
  type TransportRequest,
  type TransportResponse,
} from '../../http/transport.ts';
export { type UndiciTransportOptions, undiciTransport } from '../../http/undici.ts';
export type { WatchRetryOptions, WatchSetback } from '../../http/watch/patience.ts';
export type { Watch, WatchOptions, WatchRate } from '../../http/watch/watch.ts';
export type { CallOptions, ConnectionOptions, HttpOptions, RetryOptions } from '../../options.ts';
export type { CacheOptions, Consistency, ReadOptions, WriteOptions } from './call-options.ts';
export { type Consul, consul } from './consul.ts';
export type { HoldOptions } from './contend.ts';
export type { ConsulEnvironment } from './environment.ts';
export { type Filter, type FilterValue, filter } from './filter.ts';
export type { KeepSessionOptions, KeptSession } from './keeper.ts';
export type { Lock, LockOptions } from './lock.ts';
export { LockConflictError, LockLostError, SessionLostError } from './lost.ts';
export type { BasicAuth, ConsulOptions, ConsulTlsOptions } from './options.ts';
export type { ConsulRaw, RawReadOptions, RawWriteOptions } from './raw.ts';
export type { SemaphoreOptions, SemaphoreSlot } from './semaphore.ts';
export type { ConsulSession } from './session.ts';
