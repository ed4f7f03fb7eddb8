import { setTimeout as wait } from 'node:timers/promises';
import { type CallFacts, ConnectionError, type ServiceError } from '../errors.ts';
import { JoinedSignal } from '../time/joined-signal.ts';
import type { AmqpChannel, AmqpConnection, AmqpDelivery } from './broker.ts';
import { callOf, failureOf, lossOf, type Step } from './failure.ts';
import type { Settle } from './message.ts';
import type { ListenSettings } from './options.ts';
import { addressOf } from './pulse.ts';
import type { Topic } from './topic.ts';

/** How long an orderly goodbye may take, in milliseconds. */
const goodbyeMs = 5_000;

/** A queue that is declared, bound and consumed from, for as long as one connection lasts. */
export interface Subscription {
  readonly queue: string;
  /** Resolves, with why, when nothing more can come. Never rejects. */
  readonly lost: Promise<ServiceError>;
  /** Puts back what isn't settled, and resolves when the broker has heard it all or takes too long. */
  close(): Promise<void>;
}

/**
 * Connects and subscribes, unless `signal` is aborted before that is done.
 *
 * @throws ServiceError when a step fails
 */
export async function subscribe(
  settings: ListenSettings,
  topics: readonly Topic[],
  onDelivery: (delivery: AmqpDelivery, settle: Settle) => void,
  signal: AbortSignal,
): Promise<Subscription> {
  const address = addressOf(settings.pulse);
  const queue = settings.queue ?? settings.prefix + crypto.randomUUID();
  const step = <T>(doing: Promise<T>, name: Step, what: string) =>
    answered(doing, settings.connectTimeoutMs, signal, name, callOf(name, what, address));
  const connecting = connect(settings);
  const connection = await step(connecting, 'CONNECT', address).catch((error: unknown) => {
    // One that comes after all is nobody's, and would hold its messages for ever.
    connecting.then((late) => late.close()).catch(ignore);
    throw error;
  });
  const link = new Link(connection, callOf('CONSUME', queue, address));
  try {
    const channel = await step(connection.createChannel(), 'CONNECT', address);
    link.watch(channel);
    await step(channel.prefetch(settings.prefetch), 'CONNECT', address);
    await step(declare(channel, queue, settings), 'DECLARE', queue);
    for (const { exchange, pattern } of topics) {
      const what = `${queue} to ${exchange} ${pattern}`;
      await step(channel.bindQueue(queue, exchange, pattern), 'BIND', what);
    }
    const consuming = channel.consume(queue, (delivery) => {
      if (delivery === null)
        link.lose(new Error('the broker cancelled the consumer; was the queue deleted?'));
      else onDelivery(delivery, link.settle(channel, delivery));
    });
    const { consumerTag } = await step(consuming, 'CONSUME', queue);
    return { queue, lost: link.lost, close: () => link.close(channel, consumerTag) };
  } catch (error) {
    link.lose(new Error('the subscription failed'));
    throw error;
  }
}

function connect({
  pulse,
  heartbeatSeconds,
  connectTimeoutMs,
  connect,
}: ListenSettings): Promise<AmqpConnection> {
  const { protocol, hostname, port, username, password } = pulse;
  return connect(
    {
      protocol,
      hostname,
      port,
      username,
      password,
      vhost: encodeURIComponent(pulse.vhost),
      // What the broker likes best: we send nothing large, and it splits what it sends as it likes.
      frameMax: 0,
      heartbeat: heartbeatSeconds,
    },
    // Acknowledgements are tiny frames: without noDelay each would wait for the one before to be confirmed by TCP.
    { ...pulse.tls, timeout: connectTimeoutMs, noDelay: true },
  );
}

function declare(channel: AmqpChannel, queue: string, settings: ListenSettings): Promise<unknown> {
  return settings.queue === undefined
    ? channel.assertQueue(queue, { durable: false, exclusive: true, autoDelete: true })
    : channel.assertQueue(queue, {
        durable: true,
        exclusive: false,
        autoDelete: false,
        arguments: { 'x-queue-type': settings.queueType },
      });
}

async function answered<T>(
  doing: Promise<T>,
  limitMs: number,
  signal: AbortSignal,
  name: Step,
  facts: CallFacts,
): Promise<T> {
  const done = new AbortController();
  const either = new JoinedSignal(signal, done.signal);
  // RabbitMQ never answers about a quorum queue that has no leader, on a connection that is well otherwise.
  const late = wait(limitMs, undefined, { signal: either.signal }).then(() => {
    throw new ConnectionError('timeout', `no answer within ${limitMs} ms`, facts);
  });
  try {
    return await Promise.race([doing, late]);
  } catch (error) {
    throw error instanceof ConnectionError ? error : failureOf(error, name, facts);
  } finally {
    late.catch(ignore);
    done.abort();
    either.release();
  }
}

/** A connection and its one channel: whichever ends, both do. */
class Link {
  readonly #connection: AmqpConnection;
  readonly #lost = Promise.withResolvers<ServiceError>();
  #over = false;
  #reason: Error | undefined;
  readonly #facts: CallFacts;

  constructor(connection: AmqpConnection, facts: CallFacts) {
    this.#connection = connection;
    this.#facts = facts;
    this.watch(connection);
  }

  get lost(): Promise<ServiceError> {
    return this.#lost.promise;
  }

  watch(part: AmqpConnection | AmqpChannel): void {
    part.on('error', (error) => {
      this.#reason ??= error;
    });
    // The channel closes first; what the connection died of is told only after that.
    part.on('close', (error) => {
      this.#reason ??= error;
      queueMicrotask(() => this.lose(this.#reason ?? new Error('the broker closed the connection')));
    });
  }

  lose(reason: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#lost.resolve(lossOf(reason, this.#facts));
    this.#connection.close().catch(ignore);
  }

  settle(channel: AmqpChannel, delivery: AmqpDelivery): Settle {
    let settled = false;
    const once = (act: () => void) => {
      // Delivery tags count per channel: on a later channel the same number is another message.
      if (settled || this.#over) return;
      settled = true;
      try {
        act();
      } catch {
        // The channel is closing under us; what isn't settled goes back to the queue by itself.
      }
    };
    return {
      ack: () => once(() => channel.ack(delivery)),
      nack: (requeue) => once(() => channel.nack(delivery, false, requeue)),
    };
  }

  async close(channel: AmqpChannel, consumerTag: string): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#lost.resolve(lossOf(new Error('closed by us'), this.#facts));
    const goodbye = async () => {
      // RabbitMQ keeps acknowledgements to a busy quorum queue in the channel until the queue has taken earlier ones,
      // and forgets them when the channel closes. It answers a cancel only after the queue has caught up.
      await channel.cancel(consumerTag);
      // Waits behind the acknowledgements, which the close of the connection would overtake.
      await channel.close();
      await this.#connection.close();
    };
    await Promise.race([goodbye().catch(ignore), wait(goodbyeMs, undefined, { ref: false })]);
  }
}

function ignore(): void {}
