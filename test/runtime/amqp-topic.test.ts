import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeyPart, type RoutingPattern, type Topic, topic } from '@fairlead/runtime/client';
import fc from 'fast-check';
import { matches } from '../servers/broker.ts';

const exchange = 'exchange/taskcluster-queue/v1/task-defined';
const key: readonly KeyPart[] = [
  { name: 'routingKeyKind', constant: 'primary' },
  { name: 'taskId' },
  { name: 'runId' },
  { name: 'workerGroup' },
  { name: 'workerId' },
  { name: 'provisionerId' },
  { name: 'workerType' },
  { name: 'schedulerId' },
  { name: 'taskGroupId' },
  { name: 'reserved', multipleWords: true },
];

interface Routing {
  routingKeyKind: string;
  taskId: string;
  runId: string;
  workerGroup: string;
  workerId: string;
  provisionerId: string;
  workerType: string;
  schedulerId: string;
  taskGroupId: string;
  reserved: string;
}

function taskDefined(pattern?: RoutingPattern<Routing>): Topic<{ status: object }, Routing> {
  return topic(exchange, key, pattern);
}

test('a pattern names the parts that matter and takes any value for the others', () => {
  assert.equal(taskDefined().pattern, 'primary.*.*.*.*.*.*.*.*.#');
  assert.equal(taskDefined({ workerType: 'w2' }).pattern, 'primary.*.*.*.*.*.w2.*.*.#');
  assert.equal(taskDefined({ runId: 0, reserved: 'a.b' }).pattern, 'primary.*.0.*.*.*.*.*.*.a.b');
  assert.equal(taskDefined({ taskId: undefined, runId: null }).pattern, 'primary.*.*.*.*.*.*.*.*.#');
  assert.equal(taskDefined({ routingKeyKind: 'primary', taskId: '*' }).pattern, 'primary.*.*.*.*.*.*.*.*.#');
});

test('a string is a ready binding key', () => {
  assert.equal(taskDefined('route.index.#').pattern, 'route.index.#');
  assert.equal(taskDefined('').pattern, '');
});

test('a topic says what it is of', () => {
  const { kind, exchange: name } = taskDefined();
  assert.deepEqual({ kind, name }, { kind: 'topic', name: exchange });
});

const wrong: readonly (readonly [string, object, RegExp])[] = [
  [
    'a part that the key has not',
    { taskGroup: 'x' },
    /has no part "taskGroup", only: routingKeyKind, taskId,/,
  ],
  [
    'another value for a constant',
    { routingKeyKind: 'route' },
    /"routingKeyKind" of the pattern is always "primary"/,
  ],
  ['a dot in a part of one word', { workerType: 'a.b' }, /"workerType" of the pattern is one word .* dot/],
  ['an empty part', { taskId: '' }, /"taskId" of the pattern has an empty word/],
  ['an empty word', { reserved: 'a..b' }, /"reserved" of the pattern has an empty word/],
  [
    'a wildcard inside a word',
    { workerType: 'gecko-*' },
    /"gecko-\*", but \* and # stand for whole words only/,
  ],
  ['a boolean', { taskId: true }, /"taskId" of the pattern must be a string or a number/],
  ['a list', { taskId: ['a'] }, /"taskId" of the pattern must be a string or a number/],
  ['too much', { reserved: 'x'.repeat(250) }, /longer than the 255 bytes/],
];

for (const [what, pattern, message] of wrong) {
  test(`a pattern with ${what} is refused, and the message names the exchange`, () => {
    const make = () => topic<unknown, object, string>(exchange, key, pattern);
    assert.throws(make, { name: 'TypeError', message });
    assert.throws(make, { message: /^exchange\/taskcluster-queue\/v1\/task-defined: / });
  });
}

test('a routing key is split into its named parts, absent ones as they are on the wire', () => {
  assert.deepEqual(
    taskDefined().routing('primary.fN1SbArXTPSVFNUvaOlinQ._._._.p.w2.-.YpNpbTMQQbq8bvOoPGnFfw._'),
    {
      routingKeyKind: 'primary',
      taskId: 'fN1SbArXTPSVFNUvaOlinQ',
      runId: '_',
      workerGroup: '_',
      workerId: '_',
      provisionerId: 'p',
      workerType: 'w2',
      schedulerId: '-',
      taskGroupId: 'YpNpbTMQQbq8bvOoPGnFfw',
      reserved: '_',
    },
  );
});

const middle: readonly KeyPart[] = [
  { name: 'first' },
  { name: 'some', multipleWords: true },
  { name: 'last' },
];
interface Middle {
  first: string;
  some: string;
  last: string;
}
const inTheMiddle: Topic<unknown, Middle> = topic('exchange/x', middle);

test('the words between the parts of one word belong to the part of several', () => {
  assert.deepEqual(inTheMiddle.routing('a.b.c.d'), { first: 'a', some: 'b.c', last: 'd' });
  assert.deepEqual(inTheMiddle.routing('a.b.d'), { first: 'a', some: 'b', last: 'd' });
  assert.deepEqual(inTheMiddle.routing('a.d'), { first: 'a', some: '_', last: 'd' });
});

test('a key that is too short or too long still gives every part', () => {
  const fixed: Topic<unknown, { a: string; b: string }> = topic('exchange/x', [{ name: 'a' }, { name: 'b' }]);
  assert.deepEqual(fixed.routing('1'), { a: '1', b: '_' });
  assert.deepEqual(fixed.routing(''), { a: '_', b: '_' });
  assert.deepEqual(fixed.routing('1.2.3'), { a: '1', b: '2' });
});

test('any key made of parts is taken by the pattern of the same parts, and gives them back', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
  const parts = fc.record({ first: word, some: fc.array(word, { minLength: 1, maxLength: 3 }), last: word });
  fc.assert(
    fc.property(parts, fc.subarray(['first', 'some', 'last'] as const), ({ first, some, last }, names) => {
      const routing = { first, some: some.join('.'), last };
      const routingKey = `${routing.first}.${routing.some}.${routing.last}`;
      assert.deepEqual(inTheMiddle.routing(routingKey), routing);
      const chosen = Object.fromEntries(names.map((name) => [name, routing[name]]));
      const { pattern } = topic<unknown, Middle, string>('exchange/x', middle, chosen);
      assert.ok(matches(pattern, routingKey), `${pattern} should take ${routingKey}`);
    }),
    { seed: 20_260_821, numRuns: 500 },
  );
});
