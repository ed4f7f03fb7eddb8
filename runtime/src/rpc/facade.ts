import type { CallRecord } from '../errors.ts';
import { inspectCustom } from '../inspect.ts';
import type { Shape } from '../json/shape.ts';
import { BulkReply } from './bulk-reply.ts';
import type { FacadeHost, Ready } from './host.ts';
import { rpcErrorOf, wireErrorIn } from './rpc-error.ts';
import { type Answered, type Asked, RpcReply } from './rpc-reply.ts';
import { timeLeft } from './time-left.ts';
import { checkMethod, chosenVersion } from './versions.ts';
import type { WatcherName } from './watch/changes.ts';
import { watcherKinds } from './watch/kinds.ts';
import { BulkWatchReply, WatchReply } from './watch/watch-reply.ts';

export type { FacadeHost, Ready } from './host.ts';

/** What generated classes are made with. */
export interface RpcSession {
  /** `versions` are those that the class knows; `id` is that of an object of the facade. */
  facade(name: string, versions: readonly number[], id?: string): RpcFacade;
}

/** What every call takes. */
export interface RpcOptions {
  /** An abort rejects with the signal's own reason. Whether the call is carried out is not known then. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long it may take, in milliseconds, with the time until there is a connection. Default: as long as the session is given
   * for opening, and then as long as the connection lives.
   */
  readonly timeoutMs?: number | undefined;
  /** Called when the call is over, with what happened in it. */
  readonly onRecord?: ((record: CallRecord) => void) | undefined;
}

/** What is known of a method. */
export interface RpcCallOptions<E extends string = string> extends RpcOptions {
  readonly params?: unknown;
  /** What the answer holds that JSON has no word for. */
  readonly shape?: Shape | undefined;
  /** The versions of the facade that have the method, where not all do. */
  readonly versions?: readonly number[] | undefined;
  /** The property that says how it failed: of the answer, or of each item of a bulk call. */
  readonly error?: E | undefined;
}

/** A facade of the service, or an object of one: what generated classes call. */
export class RpcFacade {
  readonly #host: FacadeHost;
  readonly #name: string;
  readonly #versions: readonly number[];
  readonly #id: string | undefined;
  /** The version in use, and what was offered when it was chosen. */
  #chosen: { readonly offered: Ready['offered']; readonly version: number } | undefined;

  constructor(host: FacadeHost, name: string, versions: readonly number[], id?: string) {
    this.#host = host;
    this.#name = name;
    this.#versions = versions;
    this.#id = id;
  }

  /**
   * The version in use: the highest that both this client and the service know.
   *
   * @throws UnsupportedError when there is none
   */
  async version(): Promise<number> {
    return this.#version(await this.#host.ready(), this.#name);
  }

  /** Calls a method, at once. With `error`, an answer that has this property fails the call. */
  call<T>(method: string, options: RpcCallOptions = {}): RpcReply<T> {
    const asked = this.#asked(method);
    const answered = this.#ask<T>(asked, method, options, options.error);
    return new RpcReply(asked, () => answered);
  }

  /** Calls a method, at once, whose answer has a list of results, each of which may have failed by itself. */
  bulk<T, K extends keyof T, E extends string = 'error'>(
    method: string,
    items: K,
    options: RpcCallOptions<E> = {},
  ): BulkReply<T, K, E> {
    const asked = this.#asked(method);
    const answered = this.#ask<T>(asked, method, options);
    return new BulkReply(asked, () => answered, items, options.error ?? 'error');
  }

  /** A method that creates a watcher. Nothing is sent yet. */
  watch<T, W extends WatcherName>(
    method: string,
    watcher: W,
    options: RpcCallOptions = {},
  ): WatchReply<T, W> {
    const { shape = watcherKinds[watcher].shape, error = 'error' } = options;
    const asked = this.#asked(method);
    const ask = (ready?: Ready) => this.#ask<T>(asked, method, { ...options, shape }, error, ready);
    return new WatchReply({ host: this.#host, watcher, asked, ask });
  }

  /** A method that creates several watchers, each of which may fail by itself. Nothing is sent yet. */
  bulkWatch<T, K extends keyof T, W extends WatcherName>(
    method: string,
    items: K,
    watcher: W,
    options: RpcCallOptions = {},
  ): BulkWatchReply<T, K, W> {
    const each = watcherKinds[watcher].shape;
    const list = each && { props: { [items]: () => ({ items: () => each }) } };
    const { shape = list } = options;
    const asked = this.#asked(method);
    const ask = (ready?: Ready) => this.#ask<T>(asked, method, { ...options, shape }, undefined, ready);
    return new BulkWatchReply({ host: this.#host, watcher, asked, ask }, items);
  }

  [inspectCustom](): string {
    return `RpcFacade(${this.#name} ${this.#versions.join(', ')})`;
  }

  #asked(method: string): Asked {
    return { call: `${this.#name}.${method}`, state: 'not sent' };
  }

  #version(ready: Ready, call: string): number {
    const { offered } = ready;
    if (this.#chosen?.offered !== offered) {
      this.#chosen = { offered, version: chosenVersion(this.#name, this.#versions, ready, call) };
    }
    return this.#chosen.version;
  }

  /** `error`: the property of the whole answer that says that it failed. */
  async #ask<T>(
    asked: Asked,
    method: string,
    options: RpcCallOptions,
    error?: string,
    given?: Ready,
  ): Promise<Answered<T>> {
    const { params, shape, versions, signal, timeoutMs, onRecord } = options;
    const { call } = asked;
    asked.state = 'pending';
    try {
      const began = this.#host.clock.now();
      const ready = given ?? (await this.#host.ready(signal, timeoutMs));
      const version = this.#version(ready, call);
      if (versions !== undefined) checkMethod(versions, version, ready, call);
      const pending = ready.connection.begin<T>({
        facade: this.#name,
        version,
        id: this.#id,
        method,
        params,
        shape,
        signal,
        timeoutMs: timeLeft(timeoutMs, this.#host.clock.now() - began),
        onRecord,
      });
      const value = await pending.answer;
      const said = error === undefined ? undefined : wireErrorIn(value, error);
      if (said !== undefined) throw rpcErrorOf(said, call, pending.record);
      asked.state = 'answered';
      return { value, pending, ready };
    } catch (failure) {
      asked.state = 'failed';
      throw failure;
    }
  }
}
