import { ConnectionError } from '../../errors.ts';
import type { RpcConnection } from '../connection.ts';
import { RpcError, rpcErrorOf, wireErrorIn } from '../rpc-error.ts';
import type { WatcherName } from './changes.ts';
import { watcherKinds } from './kinds.ts';

/** How long the service may take to stop a watcher. */
const stopTimeoutMs = 60_000;

/** A watcher on the service: an object of one connection, which dies with it. */
export class RemoteWatcher {
  readonly connection: RpcConnection;
  readonly #name: WatcherName;
  readonly #version: number;
  readonly #id: string;
  #stopping: Promise<void> | undefined;

  constructor(connection: RpcConnection, name: WatcherName, version: number, id: string) {
    this.connection = connection;
    this.#name = name;
    this.#version = version;
    this.#id = id;
  }

  /** The next event, however long it takes. */
  async next(signal: AbortSignal): Promise<unknown> {
    const { event, shape } = watcherKinds[this.#name];
    const pending = this.connection.begin<unknown>({ ...this.#target('Next'), shape, signal });
    const answer = await pending.answer;
    const said = wireErrorIn(answer, 'error');
    if (said !== undefined) throw rpcErrorOf(said, pending.call, pending.record);
    return event(answer);
  }

  /** Stops it, once. That it is stopped or gone already is as good. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (this.connection.broken.aborted) return;
    try {
      await this.connection.call({ ...this.#target('Stop'), timeoutMs: stopTimeoutMs });
    } catch (error) {
      const died = error instanceof ConnectionError && this.connection.broken.aborted;
      if (!isGone(error) && !died) throw error;
    }
  }

  #target(method: string) {
    return { facade: this.#name, version: this.#version, id: this.#id, method };
  }
}

/** Whether an error says that the watcher isn't there any more. */
export function isGone(error: unknown): boolean {
  return error instanceof RpcError && (error.code === 'stopped' || error.code === 'not found');
}
