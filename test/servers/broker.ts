import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type {
  AmqpAddress,
  AmqpChannel,
  AmqpConnect,
  AmqpConnection,
  AmqpDelivery,
  AmqpQueue,
  AmqpSocket,
} from '@fairlead/runtime/taskcluster';

interface Stored {
  readonly exchange: string;
  readonly routingKey: string;
  readonly copies: readonly string[];
  readonly content: Uint8Array;
  redelivered: boolean;
}

interface Queue {
  readonly name: string;
  readonly options: AmqpQueue;
  readonly owner: Connection | undefined;
  readonly bindings: { readonly exchange: string; readonly pattern: string }[];
  readonly messages: Stored[];
  readonly consumers: Set<Channel>;
}

/** What a consumer did with a delivery, in the order in which the broker heard of it. */
export interface Verdict {
  readonly verdict: 'ack' | 'requeue' | 'drop';
  readonly body: string;
}

/**
 * A broker in this process, behind the same few functions of amqplib that a listener uses. Like the real one it
 * answers later and never at once, closes a channel on a tag that it doesn't know, puts back at its place what a dead
 * channel held, flagged as redelivered, and words its refusals as amqplib passes them on.
 */
export class Broker {
  readonly exchanges = new Set<string>();
  readonly queues = new Map<string, Queue>();
  readonly connections = new Set<Connection>();
  /** Every verdict since the start. */
  readonly verdicts: Verdict[] = [];
  /** What `connect` was called with. */
  readonly logins: { readonly address: AmqpAddress; readonly socket: AmqpSocket }[] = [];
  /** What the broker answers instead of doing a step, by name. */
  readonly refusals = new Map<keyof AmqpChannel | 'connect', Error>();
  /** Steps that the broker never answers. */
  readonly silences = new Set<keyof AmqpChannel>();
  #running = true;

  constructor(...exchanges: readonly string[]) {
    for (const exchange of exchanges) this.exchanges.add(exchange);
  }

  readonly connect: AmqpConnect = async (address, socket) => {
    this.logins.push({ address, socket });
    await setImmediate();
    const refusal = this.refusals.get('connect');
    if (refusal !== undefined) throw refusal;
    if (!this.#running) throw new Error(`connect ECONNREFUSED 127.0.0.1:${address.port}`);
    return new Connection(this);
  };

  /** To every queue that is bound by the key or by one of the copies, once. */
  publish(exchange: string, routingKey: string, body: unknown, copies: readonly string[] = []): void {
    const content = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
    for (const queue of this.queues.values()) {
      const bound = queue.bindings.some(
        (binding) =>
          binding.exchange === exchange &&
          [routingKey, ...copies].some((key) => matches(binding.pattern, key)),
      );
      if (bound) queue.messages.push({ exchange, routingKey, copies, content, redelivered: false });
    }
    this.deliver();
  }

  /** Breaks every connection, as a crash does. Exclusive queues go with theirs. */
  kill(reason = 'read ECONNRESET'): void {
    for (const connection of this.connections) connection.end(new Error(reason));
  }

  /** As `kill`, and refuses new connections until `start`. */
  stop(): void {
    this.#running = false;
    this.kill();
  }

  start(): void {
    this.#running = true;
  }

  /** What is waiting in a queue, not counting what is delivered and unsettled. */
  waiting(queue: string): readonly string[] {
    return this.queues.get(queue)?.messages.map(bodyOf) ?? [];
  }

  /** What all consumers hold unsettled. */
  held(): readonly string[] {
    return [...this.connections].flatMap((each) => each.channels.flatMap((channel) => channel.held()));
  }

  deleteQueue(name: string): void {
    const queue = this.queues.get(name);
    this.queues.delete(name);
    for (const channel of queue?.consumers ?? []) channel.cancelled();
  }

  deliver(): void {
    for (const queue of this.queues.values()) {
      for (const channel of queue.consumers) channel.fill(queue);
    }
  }
}

export class Connection extends EventEmitter implements AmqpConnection {
  readonly broker: Broker;
  readonly channels: Channel[] = [];
  #open = true;

  constructor(broker: Broker) {
    super();
    this.broker = broker;
    broker.connections.add(this);
  }

