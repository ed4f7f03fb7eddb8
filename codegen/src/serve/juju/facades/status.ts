import { isObject, type JsonObject } from '../../core/schemas.ts';
import type { Methods, Model } from '../controller.ts';
import { notFound } from '../failures.ts';
import { isLeader, unitsOn } from '../model/find.ts';
import type { Application, Machine, Relation, Status, Unit } from '../model/model.ts';
import { statusOfApplication } from '../model/statuses.ts';
import { each } from '../rpc/bulk.ts';
import { tagOf } from '../tags.ts';
import { number, object, objects, text, texts, time } from '../values.ts';

export const statusMethods: Methods = {
  'Client.FullStatus'({ model, params, controller }) {
    const patterns = texts(params, 'patterns');
    const applications = [...model.applications.values()].filter((one) => isWanted(one, patterns));
    const containers = containersOf(model);
    const machines = new Set(
      applications.flatMap(({ units }) => [...units.values()].map(({ machine }) => machine)),
    );
    return {
      model: {
        name: model.name,
        type: 'iaas',
        'cloud-tag': tagOf('cloud', model.cloud),
        region: model.region,
        version: controller.settings.version,
        'available-version': '',
        'model-status': detailed(model.status),
      },
      machines: Object.fromEntries(
        [...model.machines.values()]
          .filter(({ id }) => !id.includes('/') && (patterns.length === 0 || machines.has(id)))
          .map((machine) => [machine.id, machineStatus(containers, machine)]),
      ),
      applications: Object.fromEntries(applications.map((one) => [one.name, applicationStatus(model, one)])),
      'remote-applications': {},
      offers: {},
      relations: [...model.relations.values()].map((relation) => relationStatus(relation)),
      branches: {},
      'controller-timestamp': time(model.clock.now()),
    };
  },

  async 'Client.StatusHistory'({ model, params }) {
    const results = await each(objects(params, 'requests'), (request) => {
      const history = model.history.get(text(request, 'tag'));
      if (history === undefined) throw notFound(text(request, 'tag'));
      const kind = text(request, 'historyKind');
      const size = number(object(request, 'filter'), 'size') || number(request, 'size') || history.length;
      const statuses = history
        .filter((one) => kind === '' || kind === one.kind || kind === 'unit')
        .slice(-size)
        .map((one) => ({ ...detailed(one.status), kind: one.kind }));
      return { history: { statuses } };
    });
    return { results };
  },
};

/** As Juju tells a status of what has a life, or hasn't. */
function detailed({ status, message, since, data }: Status, life = ''): JsonObject {
  return { status, info: message, since: time(since), data, kind: '', version: '', life };
}

