import type { JsonObject } from '../../core/schemas.ts';
import { tagOf } from '../tags.ts';
import { applicationIn } from './find.ts';
import type { Application, LogRecord, Model, Status, Unit } from './model.ts';

export function setWorkload(model: Model, unit: Unit, to: string, message = '', data: JsonObject = {}): void {
  unit.workload = status(model, to, message, data);
  remember(model, tagOf('unit', unit.name), 'workload', unit.workload);
  model.changes.tell({ kind: 'unit', id: unit.name });
  model.changes.tell({ kind: 'application', id: unit.application });
}

export function setAgentStatus(model: Model, unit: Unit, to: string, message = ''): void {
  unit.agent = status(model, to, message);
  remember(model, tagOf('unit', unit.name), 'juju-unit', unit.agent);
  model.changes.tell({ kind: 'unit', id: unit.name });
}

export function setApplicationStatus(model: Model, name: string, to: string, message = ''): void {
  const application = applicationIn(model, name);
  application.status = status(model, to, message);
  remember(model, tagOf('application', name), 'application', application.status);
  model.changes.tell({ kind: 'application', id: name });
}

export function log(model: Model, record: Omit<LogRecord, 'timestamp'>): void {
  const logged = { ...record, timestamp: model.clock.now() };
  // A long-running stand-in must not grow.
  if (model.log.length >= 10_000) model.log.splice(0, 1000);
  model.log.push(logged);
  model.logged.tell(logged);
}

/** What was set, or the most serious status of a unit. */
export function statusOfApplication(model: Model, { status: set, units }: Application): Status {
  if (set !== undefined) return set;
  const statuses = [...units.values()].map(({ workload }) => workload);
  for (const candidate of ['error', 'blocked', 'maintenance', 'waiting', 'active']) {
    const found = statuses.find((one) => one.status === candidate);
    if (found !== undefined) return found;
  }
  return statuses[0] ?? { status: 'unknown', message: '', since: model.created, data: {} };
}

export function status(model: Model, to: string, message = '', data: JsonObject = {}): Status {
  return { status: to, message, since: model.clock.now(), data };
}

export function remember(model: Model, tag: string, kind: string, was: Status): void {
  const history = model.history.get(tag) ?? [];
  model.history.set(tag, history);
  history.push({ kind, status: was });
}
