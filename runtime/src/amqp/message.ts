import { type CallFacts, ProtocolError } from '../errors.ts';
import type { AmqpDelivery } from './broker.ts';
import { callOf } from './failure.ts';
import { routesOf } from './routes.ts';
import type { Topic } from './topic.ts';

/** One message, as the loop over a listener sees it. */
export interface Message<P = unknown, R extends object = object, E extends string = string> {
  readonly payload: P;
  /** The full name of the exchange that it was published to. */
  readonly exchange: E;
  readonly routingKey: string;
  /** The parts of the routing key by name; a part that the publisher had nothing for is `_`. */
  readonly routing: R;
  /** The custom routes (`task.routes`) that it was sent to besides, without their prefix `route.`. */
  readonly routes: readonly string[];
  /** It was delivered before, to us or to another, and wasn't acknowledged: what it asks for may be done already. */
  readonly redelivered: boolean;
  /**
   * Acknowledges now, rather than when the loop moves on: the broker forgets the message. Does nothing when the
   * message is settled already, or when its connection is gone: then it comes again, flagged `redelivered`.
   */
  ack(): void;
  /**
   * Gives the message back as failed. By default it is put back once: a redelivered one is dropped, or goes where the
   * queue's dead letters go. Does nothing in the same cases as `ack`.
   */
  reject(options?: { readonly requeue?: boolean | undefined }): void;
}

/** What {@link Message} the messages of a topic are. */
export type MessageOf<T> = T extends Topic<infer P, infer R, infer E> ? Message<P, R, E> : never;

/** Tells the broker what became of a delivery. Only the first call counts. */
export interface Settle {
  readonly ack: () => void;
  readonly nack: (requeue: boolean) => void;
}

/** @throws ProtocolError when the message cannot be read */
export function readMessage(
  delivery: AmqpDelivery,
  topics: readonly Topic[],
  settle: Settle,
  address: string,
): Message {
  const { exchange, routingKey, redelivered } = delivery.fields;
  const facts = callOf('MESSAGE', `${exchange} ${routingKey}`, address);
  const topic = topics.find((each) => each.exchange === exchange);
  if (topic === undefined) {
    throw new ProtocolError('no topic of this listener has that exchange; unbind it from the queue', facts);
  }
  return {
    payload: parsed(delivery.content, facts),
    exchange,
    routingKey,
    routing: topic.routing(routingKey),
    routes: routesOf(delivery.properties.headers),
    redelivered,
    ack: settle.ack,
    reject: ({ requeue = !redelivered } = {}) => settle.nack(requeue),
  };
}

function parsed(content: Uint8Array, facts: CallFacts): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    // Without a cause: the parser quotes the body, which may hold secrets.
    throw new ProtocolError(`its body of ${content.byteLength} bytes is not JSON in UTF-8`, facts);
  }
}
