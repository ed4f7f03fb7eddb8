import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { ConnectionError, ProtocolError, ResponseError } from '../../runtime/src/errors.ts';
import { TransportFailure, type TransportRequest } from '../../runtime/src/http/transport.ts';
import type { WatchOptions } from '../../runtime/src/http/watch/watch.ts';
import type { ConsulOptions } from '../../runtime/src/services/consul/options.ts';
import { ConsulSession } from '../../runtime/src/services/consul/session.ts';
import { rejection } from '../servers/endpoint.ts';
import { FakeClock } from '../servers/fake-clock.ts';

/** What an agent answers: its index or hash, and a value; or what breaks instead. */
interface Scripted {
  readonly index?: bigint | string;
  readonly hash?: string;
  readonly value?: unknown;
  readonly status?: number;
  readonly fail?: TransportFailure;
}

const lost = new TransportFailure('reset', 'ECONNRESET', 'the connection broke');

/** An agent that answers as written, one after the other, and then holds the question until it is aborted. */
class Agent {
  readonly asked: TransportRequest[] = [];
  readonly clock = new FakeClock();
  readonly session: ConsulSession;
  readonly #script: Scripted[];

  constructor(script: readonly Scripted[], options: ConsulOptions = {}) {
    this.#script = [...script];
    const transport = (request: TransportRequest) => this.#answer(request);
    this.session = new ConsulSession({ transport, ...options }, { clock: this.clock });
  }

  /** The queries that were asked, in order. */
  get queries(): Record<string, string>[] {
    return this.asked.map(({ url }) => Object.fromEntries(new URL(url).searchParams));
  }

  get indexes(): (string | undefined)[] {
    return this.queries.map(({ index }) => index);
  }

  async #answer(request: TransportRequest) {
    this.asked.push(request);
    const next = this.#script.shift();
    if (next === undefined) return await held(request);
    if (next.fail !== undefined) throw next.fail;
    const { status = 200, index, hash, value = null } = next;
    const headers = {
      'x-consul-default-acl-policy': 'allow',
      ...(index !== undefined && { 'x-consul-index': String(index) }),
      ...(hash !== undefined && { 'x-consul-contenthash': hash }),
      'content-type': status === 200 ? 'application/json' : 'text/plain',
    };
    const text = status === 200 ? JSON.stringify(value) : String(value);
    return { status, headers, body: new TextEncoder().encode(text) };
  }

  watch(options: WatchOptions = {}, by: 'index' | 'hash' | 'event' = 'index') {
    return this.session.raw.get('/kv/a', { by }).watch({ rate: false, ...options });
  }

  /** The first `count` values of a watch, with time passing as it is slept. */
  async values(count: number, options: WatchOptions = {}, by: 'index' | 'hash' | 'event' = 'index') {
    const values: unknown[] = [];
    const passing = new AbortController();
    const passer = this.#pass(passing.signal);
    for await (const { value } of this.watch(options, by)) {
      values.push(value);
      if (values.length === count) break;
    }
    passing.abort();
    this.clock.sleep(0, undefined).catch(() => {});
    await passer;
    return values;
  }

  async #pass(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.clock.skip();
  }
}

function held({ signal }: TransportRequest): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

test('the first question has neither index nor wait, the next ones have both', async () => {
  const agent = new Agent([
    { index: 7n, value: 'a' },
    { index: 9n, value: 'b' },
  ]);
  assert.deepEqual(await agent.values(2), ['a', 'b']);
  assert.deepEqual(agent.queries, [{}, { index: '7', wait: '55000ms' }]);
});

test('the answer may take as long as the service waits, a sixteenth more, and its way through the network', async () => {
  const agent = new Agent([
    { index: 7n, value: 'a' },
    { index: 9n, value: 'b' },
  ]);
  await agent.values(2, { waitMs: 600_000 });
  assert.equal(agent.asked[0]?.timeoutMs, 30_000);
  assert.ok((agent.asked[1]?.timeoutMs ?? 0) > 600_000 * (17 / 16) + 5000);
});

