import type { JsonValue } from '../../model.ts';
import type { FaultRule } from './fault-rule.ts';
import type { Fault } from './faults.ts';
import { jsonIn } from './http.ts';
import type { RecordedRequest } from './recorded.ts';
import { json, type ReceivedRequest, type Reply } from './service.ts';
import type { WireObject } from './wire.ts';

/**
 * Where a stand-in is told what to do over HTTP, by those who started it from the command line:
 *
 * - `GET  /__fairlead__/` what is served, with which credentials, and what else a client wants to know
 * - `GET  /__fairlead__/requests` the requests so far
 * - `POST /__fairlead__/fail` a fault, as JSON: `{"match": {"service": "queue", "method": "task"}, "status": 503, "times": 2}`
 * - `POST /__fairlead__/advance` moves the clock, as JSON: `{"milliseconds": 15000}`; only where there is one
 * - `POST /__fairlead__/act` makes something happen that no request could, as JSON; only where there is such a thing
 * - `POST /__fairlead__/reset` forget what was put, the requests and the faults
 *
 * Requests to these routes are not recorded and never fail.
 */
export const controlPrefix = '/__fairlead__';

interface Controlled {
  readonly about: WireObject;
  readonly requests: readonly RecordedRequest[];
  fail(rule: FaultRule): Fault;
  advance(milliseconds: number): void;
  act(told: JsonValue): JsonValue;
  reset(): void;
}

export function control(server: Controlled, request: ReceivedRequest): Reply {
  const asked = `${request.verb} ${request.path.slice(controlPrefix.length).replace(/\/$/, '')}`;
  switch (asked) {
    case 'GET ':
      return json({ ...server.about, rootUrl: request.rootUrl });
    case 'GET /requests':
      return json(server.requests.map(shown));
    case 'POST /reset':
      server.reset();
      return json({});
    case 'POST /fail':
      return told(request, (rule) => {
        server.fail(ruleOf(rule));
        return {};
      });
    case 'POST /act':
      return told(request, (body) => server.act(body));
    case 'POST /advance':
      return told(request, (body) => {
        server.advance(millisecondsIn(body));
        return {};
      });
    default:
      return json({ error: `there is no ${request.verb} ${request.path}` }, 404);
  }
}

function told(request: ReceivedRequest, act: (body: JsonValue) => JsonValue): Reply {
  try {
    return json(act(jsonIn(request)));
  } catch (error) {
    return json({ error: error instanceof Error ? error.message : String(error) }, 400);
  }
}

function millisecondsIn(body: unknown): number {
  const given =
    typeof body === 'object' && body !== null && 'milliseconds' in body ? body.milliseconds : null;
  if (typeof given !== 'number') throw new TypeError('a clock is moved by a number of milliseconds');
  return given;
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['match', 'object'],
  ['times', 'number'],
  ['status', 'number'],
  ['headers', 'object'],
  ['delayMs', 'number'],
  ['reset', 'boolean'],
  ['truncate', 'boolean'],
  ['hang', 'boolean'],
  ['error', 'object'],
  ['close', 'number'],
]);

function ruleOf(value: unknown): FaultRule {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('a fault is a JSON object');
  for (const [key, given] of Object.entries(value)) {
    if (key === 'body') continue;
    const kind = kinds.get(key);
    if (kind === undefined) throw new TypeError(`a fault has no ${JSON.stringify(key)}`);
    if (typeof given !== kind || given === null)
      throw new TypeError(`the ${key} of a fault is of type ${kind}`);
  }
  return value;
}

function shown(request: RecordedRequest): JsonValue {
  const { verb, url, service, method, params, status, size } = request;
  const body = Buffer.from(request.body).toString();
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  return {
    verb,
    url,
    ...(service === undefined ? {} : { service }),
    ...(method === undefined ? {} : { method }),
    params: { ...params },
    headers,
    size,
    body,
    status,
  };
}
