/** The door for people: the errors, the options and what they are made of. */
export {
  type Attempt,
  type CallRecord,
  type Category,
  type ConnectionCode,
  ConnectionError,
  ProtocolError,
  ResponseError,
  ServiceError,
} from './errors.ts';
export type { AttemptTrace, CallTrace } from './http/diagnostics.ts';
export { type GotTransportOptions, gotTransport } from './http/got.ts';
export type { Pages } from './http/pages.ts';
export type { Answered, Reply } from './http/reply.ts';
export type { ServerSentEvent } from './http/sse.ts';
export {
  type FailureKind,
  type Transport,
  TransportFailure,
  type TransportRequest,
  type TransportResponse,
} from './http/transport.ts';
export { type UndiciTransportOptions, undiciTransport } from './http/undici.ts';
export type { Webhook } from './http/webhook.ts';
export type { CallOptions, ConnectionOptions, HttpOptions, RetryOptions } from './options.ts';
export { isResponseError, type TypedResponseError } from './response-error.ts';
