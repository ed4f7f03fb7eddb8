import { setTimeout as wait } from 'node:timers/promises';
import { ProtocolError, ServiceError } from '../errors.ts';
import { BackOff } from '../time/back-off.ts';
import { clock } from '../time/clock.ts';
import type { AmqpDelivery } from './broker.ts';
import { isFinal } from './failure.ts';
import { Inbox } from './inbox.ts';
import { type Message, type MessageOf, readMessage, type Settle } from './message.ts';
import { notify } from './notice.ts';
import { type ListenOptions, type ListenSettings, resolveListen } from './options.ts';
import { addressOf } from './pulse.ts';
import { type Subscription, subscribe } from './subscription.ts';
import type { Topic } from './topic.ts';

/**
 * Messages as they come. Nothing is connected until `ready` is called or a loop asks for the first message.
 *
 * One loop a listener. A message is acknowledged when the loop moves on to the next; leaving the loop (`break`,
 * `return`, an error) closes the listener and puts the message in hand back, together with those that no one has seen
 * yet. To stop *after* a message: `message.ack(); break;`.
 *
 * A lost connection is made again, with back-off, and the loop goes on. What wasn't acknowledged by then comes again,
 * flagged `redelivered`: nothing is lost, but things may be told twice.
 */
export interface Listener<M> extends AsyncIterable<M>, AsyncDisposable {
  /** Resolves when the queue is there, bound and consumed from: from now on nothing that is published is missed. */
  ready(): Promise<void>;
  /**
   * Puts back every message that isn't acknowledged, the one in hand included, and closes the connection. The loop
   * ends. Waits for the broker at most 5 seconds.
   */
  close(): Promise<void>;
}

/**
 * Listens to topics of a broker.
 *
 * The loop throws: ResponseError when the broker refuses the account, the queue or an exchange (at once);
 * ConnectionError when there is no connection and `reconnect` allows no further attempt; the reason of `signal`.
 * A message that cannot be read is dropped and told as a notice, so that one bad message doesn't stop the loop.
 *
 * @throws TypeError when an option is missing or wrong
 */
// The second signature is what the code is checked against. That an exchange's messages have the types of its topic
// is the publisher's word, and this is the one place where it is taken.
export function listen<const T extends Topic>(
  topics: T | readonly T[],
  options: ListenOptions,
): Listener<MessageOf<T>>;
export function listen(topics: Topic | readonly Topic[], options: ListenOptions): Listener<Message> {
  const list = [topics].flat();
  if (list.length === 0) throw new TypeError('listen: give at least one topic');
  return new AmqpListener(list, resolveListen(options));
}

class AmqpListener implements Listener<Message> {
  readonly #topics: readonly Topic[];
  readonly #settings: ListenSettings;
  readonly #inbox = new Inbox<Message>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #closing = new AbortController();
  #subscription: Subscription | undefined;
  #started = false;
  #iterated = false;

  constructor(topics: readonly Topic[], settings: ListenSettings) {
    this.#topics = topics;
    this.#settings = settings;
    // Who only loops is told by the loop.
    this.#ready.promise.catch(() => {});
  }

  ready(): Promise<void> {
    this.#start();
    return this.#ready.promise;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Message, void, undefined> {
    if (this.#iterated) throw new TypeError('a listener takes one loop; call listen() again for another');
    this.#iterated = true;
    return this.#messages();
  }

  close(): Promise<void> {
    return this.#end(undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async *#messages(): AsyncGenerator<Message, void, undefined> {
    this.#start();
    try {
      for (let message = await this.#inbox.take(); message; message = await this.#inbox.take()) {
        yield message;
        message.ack();
      }
    } finally {
      await this.close();
    }
  }

  #start(): void {
    if (this.#started || this.#closing.signal.aborted) return;
    this.#started = true;
    const { signal } = this.#settings;
    const abort = () => this.#end({ error: signal?.reason });
    if (signal?.aborted) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });
    this.#run()
      .catch((error: unknown) => this.#end({ error }))
      .finally(() => signal?.removeEventListener('abort', abort));
  }

  async #end(failure: { readonly error: unknown } | undefined): Promise<void> {
    this.#closing.abort();
    this.#inbox.end(failure);
    this.#ready.reject(failure?.error ?? new Error('the listener was closed'));
    await this.#subscription?.close();
  }

  /** Until closed: one connection after the other. Throws when another makes no sense. */
  async #run(): Promise<void> {
    const { reconnect, onNotice } = this.#settings;
    const backOff = new BackOff(reconnect, clock);
    const closing = this.#closing.signal;
    while (!closing.aborted) {
      const error = await this.#connection(backOff);
      if (closing.aborted) return;
      const retryInMs = isFinal(error) ? undefined : backOff.failed();
      if (retryInMs === undefined) throw error;
      notify(onNotice, { kind: 'disconnected', error, retryInMs });
      await wait(retryInMs, undefined, { signal: closing });
    }
  }

  /** One connection from its beginning to its end; gives what it ended of. */
  async #connection(backOff: BackOff): Promise<ServiceError> {
    let subscription: Subscription;
    try {
      subscription = await subscribe(this.#settings, this.#topics, this.#receive, this.#closing.signal);
    } catch (error) {
      if (error instanceof ServiceError) return error;
      throw error;
    }
    const gap = this.#subscription !== undefined && this.#settings.queue === undefined;
    this.#subscription = subscription;
    if (this.#closing.signal.aborted) await subscription.close();
    else this.#connected(backOff, subscription.queue, gap);
    const error = await subscription.lost;
    this.#inbox.clear();
    return error;
  }

  #connected(backOff: BackOff, queue: string, gap: boolean): void {
    backOff.connected();
    this.#ready.resolve();
    notify(this.#settings.onNotice, { kind: 'connected', queue, gap });
  }

  readonly #receive = (delivery: AmqpDelivery, settle: Settle): void => {
    const { pulse, onNotice } = this.#settings;
    try {
      this.#inbox.put(readMessage(delivery, this.#topics, settle, addressOf(pulse)));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      settle.nack(false);
      const { exchange, routingKey } = delivery.fields;
      notify(onNotice, { kind: 'dropped', error, exchange, routingKey });
    }
  };
}
