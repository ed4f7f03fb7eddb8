import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { FaultMatch, FaultRule, NamedMatch } from './fault-rule.ts';
import type { RecordedRequest } from './recorded.ts';
import type { Operation } from './service.ts';

type Named = Pick<Operation, 'service' | 'name'>;

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

export function createFaults(operations: readonly Named[]): Faults {
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
  const { times = 1, status = 200, delayMs = 0, headers = {}, close = 1000 } = rule;
  if (!effects.some((effect) => rule[effect] !== undefined))
    throw new RangeError(`a fault says what goes wrong: ${effects.join(', ')}`);
  if (!(times > 0)) throw new RangeError(`a fault must happen at least once, not ${times} times`);
  if (!(Number.isInteger(status) && status >= 200 && status <= 599))
    throw new RangeError(`the status of a fault is a whole number from 200 to 599, not ${status}`);
  if (!(delayMs >= 0 && delayMs <= MAX_DELAY_MS))
    throw new RangeError(`the delayMs of a fault is a number from 0 to ${MAX_DELAY_MS}, not ${delayMs}`);
  if (
    !(
      close === 1000 ||
      (close >= 1001 && close <= 1014 && ![1004, 1005, 1006].includes(close)) ||
      (close >= 3000 && close <= 4999)
    )
  )
    throw new RangeError(`a WebSocket is closed with a code from 1000 to 1014 or 3000 to 4999, not ${close}`);
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
}

const effects = ['status', 'headers', 'delayMs', 'reset', 'truncate', 'hang', 'error', 'close'] as const;

/** A name that is misspelled would make nothing fail, and a test of what happens then would test nothing. */
function checkMatch(match: FaultMatch, operations: readonly Named[]): void {
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
