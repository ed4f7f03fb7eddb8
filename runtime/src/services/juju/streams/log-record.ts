import { isObject } from '../../../json/is-object.ts';

/** A line of the log of a model. */
export interface LogRecord {
  /** The UUID of the model, where the log is of all models (`firehose`). */
  readonly model: string | undefined;
  /** Who logs: the tag of a unit, a machine, the controller. */
  readonly entity: string;
  /** Exact to the millisecond. */
  readonly time: Date;
  /** The same as the controller says it, exact to the nanosecond; as `startTime` it continues a log. */
  readonly timestamp: string;
  /** `DEBUG`, `INFO`, …: the severity, which others may extend. */
  readonly level: string;
  /** `juju.worker.uniter`, `unit.mysql/0.juju-log`. */
  readonly module: string;
  /** Where in the program: `uniter.go:123`; may be empty. */
  readonly location: string;
  /** May have several lines. */
  readonly message: string;
  /** Labels of the line, by key. */
  readonly labels: Readonly<Record<string, string>>;
  /** Tags of the logger, which older controllers send in place of labels. */
  readonly loggerTags: readonly string[];
}

/** A message of the debug log; `undefined` when it is none. */
export function logRecordOf(message: unknown): LogRecord | undefined {
  if (!isObject(message)) return undefined;
  const text = (name: string) => (typeof message[name] === 'string' ? message[name] : undefined);
  const timestamp = text('ts');
  const line = text('msg');
  if (timestamp === undefined || line === undefined) return undefined;
  const time = new Date(timestamp);
  if (Number.isNaN(time.getTime())) return undefined;
  const { lab } = message;
  return {
    model: text('uuid') || undefined,
    entity: text('tag') ?? '',
    time,
    timestamp,
    level: text('sev') ?? '',
    module: text('mod') ?? '',
    location: text('loc') ?? '',
    message: line,
    labels: isObject(lab) ? Object.fromEntries(Object.entries(lab).filter(isLabel)) : {},
    loggerTags: Array.isArray(lab) ? lab.filter((each) => typeof each === 'string') : [],
  };
}

function isLabel(pair: [key: string, value: unknown]): pair is [key: string, value: string] {
  return typeof pair[1] === 'string';
}
