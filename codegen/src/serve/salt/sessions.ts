import { randomBytes } from 'node:crypto';
import type { RequestHead } from '../core/service.ts';
import type { Master, Session, Token } from './deployment.ts';
import { cookie, header } from './netapi.ts';

/** Of a session after its last use. */
const lifetimeMs = 10 * 3_600_000;

/** What a request says its session is: the header counts before the cookie. */
export function sessionId(request: RequestHead): string | undefined {
  return header(request, 'x-auth-token') ?? cookie(request, 'session_id');
}

/** The session of an id, as long as neither it nor the token in it is over. Each use keeps it. */
export function usedSession(master: Master, id: string | undefined): Session | undefined {
  const session = id === undefined ? undefined : master.sessions.get(id);
  const now = master.clock.now();
  if (session === undefined || id === undefined) return undefined;
  if (session.until <= now || session.token.expire <= now) {
    master.sessions.delete(id);
    return undefined;
  }
  session.until = now + lifetimeMs;
  return session;
}

/** Those that are over are forgotten. */
export function startSession(master: Master, token: Token): string {
  const now = master.clock.now();
  for (const [old, { until }] of master.sessions) if (until <= now) master.sessions.delete(old);
  const id = freshId();
  master.sessions.set(id, { token, until: now + lifetimeMs });
  return id;
}

/** Everybody gets a session, who has none a new one, with nothing in it. */
export function sessionCookie(master: Master, id: string | undefined): string {
  const known = usedSession(master, id) === undefined ? undefined : id;
  const expires = new Date(master.clock.now() + lifetimeMs).toUTCString();
  return `session_id=${known ?? freshId()}; expires=${expires}; Max-Age=${lifetimeMs / 1000}; Path=/`;
}

function freshId(): string {
  return randomBytes(20).toString('hex');
}
