import type { StreamQuery } from './stream.ts';

/** How grave a line of the log is, from the least. */
export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/**
 * Which lines of the log are given. Filters that are lists let through what any element says, and all filters must let a line
 * through. A `*` at the end of an entity or a module stands for anything.
 */
export interface LogFilters {
  /** Tags of what logs: `unit-mysql-0`, `machine-0`, `unit-mysql-*`. Default: everything. */
  readonly includeEntity?: readonly string[] | undefined;
  readonly excludeEntity?: readonly string[] | undefined;
  /** Modules and what is below them: `juju.worker`, `unit.mysql/0.juju-log`. Default: all. */
  readonly includeModule?: readonly string[] | undefined;
  readonly excludeModule?: readonly string[] | undefined;
  /** Labels as key and value: `{ 'charm-name': 'mysql' }`. */
  readonly includeLabels?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly excludeLabels?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Tags of loggers, which older controllers have in place of labels: `http`, `metrics`. */
  readonly includeLabel?: readonly string[] | undefined;
  readonly excludeLabel?: readonly string[] | undefined;
  /** The least grave level. Default: all. */
  readonly level?: LogLevel | undefined;
  /** End after that many lines. Default: no limit. */
  readonly maxLines?: number | undefined;
  /** How many lines of the past come first. Default 0, unless `replay` says all. */
  readonly backlog?: number | undefined;
  /** All of the past that the controller has comes first. Default false. */
  readonly replay?: boolean | undefined;
  /** End with what is there now, in place of waiting for more. Default false. */
  readonly noTail?: boolean | undefined;
  /** The lines of all models, which only an administrator of the controller may see. Default false. */
  readonly firehose?: boolean | undefined;
  /** Nothing from before: a date, or the `timestamp` of a record, which is exact to the nanosecond. */
  readonly startTime?: Date | string | undefined;
}

const levels: readonly string[] = [
  'TRACE',
  'DEBUG',
  'INFO',
  'WARNING',
  'ERROR',
] satisfies readonly LogLevel[];

/** @throws TypeError when a filter isn't what it should be */
export function logQuery(filters: LogFilters): StreamQuery {
  const { level, startTime } = filters;
  if (level !== undefined && !levels.includes(level)) {
    throw new TypeError(`level must be one of ${levels.join(', ')}, not ${JSON.stringify(level)}`);
  }
  return {
    version: 2,
    includeEntity: filters.includeEntity,
    excludeEntity: filters.excludeEntity,
    includeModule: filters.includeModule,
    excludeModule: filters.excludeModule,
    includeLabels: labelPairs(filters.includeLabels),
    excludeLabels: labelPairs(filters.excludeLabels),
    includeLabel: filters.includeLabel,
    excludeLabel: filters.excludeLabel,
    level,
    maxLines: count('maxLines', filters.maxLines),
    backlog: count('backlog', filters.backlog),
    replay: filters.replay,
    noTail: filters.noTail,
    firehose: filters.firehose,
    startTime: startTime === undefined ? undefined : timeText(startTime),
  };
}

function labelPairs(labels: LogFilters['includeLabels']): readonly string[] | undefined {
  if (labels === undefined) return undefined;
  return Object.entries(labels).flatMap(([key, value]) =>
    (typeof value === 'string' ? [value] : value).map((each) => `${key}=${each}`),
  );
}

function count(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new TypeError(`${name} must be a whole number of lines, not ${value}`);
}

/** RFC 3339. */
function timeText(time: Date | string): string {
  if (typeof time === 'string' ? !Number.isNaN(Date.parse(time)) : !Number.isNaN(time.getTime())) {
    return typeof time === 'string' ? time : time.toISOString();
  }
  throw new TypeError('startTime must be a valid Date, or a text as in RFC 3339');
}
