import type { LocalCheck } from './agent-state.ts';
import * as catalog from './catalog-store.ts';
import type { Consul } from './deployment.ts';
import { type Health, type Instance, nextIndex } from './state.ts';
import { log } from './streams.ts';

/* What an agent keeps and what the servers know of it are told apart by nobody here: each change is told at once. */

export function addService(consul: Consul, instance: Instance): void {
  const { agent, state, settings } = consul;
  agent.services.set(instance.ID, instance);
  catalog.putService(state, nextIndex(state), settings.nodeName, instance);
  log(consul, 'INFO', 'agent', `Synced service: service=${instance.ID}`);
}

export function dropService(consul: Consul, id: string): void {
  const { agent, state, settings } = consul;
  agent.services.delete(id);
  for (const check of [...agent.checks.values()])
    if (check.ServiceID === id) dropCheck(consul, check.CheckID);
  catalog.removeService(consul, nextIndex(state), settings.nodeName, id);
  log(consul, 'INFO', 'agent', `Deregistered service: service=${id}`);
}

export function addCheck(consul: Consul, check: LocalCheck): void {
  const { agent, state, settings } = consul;
  agent.checks.set(check.CheckID, check);
  const { ttlMs, Interval: _i, Timeout: _t, ...bare } = check;
  catalog.putCheck(consul, nextIndex(state), { Node: settings.nodeName, ...bare });
  agent.ttls.get(check.CheckID)?.();
  if (ttlMs === undefined) return;
  const expire = () => update(consul, check.CheckID, 'critical', 'TTL expired', false);
  agent.ttls.set(check.CheckID, consul.clock.after(ttlMs, expire));
}

export function dropCheck(consul: Consul, id: string): void {
  const { agent, state, settings } = consul;
  agent.checks.delete(id);
  agent.ttls.get(id)?.();
  agent.ttls.delete(id);
  catalog.removeCheck(consul, nextIndex(state), settings.nodeName, id);
}

/** Sets what a check says. `again`: its time to live starts anew. */
export function update(consul: Consul, id: string, Status: Health, Output: string, again = true): void {
  const { agent } = consul;
  const check = agent.checks.get(id);
  if (check === undefined) return;
  const { ttlMs, ...rest } = check;
  const isTimed = again && ttlMs !== undefined;
  addCheck(consul, { ...rest, Status, Output, ...(isTimed ? { ttlMs } : {}) });
  // One that has expired is a TTL check still: the next update revives it.
  if (!isTimed && ttlMs !== undefined) agent.checks.set(id, { ...check, Status, Output });
}

const nodeMaintenance = '_node_maintenance';

function maintenanceId(service: string | undefined): string {
  return service === undefined ? nodeMaintenance : `_service_maintenance:${service}`;
}

/** Takes the node, or one of its services, out of use: with a check that is critical. */
export function setMaintenance(consul: Consul, service: Instance | undefined, reason: string): void {
  const what = service === undefined ? 'node' : 'service';
  addCheck(consul, {
    CheckID: maintenanceId(service?.ID),
    Name: service === undefined ? 'Node Maintenance Mode' : 'Service Maintenance Mode',
    Status: 'critical',
    Notes: reason || `Maintenance mode is enabled for this ${what}, and no reason was given.`,
    Output: '',
    ServiceID: service?.ID ?? '',
    ServiceName: service?.Service ?? '',
    ServiceTags: service?.Tags ?? [],
    Type: 'maintenance',
    Interval: '',
    Timeout: '',
  });
}

export function removeMaintenance(consul: Consul, service: string | undefined): void {
  if (consul.agent.checks.has(maintenanceId(service))) dropCheck(consul, maintenanceId(service));
}
