import { type ReconnectOptions, type ResolvedReconnect, resolveReconnect } from '../time/back-off.ts';
import { type AmqpConnect, amqplib } from './broker.ts';
import type { Notice } from './notice.ts';
import { type Pulse, type PulseOptions, resolvePulse } from './pulse.ts';

/** The AMQP limit on the name of a queue, in bytes. */
const maxNameBytes = 255;

export interface ListenOptions {
  readonly pulse: PulseOptions;
  /**
   * The name of a durable queue: `queue/<namespace>/<name>` on the broker. It keeps messages while nobody listens, and
   * several listeners of the same queue share its messages. It lives, with every binding that it was ever given,
   * until somebody deletes it on the broker.
   *
   * Without a name the queue is ephemeral: this listener's own, under a random name, gone with its connection.
   * After a reconnection it is a new one, see {@link Notice}.
   */
  readonly queue?: string | undefined;
  /**
   * How a durable queue is kept. `quorum` survives the loss of a server; brokers older than RabbitMQ 3.8 don't know it
   * and make a classic one. `classic` is for queues that exist as such: the type of a queue cannot be changed.
   * From RabbitMQ 4 a quorum queue drops (dead-letters) a message that came back 20 times, unless a policy of the
   * broker says otherwise. Default `quorum`.
   */
  readonly queueType?: 'quorum' | 'classic' | undefined;
  /** The second part of the queue's name; the user of Pulse accounts may make queues only under its own. Default the username. */
  readonly namespace?: string | undefined;
  /** How many messages may be here and not acknowledged, the one in the loop included: 1 to 65,535. Default 5. */
  readonly prefetch?: number | undefined;
  /** `false`: the first lost or failed connection ends the loop with its error. */
  readonly reconnect?: ReconnectOptions | false | undefined;
  /**
   * A silent connection counts as dead after two to three times as long, in seconds; the broker's value applies when
   * it is lower. 0 is never. Default 30.
   */
  readonly heartbeatSeconds?: number | undefined;
  /**
   * How long the broker may take to answer each step of connecting (the connection with its login, the queue, each
   * binding), in milliseconds. Default 30,000.
   */
  readonly connectTimeoutMs?: number | undefined;
  /** An abort closes the listener; its loop then throws the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called when a connection was made or lost and when a message was dropped as unreadable. */
  readonly onNotice?: ((notice: Notice) => void) | undefined;
  /** In place of amqplib's `connect`: a test double. */
  readonly connect?: AmqpConnect | undefined;
}

/** {@link ListenOptions} with nothing left open. */
export interface ListenSettings {
  readonly pulse: Pulse;
  /** The durable queue's whole name. */
  readonly queue: string | undefined;
  readonly queueType: 'quorum' | 'classic';
  /** What the name of an ephemeral queue starts with. */
  readonly prefix: string;
  readonly prefetch: number;
  readonly reconnect: ResolvedReconnect;
  readonly heartbeatSeconds: number;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onNotice: ((notice: Notice) => void) | undefined;
  readonly connect: AmqpConnect;
}

/** @throws TypeError when an option is missing or wrong */
export function resolveListen(options: ListenOptions): ListenSettings {
  const pulse = resolvePulse(options.pulse);
  const prefix = `queue/${options.namespace ?? pulse.username}/`;
  return {
    pulse,
    prefix,
    queue: options.queue === undefined ? undefined : queueName(prefix, options.queue),
    queueType: options.queueType ?? 'quorum',
    prefetch: integer('prefetch', options.prefetch ?? 5, 1, 65_535),
    reconnect: resolveReconnect(options.reconnect),
    heartbeatSeconds: integer('heartbeatSeconds', options.heartbeatSeconds ?? 30, 0, 65_535),
    connectTimeoutMs: integer('connectTimeoutMs', options.connectTimeoutMs ?? 30_000, 1, 2 ** 31 - 1),
    signal: options.signal,
    onNotice: options.onNotice,
    connect: options.connect ?? amqplib,
  };
}

function queueName(prefix: string, name: string): string {
  if (name === '')
    throw new TypeError('listen: the name of the queue is empty; leave it out for an ephemeral one');
  const whole = prefix + name;
  if (Buffer.byteLength(whole) > maxNameBytes) {
    throw new TypeError(`listen: ${whole} is longer than the ${maxNameBytes} bytes that AMQP allows`);
  }
  return whole;
}

function integer(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new TypeError(`listen: ${name} must be an integer from ${least} to ${most}, not ${value}`);
  }
  return value;
}
