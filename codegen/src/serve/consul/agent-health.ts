import { json, type Reply, text } from '../core/service.ts';
import { demand } from './access.ts';
import { localCheckShown } from './agent-checks.ts';
import type { LocalCheck } from './agent-state.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { agentServiceShown } from './shapes.ts';
import type { Instance } from './state.ts';

const statuses: ReadonlyMap<string, number> = new Map([
  ['passing', 200],
  ['warning', 429],
  ['critical', 503],
  ['maintenance', 503],
]);

export const agentHealthRoutes: Routes = {
  'GET /agent/health/service/id/<service_id>': (call) => {
    const { consul, params } = call;
    const id = params['service_id'] ?? '';
    const instance = consul.agent.services.get(id);
    if (instance === undefined) {
      const none = { AggregatedStatus: 'critical', Service: null, Checks: null };
      return noneSuch(call, `ServiceId ${id} not found`, json(none));
    }
    demandRead(call, instance.Service);
    const status = aggregated(checksOf(consul, instance));
    return answer(call, statuses.get(status) ?? 503, status, status, json(info(consul, instance)));
  },
  'GET /agent/health/service/name/<service_name>': (call) => {
    const { consul, params } = call;
    const name = params['service_name'] ?? '';
    demandRead(call, name);
    const instances = [...consul.agent.services.values()].filter(({ Service }) => Service === name);
    if (instances.length === 0) return noneSuch(call, `ServiceName ${name} Not Found`, json([]));
    const status = aggregated(instances.flatMap((one) => checksOf(consul, one)));
    const list = json(instances.map((one) => info(consul, one)));
    return answer(call, statuses.get(status) ?? 503, status, status, list);
  },
};

function demandRead(call: ConsulCall, service: string): void {
  demand(call, 'service', service, 'read');
}

function noneSuch(call: ConsulCall, reason: string, whole: Reply): Reply {
  return answer(call, 404, reason, `${reason}\n`, whole);
}

function answer({ request }: ConsulCall, status: number, reason: string, word: string, whole: Reply): Reply {
  const headers = { 'X-Consul-Reason': reason };
  if (request.query.get('format') !== 'text') return { ...whole, status, headers };
  return text(word, status, { 'content-type': 'text/plain', ...headers });
}

function info(consul: Consul, instance: Instance) {
  const checks = checksOf(consul, instance);
  return {
    AggregatedStatus: aggregated(checks),
    Service: agentServiceShown(consul, instance),
    Checks: checks.map((check) => localCheckShown(consul, check)),
  };
}

function checksOf({ agent }: Consul, { ID }: Instance): readonly LocalCheck[] {
  return [...agent.checks.values()].filter(({ ServiceID }) => ServiceID === '' || ServiceID === ID);
}

/** The worst of all, with maintenance as the worst of the worst. */
function aggregated(checks: readonly LocalCheck[]): string {
  if (checks.some(({ Type }) => Type === 'maintenance')) return 'maintenance';
  for (const status of ['critical', 'warning'])
    if (checks.some(({ Status }) => Status === status)) return status;
  return 'passing';
}