/** By its name, by that of a unit, or by a machine on which it is; `*` stands for any text. */
function isWanted({ name, units, exposed }: Application, patterns: readonly string[]): boolean {
  if (patterns.length === 0) return true;
  const known = [...units.values()].flatMap((unit) => [unit.name, unit.machine, unit.workload.status]);
  if (exposed.size > 0) known.push('exposed');
  return patterns.some((pattern) => {
    const expression = new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`);
    return [name, ...known].some((one) => expression.test(one));
  });
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** By the machine that they are in. */
function containersOf({ machines }: Model): ReadonlyMap<string, readonly Machine[]> {
  const byParent = new Map<string, Machine[]>();
  for (const machine of machines.values()) {
    const parent = /^(.+)\/[^/]+\/\d+$/.exec(machine.id)?.[1];
    if (parent !== undefined) byParent.set(parent, [...(byParent.get(parent) ?? []), machine]);
  }
  return byParent;
}

function machineStatus(containers: ReadonlyMap<string, readonly Machine[]>, machine: Machine): JsonObject {
  const { id, agent, status, base, address, instanceId, life, constraints } = machine;
  return {
    id,
    'agent-status': detailed(agent, life === 'alive' ? '' : life),
    'instance-status': detailed(status),
    'modification-status': detailed({ ...status, status: 'idle', message: '' }),
    base: { ...base },
    'instance-id': agent.status === 'pending' ? 'pending' : instanceId,
    'display-name': '',
    'dns-name': address,
    hostname: instanceId,
    'ip-addresses': [address],
    hardware: 'arch=amd64 cores=2 mem=4096M',
    constraints: constraintsText(constraints),
    containers: Object.fromEntries(
      (containers.get(id) ?? []).map((one) => [one.id, machineStatus(containers, one)]),
    ),
    jobs: ['JobHostUnits'],
    'has-vote': false,
    'wants-vote': false,
  };
}

function applicationStatus(model: Model, application: Application): JsonObject {
  const { name, charmUrl, channel, base, exposed, units, bindings, life } = application;
  return {
    charm: charmUrl,
    'charm-channel': channel,
    'charm-rev': Number(/-(\d+)$/.exec(charmUrl)?.[1] ?? 0),
    'charm-profile': '',
    'charm-version': '',
    base: { ...base },
    'can-upgrade-to': '',
    exposed: exposed.size > 0,
    ...(exposed.size > 0 && { 'exposed-endpoints': Object.fromEntries(exposed) }),
    life,
    'endpoint-bindings': Object.fromEntries(bindings),
    relations: relationsOf(model, name),
    status: detailed(statusOfApplication(model, application)),
    'subordinate-to': [],
    units: Object.fromEntries([...units.values()].map((unit) => [unit.name, unitStatus(model, unit)])),
    'public-address': '',
    'workload-version': '',
  };
}

function unitStatus(model: Model, unit: Unit): JsonObject {
  const address = model.machines.get(unit.machine)?.address ?? '';
  return {
    'agent-status': detailed(unit.agent, unit.life === 'alive' ? '' : unit.life),
    'workload-status': detailed(unit.workload),
    'workload-version': '',
    machine: unit.machine,
    'opened-ports': [...unit.ports],
    'public-address': address,
    address,
    charm: '',
    subordinates: {},
    ...(isLeader(model, unit) && { leader: true }),
  };
}

function relationStatus({ id, endpoints, since, suspended }: Relation): JsonObject {
  const status = suspended ? 'suspended' : 'joined';
  return {
    id,
    key: endpoints.join(' '),
    interface: endpoints[0]?.replace(/^.*:/, '') ?? '',
    scope: 'global',
    endpoints: endpoints.map((endpoint, index) => ({
      application: endpoint.replace(/:.*$/, ''),
      name: endpoint.replace(/^.*:/, ''),
      role: endpoints.length === 1 ? 'peer' : index === 0 ? 'requirer' : 'provider',
      subordinate: false,
    })),
    status: detailed({ status, message: '', since, data: {} }),
  };
}

function relationsOf(model: Model, application: string): JsonObject {
  const related = new Map<string, string[]>();
  for (const { endpoints } of model.relations.values()) {
    const own = endpoints.find((endpoint) => endpoint.startsWith(`${application}:`));
    if (own === undefined) continue;
    const name = own.replace(/^.*:/, '');
    const other = endpoints.find((endpoint) => endpoint !== own) ?? own;
    related.set(name, [...(related.get(name) ?? []), other.replace(/:.*$/, '')]);
  }
  return Object.fromEntries(related);
}

/** As people write them: `arch=amd64 mem=4096M`. */
function constraintsText(constraints: JsonObject): string {
  return Object.entries(constraints)
    .filter(([, value]) => value !== null && !isObject(value))
    .map(([name, value]) => `${name}=${String(value)}${name === 'mem' || name === 'root-disk' ? 'M' : ''}`)
    .join(' ');
}

/** The units on a machine, by tag. */
export function unitTags(model: Model, machine: string): readonly JsonObject[] {
  return unitsOn(model, machine).map(({ name }) => ({ tag: tagOf('unit', name) }));
}
