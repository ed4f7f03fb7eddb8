import type { JsonObject } from '../../core/schemas.ts';
import { alreadyExists, Failure } from '../failures.ts';
import { tagOf } from '../tags.ts';
import { applicationIn, machineIn, unitIn, unitsOn } from './find.ts';
import { type Application, type Base, type Machine, type Model, nextId, type Unit } from './model.ts';
import { remember, setAgentStatus, setWorkload, status } from './statuses.ts';

/** How long things take in a model, by the clock of the stand-in, in milliseconds. */
const takes = { start: 1000, install: 2000, remove: 1000 } as const;

const defaultBase: Base = { name: 'ubuntu', channel: '24.04/stable' };

export interface Deployment {
  readonly name: string;
  readonly charmUrl: string;
  readonly units: number;
  readonly origin?: JsonObject;
  readonly base?: Base;
  readonly channel?: string;
  readonly constraints?: JsonObject;
  readonly config?: ReadonlyMap<string, string>;
  readonly bindings?: ReadonlyMap<string, string>;
  /** Machines that there are, for the first units. */
  readonly machines?: readonly string[];
}

export function deploy(model: Model, deployment: Deployment): Application {
  const {
    name,
    charmUrl,
    base = defaultBase,
    channel = 'stable',
    constraints = {},
    origin = {},
  } = deployment;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*$/.test(name))
    throw new Failure(`invalid application name ${JSON.stringify(name)}`, 'not valid');
  if (model.applications.has(name)) throw alreadyExists(`application ${JSON.stringify(name)}`);
  const application: Application = {
    name,
    charmUrl,
    origin,
    base,
    channel,
    constraints,
    config: new Map(deployment.config),
    bindings: new Map([['', 'alpha'], ...(deployment.bindings ?? [])]),
    resources: new Map(),
    exposed: new Map(),
    units: new Map(),
    nextUnit: 0,
    status: undefined,
    life: 'alive',
  };
  model.applications.set(name, application);
  model.changes.tell({ kind: 'charm', id: charmUrl });
  model.changes.tell({ kind: 'application', id: name });
  addUnits(model, name, deployment.units, deployment.machines);
  return application;
}

/** The units that were added, each on a machine of its own where none is given. */
export function addUnits(
  model: Model,
  applicationName: string,
  count: number,
  machines: readonly string[] = [],
): readonly Unit[] {
  const application = applicationIn(model, applicationName);
  return Array.from({ length: count }, (_, index) => {
    const given = machines[index];
    const machine =
      given === undefined ? addMachine(model, { base: application.base }) : machineIn(model, given);
    const unit: Unit = {
      name: `${application.name}/${application.nextUnit}`,
      application: application.name,
      machine: machine.id,
      workload: status(model, 'waiting', 'waiting for machine'),
      agent: status(model, 'allocating'),
      life: 'alive',
      ports: new Set(),
    };
    application.nextUnit += 1;
    application.units.set(unit.name, unit);
    remember(model, tagOf('unit', unit.name), 'workload', unit.workload);
    model.changes.tell({ kind: 'unit', id: unit.name });
    model.changes.tell({ kind: 'application', id: application.name });
    later(model, takes.install, () => {
      if (unit.life !== 'alive') return;
      setAgentStatus(model, unit, 'idle');
      setWorkload(model, unit, 'active', 'ready');
    });
    return unit;
  });
}

export function addMachine(
  model: Model,
  setup: {
    readonly base?: Base;
    readonly constraints?: JsonObject;
    readonly parent?: string;
    readonly container?: string;
  } = {},
): Machine {
  const { base = defaultBase, constraints = {}, parent = '', container = '' } = setup;
  if (parent !== '') machineIn(model, parent);
  const within =
    container === '' ? '' : `${parent === '' ? addMachine(model, { base }).id : parent}/${container}/`;
  const id = `${within}${nextId(model, `machine ${within}`)}`;
  const machine: Machine = {
    id,
    base,
    instanceId: `juju-${model.uuid.slice(-6)}-${id.replaceAll('/', '-')}`,
    address: `192.0.2.${(model.machines.size % 250) + 1}`,
    constraints,
    status: status(model, 'pending'),
    agent: status(model, 'pending'),
    life: 'alive',
  };
  model.machines.set(id, machine);
  remember(model, tagOf('machine', id), 'juju-machine', machine.agent);
  model.changes.tell({ kind: 'machine', id });
  later(model, takes.start, () => {
    if (machine.life !== 'alive') return;
    machine.status = status(model, 'running', 'Running');
    machine.agent = status(model, 'started');
    remember(model, tagOf('machine', id), 'juju-machine', machine.agent);
    model.changes.tell({ kind: 'machine', id });
  });
  return machine;
}

export function removeUnit(model: Model, name: string): void {
  const unit = unitIn(model, name);
  const application = applicationIn(model, unit.application);
  unit.life = 'dying';
  model.changes.tell({ kind: 'unit', id: name });
  later(model, takes.remove, () => {
    unit.life = 'dead';
    if (!application.units.delete(name)) return;
    model.changes.tell({ kind: 'unit', id: name, removed: true });
    model.changes.tell({ kind: 'application', id: application.name });
  });
}

export function removeApplication(model: Model, name: string): void {
  const application = applicationIn(model, name);
  application.life = 'dying';
  for (const unit of application.units.keys()) removeUnit(model, unit);
  model.changes.tell({ kind: 'application', id: name });
  later(model, takes.remove, () => {
    application.life = 'dead';
    if (!model.applications.delete(name)) return;
    model.changes.tell({ kind: 'application', id: name, removed: true });
    for (const relation of model.relations.values()) {
      if (!relation.endpoints.some((endpoint) => endpoint.startsWith(`${name}:`))) continue;
      model.relations.delete(relation.id);
      model.changes.tell({ kind: 'relation', id: relation.endpoints.join(' '), removed: true });
    }
  });
}

export function removeMachine(model: Model, id: string, isForced: boolean): void {
  const machine = machineIn(model, id);
  const units = unitsOn(model, id);
  if (units.length > 0 && !isForced) {
    const names = units.map(({ name }) => name).join(', ');
    throw new Failure(
      `machine ${id} has unit(s) ${JSON.stringify(names)} assigned`,
      'machine has assigned units',
    );
  }
  for (const { name } of units) removeUnit(model, name);
  machine.life = 'dying';
  model.changes.tell({ kind: 'machine', id });
  later(model, takes.remove, () => {
    machine.life = 'dead';
    if (model.machines.delete(id)) model.changes.tell({ kind: 'machine', id, removed: true });
  });
}

/** Once so much time has passed on the stand-in's clock. */
function later(model: Model, milliseconds: number, what: () => void): void {
  const cancel = model.clock.after(milliseconds, () => {
    model.pending.delete(cancel);
    what();
  });
  model.pending.add(cancel);
}
