import type { JsonObject } from '../core/schemas.ts';
import { json, type Reply } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import { serverAddress } from './agent.ts';
import { read } from './blocking.ts';
import { flagAt, numberAt, objectBody, textAt } from './decode.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { badRequest, failed, notFound } from './errors.ts';
import { inline } from './queries.ts';
import { type Document, documents, nextIndex, putDocument, tableIndex, told } from './state.ts';

export const operatorRoutes: Routes = {
  'GET /status/leader': () => json(serverAddress()),
  'GET /status/peers': () => json([serverAddress()]),
  'GET /operator/raft/configuration': (call) => {
    demand(call, 'operator', '', 'read');
    const { consul } = call;
    const server = {
      ID: consul.nodeId,
      Node: consul.settings.nodeName,
      Address: serverAddress(),
      Leader: true,
      ProtocolVersion: '3',
      Voter: true,
      ...(consul.modern ? { LastIndex: consul.state.index } : {}),
    };
    return json({ Servers: [server], Index: 0 });
  },
  'DELETE /operator/raft/peer': (call) => {
    demand(call, 'operator', '', 'write');
    const { query } = call.request;
    const [id, address] = [query.get('id') ?? '', query.get('address') ?? ''];
    if ((id === '') === (address === ''))
      throw badRequest('Must specify exactly one of ?id with the server ID or ?address with its address');
    const told = id === '' ? `address ${JSON.stringify(address)}` : `id ${JSON.stringify(id)}`;
    throw failed(`${told} was not found in the Raft configuration`);
  },
  'POST /operator/raft/transfer-leader': (call) => {
    if (!call.consul.modern) throw notFound();
    demand(call, 'operator', '', 'write');
    throw notFound('cannot find peer');
  },
  'GET /operator/keyring': (call) => keyring(call, 'read'),
  'POST /operator/keyring': (call) => keyring(call, 'write'),
  'PUT /operator/keyring': (call) => keyring(call, 'write'),
  'DELETE /operator/keyring': (call) => keyring(call, 'write'),
  'GET /operator/autopilot/configuration': (call) => {
    demand(call, 'operator', '', 'read');
    return json(told(autopilot(call.consul)));
  },
  'PUT /operator/autopilot/configuration': putAutopilot,
  'GET /operator/autopilot/health': (call) => {
    demand(call, 'operator', '', 'read');
    const isHealthy = isUp(call.consul);
    const servers = [server(call.consul, isHealthy)];
    // An answer like any other, under a status that says how it is.
    return json({ Healthy: isHealthy, FailureTolerance: 0, Servers: servers }, isHealthy ? 200 : 429);
  },
  'GET /operator/autopilot/state': (call) => {
    demand(call, 'operator', '', 'read');
    return json(autopilotState(call.consul));
  },
  'GET /operator/usage': (call) => {
    if (!call.consul.modern) throw notFound();
    demand(call, 'operator', '', 'read');
    return read(call, () => ({
      index: tableIndex(call.consul.state, 'nodes', 'services'),
      reply: json({ Usage: { [call.consul.settings.datacenter]: usage(call.consul) }, ...inline(call) }),
    }));
  },
};

/** Gossip isn't encrypted here. */
function keyring(call: ConsulCall, access: 'read' | 'write'): Reply {
  demand(call, 'keyring', '', access);
  throw failed('keyring is empty');
}

const autopilotKey = 'autopilot-configuration';
const autopilotDefaults = {
  CleanupDeadServers: true,
  LastContactThreshold: '200ms',
  MaxTrailingLogs: 250,
  MinQuorum: 0,
  ServerStabilizationTime: '10s',
  RedundancyZoneTag: '',
  DisableUpgradeMigration: false,
  UpgradeVersionTag: '',
};

function autopilot({ state }: Consul): Document {
  const known = documents(state, 'operator').get(autopilotKey);
  return known ?? { body: autopilotDefaults, CreateIndex: 1, ModifyIndex: 1 };
}

