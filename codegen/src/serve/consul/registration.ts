import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import type { LocalCheck } from './agent-state.ts';
import { flagAt, known, numberAt, textAt, textMapAt, textsAt, undecoded } from './decode.ts';
import { bodyDurationMs } from './durations.ts';
import { badRequest } from './errors.ts';
import type { Instance, ServiceAddresses } from './state.ts';

/** What a service may say of itself, to its agent and to the catalog. */
export const instanceFields = [
  'Kind',
  'ID',
  'Tags',
  'Port',
  'Ports',
  'Address',
  'SocketPath',
  'TaggedAddresses',
  'EnableTagOverride',
  'Meta',
  'Weights',
  'Proxy',
  'Connect',
  'Namespace',
  'Partition',
  'Locality',
];

export function instanceOf(body: JsonObject, id: string, name: string): Instance {
  const weights = body['Weights'] === undefined ? {} : known(body['Weights'], ['Passing', 'Warning']);
  const { Proxy: proxy, Connect: connect } = body;
  return {
    Kind: textAt(body, 'Kind'),
    ID: id,
    Service: name,
    Tags: textsAt(body, 'Tags'),
    Address: textAt(body, 'Address'),
    TaggedAddresses: addressesIn(body['TaggedAddresses']),
    Meta: textMapAt(body, 'Meta') ?? {},
    Port: numberAt(body, 'Port'),
    SocketPath: textAt(body, 'SocketPath'),
    Weights: { Passing: numberAt(weights, 'Passing', 1), Warning: numberAt(weights, 'Warning', 1) },
    EnableTagOverride: flagAt(body, 'EnableTagOverride'),
    Proxy: isObject(proxy) ? proxy : null,
    Connect: isObject(connect) ? connect : null,
  };
}

function addressesIn(value: JsonValue | undefined): ServiceAddresses | null {
  if (!isObject(value)) return null;
  const entries = Object.entries(value).map(([name, given]) => {
    const address = known(given, ['Address', 'Port']);
    return [name, { Address: textAt(address, 'Address'), Port: numberAt(address, 'Port') }] as const;
  });
  return Object.fromEntries(entries);
}

/** An agent tells the address of a service once more under the names that say of which network it is. */
export function withAddresses(instance: Instance): Instance {
  const { Address, Port, TaggedAddresses } = instance;
  if (TaggedAddresses !== null || Address === '') return instance;
  const here = { Address, Port };
  const family = Address.includes(':') ? 'ipv6' : 'ipv4';
  return { ...instance, TaggedAddresses: { [`lan_${family}`]: here, [`wan_${family}`]: here } };
}

export const checkFields = [
  'ID',
  'CheckID',
  'Name',
  'ScriptArgs',
  'Args',
  'DockerContainerID',
  'Shell',
  'Interval',
  'Timeout',
  'TTL',
  'HTTP',
  'Header',
  'Method',
  'Body',
  'DisableRedirects',
  'TCP',
  'TCPUseTLS',
  'UDP',
  'Status',
  'Notes',
  'TLSServerName',
  'TLSSkipVerify',
  'GRPC',
  'GRPCUseTLS',
  'H2PING',
  'H2PingUseTLS',
  'AliasNode',
  'AliasService',
  'OSService',
  'OutputMaxSize',
  'SuccessBeforePassing',
  'FailuresBeforeWarning',
  'FailuresBeforeCritical',
  'DeregisterCriticalServiceAfter',
  'ServiceID',
  'Namespace',
  'Partition',
  'Token',
];

/** What a check does, by the field that says so. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['TTL', 'ttl'],
  ['HTTP', 'http'],
  ['TCP', 'tcp'],
  ['UDP', 'udp'],
  ['GRPC', 'grpc'],
  ['H2PING', 'h2ping'],
  ['ScriptArgs', 'script'],
  ['Args', 'script'],
  ['DockerContainerID', 'docker'],
  ['OSService', 'os_service'],
  ['AliasService', 'alias'],
  ['AliasNode', 'alias'],
]);

/** A check as it was registered. Only those that are told how they are change by themselves: nothing is probed. */
export function checkOf(body: JsonObject, id: string, name: string, of: Instance | undefined): LocalCheck {
  const kind = [...kinds].find(([field]) => body[field] !== undefined && body[field] !== '');
  const isProbe = kind !== undefined && !['ttl', 'alias'].includes(kind[1]);
  if (kind === undefined)
    throw badRequest('Invalid check: must be one of Script, HTTP, TCP, gRPC, TTL, Docker or Alias');
  if (isProbe && body['Interval'] === undefined)
    throw badRequest(
      `Invalid check: Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks`,
    );
  const ttl = kind[1] === 'ttl' ? msAt(body, 'TTL') : undefined;
  if (ttl !== undefined && ttl <= 0) throw badRequest('Invalid check: TTL must be > 0 for TTL checks');
  const status = textAt(body, 'Status') || 'critical';
  if (!isHealth(status)) throw badRequest(`Invalid check status: '${status}'`);
  msAt(body, 'Interval');
  msAt(body, 'Timeout');
  return {
    CheckID: id,
    Name: name,
    Status: status,
    Notes: textAt(body, 'Notes'),
    Output: '',
    ServiceID: of?.ID ?? '',
    ServiceName: of?.Service ?? '',
    ServiceTags: of?.Tags ?? [],
    Type: kind[1],
    ...(ttl === undefined ? {} : { ttlMs: ttl }),
    Interval: typeof body['Interval'] === 'string' ? body['Interval'] : '',
    Timeout: typeof body['Timeout'] === 'string' ? body['Timeout'] : '',
  };
}

function msAt(body: JsonObject, name: string): number {
  const given = body[name];
  if (given === undefined || given === null || given === '') return 0;
  const ms = typeof given === 'string' || typeof given === 'number' ? bodyDurationMs(given) : undefined;
  if (ms === undefined) throw undecoded(`time: invalid duration ${JSON.stringify(given)}`);
  return ms;
}

export function isHealth(status: string): status is 'passing' | 'warning' | 'critical' {
  return status === 'passing' || status === 'warning' || status === 'critical';
}