test('waitMs comes from the watch, or else from the session', async () => {
  const script = [
    { index: 7n, value: 'a' },
    { index: 9n, value: 'b' },
  ];
  const agent = new Agent(script, { waitMs: 90_000 });
  await agent.values(2);
  assert.equal(agent.queries[1]?.['wait'], '90000ms');
  const other = new Agent(script, { waitMs: 90_000 });
  await other.values(2, { waitMs: 1234.5 });
  assert.equal(other.queries[1]?.['wait'], '1235ms');
});

test('the same index is no news, and neither is another index with the same value', async () => {
  const agent = new Agent([
    { index: 7n, value: { a: [1, 'x'], b: null } },
    { index: 7n, value: { a: [2] } },
    { index: 8n, value: { b: null, a: [1, 'x'] } },
    { index: 9n, value: 'b' },
  ]);
  assert.deepEqual(await agent.values(2), [{ a: [1, 'x'], b: null }, 'b']);
  assert.deepEqual(agent.indexes, [undefined, '7', '7', '8']);
});

test('with skipUnchanged: false another index is news, whatever the value', async () => {
  const agent = new Agent([
    { index: 7n, value: 'a' },
    { index: 7n, value: 'a' },
    { index: 8n, value: 'a' },
  ]);
  assert.deepEqual(await agent.values(2, { skipUnchanged: false }), ['a', 'a']);
  assert.equal(agent.asked.length, 3);
});

test('an index that goes backwards is forgotten', async () => {
  const agent = new Agent([
    { index: 70n, value: 'a' },
    { index: 3n, value: 'b' },
    { index: 3n, value: 'b' },
    { index: 4n, value: 'c' },
  ]);
  assert.deepEqual(await agent.values(3), ['a', 'b', 'c']);
  assert.deepEqual(agent.indexes, [undefined, '70', undefined, '3']);
});

test('an index that goes backwards is told once, also with skipUnchanged: false', async () => {
  const agent = new Agent([
    { index: 70n, value: 'a' },
    { index: 3n, value: 'a' },
    { index: 3n, value: 'a' },
    { index: 4n, value: 'a' },
    { index: 2n, value: 'b' },
  ]);
  assert.deepEqual(await agent.values(4, { skipUnchanged: false }), ['a', 'a', 'a', 'b']);
  assert.deepEqual(agent.indexes, [undefined, '70', undefined, '3', '4']);
});

test('what was told may be changed by who was told', async () => {
  const agent = new Agent([
    { index: 1n, value: [1, 2] },
    { index: 2n, value: [1, 2] },
    { index: 3n, value: [2, 1] },
  ]);
  const told: unknown[] = [];
  for await (const { value } of agent.watch()) {
    assert.ok(Array.isArray(value));
    told.push([...value]);
    value.reverse();
    if (told.length === 2) break;
  }
  assert.deepEqual(told, [
    [1, 2],
    [2, 1],
  ]);
});

test('an index of 0 counts as 1, so that the next question waits', async () => {
  const agent = new Agent([
    { index: 0n, value: 'a' },
    { index: 5n, value: 'b' },
  ]);
  await agent.values(2);
  assert.deepEqual(agent.indexes, [undefined, '1']);
});

test('an index above 2^53 keeps all its digits', async () => {
  const agent = new Agent([
    { index: '9007199254740993', value: 'a' },
    { index: '9007199254740995', value: 'b' },
  ]);
  await agent.values(2);
  assert.deepEqual(agent.indexes, [undefined, '9007199254740993']);
});

test('a hash is sent back as it is, and no order is seen in it', async () => {
  const agent = new Agent([
    { hash: 'ff', value: 'a' },
    { hash: 'ff', value: 'a' },
    { hash: '00', value: 'b' },
    { hash: 'aa', value: 'c' },
  ]);
  assert.deepEqual(await agent.values(3, {}, 'hash'), ['a', 'b', 'c']);
  assert.deepEqual(
    agent.queries.map(({ hash, index }) => hash ?? index),
    [undefined, 'ff', 'ff', '00'],
  );
});

