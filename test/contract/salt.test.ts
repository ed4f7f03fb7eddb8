import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isArray, isObject, type JsonObject } from '../../codegen/src/json/values.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { readDocuments } from '../../codegen/src/read/files.ts';
import { salt, type Transport } from '../../runtime/src/services/salt/index.ts';
import { checkerOf, type Operation, objectAt, operationsOf, responseOf } from './consul-description.ts';

/** What a Salt 3006.0 was asked, and what it answered. */
interface Exchange {
  readonly method: string;
  readonly path: string;
  /** null where nothing was sent, or something that isn't JSON. */
  readonly request: JsonValue;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

const SERVERS = { 'rest-cherrypy': 40, 'rest-tornado': 5, 'rest-wsgi': 35 } as const;

/** Requests that mean no operation, on purpose. */
const UNKNOWN = new Map([
  ['GET /nosuch', 'no such route'],
  ['DELETE /minions', 'a verb that the route does not have'],
  ['PUT /', 'a verb that the route does not have'],
]);

const folder = fileURLToPath(new URL('../../schemas/salt', import.meta.url));
const documents = new Map(
  [...(await readDocuments(folder)).files].filter(
    (entry): entry is [string, JsonObject] => isObject(entry[1]) && 'openapi' in entry[1],
  ),
);
const checkAnswer = checkerOf(documents, 'answer');
const checkRequest = checkerOf(documents, 'request');

for (const [server, count] of Object.entries(SERVERS)) {
  const file = new URL(`../recordings/salt-${server}.json`, import.meta.url);
  const exchanges: readonly Exchange[] = JSON.parse(readFileSync(file, 'utf8'));
  const operations = operationsOf(documents).filter((operation) => operation.file === `${server}.yaml`);
  const operationOf = ({ method, path }: Exchange) =>
    operations.find(({ verb, matches }) => verb === method.toLowerCase() && matches(path));

  suite(`the description of ${server} agrees with what a real one was recorded to do`, () => {
    test('and there are recordings', () => assert.equal(exchanges.length, count));

    for (const [index, exchange] of exchanges.entries()) {
      const { method, path, status } = exchange;
      const reason = UNKNOWN.get(`${method} ${path}`);
      if (reason === undefined) {
        test(`${index}: ${method} ${path} answers ${status}`, () => {
          const operation = operationOf(exchange);
          assert.ok(operation, 'there is no such operation');
          assert.deepEqual(disagreements(exchange, operation), []);
          assert.deepEqual(misunderstood(exchange, operation), []);
        });
      } else {
        test(`${index}: ${method} ${path} means no operation: ${reason}`, () => {
          assert.equal(operationOf(exchange), undefined);
        });
      }
    }

    test('and what each chunk answers is what is described for its client', () => {
      assert.deepEqual(exchanges.flatMap(resultProblems), []);
    });
  });
}

test('every client has a chunk, and every chunk a client', () => {
  const { Chunk, ClientName } = objectAt(
    objectAt(documents.get('lowstate.yaml') ?? {}, 'components'),
    'schemas',
  );
  const mapping = isObject(Chunk) ? objectAt(objectAt(Chunk, 'discriminator'), 'mapping') : {};
  assert.deepEqual(Object.keys(mapping), isObject(ClientName) ? ClientName['enum'] : []);
  assert.equal(Object.keys(mapping).length, 9);
});

test('what the client sends is described, with every option of a call', async () => {
  const sent: JsonValue[] = [];
  const transport: Transport = async ({ body }) => {
    sent.push(...JSON.parse(String(body)));
    const answer = new TextEncoder().encode('{"return": [{}]}');
    return { status: 200, headers: { 'content-type': 'application/json' }, body: answer };
  };
  const user = { username: 'tester', password: 'hush', eauth: 'auto', credentialsIn: 'body' } as const;
  await using session = salt({ url: 'http://127.0.0.1:1', netapi: 'cherrypy', transport, ...user });
  const common = { gatherJobTimeoutSeconds: 8, returner: 'mongo' };
  const further = {
    metadata: { why: 'test' },
    moduleExecutors: ['sudo'],
    executorOptions: { user: 'me' },
    delimiter: '|',
  };
  const all = { ...common, ...further, timeoutSeconds: 7, jid: '20261121191807228328', arg: [1] };
  const target = { list: ['m1', 'm2'] };
  await session.local('test.ping', target, { a: 1 }, all);
  await session.localSubset('test.ping', '*', {}, { ...common, ...further, subset: 2 });
  const batch = { batch: '10%', batchWaitSeconds: 1, batchPresencePingTimeoutSeconds: 2 } as const;
  for (const failHard of [true, false])
    await session.localBatch('test.ping', target, {}, { ...common, ...batch, failHard, timeoutSeconds: 7 });
  await session.runner('manage.up', { a: 1 }, { timeoutSeconds: 7, arg: [1] });
  await session.wheel('key.list_all', { a: 1 });
  await session.ssh('test.ping', '*', {}, { roster: 'flat', rosters: ['/a'], port: 22, sudo: true });
  const at = { file: 'lowstate.yaml', segments: ['components', 'schemas', 'Chunk'] };
  const problems = sent.flatMap((chunk) => checkRequest(at, chunk));
  assert.deepEqual([sent.length, problems], [7, []]);
});

/** What is wrong between an answer and the description. */
function disagreements({ status, headers, body }: Exchange, operation: Operation): readonly string[] {
  const response = responseOf(documents, operation, status);
  if (response === undefined) return [`no response for ${status}`];
  const content = objectAt(response.value, 'content');
  const type = headers['content-type']?.split(';')[0] ?? '';
  if (!isObject(content[type])) return [`no content for ${type}`];
  return checkAnswer(
    { file: response.file, segments: [...response.segments, 'content', type, 'schema'] },
    body,
  );
}

/** What is wrong with a body that the server understood. */
function misunderstood({ request, status }: Exchange, operation: Operation): readonly string[] {
  if (request === null || status > 299) return [];
  const { $ref } = objectAt(operation.value, 'requestBody');
  const [file, segments] =
    typeof $ref === 'string'
      ? [operation.file, $ref.slice(2).split('/')]
      : [operation.file, [...operation.segments, 'requestBody']];
  const at = { file, segments: [...segments, 'content', 'application/json', 'schema'] };
  // A list of one and its element are the same to a server: a client needs only one of the two.
  const forms = [request, isArray(request) ? (request[0] ?? null) : [request]];
  const problems = forms.map((form) => checkRequest(at, isArray(form) ? form.map(nested) : form));
  return problems.find((found) => found.length === 0) ?? problems[0] ?? [];
}

/** Fields of a runner's chunk that are none are arguments, which we only send in `kwarg`. */
function nested(chunk: JsonValue): JsonValue {
  if (!isObject(chunk) || chunk['client'] !== 'runner' || chunk['foo'] === undefined) return chunk;
  const { foo, ...rest } = chunk;
  return { ...rest, kwarg: { foo } };
}

/** What the elements of an answer are, by the client of the chunk. A batch is left out: its answers have no place. */
function resultType({ client, full_return: full }: JsonObject): string | undefined {
  const name = `${String(client)}${full === true ? ' full' : ''}`;
  return {
    local: 'LocalResult',
    'local full': 'LocalFullResult',
    local_async: 'AsyncResult',
    local_subset: 'LocalResult',
    ssh: 'SshResult',
    'runner full': 'RunnerFullResult',
    runner_async: 'StartedResult',
    wheel: 'WheelResult',
    wheel_async: 'StartedResult',
  }[name];
}

function resultProblems({ request, status, body }: Exchange): readonly string[] {
  const returned = isObject(body) ? body['return'] : undefined;
  if (status !== 200 || !isArray(request) || !isArray(returned)) return [];
  if (request.some((chunk) => isObject(chunk) && chunk['client'] === 'local_batch')) return [];
  return request.flatMap((chunk, index) => {
    const type = isObject(chunk) ? resultType(chunk) : undefined;
    if (type === undefined) return [];
    return checkAnswer({ file: 'lowstate.yaml', segments: ['components', 'schemas', type] }, returned[index]);
  });
}
