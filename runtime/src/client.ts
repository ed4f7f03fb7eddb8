/// <reference types="node" preserve="true" />
/** The door for generated code, and the only thing that it may import. */
export type { KeyPart, RoutingPattern, Topic } from './amqp/topic.ts';
export { topic } from './amqp/topic.ts';
export type { BlockingRead } from './http/blocking.ts';
export { type Bytes, optional } from './http/body.ts';
export type { HttpEndpoint, HttpSession, StreamedResponse } from './http/endpoint.ts';
export type { FormFile } from './http/multipart.ts';
export { byToken, type Pages } from './http/pages.ts';
export { expand, type Path, path, secret, slashes } from './http/path.ts';
export type { Read } from './http/read.ts';
export type { Reply } from './http/reply.ts';
export type { ServerSentEvent } from './http/sse.ts';
export { type Tag, tag } from './http/tag.ts';
export { type Webhook, webhook } from './http/webhook.ts';
export { jsonText } from './json/json-text.ts';
export type { Shape } from './json/shape.ts';
export type { AcceptOptions, CallOptions } from './options.ts';
export type { BulkReply } from './rpc/bulk-reply.ts';
export type { RpcFacade, RpcOptions, RpcSession } from './rpc/facade.ts';
export type { RpcReply } from './rpc/rpc-reply.ts';
export type { BulkWatchReply, WatchReply } from './rpc/watch/watch-reply.ts';
export type { ReadOptions, WriteOptions } from './services/consul/call-options.ts';
export type { LocalOptions, RunnerOptions, WheelOptions } from './services/salt/call-options.ts';
export type { FunctionSession } from './services/salt/function-session.ts';
export type { LocalCall } from './services/salt/local-call.ts';
export type { RunnerCall, WheelCall } from './services/salt/master-call.ts';
export type { Target } from './services/salt/target.ts';

/** One of the values that were known when this was generated, or one that the service learnt since. */
export type Open<T extends string | number | boolean> =
  | T
  | (T extends string ? string & {} : T extends number ? number & {} : never);
