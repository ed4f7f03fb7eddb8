import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import type { InModel, JujuControl } from './control.ts';
import type { LogRecord } from './model/model.ts';
import { number, object, text, textMap } from './values.ts';

/** What can be made to happen by those who have only HTTP, by name: each takes its parameters by their names. */
const acts: Readonly<Record<string, (control: JujuControl, told: JsonObject) => JsonValue>> = {
  addUnits: (control, told) => [
    ...control.addUnits(text(told, 'application'), number(told, 'count') || 1, where(told)),
  ],
  removeUnit: (control, told) => done(control.removeUnit(text(told, 'unit'), where(told))),
  setUnitStatus: (control, told) =>
    done(control.setUnitStatus(text(told, 'unit'), text(told, 'status'), text(told, 'message'), where(told))),
  setApplicationStatus: (control, told) =>
    done(
      control.setApplicationStatus(
        text(told, 'application'),
        text(told, 'status'),
        text(told, 'message'),
        where(told),
      ),
    ),
  log: (control, told) =>
    done(
      control.log({
        message: text(told, 'message'),
        entity: text(told, 'entity') || 'controller',
        module: text(told, 'module') || 'juju.test',
        level: levels.find((level) => level === text(told, 'level')) ?? 'INFO',
        labels: Object.fromEntries(textMap(told, 'labels')),
        ...where(told),
      }),
    ),
  logAction: (control, told) =>
    done(control.logAction(text(told, 'task'), text(told, 'message'), where(told))),
  finishAction: (control, told) =>
    done(
      control.finishAction(
        text(told, 'task'),
        {
          status: text(told, 'status') === 'failed' ? 'failed' : 'completed',
          message: text(told, 'message'),
          output: object(told, 'output'),
        },
        where(told),
      ),
    ),
  stopWatchers: (control) => done(control.stopWatchers()),
  disconnect: (control, told) =>
    done(control.disconnect((['close', 'drop', 'reset'] as const).find((how) => how === text(told, 'how')))),
  setHealth: (control, told) => done(control.setHealth(text(told, 'status'))),
  approveDevice: (control, told) => done(control.approveDevice(text(told, 'userCode'), text(told, 'user'))),
  openSession: (control, told) => control.openSession(text(told, 'user')),
  expireSessions: (control) => done(control.expireSessions()),
};

/** What is answered where there is nothing to tell. */
const done = (_: unknown): JsonValue => ({});

const levels: readonly LogRecord['level'][] = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR'];

/** Makes something happen: `{ "do": "setUnitStatus", "unit": "web/0", "status": "error" }`. */
export function act(control: JujuControl, told: JsonValue): JsonValue {
  const parameters = isObject(told) ? told : {};
  const name = text(parameters, 'do');
  const run = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (run === undefined)
    throw new RangeError(
      `nothing is called ${JSON.stringify(name)}: there are ${Object.keys(acts).join(', ')}`,
    );
  return run(control, parameters);
}

function where(told: JsonObject): InModel {
  const model = text(told, 'model');
  return model === '' ? {} : { model };
}
