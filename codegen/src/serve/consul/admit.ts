import type { Call } from '../core/service.ts';
import { callerOf, tokenIn } from './acl.ts';
import { checkReadQuery } from './blocking.ts';
import type { Consul, ConsulCall } from './deployment.ts';
import { badRequest, failed } from './errors.ts';
import { log } from './streams.ts';

/** What only the enterprise edition has, by the names under which a query and a header say it. */
const enterprise = [
  { names: ['ns', 'namespace'], header: 'x-consul-namespace', what: 'Namespaces' },
  { names: ['partition', 'ap'], header: 'x-consul-partition', what: 'Partitions' },
];

/** Lets a call in: what any request may say, and who sends it. */
export function admit(call: Call, consul: Consul): ConsulCall {
  const { query, headers, verb } = call.request;
  const caller = callerOf(consul, tokenIn(call.request));
  for (const { names, header, what } of enterprise) {
    const given = names.find((name) => query.get(name));
    if (given !== undefined)
      throw badRequest(
        `Bad request: Invalid query parameter: "${given}" - ${what} are a Consul Enterprise feature`,
      );
    if (headers[header])
      throw badRequest(
        `Bad request: Invalid header: "${canonical(header)}" - ${what} are a Consul Enterprise feature`,
      );
  }
  if (verb === 'GET') {
    checkReadQuery(query);
    checkCacheControl(headers['cache-control']);
  }
  const datacenter = query.get('datacenter') || query.get('dc');
  if (datacenter && datacenter !== consul.settings.datacenter) throw failed('No path to datacenter');
  // Without the query, in which there may be a token.
  log(consul, 'DEBUG', 'agent.http', `Request: method=${verb} path=${call.request.path}`);
  return { ...call, consul, caller };
}

function checkCacheControl(given: string | undefined): void {
  for (const directive of (given ?? '').split(',')) {
    const [name = '', value] = directive.trim().split('=');
    if (name !== 'max-age' && name !== 'stale-if-error') continue;
    if (!/^\d+$/.test(value ?? '')) throw badRequest(`Invalid ${name} value in Cache-Control header`);
  }
}

function canonical(header: string): string {
  return header.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}
