/** The door for generated code, and the only thing that it may import. */
export type { KeyPart, RoutingPattern, Topic } from './amqp/topic.ts';
export { topic } from './amqp/topic.ts';
export type { HttpEndpoint, HttpSession } from './http/endpoint.ts';
export { byToken, type Pages } from './http/pages.ts';
export { type Path, path, secret } from './http/path.ts';
export type { CallOptions } from './options.ts';

/** One of the values that were known when this was generated, or one that the service learnt since. */
export type Open<T extends string> = T | (string & {});
