/** The door `@fairlead/runtime/salt`: the session, and all that its users need besides the generated classes. */
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
export type { HttpEndpoint, HttpSession } from '../../http/endpoint.ts';
export { type GotTransportOptions, gotTransport } from '../../http/got.ts';
export type { Reply } from '../../http/reply.ts';
export type { Tag } from '../../http/tag.ts';
export {
  type FailureKind,
  type Transport,
  TransportFailure,
  type TransportRequest,
  type TransportResponse,
} from '../../http/transport.ts';
export { type UndiciTransportOptions, undiciTransport } from '../../http/undici.ts';
export type { CallOptions, ConnectionOptions, RetryOptions } from '../../options.ts';
export type { ReconnectOptions } from '../../time/back-off.ts';
export type {
  BatchSize,
  FunctionOptions,
  JobOptions,
  LocalBatchOptions,
  LocalOptions,
  LocalSubsetOptions,
  RunnerOptions,
  SshOptions,
  WheelOptions,
} from './call-options.ts';
export type { Chunk, Client } from './chunk.ts';
export type { Environment } from './environment.ts';
export { NetapiError, SaltFunctionError } from './errors.ts';
export type { EventOf, SaltEvent } from './event.ts';
export type { FunctionSession } from './function-session.ts';
export type { CreateKeysOptions, MinionKeys } from './keys.ts';
export type { ListenNotice, ListenOptions, SaltListener } from './listener.ts';
export type { BareResults, LocalCall } from './local-call.ts';
export type { LocalJob } from './local-job.ts';
export type { RunnerCall, WheelCall } from './master-call.ts';
export type { MasterJob } from './master-job.ts';
export type { Netapi } from './netapi.ts';
export type { SaltOptions, SecretSource } from './options.ts';
export {
  type MinionFailed,
  type MinionOk,
  type MinionResult,
  type MinionResults,
  type MinionSilent,
  MinionsError,
} from './results.ts';
export type { RunOptions, Settled } from './run.ts';
export { type Salt, salt } from './salt.ts';
export type { SaltSession } from './session.ts';
export type { Call } from './step.ts';
export type { Target } from './target.ts';
