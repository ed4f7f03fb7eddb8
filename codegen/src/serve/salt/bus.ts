import type { JsonValue } from '../../model.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/schemas.ts';

/** Something that happened on the master. */
export interface BusEvent {
  readonly tag: string;
  readonly data: JsonObject;
}

/** The event bus of the master. Nothing is kept: who isn't listening misses it. */
export interface Bus {
  fire(tag: string, data: JsonObject): void;
  /** All events from now on, until the signal is aborted. */
  listen(signal: AbortSignal): AsyncGenerator<BusEvent, void, undefined>;
  /** Ends it for all who listen. */
  close(): void;
}

export function createBus(clock: Clock): Bus {
  const listeners = new Set<(event: BusEvent) => void>();
  const closed = new AbortController();
  return {
    close: () => closed.abort(),
    fire(tag, data) {
      const event = { tag, data: { ...data, _stamp: stamp(clock.now()) } };
      for (const listener of [...listeners]) listener(event);
    },
    listen(caller) {
      const signal = AbortSignal.any([caller, closed.signal]);
      const waiting: BusEvent[] = [];
      let arrived = Promise.withResolvers<void>();
      const wake = () => arrived.resolve();
      const hear = (event: BusEvent) => {
        waiting.push(event);
        wake();
      };
      const leave = () => {
        listeners.delete(hear);
        wake();
      };
      // Heard from now on, and not from when the first event is asked for.
      if (!signal.aborted) listeners.add(hear);
      signal.addEventListener('abort', leave, { once: true });
      return (async function* () {
        try {
          while (!signal.aborted) {
            for (const event of waiting.splice(0)) yield event;
            await arrived.promise;
            arrived = Promise.withResolvers<void>();
          }
        } finally {
          signal.removeEventListener('abort', leave);
          leave();
        }
      })();
    },
  };
}

/** In UTC, with microseconds and without a zone: `2026-11-21T19:18:33.879660`. */
export function stamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, -1)}000`;
}

/** An event as the streams tell it. */
export function eventText({ tag, data }: BusEvent): string {
  const told: JsonValue = { tag, data };
  return JSON.stringify(told);
}
