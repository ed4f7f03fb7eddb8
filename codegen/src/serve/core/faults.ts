import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { JsonValue } from '../../model.ts';
import type { RecordedRequest } from './recorder.ts';
import type { Operation } from './service.ts';

/** What goes wrong, how often, and for whom. */
export interface FaultRule {
  /**
   * Which requests: of a service, of a method (as the reference calls it), or whatever a function says.
   * By default all.
   */
  readonly match?: FaultMatch;
  /** How many requests it happens to. 1 by default; `Infinity` for all that come. */
  readonly times?: number;
  /** Answers with this status, 200 to 599, instead of doing what was asked. */
  readonly status?: number;
  /** With `status`: text as it is, anything else as JSON. By default the service's own way to say that status. */
  readonly body?: JsonValue;
  /** Set on the answer, whoever makes it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Waits so many milliseconds first. Alone, it only slows the request down. */
  readonly delayMs?: number;
  /** Resets the connection instead of doing what was asked. */
  readonly reset?: boolean;
  /** Does what was asked, but ends the connection in the middle of the answer. */
  readonly truncate?: boolean;
  /** Does nothing and never answers. */
  readonly hang?: boolean;
}

export type FaultMatch = NamedMatch | ((request: RecordedRequest) => boolean);

interface NamedMatch {
  readonly service?: string;
  readonly method?: string;
}

/** A rule that was set. */
export interface Fault {
  /** How many requests it happened to so far. */
  readonly hits: number;
  /** Takes the rule back. */
  remove(): void;
}

export interface Faults {
  add(rule: FaultRule): Fault;
  /** The first rule that holds for this request, which is thereby used once. */
  take(request: RecordedRequest): FaultRule | undefined;
  clear(): void;
}

export function createFaults(operations: readonly Operation[]): Faults {
  const rules = new Set<{ readonly rule: FaultRule; hits: number }>();
  return {
    add(rule) {
      check(rule);
      checkMatch(rule.match ?? {}, operations);
      const entry = { rule, hits: 0 };
      rules.add(entry);
      return {
        get hits() {
          return entry.hits;
        },
        remove: () => void rules.delete(entry),
      };
    },
    take(request) {
      for (const entry of rules) {
        if (!matches(entry.rule.match ?? {}, request)) continue;
        entry.hits += 1;
        if (entry.hits >= (entry.rule.times ?? 1)) rules.delete(entry);
        return entry.rule;
      }
      return undefined;
    },
    clear: () => rules.clear(),
  };
}

/** What could not be sent is refused here, and not when it is too late to tell. */
function check(rule: FaultRule): void {
  const { times = 1, status = 200, delayMs = 0, headers = {} } = rule;
  if (!effects.some((effect) => rule[effect] !== undefined))
    throw new RangeError(`a fault says what goes wrong: ${effects.join(', ')}`);
  if (!(times > 0)) throw new RangeError(`a fault must happen at least once, not ${times} times`);
  if (!(Number.isInteger(status) && status >= 200 && status <= 599))
    throw new RangeError(`the status of a fault is a whole number from 200 to 599, not ${status}`);
  if (!(delayMs >= 0 && delayMs <= MAX_DELAY_MS))
    throw new RangeError(`the delayMs of a fault is a number from 0 to ${MAX_DELAY_MS}, not ${delayMs}`);
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
}

const effects = ['status', 'headers', 'delayMs', 'reset', 'truncate', 'hang'] as const;

/** A name that is misspelled would make nothing fail, and a test of what happens then would test nothing. */
function checkMatch(match: FaultMatch, operations: readonly Operation[]): void {
  if (typeof match === 'function') return;
  if (operations.some(({ service, name }) => isNamed(match, service, name))) return;
  const named = [match.service, match.method].filter((name) => name !== undefined).join('.');
  const kind = match.method === undefined ? 'service' : 'method';
  throw new RangeError(`a fault of ${named} would never happen: there is no such ${kind}`);
}

/** What a timer can wait for. */
const MAX_DELAY_MS = 2 ** 31 - 1;

function matches(match: FaultMatch, request: RecordedRequest): boolean {
  return typeof match === 'function' ? match(request) : isNamed(match, request.service, request.method);
}

function isNamed(match: NamedMatch, service: string | undefined, method: string | undefined): boolean {
  return (
    (match.service === undefined || match.service === service) &&
    (match.method === undefined || match.method === method)
  );
}
