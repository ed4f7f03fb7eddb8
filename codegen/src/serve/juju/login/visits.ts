import { randomBytes } from 'node:crypto';
import type { Controller, Visit } from '../controller.ts';

/** How long somebody has to log in, in milliseconds. */
const visitMs = 2 * 60_000;

/** Begins a login that is finished elsewhere, and gives its id, which nobody guesses where none is given. */
export function openVisit(
  { visits, clock }: Controller,
  { id = newId(), fields }: { readonly id?: string; readonly fields?: URLSearchParams } = {},
): string {
  const { promise, resolve } = Promise.withResolvers<string>();
  visits.set(id, { done: promise, finish: resolve, expires: clock.now() + visitMs, fields });
  return id;
}

/** One that wasn't forgotten. */
export function visitOf({ visits, clock }: Controller, id: string): Visit | undefined {
  const visit = visits.get(id);
  return visit !== undefined && visit.expires > clock.now() ? visit : undefined;
}

/** What proves to the discharger who it is. */
export function openToken({ tokens, clock }: Controller, user: string): string {
  const token = newId();
  tokens.set(token, { user, expires: clock.now() + visitMs });
  return token;
}

export function userOfToken({ tokens, clock }: Controller, token: string): string | undefined {
  const known = tokens.get(token);
  return known !== undefined && known.expires > clock.now() ? known.user : undefined;
}

function newId(): string {
  return randomBytes(12).toString('hex');
}
