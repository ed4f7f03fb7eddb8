import type { Expiries } from './agent-state.ts';
import type { Consul } from './deployment.ts';
import { durationMs } from './durations.ts';
import * as kv from './kv-store.ts';
import { nextIndex, type Session, type State, touch } from './state.ts';

/** A session lives at least as long as it was promised; the real servers give it twice that. */
const ttlMultiplier = 2;

export function createExpiries(clock: Consul['clock'], expire: (id: string) => void): Expiries {
  const running = new Map<string, () => void>();
  const forget = (id: string) => {
    running.get(id)?.();
    running.delete(id);
  };
  return {
    renew({ ID, TTL }) {
      forget(ID);
      if (TTL === '') return;
      running.set(
        ID,
        clock.after((durationMs(TTL) ?? 0) * ttlMultiplier, () => expire(ID)),
      );
    },
    forget,
    clear() {
      for (const id of [...running.keys()]) forget(id);
    },
  };
}

/** Ends a session: its locks are given back, or their keys deleted, and can't be had again for its delay. */
export function invalidate(consul: Pick<Consul, 'state' | 'clock'>, id: string, given?: number): void {
  const { state, clock } = consul;
  const session = state.sessions.get(id);
  const index = given ?? nextIndex(state);
  if (session === undefined) return;
  state.sessions.delete(id);
  touch(state, index, 'sessions');
  for (const entry of [...state.kv.values()]) {
    if (entry.Session !== id) continue;
    if (session.lockDelayMs > 0) state.lockDelays.set(entry.Key, clock.now() + session.lockDelayMs);
    if (session.Behavior === 'delete') kv.remove(state, index, entry.Key);
    else kv.set(state, index, entry.Key, entry, { Session: undefined });
  }
}

/** The sessions that end with a node, one of its checks, or all of its checks of a service. */
export function invalidateWith(
  consul: Pick<Consul, 'state' | 'clock'>,
  index: number,
  node: string,
  checkId?: string,
): void {
  for (const session of sessionsOf(consul.state, node)) {
    const checks = [...session.NodeChecks, ...(session.ServiceChecks ?? []).map(({ ID }) => ID)];
    if (checkId === undefined || checks.includes(checkId)) invalidate(consul, session.ID, index);
  }
}

export function sessionsOf(state: State, node: string): readonly Session[] {
  return [...state.sessions.values()].filter((session) => session.Node === node);
}
