import { randomUUID } from 'node:crypto';
import type { Documents } from '../read/index.ts';
import { createValidator } from '../validate.ts';
import { populateAcl } from './consul/acl.ts';
import { aclDocumentRoutes } from './consul/acl-documents.ts';
import { aclTokenRoutes } from './consul/acl-tokens.ts';
import { admit } from './consul/admit.ts';
import { agentRoutes, coordinate, serverPort } from './consul/agent.ts';
import { agentCheckRoutes } from './consul/agent-checks.ts';
import { agentHealthRoutes } from './consul/agent-health.ts';
import { agentServiceRoutes } from './consul/agent-services.ts';
import { createAgent } from './consul/agent-state.ts';
import { longestWaitMs } from './consul/blocking.ts';
import { catalogRoutes } from './consul/catalog.ts';
import { registerRoutes } from './consul/catalog-register.ts';
import { putCheck, putNode, putService } from './consul/catalog-store.ts';
import { configRoutes } from './consul/config.ts';
import { connectRoutes } from './consul/connect.ts';
import { coordinateRoutes } from './consul/coordinates.ts';
import type { Consul, ConsulCall, Routes, Settings } from './consul/deployment.ts';
import { refused } from './consul/errors.ts';
import { eventRoutes } from './consul/events.ts';
import { exampleOf } from './consul/examples.ts';
import { commonHeaders } from './consul/headers.ts';
import { healthRoutes } from './consul/health.ts';
import { intentionRoutes } from './consul/intentions.ts';
import { kvRoutes, refuseLargeValue, tooLargeRefusal } from './consul/kv.ts';
import { isLater, offered, root } from './consul/operations.ts';
import { operatorRoutes } from './consul/operator.ts';
import { peeringRoutes } from './consul/peering.ts';
import { queryRoutes } from './consul/queries.ts';
import { instanceOf } from './consul/registration.ts';
import { createExpiries, invalidate } from './consul/session-store.ts';
import { sessionRoutes } from './consul/sessions.ts';
import { snapshotRoutes } from './consul/snapshot.ts';
import { createState, nextIndex, touch } from './consul/state.ts';
import { streamRoutes } from './consul/streams.ts';
import { templatedPolicyRoutes } from './consul/templated-policies.ts';
import { txnRoutes } from './consul/txn.ts';
import { elsewhere, misplaced } from './consul/wire.ts';
import { createClock } from './core/clock.ts';
import { openApiOperations } from './core/openapi.ts';
import { schemasOf } from './core/schemas.ts';
import { BodyTooLarge, type Handler, operationKey, type Service } from './core/service.ts';

export type { AclSettings, Settings } from './consul/deployment.ts';

const routes: Routes = {
  ...aclDocumentRoutes,
  ...aclTokenRoutes,
  ...agentCheckRoutes,
  ...agentHealthRoutes,
  ...agentRoutes,
  ...agentServiceRoutes,
  ...catalogRoutes,
  ...configRoutes,
  ...connectRoutes,
  ...coordinateRoutes,
  ...eventRoutes,
  ...healthRoutes,
  ...intentionRoutes,
  ...kvRoutes,
  ...operatorRoutes,
  ...peeringRoutes,
  ...queryRoutes,
  ...registerRoutes,
  ...sessionRoutes,
  ...snapshotRoutes,
  ...streamRoutes,
  ...templatedPolicyRoutes,
  ...txnRoutes,
};

/** The largest body but for keys and transactions: that of a snapshot. */
const maxBodyBytes = 256 * 1024 * 1024;

