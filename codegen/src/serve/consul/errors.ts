import { Refusal, type Reply, text } from '../core/service.ts';
import type { Caller, Consul } from './deployment.ts';

/** Consul's errors are text; some have none. */
export function refused({ status, message, headers }: Refusal): Reply {
  if (message === '') return { status, headers };
  const reply = text(message, status);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, '', message);
}

/** What went wrong on a server: with Consul, most of it. */
export function failed(message: string): Refusal {
  return new Refusal(500, '', message);
}

export function notFound(message = ''): Refusal {
  return new Refusal(404, '', message);
}

/** Of an agent's service or check that isn't there: once an error of its own. */
export function unknownThing({ modern }: Consul, message: string): Refusal {
  return modern ? notFound(message) : failed(message);
}

export function denied({ modern }: Consul, caller: Caller, permission: string, name: string): Refusal {
  if (!modern) return new Refusal(403, '', 'Permission denied');
  const who =
    caller.accessor === undefined ? 'anonymous token' : `token with AccessorID '${caller.accessor}'`;
  const what = name === '' ? `'${permission}'` : `'${permission}' on ${JSON.stringify(name)}`;
  return new Refusal(403, '', `Permission denied: ${who} lacks permission ${what}`);
}