for (const [by, version] of [
  ['hash', { hash: 'ff' }],
  ['index', { index: 7n }],
] as const) {
  for (const skipUnchanged of [true, false]) {
    test(`what isn’t there is asked for now and then, by ${by}, skipUnchanged: ${skipUnchanged}`, async () => {
      const gone = { status: 404, value: 'unknown service ID: a' };
      const there = { ...version, value: 'a' };
      const agent = new Agent([gone, gone, there, gone, gone, there]);
      const read = agent.session.raw.get('/agent/service/a', { by, absent: [404] });
      const values: unknown[] = [];
      const loop = (async () => {
        for await (const { value } of read.watch({ rate: false, skipUnchanged })) {
          values.push(value);
          if (values.length === 4) break;
        }
      })();
      for (const _ of [1, 2, 3, 4]) await agent.clock.skip();
      await loop;
      assert.deepEqual(values, [undefined, 'a', undefined, 'a']);
      assert.deepEqual(agent.clock.slept, [5000, 5000, 5000, 5000]);
      assert.equal(agent.asked.length, 6);
    });
  }
}

test('the index of events has no order, and an event is told once', async () => {
  const event = (ID: string) => ({ ID, Name: 'deploy' });
  const agent = new Agent([
    { index: '6585513697464884141', value: [event('1'), event('2')] },
    { index: '5', value: [event('1'), event('2'), event('3')] },
    { index: '4', value: [event('2'), event('3')] },
    { index: '6', value: [event('3'), event('4'), event('5')] },
  ]);
  assert.deepEqual(await agent.values(3, {}, 'event'), [
    [event('1'), event('2')],
    [event('3')],
    [event('4'), event('5')],
  ]);
  assert.deepEqual(agent.indexes, [undefined, '6585513697464884141', '5', '4']);
});

test('events after one that was seen before', async () => {
  const agent = new Agent([{ index: 9n, value: [{ ID: 'a' }, { ID: 'b' }, { ID: 'c' }] }]);
  assert.deepEqual(await agent.values(1, { from: 'b' }, 'event'), [[{ ID: 'c' }]]);
});

test('from: an index begins with what comes after it, and skipInitial leaves out what is there', async () => {
  const agent = new Agent([{ index: 12n, value: 'b' }]);
  assert.deepEqual(await agent.values(1, { from: 11n }), ['b']);
  assert.deepEqual(agent.indexes, ['11']);
  const other = new Agent([
    { index: 12n, value: 'a' },
    { index: 13n, value: 'a' },
    { index: 14n, value: 'b' },
  ]);
  assert.deepEqual(await other.values(1, { skipInitial: true }), ['b']);
});

test('what was seen already isn’t told again after a failure', async () => {
  const agent = new Agent([
    { fail: lost },
    { index: 7n, value: 'a' },
    { index: 7n, value: 'a' },
    { fail: lost },
    { index: 7n, value: 'a' },
    { index: 8n, value: 'b' },
  ]);
  assert.deepEqual(await agent.values(1, { from: 7n }), ['b']);
  assert.deepEqual(agent.indexes, ['7', undefined, '7', '7', undefined, '7']);
  const hashed = new Agent([{ fail: lost }, { hash: 'ff', value: 'a' }, { hash: '00', value: 'b' }]);
  assert.deepEqual(await hashed.values(1, { from: 'ff' }, 'hash'), ['b']);
});

test('whoever counts anew after a failure may come to the same index with another value', async () => {
  const agent = new Agent([{ index: 7n, value: 'a' }, { fail: lost }, { index: 7n, value: 'b' }]);
  assert.deepEqual(await agent.values(2), ['a', 'b']);
});

test('from must be of the kind that the answers have', () => {
  const agent = new Agent([]);
  assert.throws(() => agent.watch({ from: 'x' }), /TypeError: from must be an index/);
  assert.throws(() => agent.watch({ from: 1n }, 'hash'), /from must be a hash/);
  assert.throws(() => agent.watch({ from: 1n }, 'event'), /from must be the ID of an event/);
  assert.throws(() => agent.watch({ waitMs: Number.POSITIVE_INFINITY }), /waitMs must be a finite number/);
  assert.throws(() => agent.watch({ rate: { burst: 0 } }), /rate.burst must be a number of at least 1/);
});