/** An agent of Consul, the only server of its datacenter, that offers what is modelled and what `documents` say. */
export async function consul(documents: Documents, settings: Settings): Promise<Service<ConsulCall>> {
  const schemas = schemasOf(documents.files);
  const validator = await createValidator(documents.files);
  const { modelled, described } = offered(
    Object.keys(routes),
    openApiOperations(schemas, root),
    settings.version,
  );
  const handlers = new Map<string, Handler<ConsulCall>>();
  for (const [key, operation] of modelled) {
    const handler = routes[key];
    if (handler !== undefined) handlers.set(operationKey(operation), pretty(handler));
  }
  for (const operation of described)
    handlers.set(operationKey(operation), pretty(exampleOf(operation, schemas, validator)));
  const operations = [...modelled.values(), ...described];
  let deployment = start(settings);

  return {
    name: 'consul',
    operations,
    // Go's handlers take what is left of a path, so that any name may have a slash in it.
    splats: new Set(operations.flatMap(({ route }) => /<([^>*]+)>$/.exec(route)?.[1] ?? [])),
    schemas,
    validator,
    maxBodyBytes,
    handlers,
    admit: async (call) => admit(call, deployment),
    early: (head, operation) => misplaced(head) ?? refuseLargeValue(head, operation),
    elsewhere: async (request, verbs) => elsewhere(deployment, request, verbs),
    refusal: (error) => refused(error instanceof BodyTooLarge ? tooLargeRefusal() : error),
    headers: () => commonHeaders(deployment),
    reset() {
      stop(deployment);
      // Nothing that happens from now on would wake those who wait.
      deployment.clock.advance(longestWaitMs * (1 + 1 / 16));
      deployment = start(settings);
    },
    advance: (milliseconds) => deployment.clock.advance(milliseconds),
    close() {
      stop(deployment);
      deployment.clock.clear();
    },
  };
}

/** What is answered, as `pretty` wants it; and as the type that Consul calls it. */
function pretty(handler: Handler<ConsulCall>): Handler<ConsulCall> {
  return async (call) => {
    const reply = await handler(call);
    if (reply.json === undefined) return reply;
    const indent = call.request.query.has('pretty') ? 4 : 0;
    return { ...reply, indent, headers: { 'content-type': 'application/json', ...reply.headers } };
  };
}

function start(settings: Settings): Consul {
  const clock = createClock();
  const state = createState();
  const expiries = createExpiries(clock, (id) => invalidate({ state, clock }, id));
  const deployment: Consul = {
    settings,
    clock,
    state,
    agent: createAgent(expiries),
    nodeId: randomUUID(),
    modern: !isLater('1.15', settings.version),
  };
  populateAcl(deployment);
  populateCatalog(deployment);
  return deployment;
}

function stop({ agent }: Consul): void {
  agent.expiries.clear();
  for (const cancel of agent.ttls.values()) cancel();
  agent.ttls.clear();
}

/** The server itself is a node with a service and a check, as any other one. */
function populateCatalog(deployment: Consul): void {
  const { state, settings, nodeId } = deployment;
  const { nodeName, version } = settings;
  const address = '127.0.0.1';
  const index = nextIndex(state);
  putNode(state, index, {
    ID: nodeId,
    Node: nodeName,
    Address: address,
    TaggedAddresses: { lan: address, lan_ipv4: address, wan: address, wan_ipv4: address },
    Meta: { 'consul-network-segment': '' },
  });
  const Meta = {
    non_voter: 'false',
    raft_version: '3',
    read_replica: 'false',
    serf_protocol_current: '2',
    serf_protocol_max: '5',
    serf_protocol_min: '1',
    version,
  };
  const server = { Port: serverPort, Meta };
  putService(state, index, nodeName, instanceOf(server, 'consul', 'consul'));
  putCheck(deployment, index, {
    Node: nodeName,
    CheckID: 'serfHealth',
    Name: 'Serf Health Status',
    Status: 'passing',
    Notes: '',
    Output: 'Agent alive and reachable',
    ServiceID: '',
    ServiceName: '',
    ServiceTags: [],
    Type: '',
  });
  state.coordinates.set(nodeName, coordinate);
  touch(state, index, 'coordinates');
}
