import type { JsonObject } from '../../core/schemas.ts';
import { Failure } from '../failures.ts';
import type { LogRecord } from '../model/model.ts';
import { time } from '../values.ts';
import type { Stream } from './stream.ts';

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR'] as const;

/** The lines of a model's log, as far as the query wants them: those that there are, and those that come. */
export function tellLog({ head, socket, model, send }: Stream): void {
  const { query } = head;
  const isWanted = wanted(query);
  const max = count(query, 'maxLines');
  const backlog = count(query, 'backlog');
  const version = count(query, 'version') ?? 1;
  let told = 0;
  const tell = (record: LogRecord) => {
    if (!isWanted(record) || (max !== undefined && told >= max)) return;
    told += 1;
    send(recordJson(model.uuid, record, version));
    if (told === max) socket.close(1000);
  };
  send({});
  const before = model.log.filter(isWanted);
  const replayed = query.get('replay') === 'true' ? before : before.slice(-(backlog ?? 10));
  for (const record of backlog === 0 && query.get('replay') !== 'true' ? [] : replayed) tell(record);
  if (query.get('noTail') === 'true') {
    socket.close(1000);
    return;
  }
  const stop = model.logged.listen(tell);
  socket.once('close', stop);
}

function recordJson(uuid: string, record: LogRecord, version: number): JsonObject {
  const { entity, module, level, message, location, timestamp, labels } = record;
  const hasLabels = Object.keys(labels).length > 0;
  return {
    uuid,
    tag: entity,
    ts: time(timestamp),
    sev: level,
    mod: module,
    loc: location,
    msg: message,
    ...(hasLabels && { lab: version >= 2 ? { ...labels } : Object.keys(labels) }),
  };
}

/** Whether a record is to be told. Throws where the query makes no sense. */
function wanted(query: URLSearchParams): (record: LogRecord) => boolean {
  const level = query.get('level')?.toUpperCase() ?? 'TRACE';
  const least = levels.map(String).indexOf(level);
  if (least < 0)
    throw new Failure(
      `level value ${JSON.stringify(level)} is not one of ${levels.map((one) => JSON.stringify(one)).join(', ')}`,
      'bad request',
    );
  const start = query.get('startTime');
  const since = start === null ? 0 : Date.parse(start);
  if (Number.isNaN(since))
    throw new Failure(
      `start time ${JSON.stringify(start)} is not a valid time in RFC3339 format`,
      'bad request',
    );
  const entities = [query.getAll('includeEntity'), query.getAll('excludeEntity')] as const;
  const modules = [query.getAll('includeModule'), query.getAll('excludeModule')] as const;
  const labels = [
    [...query.getAll('includeLabels'), ...query.getAll('includeLabel')],
    [...query.getAll('excludeLabels'), ...query.getAll('excludeLabel')],
  ] as const;
  return (record) =>
    levels.indexOf(record.level) >= least &&
    record.timestamp >= since &&
    chosen(entities, (pattern) => isEntity(pattern, record.entity)) &&
    chosen(modules, (pattern) => isModule(pattern, record.module)) &&
    chosen(labels, (label) => isLabelled(label, record.labels));
}

/** Of those that are to be told, where there are some, and none of those that aren't. */
function chosen(
  [included, excluded]: readonly [readonly string[], readonly string[]],
  fits: (pattern: string) => boolean,
): boolean {
  return (included.length === 0 || included.some(fits)) && !excluded.some(fits);
}

/** As a tag, as a name, or as the beginning of one with a `*`. */
function isEntity(pattern: string, tag: string): boolean {
  const name = tag.replace(/^[a-z]+-/, '').replace(/-(?=\d+$)/, '/');
  if (!pattern.endsWith('*')) return pattern === tag || pattern === name;
  const start = pattern.slice(0, -1);
  return tag.startsWith(start) || name.startsWith(start);
}

/** A module, with all that is below it. */
function isModule(pattern: string, module: string): boolean {
  const start = pattern.replace(/\*$/, '');
  return module === start || module.startsWith(pattern.endsWith('*') ? start : `${start}.`);
}

/** `key=value`, or a key alone. */
function isLabelled(label: string, labels: LogRecord['labels']): boolean {
  const [, key = label, value] = /^([^=]*)=(.*)$/s.exec(label) ?? [];
  return Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
}

function count(query: URLSearchParams, name: string): number | undefined {
  const given = query.get(name);
  if (given === null || given === '') return undefined;
  const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isNaN(value))
    throw new Failure(`${name} value ${JSON.stringify(given)} is not a valid unsigned number`, 'bad request');
  return value;
}
