import { json, type Reply } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import type { LocalCheck } from './agent-state.ts';
import { addCheck, dropCheck, update } from './agent-sync.ts';
import { objectBody, textAt } from './decode.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { badRequest, unknownThing } from './errors.ts';
import { filtered } from './filter.ts';
import { checkFields, checkOf, isHealth } from './registration.ts';
import { checkShown } from './shapes.ts';
import type { Health } from './state.ts';

/** What a filter over checks may begin with. */
export const checkSelectors = [
  'Node',
  'CheckID',
  'Name',
  'Status',
  'Notes',
  'Output',
  'ServiceID',
  'ServiceName',
  'ServiceTags',
  'Type',
];

export const agentCheckRoutes: Routes = {
  'GET /agent/checks': (call) => {
    const { consul } = call;
    const seen = [...consul.agent.checks.values()].filter((check) => maySee(call, check));
    const wanted = filtered(call, seen, (check) => localCheckShown(consul, check), checkSelectors);
    return json(Object.fromEntries(wanted.map((one) => [one.CheckID, localCheckShown(consul, one)])));
  },
  'PUT /agent/check/register': register,
  'PUT /agent/check/deregister/<check_id>': (call) => {
    dropCheck(call.consul, find(call).CheckID);
    return {};
  },
  'PUT /agent/check/pass/<check_id>': (call) => says(call, 'passing'),
  'PUT /agent/check/warn/<check_id>': (call) => says(call, 'warning'),
  'PUT /agent/check/fail/<check_id>': (call) => says(call, 'critical'),
  'PUT /agent/check/update/<check_id>': (call) => {
    const body = objectBody(call, ['Status', 'Output']);
    const status = textAt(body, 'Status');
    if (!isHealth(status)) throw badRequest(`Invalid check status: '${status}'`);
    return says(call, status, textAt(body, 'Output'));
  },
};

function maySee({ consul, caller }: ConsulCall, { ServiceName }: LocalCheck): boolean {
  return ServiceName === ''
    ? caller.may('node', consul.settings.nodeName, 'read')
    : caller.may('service', ServiceName, 'read');
}

function demandWrite(call: ConsulCall, { ServiceName }: LocalCheck): void {
  if (ServiceName === '') demand(call, 'node', call.consul.settings.nodeName, 'write');
  else demand(call, 'service', ServiceName, 'write');
}

function register(call: ConsulCall): Reply {
  const { consul } = call;
  const body = objectBody(call, checkFields);
  const name = textAt(body, 'Name');
  if (name === '') throw badRequest('Missing check name');
  const serviceId = textAt(body, 'ServiceID');
  const service = consul.agent.services.get(serviceId);
  const check = checkOf(body, textAt(body, 'ID') || textAt(body, 'CheckID') || name, name, service);
  if (serviceId !== '' && service === undefined)
    throw unknownThing(consul, `ServiceID ${JSON.stringify(serviceId)} does not exist`);
  demandWrite(call, check);
  addCheck(consul, check);
  return {};
}

function find(call: ConsulCall): LocalCheck {
  const id = call.params['check_id'] ?? '';
  const check = call.consul.agent.checks.get(id);
  if (check === undefined) throw unknownThing(call.consul, `Unknown check ID ${JSON.stringify(id)}`);
  demandWrite(call, check);
  return check;
}

function says(call: ConsulCall, status: Health, output?: string): Reply {
  const check = find(call);
  if (check.ttlMs === undefined)
    throw unknownThing(call.consul, `CheckID ${JSON.stringify(check.CheckID)} does not have associated TTL`);
  update(call.consul, check.CheckID, status, output ?? call.request.query.get('note') ?? '');
  return {};
}

/** A check as its own agent tells it. */
export function localCheckShown({ settings }: Consul, check: LocalCheck): WireObject {
  const whole = checkShown({ ...check, Node: settings.nodeName, CreateIndex: 0, ModifyIndex: 0 });
  return { ...whole, Interval: check.Interval, Timeout: check.Timeout };
}
