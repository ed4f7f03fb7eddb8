import { json, type Reply } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { truth } from './agent.ts';
import { checkSelectors } from './agent-checks.ts';
import { type Found, read } from './blocking.ts';
import { connected, connectedIndex, maySee } from './catalog.ts';
import { hasMeta, nearestFirst, tagged } from './catalog-query.ts';
import * as store from './catalog-store.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { badRequest } from './errors.ts';
import { filtered } from './filter.ts';
import { checkShown, nodeShown, serviceShown } from './shapes.ts';
import { type Check, type ServiceRow, tableIndex } from './state.ts';

export const healthRoutes: Routes = {
  'GET /health/node/<node>': (call) =>
    read(call, () => {
      const node = call.params['node'] ?? '';
      return checks(call, store.checksOf(call.consul.state, node), tableIndex(call.consul.state, 'checks'));
    }),
  'GET /health/checks/<service>': (call) =>
    read(call, () => {
      const { state } = call.consul;
      const name = call.params['service'] ?? '';
      const own = [...state.checks.values()].filter(({ ServiceName }) => ServiceName === name);
      return checks(call, own, store.serviceIndex(state, name));
    }),
  'GET /health/state/<state>': (call) =>
    read(call, () => {
      const wanted = call.params['state'] ?? '';
      const all = [...call.consul.state.checks.values()];
      const own = all.filter(({ Status }) => wanted === 'any' || Status === wanted);
      return checks(call, own, tableIndex(call.consul.state, 'checks'));
    }),
  'GET /health/service/<service>': (call) =>
    entries(call, (name) => {
      const { state } = call.consul;
      return { rows: store.instancesOf(state, name), index: store.serviceIndex(state, name) };
    }),
  'GET /health/connect/<service>': (call) =>
    entries(call, (name) => {
      const { state } = call.consul;
      return { rows: connected(state, name), index: connectedIndex(state) };
    }),
  'GET /health/ingress/<service>': (call) =>
    entries(call, () => ({ rows: [], index: connectedIndex(call.consul.state) })),
};

function checks(call: ConsulCall, found: readonly Check[], index: number): Found {
  const { state } = call.consul;
  const { caller } = call;
  const seen = found.filter(
    ({ Node, ServiceName }) =>
      caller.may('node', Node, 'read') && (ServiceName === '' || caller.may('service', ServiceName, 'read')),
  );
  const withMeta = hasMeta(call, seen, ({ Node }) => state.nodes.get(Node.toLowerCase()));
  const asked = nearestFirst(call, withMeta, ({ Node }) => Node);
  const wanted = filtered(call, asked, checkShown, checkSelectors);
  return {
    index,
    effective: true,
    filtered: seen.length < found.length,
    reply: json(wanted.map(checkShown)),
  };
}

/** Blocking and cached reads of a service's instances come from a stream of changes. */
function entries(
  call: ConsulCall,
  find: (name: string) => { readonly rows: readonly ServiceRow[]; readonly index: number },
): Promise<Reply> {
  const { consul, request } = call;
  const onlyPassing = passingIn(request.query);
  if (request.query.has('peer') && (request.query.has('sg') || request.query.has('sameness-group')))
    throw badRequest('peer and sameness-group are mutually exclusive');
  const isStreamed = request.query.has('cached') || Number(request.query.get('index') ?? 0) > 0;
  return read(call, () => {
    const { rows, index } = find(call.params['service'] ?? '');
    const seen = rows.filter((row) => maySee(call, row));
    const withMeta = hasMeta(call, tagged(call, seen), ({ node }) =>
      consul.state.nodes.get(node.toLowerCase()),
    );
    const asked = nearestFirst(call, withMeta, ({ node }) => node);
    const healthy = onlyPassing ? asked.filter((row) => isPassing(consul, row)) : asked;
    const wanted = filtered(call, healthy, (row) => entryShown(consul, row), ['Node', 'Service', 'Checks']);
    return {
      index,
      effective: true,
      ...(isStreamed ? { backend: 'streaming' } : {}),
      filtered: seen.length < rows.length,
      reply: json(wanted.map((row) => entryShown(consul, row))),
    };
  });
}

function passingIn(query: URLSearchParams): boolean {
  const given = query.get('passing');
  if (given === null) return false;
  const value = given === '' ? true : truth(given);
  if (value === undefined) throw badRequest('Invalid value for ?passing');
  return value;
}

export function isPassing({ state }: Consul, row: ServiceRow): boolean {
  return store.checksWith(state, row).every(({ Status }) => Status === 'passing');
}

/** An instance with its node and all checks that say how it is. */
export function entryShown(consul: Consul, row: ServiceRow): WireObject {
  const node = consul.state.nodes.get(row.node.toLowerCase());
  return {
    Node: node === undefined ? null : nodeShown(consul, node),
    Service: serviceShown(row),
    Checks: store.checksWith(consul.state, row).map(checkShown),
  };
}
