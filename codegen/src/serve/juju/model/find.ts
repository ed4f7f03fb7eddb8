import { notFound } from '../failures.ts';
import type { Application, Machine, Model, Unit } from './model.ts';

export function applicationIn(model: Model, name: string): Application {
  const found = model.applications.get(name);
  if (found === undefined) throw notFound(`application ${JSON.stringify(name)}`);
  return found;
}

export function unitIn(model: Model, name: string): Unit {
  const found = model.applications.get(name.replace(/\/\d+$/, ''))?.units.get(name);
  if (found === undefined) throw notFound(`unit ${JSON.stringify(name)}`);
  return found;
}

export function machineIn(model: Model, id: string): Machine {
  const found = model.machines.get(id);
  if (found === undefined) throw notFound(`machine ${id}`);
  return found;
}

export function unitsOn(model: Model, machine: string): readonly Unit[] {
  return allUnits(model).filter((unit) => unit.machine === machine);
}

export function allUnits(model: Model): readonly Unit[] {
  return [...model.applications.values()].flatMap(({ units }) => [...units.values()]);
}

/** The first one there is. */
export function isLeader(model: Model, unit: Unit): boolean {
  return model.applications.get(unit.application)?.units.keys().next().value === unit.name;
}
