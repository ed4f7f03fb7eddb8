import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import { json, Refusal, type Reply } from '../core/service.ts';
import { jsonBody, known, textAt, undecoded } from './decode.ts';
import type { ConsulCall, Routes } from './deployment.ts';
import { badRequest } from './errors.ts';
import { inline } from './queries.ts';
import { nextIndex, restorePoint } from './state.ts';
import { txnCatalog } from './txn-catalog.ts';
import { txnKv } from './txn-kv.ts';

const kinds = ['KV', 'Node', 'Service', 'Check'] as const;
const reads = new Set([
  'get',
  'get-or-empty',
  'get-tree',
  'check-session',
  'check-index',
  'check-not-exists',
]);

export const txnRoutes: Routes = { 'PUT /txn': transact };

/** All of its operations or none, at one index. */
function transact(call: ConsulCall): Reply {
  const { consul } = call;
  const operations = operationsIn(call);
  const max = consul.modern ? 128 : 64;
  if (operations.length > max)
    throw new Refusal(413, '', `Transaction contains too many operations (${operations.length} > ${max})`);
  const isRead = operations.every(({ kind, verb }) => isReading(kind, verb));
  const undo = restorePoint(consul.state);
  const index = isRead ? consul.state.index : nextIndex(consul.state);
  const outcomes = operations.map(({ kind, verb, body }) =>
    kind === 'KV' ? txnKv(call, index, verb, body) : txnCatalog(call, index, kind, verb, body),
  );
  const Errors = outcomes.flatMap((outcome, OpIndex) =>
    'what' in outcome ? [{ OpIndex, What: outcome.what }] : [],
  );
  const hasFailed = Errors.length > 0;
  if (hasFailed) undo();
  const Results = hasFailed ? null : outcomes.flatMap((outcome) => ('what' in outcome ? [] : outcome));
  const answer = { Results, Errors: hasFailed ? Errors : null, ...(isRead ? inline(call, '') : {}) };
  const headers = isRead ? { 'X-Consul-Knownleader': 'true', 'X-Consul-Lastcontact': '0' } : {};
  return json(answer, hasFailed ? 409 : 200, headers);
}

/** A verb that nobody knows writes nothing either. */
function isReading(kind: string, verb: string): boolean {
  const writes = ['set', 'cas', 'delete', 'delete-cas', 'delete-tree', 'lock', 'unlock'];
  return reads.has(verb) || (kind === 'KV' && !writes.includes(verb));
}

interface TxnOperation {
  readonly kind: (typeof kinds)[number];
  readonly verb: string;
  readonly body: JsonObject;
}

function operationsIn(call: ConsulCall): readonly TxnOperation[] {
  const body = jsonBody(call);
  if (!Array.isArray(body)) throw badRequest('Failed to parse body: a transaction is a list of operations');
  return body.map((given: JsonValue) => {
    const one = known(given, kinds);
    const kind = kinds.find((candidate) => isObject(one[candidate]));
    const operation = kind === undefined ? undefined : one[kind];
    if (kind === undefined || !isObject(operation)) throw undecoded('an operation says what it is about');
    return { kind, verb: textAt(operation, 'Verb'), body: operation };
  });
}
