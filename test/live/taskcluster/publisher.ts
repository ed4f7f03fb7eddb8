import { setTimeout as wait } from 'node:timers/promises';
import { type ConfirmChannel, connect } from 'amqplib';
import type { Account, RabbitMq } from './rabbitmq.ts';

/** How many messages may be on their way and not confirmed. */
const window = 100;

/** Publishes as the services do: persistent JSON, and again whatever the broker didn't confirm. */
export class Publisher implements AsyncDisposable {
  readonly #broker: RabbitMq;
  readonly #account: Account;
  #channel: Promise<ConfirmChannel> | undefined;
  #close: (() => Promise<void>) | undefined;
  /** Publications that were repeated since nobody knows whether the broker had them. */
  repeated = 0;

  constructor(broker: RabbitMq, account: Account) {
    this.#broker = broker;
    this.#account = account;
  }

  /** Resolves when the broker has confirmed it, however many connections that takes. `body` is told the attempt. */
  async publish(
    exchange: string,
    routingKey: string,
    body: (attempt: number) => unknown,
    copies?: string[],
  ): Promise<void> {
    for (let attempt = 0; ; ) {
      const channel = await this.channel().catch(() => undefined);
      try {
        if (channel !== undefined)
          return await confirmed(channel, exchange, routingKey, body(attempt), copies);
      } catch {
        attempt += 1;
        this.repeated += 1;
      }
      await wait(50);
    }
  }

  /** All of them, a window at a time, in no particular order. */
  async publishAll(count: number, publish: (index: number) => Promise<void>): Promise<void> {
    let next = 0;
    const worker = async () => {
      while (next < count) {
        next += 1;
        await publish(next - 1);
      }
    };
    await Promise.all(Array.from({ length: window }, worker));
  }

  channel(): Promise<ConfirmChannel> {
    this.#channel ??= this.#connect().catch((error: unknown) => {
      this.#channel = undefined;
      throw error;
    });
    return this.#channel;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close?.();
  }

  async #connect(): Promise<ConfirmChannel> {
    const { port } = this.#broker;
    const connection = await connect({ hostname: '127.0.0.1', port, ...this.#account });
    const forget = () => {
      this.#channel = undefined;
      this.#close = undefined;
    };
    connection.on('error', forget);
    connection.on('close', forget);
    this.#close = () => connection.close();
    const channel = await connection.createConfirmChannel();
    channel.on('error', forget);
    channel.on('close', forget);
    return channel;
  }
}

function confirmed(
  channel: ConfirmChannel,
  exchange: string,
  routingKey: string,
  body: unknown,
  copies: string[] | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const content = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
    const options = {
      persistent: true,
      contentType: 'application/json',
      ...(copies === undefined ? {} : { CC: copies }),
    };
    channel.publish(exchange, routingKey, content, options, (error: unknown) => {
      if (error === null || error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('the broker refused the message'));
    });
  });
}
