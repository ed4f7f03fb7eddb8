/** The door `@fairlead/runtime/taskcluster`: the session, and all that its users need besides the generated classes. */
export type {
  AmqpAddress,
  AmqpChannel,
  AmqpConnect,
  AmqpConnection,
  AmqpDelivery,
  AmqpQueue,
  AmqpSocket,
} from '../../amqp/broker.ts';
export type { Listener } from '../../amqp/listener.ts';
export type { Message, MessageOf } from '../../amqp/message.ts';
export type { Notice } from '../../amqp/notice.ts';
export type { PulseAddress, PulseOptions, PulseUrl } from '../../amqp/pulse.ts';
export type { RoutingPattern, Topic } from '../../amqp/topic.ts';
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
export type { Pages } from '../../http/pages.ts';
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
export {
  ArtifactError,
  type DownloadArtifactOptions,
  type DownloadedArtifact,
  downloadArtifact,
  ReferenceRefusedError,
  type UploadArtifactOptions,
  uploadArtifact,
} from './artifacts.ts';
export type { ServiceClass } from './capture.ts';
export { type Credentials, type CredentialsProvider, isExpired } from './credentials.ts';
export type { Environment } from './environment.ts';
export { fileSink, fileSource } from './files.ts';
export { type Hashes, VerificationError } from './hashes.ts';
export { type CredentialInformation, credentialInformation } from './information.ts';
export {
  type DownloadedBytes,
  type DownloadOptions,
  download,
  type Uploaded,
  type UploadOptions,
  upload,
} from './objects.ts';
export type { TaskclusterOptions } from './options.ts';
export { clientFromReference, type ReferenceArguments, type ReferenceClient } from './reference.ts';
export { type ScopeExpression, satisfies } from './scopes.ts';
export type { SessionListenOptions, SignedUrlOptions, TaskclusterSession } from './session.ts';
export { type SignInOptions, signIn } from './sign-in.ts';
export type { Receiver, Sink, Target } from './sinks.ts';
export { slugid, slugidV4, stableSlugid } from './slugid.ts';
export type { Body, Source } from './sources.ts';
export { type Taskcluster, taskcluster } from './taskcluster.ts';
export {
  createTemporaryCredentials,
  type TemporaryCredentials,
  type TemporaryCredentialsOptions,
} from './temporary-credentials.ts';
export { fromNow, fromNowJSON, parseDate } from './time.ts';
export type { Downloaded, Progress, TransferOptions } from './transfer.ts';
export { type TaskclusterUrls, taskclusterUrls } from './urls.ts';
