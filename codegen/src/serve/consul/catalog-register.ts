import { isObject, type JsonObject } from '../core/schemas.ts';
import { json, type Reply } from '../core/service.ts';
import { demand } from './access.ts';
import * as store from './catalog-store.ts';
import { flagAt, known, objectBody, objectsAt, textAt, textMapAt, textsAt } from './decode.ts';
import type { ConsulCall, Routes } from './deployment.ts';
import { failed } from './errors.ts';
import { instanceFields, instanceOf } from './registration.ts';
import { type Instance, type Node, nextIndex } from './state.ts';

export const registerRoutes: Routes = {
  'PUT /catalog/register': register,
  'PUT /catalog/deregister': deregister,
};

const registrationFields = [
  'ID',
  'Node',
  'Address',
  'TaggedAddresses',
  'NodeMeta',
  'Datacenter',
  'Service',
  'Check',
  'Checks',
  'SkipNodeUpdate',
  'Partition',
  'Locality',
];
const registeredCheckFields = [
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
  'ExposedPort',
  'Interval',
  'Timeout',
  'Definition',
  'Namespace',
  'Partition',
  'PeerName',
  'CreateIndex',
  'ModifyIndex',
];

function register(call: ConsulCall): Reply {
  const { consul } = call;
  const { state } = consul;
  const body = objectBody(call, registrationFields);
  const name = textAt(body, 'Node');
  const before = state.nodes.get(name.toLowerCase());
  const isOld = flagAt(body, 'SkipNodeUpdate') && before !== undefined;
  if (name === '' || (textAt(body, 'Address') === '' && !isOld))
    throw failed('Must provide node and address');
  demand(call, 'node', name, 'write');
  const instance = isObject(body['Service']) ? serviceIn(body['Service']) : undefined;
  if (instance !== undefined) demand(call, 'service', instance.Service, 'write');
  const one = isObject(body['Check']) ? [body['Check']] : [];
  const checks = [...one, ...objectsAt(body, 'Checks')].map((check) => known(check, registeredCheckFields));

  const index = nextIndex(state);
  if (!isOld) store.putNode(state, index, nodeIn(body, name, before));
  if (instance !== undefined) store.putService(state, index, name, instance);
  for (const check of checks) putCheck(call, index, name, check, instance);
  return json(true);
}

/** @param before what there was under this name: an ID that isn't given stays */
export function nodeIn(body: JsonObject, name: string, before: Node | undefined) {
  return {
    ID: textAt(body, 'ID') || (before?.ID ?? ''),
    Node: name,
    Address: textAt(body, 'Address'),
    TaggedAddresses: textMapAt(body, 'TaggedAddresses') ?? null,
    Meta: textMapAt(body, 'NodeMeta') ?? textMapAt(body, 'Meta') ?? null,
  };
}

export function serviceIn(given: JsonObject): Instance {
  const more = ['Service', 'Datacenter', 'PeerName', 'ContentHash', 'CreateIndex', 'ModifyIndex'];
  const body = known(given, [...instanceFields, ...more]);
  const name = textAt(body, 'Service');
  if (name === '') throw failed('Must provide service name (Service.Service) when service ID is provided');
  return instanceOf(body, textAt(body, 'ID') || name, name);
}

export function putCheck(
  { consul }: ConsulCall,
  index: number,
  node: string,
  given: JsonObject,
  service?: Instance,
) {
  const body = known(given, registeredCheckFields);
  const { state } = consul;
  const ServiceID = textAt(body, 'ServiceID');
  const row =
    ServiceID === '' ? undefined : store.servicesOf(state, node).find((r) => r.instance.ID === ServiceID);
  const of = row?.instance ?? (service?.ID === ServiceID ? service : undefined);
  if (ServiceID !== '' && of === undefined) throw failed('Missing service registration');
  return store.putCheck(consul, index, {
    Node: node,
    CheckID: textAt(body, 'CheckID') || textAt(body, 'Name'),
    Name: textAt(body, 'Name'),
    Status: textAt(body, 'Status') || 'critical',
    Notes: textAt(body, 'Notes'),
    Output: textAt(body, 'Output'),
    ServiceID,
    ServiceName: of?.Service ?? textAt(body, 'ServiceName'),
    ServiceTags: of?.Tags ?? textsAt(body, 'ServiceTags'),
    Type: textAt(body, 'Type'),
  });
}

function deregister(call: ConsulCall): Reply {
  const { consul } = call;
  const fields = ['Node', 'Address', 'Datacenter', 'ServiceID', 'CheckID', 'Namespace', 'Partition'];
  const body = objectBody(call, fields);
  const name = textAt(body, 'Node');
  if (name === '') throw failed('Must provide node');
  demand(call, 'node', name, 'write');
  const index = nextIndex(consul.state);
  const [service, check] = [textAt(body, 'ServiceID'), textAt(body, 'CheckID')];
  if (service !== '') store.removeService(consul, index, name, service);
  else if (check !== '') store.removeCheck(consul, index, name, check);
  else store.removeNode(consul, index, name);
  return json(true);
}
