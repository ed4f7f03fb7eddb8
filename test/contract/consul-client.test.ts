import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as client from '@fairlead/consul';
import type { Api, HttpCall, Method } from '../../codegen/src/model.ts';
import { loadService } from '../../codegen/src/read/index.ts';
import { barePathOf, type Exchange, exchanges, nameOf } from './consul-recordings.ts';

/** A generated method, and the path that it calls. */
interface Candidate {
  readonly api: Api;
  readonly method: Method;
  readonly call: HttpCall;
  readonly pattern: RegExp;
}

/** A key that begins with a slash, which our client sends to nobody. */
const REFUSED = new Set(['GET /v1/kv//lead', 'PUT /v1/kv//lead']);

/** What can't be written with our client: no such route or verb, and conditions that exclude each other. */
const UNASKABLE = [
  'DELETE /v1/kv/a/b?cas=1&recurse',
  'GET /v1/acl/bogus',
  'GET /v1/bogus',
  'OPTIONS /v1/query/x/execute',
  'POST /v1/kv/a/b',
  'PUT /v1/acl/rules/translate',
];

/** Parameters of the options of a call, by their names on the wire. */
const OPTIONS = new Map([
  ['dc', 'datacenter'],
  ['ns', 'namespace'],
  ['token', 'token'],
]);

/** A call has no word for these: they belong to watches, or help people who read along. */
const UNSAID = new Set(['index', 'wait', 'hash', 'max_stale', 'pretty', 'stale', 'consistent', 'cached']);

const service = await loadService(fileURLToPath(new URL('../../schemas/consul', import.meta.url)));
const candidates = service.apis.flatMap((api) => api.methods.flatMap((method) => candidateOf(api, method)));

function candidateOf(api: Api, method: Method): readonly Candidate[] {
  const { call } = method;
  if (call.kind !== 'http') return [];
  const source = call.route.map((part) => {
    if (typeof part === 'string') return part;
    const slashes = method.path.find(({ wire }) => wire === part.param)?.style === 'slashes';
    return slashes ? '(.*)' : '([^/]+)';
  });
  return [{ api, method, call, pattern: new RegExp(`^${source.join('')}$`) }];
}

const literal = ({ call }: Candidate): number =>
  call.route.filter((part) => typeof part === 'string').join('').length;

/** The methods that make a request: of the most literal route, those whose flags it has. */
function methodsFor(exchange: Exchange): readonly Candidate[] {
  const path = barePathOf(exchange);
  const query = queryOf(exchange);
  const able = candidates.filter(
    ({ call, pattern }) => call.verb === exchange.method.toLowerCase() && pattern.test(path),
  );
  const most = Math.max(...able.map(literal));
  const told = able.filter((candidate) => {
    const { method, call } = candidate;
    const fixed = Object.keys(call.fixed ?? {});
    const own = new Set([...fixed, ...method.query.map(({ wire }) => wire), ...OPTIONS.keys(), ...UNSAID]);
    return (
      literal(candidate) === most &&
      fixed.every((key) => query.has(key)) &&
      [...query.keys()].every((key) => own.has(key))
    );
  });
  // Without a condition there are several, each of which has that condition as a choice.
  const fewest = Math.min(...told.map(({ method }) => method.query.length));
  return told.filter(({ method }) => method.query.length === fewest);
}

function queryOf({ path }: Exchange): URLSearchParams {
  return new URLSearchParams(path.split('?')[1] ?? '');
}

/** The arguments in their one order: path, body, query, options. */
function argumentsOf({ method, pattern }: Candidate, exchange: Exchange): readonly unknown[] {
  const [, ...path] = pattern.exec(barePathOf(exchange)) ?? [];
  const query = queryOf(exchange);
  const own = method.query.flatMap(({ wire, style, schema }): [string, unknown][] => {
    const values = query.getAll(wire);
    if (values.length === 0) return [];
    return [[wire, style === 'flag' ? true : schema?.type === 'array' ? values : values[0]]];
  });
  const options = [...OPTIONS].flatMap(([wire, name]) => {
    const value = query.get(wire);
    return value === null ? [] : [[name, value]];
  });
  return [
    ...path.map(decodeURIComponent),
    ...(method.body === undefined ? [] : [exchange.req === '<raw>' ? 'bytes' : (exchange.req ?? undefined)]),
    ...(method.query.length === 0 ? [] : [Object.fromEntries(own)]),
    { retry: false, ...Object.fromEntries(options) },
  ];
}

