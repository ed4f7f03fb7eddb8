import type { WireObject } from '../core/wire.ts';

/** What entries of every kind may hold. */
const common = ['Kind', 'Name', 'Namespace', 'Partition', 'Meta', 'CreateIndex', 'ModifyIndex'];

/** What may stand in an entry of each kind, beside what may stand in all. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  'api-gateway': ['TLS', 'Listeners', 'Defaults', 'Status'],
  'control-plane-request-limit': [
    'Mode',
    'ReadRate',
    'WriteRate',
    'ACL',
    'Catalog',
    'ConfigEntry',
    'ConnectCA',
    'Coordinate',
    'DiscoveryChain',
    'ServerDiscovery',
    'Health',
    'Intention',
    'KV',
    'Tenancy',
    'PreparedQuery',
    'Session',
    'Txn',
    'AutoConfig',
    'FederationState',
    'Internal',
    'PeerStream',
    'Peering',
    'DataPlane',
    'DNS',
    'Subscribe',
    'Resource',
  ],
  'exported-services': ['Services'],
  'file-system-certificate': ['Certificate', 'PrivateKey'],
  'http-route': ['Parents', 'Rules', 'Hostnames', 'Status'],
  'ingress-gateway': ['TLS', 'Listeners', 'Defaults'],
  'inline-certificate': ['Certificate', 'PrivateKey'],
  'jwt-provider': [
    'JSONWebKeySet',
    'Issuer',
    'Audiences',
    'Locations',
    'Forwarding',
    'ClockSkewSeconds',
    'CacheConfig',
  ],
  mesh: [
    'TransparentProxy',
    'AllowEnablingPermissiveMutualTLS',
    'ValidateClusters',
    'TLS',
    'HTTP',
    'Peering',
  ],
  'proxy-defaults': [
    'Mode',
    'TransparentProxy',
    'MutualTLSMode',
    'Config',
    'MeshGateway',
    'Expose',
    'AccessLogs',
    'EnvoyExtensions',
    'FailoverPolicy',
    'PrioritizeByLocality',
  ],
  'rate-limit': ['Config'],
  'sameness-group': ['DefaultForFailover', 'IncludeLocal', 'Members'],
  'service-defaults': [
    'Protocol',
    'Mode',
    'TransparentProxy',
    'MutualTLSMode',
    'MeshGateway',
    'Expose',
    'ExternalSNI',
    'UpstreamConfig',
    'Destination',
    'MaxInboundConnections',
    'LocalConnectTimeoutMs',
    'LocalRequestTimeoutMs',
    'BalanceInboundConnections',
    'RateLimits',
    'EnvoyExtensions',
    'MaxRequestHeadersKB',
  ],
  'service-intentions': ['Sources', 'JWT'],
  'service-resolver': [
    'DefaultSubset',
    'Subsets',
    'Redirect',
    'Failover',
    'ConnectTimeout',
    'RequestTimeout',
    'PrioritizeByLocality',
    'LoadBalancer',
  ],
  'service-router': ['Routes'],
  'service-splitter': ['Splits'],
  'tcp-route': ['Parents', 'Services', 'Status'],
  'terminating-gateway': ['Services'],
};

/** The properties that an entry of a kind may have; `undefined` for a kind that there isn't. */
export function fieldsOfKind(kind: string): readonly string[] | undefined {
  const own = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (own === undefined) return undefined;
  // There is one mesh, and it has no name.
  return [...common.filter((name) => kind !== 'mesh' || name !== 'Name'), ...own];
}

/** The name that all entries of a kind have, where there can be only one. */
export const onlyNames: ReadonlyMap<string, string> = new Map([
  ['mesh', 'mesh'],
  ['proxy-defaults', 'global'],
  ['exported-services', 'default'],
]);

/** What an entry of a kind tells although nobody said it. */
export function defaultsOfKind(kind: string): WireObject {
  const isDefaults = kind === 'service-defaults' || kind === 'proxy-defaults';
  return isDefaults ? { TransparentProxy: {}, MeshGateway: {}, Expose: {} } : {};
}
