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

/** A path with more slashes than it needs is another one: a key can't begin with a slash. */
export function redirected({ path, url }: RequestHead): Reply | undefined {
  if (!path.includes('//')) return undefined;
  return { status: 301, headers: { location: path.replace(/\/{2,}/g, '/') + url.slice(path.length) } };
}
