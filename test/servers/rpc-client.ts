import { RpcConnection } from '../../runtime/src/rpc/connection.ts';
import { type FacadeHost, type Ready, RpcFacade } from '../../runtime/src/rpc/facade.ts';
import { openSocket } from '../../runtime/src/rpc/socket.ts';
import { type Clock, clock as realClock } from '../../runtime/src/time/clock.ts';
import type { RpcServer } from './rpc-server.ts';

/** Facades of a server, over connections that are made when they are needed. */
export class RpcHost implements FacadeHost, AsyncDisposable {
  readonly clock: Clock;
  readonly backOff: FacadeHost['backOff'];
  /** Every connection that was made. */
  readonly connections: RpcConnection[] = [];
  readonly #server: RpcServer;
  readonly #offered: ReadonlyMap<string, readonly number[]>;
  #ready: Promise<Ready> | undefined;
  #closed = false;

  constructor(
    server: RpcServer,
    offered: Readonly<Record<string, readonly number[]>>,
    options: { readonly reconnects?: boolean; readonly clock?: Clock } = {},
  ) {
    this.#server = server;
    this.#offered = new Map(Object.entries(offered));
    const backOff = { retries: Number.POSITIVE_INFINITY, delayMs: 500, maxDelayMs: 30_000 };
    this.backOff = options.reconnects === true ? backOff : undefined;
    this.clock = options.clock ?? realClock;
  }

  async ready(): Promise<Ready> {
    this.#ready ??= this.#open();
    const mine = this.#ready;
    const { connection } = await mine;
    const lost = connection.broken.aborted && this.backOff !== undefined && !this.#closed;
    if (lost && this.#ready === mine) this.#ready = this.#open();
    return await this.#ready;
  }

  /** The connection of now. */
  async connection(): Promise<RpcConnection> {
    return (await this.ready()).connection;
  }

  facade(name: string, versions: readonly number[], id?: string): RpcFacade {
    return new RpcFacade(this, name, versions, id);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.connections.map((each) => each.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #open(): Promise<Ready> {
    const { url } = this.#server;
    const connection = new RpcConnection(await openSocket(url), { url, clock: this.clock });
    this.connections.push(connection);
    return { connection, offered: this.#offered, serverVersion: '4.0.15' };
  }
}
