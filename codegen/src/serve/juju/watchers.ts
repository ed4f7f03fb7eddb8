import type { JsonValue } from '../../model.ts';
import { Failure } from './failures.ts';

/** What waits for changes, on behalf of one connection. */
export interface Watcher {
  /** `StringsWatcher` */
  readonly facade: string;
  readonly id: string;
  /** Resolves with what has changed since. Fails once it was stopped. */
  next(): Promise<JsonValue>;
  /** Something has happened. */
  emit(event: JsonValue): void;
  stop(): void;
}

/** The watchers of one connection, by their ids. */
export interface Watchers {
  readonly all: ReadonlyMap<string, Watcher>;
  /** `subscribe` begins to emit, and returns what ends that; `merge` makes one event of two that wait. */
  add(
    facade: string,
    subscribe: (emit: (event: JsonValue) => void) => () => void,
    merge?: (before: JsonValue, event: JsonValue) => JsonValue,
  ): Watcher;
  get(facade: string, id: string): Watcher;
  remove(id: string): void;
  /** As if all of them had been stopped by the controller. */
  clear(): void;
}

const stopped = () => new Failure('watcher has been stopped', 'stopped');
const unknownWatcher = () => new Failure('unknown watcher id', 'not found');

export function createWatchers(newId: () => string): Watchers {
  const all = new Map<string, Watcher>();

  function remove(id: string): void {
    const watcher = all.get(id);
    all.delete(id);
    watcher?.stop();
  }

  return {
    all,
    add(facade, subscribe, merge = (_, event) => event) {
      const id = newId();
      const queue = createQueue(merge);
      const unsubscribe = subscribe((event) => queue.put(event));
      const watcher: Watcher = {
        facade,
        id,
        next: () => queue.take(),
        emit: (event) => queue.put(event),
        stop() {
          unsubscribe();
          queue.end();
        },
      };
      all.set(id, watcher);
      return watcher;
    },
    get(facade, id) {
      const watcher = all.get(id);
      if (watcher === undefined || watcher.facade !== facade) throw unknownWatcher();
      return watcher;
    },
    remove,
    clear() {
      for (const id of [...all.keys()]) remove(id);
    },
  };
}

interface Queue {
  put(event: JsonValue): void;
  take(): Promise<JsonValue>;
  end(): void;
}

/** Holds at most one event; who asks first gets it. */
function createQueue(merge: (before: JsonValue, event: JsonValue) => JsonValue): Queue {
  const waiting: PromiseWithResolvers<JsonValue>[] = [];
  let held: { event: JsonValue } | undefined;
  let hasEnded = false;
  return {
    put(event) {
      const first = waiting.shift();
      if (first !== undefined) first.resolve(event);
      else held = { event: held === undefined ? event : merge(held.event, event) };
    },
    take() {
      if (hasEnded) return Promise.reject(stopped());
      if (held !== undefined) {
        const { event } = held;
        held = undefined;
        return Promise.resolve(event);
      }
      const asked = Promise.withResolvers<JsonValue>();
      waiting.push(asked);
      return asked.promise;
    },
    end() {
      hasEnded = true;
      for (const { reject } of waiting.splice(0)) reject(stopped());
    },
  };
}

/** Two events that are lists, as one that has each element once. */
export function union(before: JsonValue, event: JsonValue): JsonValue {
  return [...new Set([...asList(before), ...asList(event)])];
}

function asList(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