  async createChannel(): Promise<AmqpChannel> {
    await setImmediate();
    if (!this.#open) throw new Error('Channel ended, no reply will be forthcoming');
    const channel = new Channel(this);
    this.channels.push(channel);
    return channel;
  }

  async close(): Promise<void> {
    await setImmediate();
    if (!this.#open) throw new Error('Connection closed');
    this.end(undefined);
  }

  end(error: Error | undefined): void {
    if (!this.#open) return;
    this.#open = false;
    this.broker.connections.delete(this);
    if (error !== undefined) this.emit('error', error);
    for (const channel of this.channels) channel.end();
    for (const queue of this.broker.queues.values()) {
      if (queue.owner === this) this.broker.queues.delete(queue.name);
    }
    this.emit('close', error);
  }
}

class Channel extends EventEmitter implements AmqpChannel {
  readonly #connection: Connection;
  readonly #unsettled = new Map<number, { readonly message: Stored; readonly queue: Queue }>();
  #prefetch = 0;
  #tag = 0;
  #open = true;
  #consumer: ((delivery: AmqpDelivery | null) => void) | undefined;

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
  }

  get #broker(): Broker {
    return this.#connection.broker;
  }

  async prefetch(count: number): Promise<void> {
    await this.#turn('prefetch');
    this.#prefetch = count;
  }

  async assertQueue(name: string, options: AmqpQueue): Promise<void> {
    await this.#turn('assertQueue');
    const { queues } = this.#broker;
    const queue = queues.get(name);
    if (queue === undefined) {
      const owner = options.exclusive ? this.#connection : undefined;
      queues.set(name, { name, options, owner, bindings: [], messages: [], consumers: new Set() });
    } else if (queue.owner !== undefined && queue.owner !== this.#connection) {
      throw this.#refused(405, 'RESOURCE_LOCKED', `cannot obtain exclusive access to locked queue '${name}'`);
    } else if (JSON.stringify(queue.options) !== JSON.stringify(options)) {
      throw this.#refused(406, 'PRECONDITION_FAILED', `inequivalent arg for queue '${name}' in vhost '/'`);
    }
  }

  async bindQueue(name: string, exchange: string, pattern: string): Promise<void> {
    await this.#turn('bindQueue');
    if (!this.#broker.exchanges.has(exchange)) {
      throw this.#refused(404, 'NOT_FOUND', `no exchange '${exchange}' in vhost '/'`);
    }
    const bindings = this.#broker.queues.get(name)?.bindings;
    const same = bindings?.some((each) => each.exchange === exchange && each.pattern === pattern);
    if (!same) bindings?.push({ exchange, pattern });
  }

  async consume(name: string, onDelivery: (delivery: AmqpDelivery | null) => void) {
    await this.#turn('consume');
    this.#consumer = onDelivery;
    this.#broker.queues.get(name)?.consumers.add(this);
    this.#broker.deliver();
    return { consumerTag: 'the only one' };
  }

  async cancel(_consumerTag: string): Promise<void> {
    await this.#turn('cancel');
    for (const queue of this.#broker.queues.values()) queue.consumers.delete(this);
  }

  ack(delivery: AmqpDelivery): void {
    this.#settle(delivery, 'ack');
  }

  nack(delivery: AmqpDelivery, allUpTo: boolean, requeue: boolean): void {
    if (allUpTo) throw new Error('not used by a listener');
    this.#settle(delivery, requeue ? 'requeue' : 'drop');
  }

  async close(): Promise<void> {
    await this.#turn('close');
    this.end();
  }

  /** Puts back what is unsettled, oldest first. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const queue of this.#broker.queues.values()) queue.consumers.delete(this);
    for (const { message, queue } of [...this.#unsettled.values()].reverse()) putBack(message, queue);
    this.#unsettled.clear();
    this.emit('close');
    this.#broker.deliver();
  }

  cancelled(): void {
    this.#consumer?.(null);
  }

  held(): string[] {
    return [...this.#unsettled.values()].map(({ message }) => bodyOf(message));
  }

  /** Delivers as much as the prefetch allows. */
  fill(queue: Queue): void {
    while (this.#open && this.#unsettled.size < this.#prefetch) {
      const message = queue.messages.shift();
      if (message === undefined) return;
      this.#tag += 1;
      this.#unsettled.set(this.#tag, { message, queue });
      const { exchange, routingKey, redelivered, copies, content } = message;
      const delivery: AmqpDelivery = {
        content,
        fields: { deliveryTag: this.#tag, redelivered, exchange, routingKey },
        properties: { headers: copies.length === 0 ? {} : { CC: copies } },
      };
      queueMicrotask(() => {
        if (this.#open) this.#consumer?.(delivery);
      });
    }
  }

  #settle(delivery: AmqpDelivery, verdict: Verdict['verdict']): void {
    if (!this.#open) throw new Error('Channel closed');
    const tag = delivery.fields.deliveryTag;
    const unsettled = this.#unsettled.get(tag);
    if (unsettled === undefined) {
      this.#refused(406, 'PRECONDITION_FAILED', `unknown delivery tag ${tag}`);
      return;
    }
    this.#unsettled.delete(tag);
    this.#broker.verdicts.push({ verdict, body: bodyOf(unsettled.message) });
    if (verdict === 'requeue') putBack(unsettled.message, unsettled.queue);
    this.#broker.deliver();
  }

  async #turn(step: keyof AmqpChannel): Promise<void> {
    await setImmediate();
    if (!this.#open) throw new Error('Channel ended, no reply will be forthcoming');
    const refusal = this.#broker.refusals.get(step);
    if (refusal !== undefined) throw refusal;
    if (this.#broker.silences.has(step)) await new Promise(() => {});
  }

  /** A refusal closes the channel. */
  #refused(code: number, name: string, why: string): Error {
    const error = refusal(code, name, why);
    this.emit('error', error);
    this.end();
    return error;
  }
}

/** An error as amqplib makes it of the close method of a broker. */
export function refusal(code: number, name: string, why: string): Error {
  return new Error(
    `Operation failed: ${code} (${name.replaceAll('_', '-')}) with message "${name} - ${why}"`,
  );
}

/** Whether a binding key of a topic exchange takes a routing key: `*` is one word, `#` is any number of words. */
export function matches(pattern: string, key: string): boolean {
  return matchWords(pattern.split('.'), key.split('.'));
}

function matchWords([first, ...pattern]: readonly string[], words: readonly string[]): boolean {
  if (first === undefined) return words.length === 0;
  if (first === '#')
    return words.some((_, from) => matchWords(pattern, words.slice(from))) || matchWords(pattern, []);
  return words.length > 0 && (first === '*' || first === words[0]) && matchWords(pattern, words.slice(1));
}

function putBack(message: Stored, queue: Queue): void {
  message.redelivered = true;
  queue.messages.unshift(message);
}

function bodyOf({ content }: Stored): string {
  return Buffer.from(content).toString();
}