test('failures that can pass are told, waited for longer each time, and the index is asked for anew', async () => {
  const agent = new Agent([
    { index: 7n, value: 'a' },
    { fail: lost },
    { status: 500, value: 'No cluster leader' },
    { status: 503, value: 'retry later' },
    { status: 429, value: 'Your IP is issuing too many concurrent connections' },
    { index: 7n, value: 'a' },
    { index: 8n, value: 'b' },
  ]);
  const told: [string, number][] = [];
  const onError: WatchOptions['onError'] = (error, { failures, retryInMs }) => {
    assert.ok(retryInMs >= 0 && retryInMs <= 1000 * 2 ** (failures - 1));
    told.push([error instanceof Error ? error.name : '', failures]);
  };
  assert.deepEqual(await agent.values(2, { onError }), ['a', 'b']);
  assert.deepEqual(told, [
    ['ConnectionError', 1],
    ['ResponseError', 2],
    ['ResponseError', 3],
    ['ResponseError', 4],
  ]);
  assert.deepEqual(agent.indexes, [undefined, '7', undefined, undefined, undefined, undefined, '7']);
});

test('failures are counted anew after an answer', async () => {
  const agent = new Agent([
    { index: 7n, value: 'a' },
    { fail: lost },
    { index: 8n, value: 'b' },
    { fail: lost },
    { index: 9n, value: 'c' },
  ]);
  const counts: number[] = [];
  await agent.values(3, { onError: (_error, { failures }) => counts.push(failures) });
  assert.deepEqual(counts, [1, 1]);
});

for (const [status, text, category] of [
  [400, 'Invalid wait time', 'invalid'],
  [403, 'Permission denied', 'forbidden'],
  [403, 'ACL not found', 'unauthorized'],
  [404, '', 'not-found'],
  [500, 'Failed to create boolean expression evaluator: Selector "Bogus" is not valid', 'invalid'],
] as const) {
  test(`${status} ${text} ends the loop, as it would be said again`, async () => {
    const agent = new Agent([
      { index: 7n, value: 'a' },
      { status, value: text },
    ]);
    const error = await rejection(agent.values(2), ResponseError);
    assert.equal(error.category, category);
    assert.equal(agent.asked.length, 2);
    assert.deepEqual(agent.clock.slept, []);
  });
}

test('a wrong address is told after a few attempts, when there never was an answer', async () => {
  const agent = new Agent(Array.from({ length: 20 }, () => ({ fail: lost })));
  await rejection(agent.values(1), ConnectionError);
  assert.equal(agent.asked.length, 6);
  const other = new Agent([{ fail: lost }]);
  await rejection(other.values(1, { retry: false }), ConnectionError);
  assert.equal(other.asked.length, 1);
});

test('what onError throws ends the loop', async () => {
  const agent = new Agent([{ fail: lost }]);
  const enough = new Error('enough');
  const values = agent.values(1, {
    onError() {
      throw enough;
    },
  });
  await assert.rejects(values, (error) => error === enough);
});

test('an answer without an index ends the loop, as there is nothing to wait by', async () => {
  const agent = new Agent([{ value: 'a' }]);
  const error = await rejection(agent.values(1), ProtocolError);
  assert.match(error.message, /^GET \/v1\/kv\/a: an answer without the version that a watch needs/);
});

test('what changes all the time is asked for twice at once, and then every 15 seconds', async () => {
  const agent = new Agent(
    Array.from({ length: 9 }, (_, index) => ({ index: index + 1, value: index }) as const).map(
      ({ index, value }) => ({ index: BigInt(index), value }),
    ),
  );
  const seen: unknown[] = [];
  const loop = (async () => {
    for await (const { value } of agent.watch({ rate: undefined })) {
      seen.push(value);
      if (seen.length === 5) break;
    }
  })();
  await agent.clock.asleepAtLeast();
  assert.deepEqual(seen, [0, 1, 2]);
  await agent.clock.skip();
  await agent.clock.asleepAtLeast();
  assert.deepEqual(seen, [0, 1, 2, 3]);
  await agent.clock.skip();
  await loop;
  assert.deepEqual(agent.clock.slept, [15_000, 15_000]);
});

