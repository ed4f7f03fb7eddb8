import { json, Refusal, type Reply } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import { removeMaintenance, setMaintenance } from './agent-sync.ts';
import { objectBody, textAt } from './decode.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { badRequest, failed, notFound } from './errors.ts';
import { filtered } from './filter.ts';
import { demandAgent, log } from './streams.ts';

export const serverPort = 8300;

export const agentRoutes: Routes = {
  'GET /agent/self': (call) => {
    demandAgent(call, 'read');
    return json(self(call.consul));
  },
  'GET /agent/host': (call) => {
    const { consul } = call;
    demand(call, 'operator', '', 'read');
    return json(host(consul));
  },
  'GET /agent/version': ({ consul }) => {
    if (!consul.modern) throw notFound();
    return json({
      SHA: '00000000',
      BuildDate: '2026-01-01T00:00:00Z',
      HumanVersion: consul.settings.version,
      FIPS: '',
    });
  },
  'GET /agent/members': (call) => {
    const wan = call.request.query.get('wan');
    if (wan && call.request.query.has('segment')) throw badRequest('Cannot provide a segment with wan=true');
    const one = member(call.consul, Boolean(wan));
    const seen = call.caller.may('node', call.consul.settings.nodeName, 'read') ? [one] : [];
    return json(filtered(call, seen, (item) => item, Object.keys(one)));
  },
  'PUT /agent/reload': (call) => {
    demandAgent(call, 'write');
    log(call.consul, 'INFO', 'agent', 'Reloading configuration...');
    return {};
  },
  'PUT /agent/maintenance': maintenance,
  'PUT /agent/join/<address>': (call) => {
    demandAgent(call, 'write');
    const address = call.params['address'] ?? '';
    if (!/^[\w.:[\]-]+$/.test(address))
      throw failed(`1 error occurred:\n\t* Failed to join ${address}: lookup: no such host\n\n`);
    log(call.consul, 'INFO', 'agent', `(LAN) joining: lan_addresses=["${address}"]`);
    return {};
  },
  'PUT /agent/leave': (call) => {
    demandAgent(call, 'write');
    call.consul.agent.left = true;
    log(call.consul, 'INFO', 'agent.server', 'server starting leave');
    return {};
  },
  'PUT /agent/force-leave/<node>': (call) => {
    const { consul, params } = call;
    const node = params['node'] ?? '';
    demand(call, 'operator', '', 'write');
    if (node !== consul.settings.nodeName && !consul.state.nodes.has(node.toLowerCase()))
      throw failed(`agent: No node found with name '${node}'`);
    return {};
  },
  'PUT /agent/token/<type>': (call) => {
    const { consul, params } = call;
    if (consul.settings.acl === undefined) throw new Refusal(401, '', 'ACL support disabled');
    demandAgent(call, 'write');
    const kind = tokenKinds.get(params['type'] ?? '');
    if (kind === undefined) throw notFound(`Token ${JSON.stringify(params['type'])} is unknown`);
    const token = textAt(objectBody(call, ['Token']), 'Token');
    if (token === '') consul.agent.tokens.delete(kind);
    else consul.agent.tokens.set(kind, token);
    return {};
  },
};

/** What tokens are for, with the names that this had before. */
const tokenKinds: ReadonlyMap<string, string> = new Map([
  ['default', 'default'],
  ['acl_token', 'default'],
  ['agent', 'agent'],
  ['acl_agent_token', 'agent'],
  ['agent_recovery', 'agent_recovery'],
  ['agent_master', 'agent_recovery'],
  ['acl_agent_master_token', 'agent_recovery'],
  ['replication', 'replication'],
  ['acl_replication_token', 'replication'],
  ['config_file_service_registration', 'config_file_service_registration'],
  ['dns', 'dns'],
]);

function maintenance(call: ConsulCall): Reply {
  const { consul, request } = call;
  const { nodeName } = consul.settings;
  demand(call, 'node', nodeName, 'write');
  if (enableIn(request.query)) setMaintenance(consul, undefined, request.query.get('reason') ?? '');
  else removeMaintenance(consul, undefined);
  return {};
}

/** What Go takes for a truth value. */
export function enableIn(query: URLSearchParams): boolean {
  const given = query.get('enable') ?? '';
  if (given === '') throw badRequest('Missing value for enable');
  const value = truth(given);
  if (value === undefined) throw badRequest(`Invalid value for enable: ${JSON.stringify(given)}`);
  return value;
}

export function truth(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined;
}

export function serverAddress(): string {
  return `127.0.0.1:${serverPort}`;
}

function self(consul: Consul): WireObject {
  const { settings, nodeId } = consul;
  const { datacenter, nodeName, version } = settings;
  return {
    Config: {
      Datacenter: datacenter,
      PrimaryDatacenter: datacenter,
      NodeName: nodeName,
      NodeID: nodeId,
      Revision: '',
      Server: true,
      Version: version,
      BuildDate: '2026-01-01T00:00:00Z',
    },
    DebugConfig: {
      ACLsEnabled: settings.acl !== undefined,
      Datacenter: datacenter,
      NodeName: nodeName,
      ServerMode: true,
      SessionTTLMin: '0s',
    },
    Coord: coordinate,
    Member: member(consul, false),
    Stats: {
      agent: {
        check_monitors: '0',
        check_ttls: String(consul.agent.ttls.size),
        checks: String(consul.agent.checks.size),
        services: String(consul.agent.services.size),
      },
      build: { prerelease: '', revision: '', version },
      raft: { applied_index: String(consul.state.index), state: 'Leader', term: '2' },
    },
    Meta: { 'consul-network-segment': '' },
  };
}

export const coordinate: WireObject = {
  Vec: [0, 0, 0, 0, 0, 0, 0, 0],
  Error: 1.5,
  Adjustment: 0,
  Height: 0.00001,
};

function member({ settings, nodeId, agent }: Consul, wan: boolean): WireObject {
  return {
    Name: wan ? `${settings.nodeName}.${settings.datacenter}` : settings.nodeName,
    Addr: '127.0.0.1',
    Port: wan ? 8302 : 8301,
    Tags: {
      acls: settings.acl === undefined ? '0' : '1',
      bootstrap: '1',
      build: `${settings.version}:`,
      dc: settings.datacenter,
      ft_fs: '1',
      ft_si: '1',
      id: nodeId,
      port: String(serverPort),
      raft_vsn: '3',
      role: 'consul',
      segment: '',
      vsn: '2',
      vsn_max: '3',
      vsn_min: '2',
      ...(wan ? {} : { wan_join_port: '8302' }),
    },
    Status: agent.left ? 3 : 1,
    ProtocolMin: 1,
    ProtocolMax: 5,
    ProtocolCur: 2,
    DelegateMin: 2,
    DelegateMax: 5,
    DelegateCur: 4,
  };
}

function host({ settings, clock, nodeId }: Consul): WireObject {
  return {
    Memory: { total: 1_073_741_824, available: 536_870_912, used: 536_870_912, usedPercent: 50 },
    CPU: [{ cpu: 0, vendorId: 'GenuineIntel', cores: 1, modelName: 'one processor', mhz: 2000 }],
    Host: { hostname: settings.nodeName, uptime: 3600, os: 'linux', platform: 'debian', hostId: nodeId },
    Disk: { path: '/', fstype: 'ext2/ext3', total: 1_073_741_824, free: 536_870_912, usedPercent: 50 },
    CollectionTime: BigInt(Math.round(clock.now())) * 1_000_000n,
    Errors: null,
  };
}
