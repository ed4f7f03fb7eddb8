import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isObject } from '../../codegen/src/json/values.ts';
import { agreementWith } from './consul-agreement.ts';
import { checkerOf, consulDocuments } from './consul-description.ts';
import { barePathOf, type Exchange, exchanges, nameOf } from './consul-recordings.ts';

/** Requests that mean no operation, on purpose. */
const UNKNOWN = new Map([
  ['POST /v1/kv/a/b', 'a verb that the route does not have'],
  ['PUT /v1/acl/rules/translate', 'a verb that the route does not have'],
  ['OPTIONS /v1/query/x/execute', 'every route answers OPTIONS with its verbs'],
  ['GET /v1/bogus', 'no such route'],
  ['GET /v1/acl/bogus', 'no such route'],
]);

/** Answers that no response of the operation is for, on purpose. */
const UNDESCRIBED = new Map([
  ['PUT /v1/kv//lead', 'a key that begins with a slash is redirected, and the client refuses such keys'],
]);

/** Bodies that are understood although they are written in another way than the one that is described. */
const ALIASES = new Set(['PUT /v1/agent/service/register', 'PUT /v1/config']);

const documents = await consulDocuments();
const agreement = agreementWith(documents);
const checkRequest = checkerOf(documents, 'request');

const operationOf = (exchange: Exchange) =>
  agreement.operationOf({ ...exchange, path: barePathOf(exchange) });
const disagreements = (exchange: Exchange) =>
  agreement.disagreements({ ...exchange, path: barePathOf(exchange) });

suite('the description of Consul agrees with what a real agent was recorded to do', () => {
  test('and there are recordings', () => assert.equal(exchanges.length, 238));

  for (const [index, exchange] of exchanges.entries()) {
    const name = nameOf(exchange);
    if (UNKNOWN.has(name)) {
      test(`${index}: ${name} means no operation: ${UNKNOWN.get(name)}`, () => {
        assert.equal(operationOf(exchange), undefined);
      });
    } else if (UNDESCRIBED.has(name)) {
      test(`${index}: ${name} has no described answer: ${UNDESCRIBED.get(name)}`, () => {
        assert.deepEqual(disagreements(exchange), [`no response for ${exchange.status}`]);
      });
    } else {
      test(`${index}: ${exchange.method} ${exchange.path} answers ${exchange.status}`, () => {
        assert.deepEqual(disagreements(exchange), []);
      });
    }
  }

  test('bodies that the agent understood are those that are described', () => {
    const wrong = exchanges.flatMap((exchange) => {
      const operation = operationOf(exchange);
      const { req, status } = exchange;
      if (operation === undefined || status !== 200 || req === null || req === '<raw>') return [];
      const at = [...operation.segments, 'requestBody', 'content', 'application/json', 'schema'];
      const problems = checkRequest({ file: operation.file, segments: at }, req);
      const alias =
        ALIASES.has(nameOf(exchange)) && isObject(req) && Object.keys(req).some((key) => /^[a-z]/.test(key));
      return problems.length === 0 || alias ? [] : [`${nameOf(exchange)}: ${problems.join('; ')}`];
    });
    assert.deepEqual(wrong, []);
  });
});
