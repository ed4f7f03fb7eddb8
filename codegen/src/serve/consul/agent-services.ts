import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../core/schemas.ts';
import { json, type Reply } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import { enableIn } from './agent.ts';
import type { LocalCheck } from './agent-state.ts';
import {
  addCheck,
  addService,
  dropCheck,
  dropService,
  removeMaintenance,
  setMaintenance,
} from './agent-sync.ts';
import { untilChanged } from './blocking.ts';
import { known, objectBody, objectsAt, textAt } from './decode.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { badRequest, notFound, unknownThing } from './errors.ts';
import { filtered } from './filter.ts';
import { checkFields, checkOf, instanceFields, instanceOf, withAddresses } from './registration.ts';
import { agentServiceShown } from './shapes.ts';
import type { Instance } from './state.ts';

/** What a filter over an agent's services may begin with. */
const selectors = [
  'Kind',
  'ID',
  'Service',
  'Tags',
  'Meta',
  'Port',
  'Address',
  'SocketPath',
  'TaggedAddresses',
  'Weights',
  'EnableTagOverride',
  'Proxy',
  'Connect',
];

export const agentServiceRoutes: Routes = {
  'GET /agent/services': (call) => {
    const { consul, caller } = call;
    const all = [...consul.agent.services.values()];
    const seen = all.filter(({ Service }) => caller.may('service', Service, 'read'));
    const wanted = filtered(call, seen, (one) => agentServiceShown(consul, one), selectors);
    const reply = json(Object.fromEntries(wanted.map((one) => [one.ID, agentServiceShown(consul, one)])));
    return seen.length < all.length
      ? { ...reply, headers: { ...reply.headers, 'X-Consul-Results-Filtered-By-Acls': 'true' } }
      : reply;
  },
  'GET /agent/service/<service_id>': async (call) => {
    const { consul, request } = call;
    const hash = request.query.get('hash') ?? '';
    if (hash !== '') await untilChanged(call, () => hashOf(consul, idOf(call)) !== hash);
    const instance = find(call, 'read', notFound(`unknown service ID: ${idOf(call)}`));
    const ContentHash = hashOf(consul, instance.ID);
    const { Datacenter, ...rest } = agentServiceShown(consul, instance);
    return json({ ...rest, ContentHash, Datacenter }, 200, { 'X-Consul-Contenthash': ContentHash });
  },
  'PUT /agent/service/register': register,
  'PUT /agent/service/deregister/<service_id>': (call) => {
    const instance = find(call, 'write', absent(call));
    dropService(call.consul, instance.ID);
    const sidecar = `${instance.ID}-sidecar-proxy`;
    if (call.consul.agent.services.has(sidecar)) dropService(call.consul, sidecar);
    return {};
  },
  'PUT /agent/service/maintenance/<service_id>': (call) => {
    const isOn = enableIn(call.request.query);
    const instance = find(call, 'write', absent(call));
    if (isOn) setMaintenance(call.consul, instance, call.request.query.get('reason') ?? '');
    else removeMaintenance(call.consul, instance.ID);
    return {};
  },
};

function idOf({ params }: ConsulCall): string {
  return params['service_id'] ?? '';
}

function absent(call: ConsulCall): Error {
  return unknownThing(call.consul, `Unknown service ID ${JSON.stringify(idOf(call))}`);
}

function find(call: ConsulCall, access: 'read' | 'write', otherwise: Error): Instance {
  const instance = call.consul.agent.services.get(idOf(call));
  if (instance === undefined) throw otherwise;
  demand(call, 'service', instance.Service, access);
  return instance;
}

/** Another one for anything that the agent would tell differently; `''` where there is nothing. */
function hashOf(consul: Consul, id: string): string {
  const instance = consul.agent.services.get(id);
  if (instance === undefined) return '';
  const told = JSON.stringify(agentServiceShown(consul, instance));
  return createHash('sha256').update(told).digest('hex').slice(0, 16);
}

function register(call: ConsulCall): Reply {
  const { consul, request } = call;
  const body = objectBody(call, [...instanceFields, 'Name', 'Check', 'Checks', 'Token']);
  const name = textAt(body, 'Name');
  if (name === '') throw badRequest('Missing service name');
  demand(call, 'service', name, 'write');
  const { Connect: connect, ...plain } = body;
  const instance = withAddresses(instanceOf(plain, textAt(body, 'ID') || name, name));
  const isNative = isObject(connect) && (connect['Native'] ?? connect['native']) === true;
  const whole = isNative ? { ...instance, Connect: { Native: true } } : instance;
  const checks = checksIn(body, whole);
  const replace = request.query.get('replace-existing-checks');
  if (replace !== null && replace !== 'false') {
    for (const check of [...consul.agent.checks.values()])
      if (check.ServiceID === whole.ID) dropCheck(consul, check.CheckID);
  }
  addService(consul, whole);
  for (const check of checks) addCheck(consul, check);
  const sidecar = isObject(connect) ? (connect['SidecarService'] ?? connect['sidecar_service']) : undefined;
  if (isObject(sidecar))
    addSidecar(consul, whole, known(sidecar, [...instanceFields, 'Name', 'Check', 'Checks']));
  return {};
}

/** `Check` and `Checks` together; of several each has a number in its ID. */
function checksIn(body: JsonObject, instance: Instance): readonly LocalCheck[] {
  const one = isObject(body['Check']) ? [body['Check']] : [];
  const given = [...one, ...objectsAt(body, 'Checks')].map((check) => known(check, checkFields));
  return given.map((check, index) => {
    const id = `service:${instance.ID}${given.length > 1 ? `:${index + 1}` : ''}`;
    const name = textAt(check, 'Name') || `Service '${instance.Service}' check`;
    return checkOf(check, textAt(check, 'CheckID') || id, name, instance);
  });
}

const firstSidecarPort = 21_000;

/** The proxy of a service, with the checks that it has unless told otherwise. */
function addSidecar(consul: Consul, { ID, Service, Port, Tags }: Instance, body: JsonObject): void {
  const used = new Set([...consul.agent.services.values()].map((other) => other.Port));
  let port = firstSidecarPort;
  while (used.has(port)) port += 1;
  const told: WireObject = {
    DestinationServiceName: Service,
    DestinationServiceID: ID,
    LocalServiceAddress: '127.0.0.1',
    LocalServicePort: Port,
    Mode: '',
    MeshGateway: {},
    Expose: {},
  };
  const base = instanceOf(body, `${ID}-sidecar-proxy`, textAt(body, 'Name') || `${Service}-sidecar-proxy`);
  const proxy: Instance = {
    ...base,
    Kind: 'connect-proxy',
    Tags: base.Tags.length === 0 ? Tags : base.Tags,
    Port: base.Port === 0 ? port : base.Port,
    Proxy: { ...told, ...base.Proxy },
  };
  addService(consul, proxy);
  const id = `service:${proxy.ID}`;
  const tcp = { TCP: `127.0.0.1:${proxy.Port}`, Interval: '10s' };
  addCheck(consul, checkOf(tcp, `${id}:1`, 'Connect Sidecar Listening', proxy));
  const alias = { AliasService: ID, Status: 'passing' };
  addCheck(consul, checkOf(alias, `${id}:2`, `Connect Sidecar Aliasing ${ID}`, proxy));
}
