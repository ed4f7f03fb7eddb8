import type { ConnectionOptions } from 'node:tls';

/**
 * What a listener needs of a broker. amqplib's `connect` has this shape; so may a test double, given as
 * `options.connect`.
 */
export type AmqpConnect = (address: AmqpAddress, socket: AmqpSocket) => Promise<AmqpConnection>;

export interface AmqpAddress {
  readonly protocol: 'amqp' | 'amqps';
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Percent-encoded. */
  readonly vhost: string;
  /** In bytes; 0 leaves the choice to the broker. */
  readonly frameMax: number;
  /** In seconds. */
  readonly heartbeat: number;
}

export interface AmqpSocket extends ConnectionOptions {
  /** How long the connection may be silent until it is open, in milliseconds. */
  readonly timeout: number;
  readonly noDelay: boolean;
}

/** `close` comes once; `error`, when there is one, comes before it. */
interface Ends {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'close', listener: (error?: Error) => void): unknown;
  close(): Promise<void>;
}

export interface AmqpConnection extends Ends {
  createChannel(): Promise<AmqpChannel>;
}

export interface AmqpChannel extends Ends {
  prefetch(count: number): Promise<unknown>;
  assertQueue(queue: string, options: AmqpQueue): Promise<unknown>;
  bindQueue(queue: string, exchange: string, pattern: string): Promise<unknown>;
  /** `null` is told once, when the broker has cancelled the consumer. */
  consume(
    queue: string,
    onDelivery: (delivery: AmqpDelivery | null) => void,
  ): Promise<{ readonly consumerTag: string }>;
  cancel(consumerTag: string): Promise<unknown>;
  ack(delivery: AmqpDelivery): void;
  nack(delivery: AmqpDelivery, allUpTo: boolean, requeue: boolean): void;
}

export interface AmqpQueue {
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly arguments?: Readonly<Record<string, string>>;
}

export interface AmqpDelivery {
  readonly content: Uint8Array;
  readonly fields: {
    readonly deliveryTag: number;
    readonly redelivered: boolean;
    readonly exchange: string;
    readonly routingKey: string;
  };
  readonly properties: { readonly headers?: object | undefined };
}

/** amqplib, loaded when the first listener connects: who doesn't listen doesn't pay for it. */
export const amqplib: AmqpConnect = async (address, socket) => {
  const { connect } = await import('amqplib');
  return connect(address, socket);
};
