import { BulkReply, itemCall, listIn } from '../bulk-reply.ts';
import type { FacadeHost, Ready } from '../host.ts';
import type { Outcome } from '../outcome.ts';
import { type Answered, type Asked, RpcReply } from '../rpc-reply.ts';
import { checkWatcher, WatcherBatch } from './batch.ts';
import type { WatcherChange, WatcherName } from './changes.ts';
import { Watcher, type WatcherOptions } from './watcher.ts';

/** How the call that creates watchers is made. */
export interface Watching<T, W extends WatcherName> {
  readonly host: FacadeHost;
  readonly watcher: W;
  readonly asked: Readonly<Asked>;
  readonly ask: (ready?: Ready) => Promise<Answered<T>>;
}

/**
 * A call that creates a watcher. Nothing is sent before something is done with it: `watch()` gives what changes;
 * `await` makes the call alone and gives its plain answer, with the watcher's id. Each `watch()` creates a watcher of its
 * own.
 */
export class WatchReply<T, W extends WatcherName> extends RpcReply<T> {
  readonly #watching: Watching<T, W>;

  constructor(watching: Watching<T, W>) {
    super(watching.asked, () => watching.ask());
    this.#watching = watching;
  }

  override get [Symbol.toStringTag](): string {
    return 'WatchReply';
  }

  /** What changes, as it changes. The watcher is created when the loop begins. */
  watch(options: WatcherOptions = {}): Watcher<WatcherChange<W>> {
    const { host, watcher, ask } = this.#watching;
    const partsOf = ({ value, pending }: Answered<unknown>) => [{ part: value, call: pending.call }];
    return new Watcher(new WatcherBatch({ host, name: watcher, ask, partsOf }), 0, watcher, options);
  }
}

/**
 * A call that creates several watchers, each of which may fail by itself. Nothing is sent before something is done with
 * it: `watchers()` gives what changes, `await` the plain answer; these share one call.
 */
export class BulkWatchReply<T, K extends keyof T, W extends WatcherName> extends BulkReply<T, K> {
  readonly #watching: Watching<T, W>;
  readonly #items: K;

  constructor(watching: Watching<T, W>, items: K) {
    super(watching.asked, () => watching.ask(), items, 'error');
    this.#watching = watching;
    this.#items = items;
  }

  override get [Symbol.toStringTag](): string {
    return 'BulkWatchReply';
  }

  /**
   * Creates the watchers, and gives them in the order in which they were asked for. They exist from now on: each one is
   * stopped by leaving its loop or by `stop()`.
   */
  async watchers(options: WatcherOptions = {}): Promise<readonly Outcome<Watcher<WatcherChange<W>>>[]> {
    const { host, watcher } = this.#watching;
    const items = this.#items;
    const batch = new WatcherBatch({
      host,
      name: watcher,
      ask: (ready) => this.#watching.ask(ready),
      partsOf: ({ value, pending }) =>
        listIn<unknown>(value, items).map((part, index) => ({
          part,
          call: itemCall(pending.call, items, index),
        })),
    });
    checkWatcher(watcher, await host.ready(options.signal));
    const answered = await this.answered();
    const outcomes = await batch.createdOn(answered.ready, answered);
    return outcomes.map((outcome, index) =>
      outcome.ok ? { ok: true, value: new Watcher(batch, index, watcher, options) } : outcome,
    );
  }
}