function putAutopilot(call: ConsulCall): Reply {
  demand(call, 'operator', '', 'write');
  const { consul, request } = call;
  const body = objectBody(call, [...Object.keys(autopilotDefaults), 'CreateIndex', 'ModifyIndex']);
  const cas = request.query.get('cas');
  if (cas !== null && Number(cas) !== autopilot(consul).ModifyIndex) {
    nextIndex(consul.state);
    return json(false);
  }
  putDocument(consul.state, 'operator', autopilotKey, configuration(body));
  return json(true);
}

function configuration(body: JsonObject): WireObject {
  return {
    CleanupDeadServers: flagAt(body, 'CleanupDeadServers'),
    LastContactThreshold: textAt(body, 'LastContactThreshold') || autopilotDefaults.LastContactThreshold,
    MaxTrailingLogs: numberAt(body, 'MaxTrailingLogs'),
    MinQuorum: numberAt(body, 'MinQuorum'),
    ServerStabilizationTime: textAt(body, 'ServerStabilizationTime') || '10s',
    RedundancyZoneTag: textAt(body, 'RedundancyZoneTag'),
    DisableUpgradeMigration: flagAt(body, 'DisableUpgradeMigration'),
    UpgradeVersionTag: textAt(body, 'UpgradeVersionTag'),
  };
}

/** A server that is about to leave isn't well. */
function isUp({ agent }: Consul): boolean {
  return !agent.left;
}

function server({ settings, nodeId, state }: Consul, isHealthy: boolean): WireObject {
  return {
    ID: nodeId,
    Name: settings.nodeName,
    Address: serverAddress(),
    SerfStatus: isHealthy ? 'alive' : 'left',
    Version: settings.version,
    Leader: true,
    LastContact: '0s',
    LastTerm: 2,
    LastIndex: state.index,
    Healthy: isHealthy,
    Voter: true,
    StableSince: '2026-01-01T00:00:00Z',
  };
}

function autopilotState(consul: Consul): WireObject {
  const { settings, nodeId, state } = consul;
  const isHealthy = isUp(consul);
  const one = {
    ID: nodeId,
    Name: settings.nodeName,
    Address: serverAddress(),
    NodeStatus: isHealthy ? 'alive' : 'left',
    Version: settings.version,
    LastContact: '0s',
    LastTerm: 2,
    LastIndex: state.index,
    Healthy: isHealthy,
    StableSince: '2026-01-01T00:00:00Z',
    ReadReplica: false,
    Status: 'leader',
    Meta: { 'consul-network-segment': '' },
    NodeType: 'voter',
  };
  return {
    Healthy: isHealthy,
    FailureTolerance: 0,
    OptimisticFailureTolerance: 0,
    Servers: { [nodeId]: one },
    Leader: nodeId,
    Voters: [nodeId],
  };
}

function usage({ state }: Consul): WireObject {
  const rows = [...state.services.values()];
  const ofKind = (kind: string) => rows.filter(({ instance }) => instance.Kind === kind).length;
  return {
    Nodes: state.nodes.size,
    Services: new Set(rows.map(({ instance }) => instance.Service)).size,
    ServiceInstances: rows.length,
    ConnectServiceInstances: {
      'connect-native': rows.filter(({ instance }) => instance.Connect?.['Native'] === true).length,
      'connect-proxy': ofKind('connect-proxy'),
      'ingress-gateway': ofKind('ingress-gateway'),
      'mesh-gateway': ofKind('mesh-gateway'),
      'terminating-gateway': ofKind('terminating-gateway'),
    },
    BillableServiceInstances: rows.filter(({ instance }) => instance.Kind === '' && instance.ID !== 'consul')
      .length,
    // Of the enterprise edition.
    PartitionNamespaceServices: {},
    PartitionNamespaceServiceInstances: {},
    PartitionNamespaceConnectServiceInstances: {},
    PartitionNamespaceBillableServiceInstances: {},
  };
}