test('what changes now and then is never waited for', async () => {
  const agent = new Agent([1, 2, 3, 4, 5, 6].map((each) => ({ index: BigInt(each), value: each })));
  for await (const { value } of agent.watch({ rate: { everyMs: 1000, burst: 2 } })) {
    if (value === 6) break;
    agent.clock.advance(1000);
  }
  assert.deepEqual(agent.clock.slept, []);
});

test('an abort is thrown with its own reason, and close() and the end of the session end the loop quietly', async () => {
  for (const [end, expected] of [
    ['abort', 'stop'],
    ['close', undefined],
    ['session', undefined],
    ['return', undefined],
  ] as const) {
    const agent = new Agent([{ index: 7n, value: 'a' }]);
    const aborter = new AbortController();
    const watch = agent.watch({ signal: aborter.signal });
    const changes = watch[Symbol.asyncIterator]();
    await changes.next();
    const next = changes.next();
    // The question is on its way by then.
    await new Promise(setImmediate);
    assert.equal(agent.asked.length, 2);
    if (end === 'abort') aborter.abort('stop');
    else if (end === 'close') await watch.close();
    else if (end === 'session') await agent.session.close();
    else await changes.return?.();
    const outcome = await next.then(
      ({ done }) => ({ done }),
      (reason: unknown) => ({ reason }),
    );
    assert.deepEqual(outcome, expected === undefined ? { done: true } : { reason: expected }, end);
    assert.equal(agent.asked[1]?.signal?.aborted, true);
    assert.deepEqual(await changes.next(), { done: true, value: undefined });
  }
});

test('an abort ends a wait, too, and no timer is left', async () => {
  const agent = new Agent([{ fail: lost }]);
  const aborter = new AbortController();
  const next = agent.watch({ signal: aborter.signal })[Symbol.asyncIterator]().next();
  await agent.clock.asleepAtLeast();
  aborter.abort('stop');
  await assert.rejects(next, (reason) => reason === 'stop');
  assert.equal(agent.clock.asleep, 0);
});

test('signals that live longer are listened to by the question that is asked, and no longer', async () => {
  const { signal } = new AbortController();
  const agent = new Agent([
    { index: 1n, value: 'a' },
    { index: 2n, value: 'b' },
  ]);
  const watch = agent.session.raw.get('/kv/a', { signal }).watch({ rate: false, signal });
  const seen: unknown[] = [];
  for await (const { value } of watch) {
    seen.push(value);
    // That of the watch itself.
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    if (seen.length === 2) break;
  }
  assert.deepEqual(seen, ['a', 'b']);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a question that is held ends with the signal of its call as well as with its watch', async () => {
  const aborter = new AbortController();
  const agent = new Agent([{ index: 1n, value: 'a' }]);
  const watch = agent.session.raw.get('/kv/a', { signal: aborter.signal }).watch({ rate: false });
  const changes = watch[Symbol.asyncIterator]();
  await changes.next();
  const next = changes.next();
  while (agent.asked.length < 2) await new Promise(setImmediate);
  assert.equal(getEventListeners(aborter.signal, 'abort').length, 1);
  aborter.abort('enough');
  await assert.rejects(next, (reason) => reason === 'enough');
  assert.equal(agent.asked[1]?.signal?.aborted, true);
});

test('a watch takes one loop', () => {
  const watch = new Agent([]).watch();
  watch[Symbol.asyncIterator]();
  assert.throws(() => watch[Symbol.asyncIterator](), /a watch takes one loop/);
});

test('a read is asked for once, and only when somebody wants to know', async () => {
  const agent = new Agent([{ index: 7n, value: 'a' }]);
  const read = agent.session.raw.get('/kv/a');
  assert.equal(agent.asked.length, 0);
  const [value, { meta }, { status }] = await Promise.all([read, read.withMeta(), read.withResponse()]);
  assert.deepEqual([value, meta.index, status], ['a', 7n, 200]);
  assert.equal(agent.asked.length, 1);
});