/** Calls a generated method with an agent that answers what was recorded, and tells what it was asked. */
async function replay(candidate: Candidate, exchange: Exchange) {
  const asked: client.TransportRequest[] = [];
  const transport: client.Transport = async (request) => {
    asked.push(request);
    const headers = Object.entries(exchange.headers).map(([name, value]) => [name.toLowerCase(), value]);
    const text = exchange.json ? JSON.stringify(exchange.body) : String(exchange.body);
    return {
      status: exchange.status,
      headers: Object.fromEntries(headers),
      body: new TextEncoder().encode(text),
    };
  };
  await using session = client.consul({ transport });
  const made: unknown = Reflect.construct(Reflect.get(client, candidate.api.name), [session]);
  assert.ok(typeof made === 'object' && made !== null);
  const method: unknown = Reflect.get(made, candidate.method.name);
  assert.ok(typeof method === 'function');
  const outcome = await Promise.resolve()
    .then((): unknown => Reflect.apply(method, made, argumentsOf(candidate, exchange)))
    .then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  const [request] = asked;
  return { outcome, request, asked: asked.length };
}

/** A value as JSON would have it. Where it is exact and JSON.parse wasn't, it is rounded the same way. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** What a method promises for an answer. */
function expected({ method, call }: Candidate, { status, body }: Exchange): unknown {
  if (call.absent?.includes(status)) return undefined;
  if (method.result.kind === 'void') return undefined;
  if (method.result.kind === 'bytes') return Buffer.from(String(body)).toString('base64');
  return call.first && Array.isArray(body) ? body[0] : body;
}

suite('the generated client understands what a real agent was recorded to do', () => {
  for (const [index, exchange] of exchanges.entries()) {
    for (const candidate of methodsFor(exchange)) {
      const { api, method, call } = candidate;
      if (method.result.kind === 'stream') continue;
      const called = `${api.name}.${method.name}`;
      test(`${index}: ${called} for ${exchange.method} ${exchange.path}, answered ${exchange.status}`, async () => {
        const { outcome, request, asked } = await replay(candidate, exchange);
        if (REFUSED.has(nameOf(exchange))) {
          assert.ok('error' in outcome && outcome.error instanceof TypeError);
          assert.equal(asked, 0);
          return;
        }
        assert.ok(request !== undefined, `nothing was asked: ${'error' in outcome ? outcome.error : ''}`);
        const url = new URL(request.url);
        assert.equal(decodeURIComponent(url.pathname), decodeURIComponent(`/v1${barePathOf(exchange)}`));
        for (const { wire, style } of method.query) {
          const values = queryOf(exchange).getAll(wire);
          assert.deepEqual(
            url.searchParams.getAll(wire),
            style === 'flag' && values.length > 0 ? ['true'] : values,
          );
        }
        const isAnswer =
          exchange.status < 300 || [...(call.absent ?? []), ...(call.data ?? [])].includes(exchange.status);
        if (isAnswer) {
          assert.ok('value' in outcome, String('error' in outcome && outcome.error));
          assert.deepEqual(plain(outcome.value), expected(candidate, exchange));
        } else {
          assert.ok('error' in outcome && outcome.error instanceof client.ResponseError, String(outcome));
          assert.equal(outcome.error.status, exchange.status);
        }
      });
    }
  }

  test('and all that was recorded is something that it can ask, but for what makes no sense', () => {
    const unasked = exchanges
      .filter((exchange) => methodsFor(exchange).length === 0)
      .map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(unasked.sort(), UNASKABLE);
  });
});
