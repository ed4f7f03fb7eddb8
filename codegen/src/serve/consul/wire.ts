import { posix } from 'node:path';
import { json, type ReceivedRequest, type Reply, type RequestHead, text } from '../core/service.ts';
import type { Consul } from './deployment.ts';

const order = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'];

/** What no operation answers: other verbs of a route that there is, and routes that there aren't. */
export function elsewhere(
  { modern }: Consul,
  { method, path }: ReceivedRequest,
  verbs: readonly string[],
): Reply {
  if (path === '/') return { status: 301, headers: { location: '/ui/' } };
  if (verbs.length === 0)
    return modern && path.startsWith('/v1/')
      ? text('Invalid URL path: not recognized as an HTTP API endpoint', 404)
      : { status: 404 };
  const sorted = [...verbs].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const allow = { allow: ['OPTIONS', ...sorted].join(',') };
  if (method === 'OPTIONS') return json({}, 200, { 'content-type': 'application/json', ...allow });
  const refused = text(`method ${method} not allowed`, 405);
  return { ...refused, headers: { ...refused.headers, ...allow } };
}

/**
 * What no route is looked for with: a path with what can't be printed, and one with more slashes or dots than it needs,
 * which is another one, even where they are escaped.
 */
export function misplaced({ path, url }: RequestHead): Reply | undefined {
  const meant = decoded(path);
  if (/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(meant)) return { status: 400 };
  const clean = posix.normalize(meant);
  if (clean === meant) return undefined;
  const location = encodeURI(clean).replace(/[!'()*?#]/g, escapeOf);
  return { status: 301, headers: { location: location + url.slice(path.length) } };
}

/** A broken escape is refused elsewhere. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function escapeOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
