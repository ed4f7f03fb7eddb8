import { json } from '../core/service.ts';
import type { WireValue } from '../core/wire.ts';
import { type Found, read } from './blocking.ts';
import { hasMeta, nearestFirst, tagged } from './catalog-query.ts';
import * as store from './catalog-store.ts';
import type { ConsulCall, Routes } from './deployment.ts';
import { filtered } from './filter.ts';
import { simpleCacheHeaders } from './headers.ts';
import { instanceFields } from './registration.ts';
import { catalogServiceShown, nodeShown, serviceShown } from './shapes.ts';
import { type ServiceRow, type State, tableIndex } from './state.ts';

const nodeSelectors = ['ID', 'Node', 'Address', 'Datacenter', 'TaggedAddresses', 'Meta'];
const serviceSelectors = [
  'ID',
  'Node',
  'Address',
  'Datacenter',
  'TaggedAddresses',
  'NodeMeta',
  'ServiceKind',
  'ServiceID',
  'ServiceName',
  'ServiceTags',
  'ServiceAddress',
  'ServiceTaggedAddresses',
  'ServiceWeights',
  'ServiceMeta',
  'ServicePort',
  'ServiceSocketPath',
  'ServiceEnableTagOverride',
  'ServiceProxy',
  'ServiceConnect',
];
const instanceSelectors = [...instanceFields, 'Service'];

export const catalogRoutes: Routes = {
  'GET /catalog/datacenters': (call) =>
    json([call.consul.settings.datacenter], 200, simpleCacheHeaders(call)),
  'GET /catalog/nodes': (call) => read(call, () => nodes(call)),
  'GET /catalog/services': (call) => read(call, () => services(call)),
  'GET /catalog/service/<service_name>': (call) =>
    read(call, () => {
      const name = call.params['service_name'] ?? '';
      const index = store.serviceIndex(call.consul.state, name);
      return instances(call, store.instancesOf(call.consul.state, name), index);
    }),
  'GET /catalog/connect/<service>': (call) =>
    read(call, () => {
      const { state } = call.consul;
      return instances(call, connected(state, call.params['service'] ?? ''), connectedIndex(state));
    }),
  'GET /catalog/node/<node_name>': (call) => read(call, () => node(call, 'map')),
  'GET /catalog/node-services/<node_name>': (call) => read(call, () => node(call, 'list')),
  'GET /catalog/gateway-services/<gateway>': (call) =>
    read(call, () => ({ index: tableIndex(call.consul.state, 'config'), effective: true, reply: json([]) })),
};

/** What is reached through a proxy, or can do without one. */
export function connected(state: State, service: string): readonly ServiceRow[] {
  return [...state.services.values()].filter(({ instance }) => {
    const isProxy = instance.Kind === 'connect-proxy';
    if (isProxy) return instance.Proxy?.['DestinationServiceName'] === service;
    return instance.Service === service && instance.Connect?.['Native'] === true;
  });
}

/** Who is behind a proxy is told by the proxy: any change may be about it. */
export function connectedIndex(state: State): number {
  return tableIndex(state, 'nodes', 'services', 'checks');
}

function nodes(call: ConsulCall): Found {
  const { consul, caller } = call;
  const all = [...consul.state.nodes.values()].sort((a, b) => (a.Node < b.Node ? -1 : 1));
  const seen = all.filter((one) => caller.may('node', one.Node, 'read'));
  const asked = nearestFirst(
    call,
    hasMeta(call, seen, (one) => one),
    (one) => one.Node,
  );
  const wanted = filtered(call, asked, (one) => nodeShown(consul, one), nodeSelectors);
  return {
    index: tableIndex(consul.state, 'nodes'),
    effective: true,
    filtered: seen.length < all.length,
    reply: json(wanted.map((one) => nodeShown(consul, one))),
  };
}

function services(call: ConsulCall): Found {
  const { consul, caller } = call;
  const all = [...consul.state.services.values()];
  const seen = all.filter(({ instance }) => caller.may('service', instance.Service, 'read'));
  const asked = hasMeta(call, seen, ({ node }) => consul.state.nodes.get(node.toLowerCase()));
  const wanted = filtered(call, asked, (row) => shownWithNode(call, row) ?? {}, serviceSelectors);
  const tags = new Map<string, Set<string>>();
  for (const { instance } of wanted) {
    const known = tags.get(instance.Service) ?? new Set();
    tags.set(instance.Service, known);
    for (const tag of instance.Tags) known.add(tag);
  }
  const names = [...tags]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, set]) => [name, [...set]] as const);
  return {
    index: tableIndex(consul.state, 'nodes', 'services'),
    effective: true,
    filtered: seen.length < all.length,
    reply: json(Object.fromEntries(names)),
  };
}

function instances(call: ConsulCall, rows: readonly ServiceRow[], index: number): Found {
  const { consul } = call;
  const seen = rows.filter((row) => maySee(call, row));
  const withMeta = hasMeta(call, tagged(call, seen), ({ node: of }) =>
    consul.state.nodes.get(of.toLowerCase()),
  );
  const asked = nearestFirst(call, withMeta, (row) => row.node);
  const wanted = filtered(call, asked, (row) => shownWithNode(call, row) ?? {}, serviceSelectors);
  return {
    index,
    effective: true,
    filtered: seen.length < rows.length,
    reply: json(wanted.map((row) => shownWithNode(call, row) ?? {})),
  };
}

export function maySee({ caller }: ConsulCall, { node: of, instance }: ServiceRow): boolean {
  return caller.may('node', of, 'read') && caller.may('service', instance.Service, 'read');
}

function shownWithNode({ consul }: ConsulCall, row: ServiceRow) {
  const of = consul.state.nodes.get(row.node.toLowerCase());
  return of === undefined ? undefined : catalogServiceShown(consul, of, row);
}

function node(call: ConsulCall, as: 'map' | 'list'): Found {
  const { consul, caller, params } = call;
  const { state } = consul;
  const name = params['node_name'] ?? '';
  const found = state.nodes.get(name.toLowerCase());
  if (found === undefined || !caller.may('node', found.Node, 'read')) {
    const none: WireValue = as === 'map' ? null : { Node: null, Services: null };
    return { index: 1, effective: true, filtered: found !== undefined, reply: json(none) };
  }
  const rows = store.servicesOf(state, found.Node);
  const seen = rows.filter(({ instance }) => caller.may('service', instance.Service, 'read'));
  const wanted = filtered(call, seen, serviceShown, instanceSelectors);
  const Services = wanted.map(serviceShown);
  const byId = Object.fromEntries(wanted.map((row) => [row.instance.ID, serviceShown(row)]));
  const indexes = rows.map(({ ModifyIndex }) => ModifyIndex);
  return {
    index: Math.max(found.ModifyIndex, tableIndex(state, 'services'), ...indexes),
    effective: true,
    filtered: seen.length < rows.length,
    reply: json({ Node: nodeShown(consul, found), Services: as === 'map' ? byId : Services }),
  };
}
