import type { JsonValue } from '../../model.ts';
import type { Controller, Model, Redirect } from './controller.ts';
import { notFound } from './failures.ts';
import { openSession } from './login/jaas.ts';
import { visitOf } from './login/visits.ts';
import { unitIn } from './model/find.ts';
import { addUnits, removeUnit } from './model/life.ts';
import type { LogRecord } from './model/model.ts';
import { log, setApplicationStatus, setWorkload } from './model/statuses.ts';
import { finishTask, type Outcome } from './model/tasks.ts';

/** A model by its name or its UUID; the first one that isn't the controller's own where none is named. */
export interface InModel {
  readonly model?: string;
}

export interface LogLine extends InModel {
  readonly message: string;
  /** `controller` by default. */
  readonly entity?: string;
  /** `juju.test` by default. */
  readonly module?: string;
  /** `INFO` by default. */
  readonly level?: LogRecord['level'];
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a test makes happen in a controller, as nobody who calls it could. */
export interface JujuControl {
  /** The names of the units that were added. */
  addUnits(application: string, count?: number, where?: InModel): readonly string[];
  removeUnit(unit: string, where?: InModel): void;
  setUnitStatus(unit: string, status: string, message?: string, where?: InModel): void;
  setApplicationStatus(application: string, status: string, message?: string, where?: InModel): void;
  log(line: LogLine): void;
  /** Says something to those who watch the progress of an action. */
  logAction(task: string, message: string, where?: InModel): void;
  finishAction(task: string, outcome?: Outcome, where?: InModel): void;
  /** Makes something happen on watchers: on all of a facade, or on the one with this id. */
  emit(watcher: { readonly facade?: string; readonly id?: string }, event?: JsonValue): number;
  /** Stops all watchers; whoever waits is told so. */
  stopWatchers(): void;
  /**
   * Ends all WebSockets, those of streams included: with a word (`close`), for which all watchers are stopped first,
   * without one (`drop`), or as a network does it (`reset`).
   */
  disconnect(how?: 'close' | 'drop' | 'reset'): void;
  /** From now on logins are sent elsewhere, or no more. */
  redirect(to: Redirect | undefined): void;
  /** What `/health` says; anything but `running` is that it isn't well. */
  setHealth(status: string): void;
  /** Of JAAS: somebody has typed the code of a device. */
  approveDevice(userCode: string, user: string): void;
  /** Of JAAS: a session for a user, as its token. */
  openSession(user: string): string;
  /** Of JAAS: no session is good any more. */
  expireSessions(): void;
  /** So many connections speak RPC now. */
  readonly connections: number;
  /** So many watchers there are on all of them. */
  readonly watchers: number;
}

export function createControl(current: () => Controller): JujuControl {
  const at = (where: InModel = {}) => modelOf(current(), where);
  const connections = () => [...current().connections];
  return {
    addUnits: (application, count = 1, where) =>
      addUnits(at(where), application, count).map(({ name }) => name),
    removeUnit: (unit, where) => removeUnit(at(where), unit),
    setUnitStatus(unit, status, message = '', where) {
      const model = at(where);
      setWorkload(model, unitIn(model, unit), status, message);
    },
    setApplicationStatus: (application, status, message = '', where) =>
      setApplicationStatus(at(where), application, status, message),
    log(line) {
      const { message, entity = 'controller', module = 'juju.test', level = 'INFO', labels = {} } = line;
      log(at(line), { message, entity, module, level, labels, location: 'test.go:1' });
    },
    logAction(task, message, where) {
      const model = at(where);
      const found = model.tasks.get(task);
      if (found === undefined) throw notFound(`action ${JSON.stringify(task)}`);
      found.log.push({ message, timestamp: model.clock.now() });
      model.changes.tell({ kind: 'action', id: task });
    },
    finishAction: (task, outcome = {}, where) => finishTask(at(where), task, outcome),
    emit({ facade, id }, event = {}) {
      const found = connections()
        .flatMap(({ watchers }) => [...watchers.all.values()])
        .filter((one) => (facade ?? one.facade) === one.facade && (id ?? one.id) === one.id);
      for (const watcher of found) watcher.emit(event);
      return found.length;
    },
    stopWatchers() {
      for (const { watchers } of connections()) watchers.clear();
    },
    disconnect(how = 'drop') {
      for (const socket of [...connections(), ...current().streams]) {
        if (how === 'close') socket.close(1001);
        else socket[how]();
      }
    },
    redirect(to) {
      current().redirect = to;
    },
    setHealth(status) {
      current().health = status;
    },
    approveDevice(userCode, user) {
      const visit = visitOf(current(), userCode);
      if (visit === undefined) throw notFound(`device ${JSON.stringify(userCode)}`);
      visit.finish(user);
    },
    openSession: (user) => openSession(current(), user),
    expireSessions: () => current().sessionTokens.clear(),
    get connections() {
      return current().connections.size;
    },
    get watchers() {
      return connections().reduce((sum, { watchers }) => sum + watchers.all.size, 0);
    },
  };
}

function modelOf({ models }: Controller, { model: wanted }: InModel): Model {
  const found = [...models.values()].find(({ uuid, name, isController }) =>
    wanted === undefined ? !isController : wanted === uuid || wanted === name,
  );
  if (found === undefined) throw notFound(`model ${JSON.stringify(wanted ?? '')}`);
  return found;
}
