import type { Consul } from './deployment.ts';
import { invalidateWith } from './session-store.ts';
import { type Check, type Instance, type Node, type ServiceRow, type State, touch, under } from './state.ts';

type Bare<T> = Omit<T, 'CreateIndex' | 'ModifyIndex'>;

/** What is written already stays as old as it is: agents tell the same again and again. */
function isKept<T extends object>(known: T, bare: Bare<T>): boolean {
  const aged = (thing: object) => JSON.stringify({ ...thing, CreateIndex: 0, ModifyIndex: 0 });
  return aged(known) === aged(bare);
}

export function putNode(state: State, index: number, bare: Bare<Node>): Node {
  const known = state.nodes.get(bare.Node.toLowerCase());
  if (known !== undefined && isKept(known, bare)) return known;
  const node = { ...bare, CreateIndex: known?.CreateIndex ?? index, ModifyIndex: index };
  state.nodes.set(bare.Node.toLowerCase(), node);
  touch(state, index, 'nodes');
  for (const row of servicesOf(state, bare.Node)) touchService(state, index, row.instance.Service);
  return node;
}

export function putService(state: State, index: number, node: string, instance: Instance): ServiceRow {
  const key = under(node, instance.ID);
  const known = state.services.get(key);
  const bare = { node, instance };
  if (known !== undefined && isKept(known, bare)) return known;
  const row = { ...bare, CreateIndex: known?.CreateIndex ?? index, ModifyIndex: index };
  state.services.set(key, row);
  touch(state, index, 'services');
  touchService(state, index, instance.Service);
  if (known !== undefined) touchService(state, index, known.instance.Service);
  return row;
}

export function putCheck(consul: Pick<Consul, 'state' | 'clock'>, index: number, bare: Bare<Check>): Check {
  const { state } = consul;
  const key = under(bare.Node, bare.CheckID);
  const known = state.checks.get(key);
  if (known !== undefined && isKept(known, bare)) return known;
  const check = { ...bare, CreateIndex: known?.CreateIndex ?? index, ModifyIndex: index };
  state.checks.set(key, check);
  touchCheck(state, index, check);
  if (check.Status === 'critical') invalidateWith(consul, index, check.Node, check.CheckID);
  return check;
}

export function removeNode(consul: Pick<Consul, 'state' | 'clock'>, index: number, name: string): void {
  const { state } = consul;
  if (!state.nodes.delete(name.toLowerCase())) return;
  for (const { instance } of servicesOf(state, name)) removeService(consul, index, name, instance.ID);
  for (const check of checksOf(state, name)) removeCheck(consul, index, name, check.CheckID);
  touch(state, index, 'nodes');
  invalidateWith(consul, index, name);
}

export function removeService(
  consul: Pick<Consul, 'state' | 'clock'>,
  index: number,
  node: string,
  id: string,
): void {
  const { state } = consul;
  const row = state.services.get(under(node, id));
  if (row === undefined) return;
  state.services.delete(under(node, id));
  for (const check of checksOf(state, node)) {
    if (check.ServiceID === id) removeCheck(consul, index, node, check.CheckID);
  }
  touch(state, index, 'services');
  touchService(state, index, row.instance.Service);
}

export function removeCheck(
  consul: Pick<Consul, 'state' | 'clock'>,
  index: number,
  node: string,
  id: string,
): void {
  const { state } = consul;
  const check = state.checks.get(under(node, id));
  if (check === undefined) return;
  state.checks.delete(under(node, id));
  touchCheck(state, index, check);
  invalidateWith(consul, index, node, id);
}

/** A check of a node is told with each of its services. */
function touchCheck(state: State, index: number, { Node: node, ServiceName }: Check): void {
  touch(state, index, 'checks');
  if (ServiceName !== '') touchService(state, index, ServiceName);
  else for (const { instance } of servicesOf(state, node)) touchService(state, index, instance.Service);
}

function touchService(state: State, index: number, name: string): void {
  state.serviceIndexes.set(name, index);
}

/** The last change of what is told about a service; of one that there never was, of any service. */
export function serviceIndex(state: State, name: string): number {
  const own = state.serviceIndexes.get(name);
  return own ?? Math.max(1, ...[...state.serviceIndexes.values()]);
}

export function servicesOf(state: State, node: string): readonly ServiceRow[] {
  return byId([...state.services.values()].filter((row) => row.node.toLowerCase() === node.toLowerCase()));
}

export function instancesOf(state: State, service: string): readonly ServiceRow[] {
  return byId([...state.services.values()].filter(({ instance }) => instance.Service === service));
}

export function checksOf(state: State, node: string): readonly Check[] {
  return [...state.checks.values()]
    .filter((check) => check.Node.toLowerCase() === node.toLowerCase())
    .sort((a, b) => (a.CheckID < b.CheckID ? -1 : 1));
}

/** The checks of an instance, and those of its node. */
export function checksWith(state: State, { node, instance }: ServiceRow): readonly Check[] {
  return checksOf(state, node).filter(({ ServiceID }) => ServiceID === '' || ServiceID === instance.ID);
}

function byId(rows: readonly ServiceRow[]): readonly ServiceRow[] {
  return [...rows].sort((a, b) => (under(a.node, a.instance.ID) < under(b.node, b.instance.ID) ? -1 : 1));
}
