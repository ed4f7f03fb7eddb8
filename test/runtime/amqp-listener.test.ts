import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import { type KeyPart, topic } from '@fairlead/runtime/client';
import {
  ConnectionError,
  type Listener,
  type Notice,
  ResponseError,
  type SessionListenOptions,
  type Topic,
  taskcluster,
} from '@fairlead/runtime/taskcluster';
import { Broker, refusal } from '../servers/broker.ts';

interface Routing {
  kind: string;
  id: string;
  rest: string;
}
interface Done {
  n: number;
}

const key: readonly KeyPart[] = [
  { name: 'kind', constant: 'primary' },
  { name: 'id' },
  { name: 'rest', multipleWords: true },
];
const done: Topic<Done, Routing, 'exchange/done'> = topic('exchange/done', key);
const failed: Topic<{ why: string }, Routing, 'exchange/failed'> = topic('exchange/failed', key);

const pulse = { hostname: 'pulse.example.com', username: 'me', password: 'hunter2hunter2' };
const session = taskcluster({ rootUrl: 'https://tc.example.com' });
const listen: typeof session.listen = (topics, more) => session.listen(topics, more);
const soon = { delayMs: 1, maxDelayMs: 2 };

function options(broker: Broker, more: Partial<SessionListenOptions> = {}): SessionListenOptions {
  return { pulse, connect: broker.connect, reconnect: soon, ...more };
}

function publish(broker: Broker, ...numbers: readonly number[]): void {
  for (const n of numbers) broker.publish('exchange/done', `primary.t${n}._`, { n });
}

function bodies(...numbers: readonly number[]): string[] {
  return numbers.map((n) => JSON.stringify({ n }));
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 2_000) throw new Error('it never came to that');
    await wait(1);
  }
}

async function take<M>(listener: Listener<M>, count: number): Promise<M[]> {
  const messages: M[] = [];
  for await (const message of listener) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

test('a message tells its payload, exchange, routing and custom routes', async () => {
  const broker = new Broker('exchange/done');
  await using listener = listen(done, options(broker));
  await listener.ready();
  broker.publish('exchange/done', 'primary.t1.a.b', { n: 1 }, ['route.index.x', 'other']);
  const [message] = await take(listener, 1);
  assert.ok(message);
  const { ack, reject, ...facts } = message;
  assert.deepEqual(facts, {
    payload: { n: 1 },
    exchange: 'exchange/done',
    routingKey: 'primary.t1.a.b',
    routing: { kind: 'primary', id: 't1', rest: 'a.b' },
    routes: ['index.x'],
    redelivered: false,
  });
});

test('custom routes are the copies that start with "route."', async () => {
  const broker = new Broker('exchange/done');
  await using listener = listen(done, options(broker));
  await listener.ready();
  broker.publish('exchange/done', 'primary.t1._', { n: 1 }, ['route.my.custom.route', 'index.x', 'route.a']);
  publish(broker, 2);
  const messages = await take(listener, 2);
  assert.deepEqual(
    messages.map(({ routes }) => routes),
    [['my.custom.route', 'a'], []],
  );
});

test('nothing is connected before somebody asks', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker));
  await wait(5);
  assert.equal(broker.logins.length, 0);
  await listener.ready();
  assert.equal(broker.logins.length, 1);
  await listener.close();
});

test('a message is acknowledged when the loop moves on, and not earlier', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker));
  await listener.ready();
  publish(broker, 1, 2, 3);
  const seen: string[][] = [];
  for await (const { payload } of listener) {
    await wait(2);
    seen.push(broker.verdicts.map(({ verdict, body }) => `${verdict} ${body}`));
    if (payload.n === 3) break;
  }
  assert.deepEqual(seen, [[], ['ack {"n":1}'], ['ack {"n":1}', 'ack {"n":2}']]);
});

test('ack() acknowledges at once, and moving on does not do it again', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker, { queue: 'q' }));
  await listener.ready();
  publish(broker, 1, 2);
  for await (const message of listener) {
    message.ack();
    message.ack();
    message.reject();
    assert.equal(broker.verdicts.length, message.payload.n);
    if (message.payload.n === 2) break;
  }
  assert.deepEqual(broker.waiting('queue/me/q'), []);
  assert.ok(broker.verdicts.every(({ verdict }) => verdict === 'ack'));
});

test('leaving the loop puts the message in hand and those not yet seen back, in their order', async () => {
  const broker = new Broker('exchange/done');
  const first = listen(done, options(broker, { queue: 'q' }));
  await first.ready();
  publish(broker, 1, 2, 3, 4, 5, 6, 7);
  await take(first, 2);
  assert.equal(broker.connections.size, 0);
  assert.deepEqual(broker.waiting('queue/me/q'), bodies(2, 3, 4, 5, 6, 7));

  const again = await take(listen(done, options(broker, { queue: 'q' })), 6);
  assert.deepEqual(
    again.map(({ payload, redelivered }) => [payload.n, redelivered]),
    [
      [2, true],
      [3, true],
      [4, true],
      [5, true],
      [6, true],
      [7, false],
    ],
  );
});

test('an error in the loop puts the message back, too, and reaches the caller', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker, { queue: 'q' }));
  await listener.ready();
  publish(broker, 1);
  const working = async () => {
    for await (const { payload } of listener) throw new Error(`cannot do ${payload.n}`);
  };
  await assert.rejects(working(), { message: 'cannot do 1' });
  assert.deepEqual(broker.waiting('queue/me/q'), bodies(1));
  assert.equal(broker.connections.size, 0);
});

test('reject() puts a message back once, and drops it when it comes again', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker));
  await listener.ready();
  publish(broker, 1);
  for await (const message of listener) {
    message.reject();
    if (message.redelivered) break;
  }
  assert.deepEqual(
    broker.verdicts.map(({ verdict }) => verdict),
    ['requeue', 'drop'],
  );
});

test('reject() does as it is told about requeueing', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker, { prefetch: 1 }));
  await listener.ready();
  publish(broker, 1, 2);
  const seen: [number, boolean][] = [];
  for await (const message of listener) {
    seen.push([message.payload.n, message.redelivered]);
    if (seen.length === 1) message.reject({ requeue: true });
    if (seen.length === 2) message.reject({ requeue: true });
    if (seen.length === 3) message.reject({ requeue: undefined });
    if (seen.length === 4) {
      message.reject({ requeue: false });
      break;
    }
  }
  assert.deepEqual(seen, [
    [1, false],
    [1, true],
    [1, true],
    [2, false],
  ]);
  assert.deepEqual(
    broker.verdicts.map(({ verdict }) => verdict),
    ['requeue', 'requeue', 'drop', 'drop'],
  );
});

for (const prefetch of [1, 5, 20]) {
  test(`no more than ${prefetch} messages are here and not acknowledged`, async () => {
    const broker = new Broker('exchange/done');
    const listener = listen(done, options(broker, prefetch === 5 ? {} : { prefetch }));
    await listener.ready();
    publish(broker, ...Array.from({ length: 50 }, (_, n) => n));
    let most = 0;
    for await (const { payload } of listener) {
      most = Math.max(most, broker.held().length);
      if (payload.n === 49) break;
    }
    assert.equal(most, prefetch);
  });
}

test('a durable queue keeps messages while nobody listens', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker, { queue: 'builds' }));
  await listener.ready();
  await listener.close();
  publish(broker, 1, 2);
  const queue = broker.queues.get('queue/me/builds');
  assert.deepEqual(queue?.options, {
    durable: true,
    exclusive: false,
    autoDelete: false,
    arguments: { 'x-queue-type': 'quorum' },
  });
  const messages = await take(listen(done, options(broker, { queue: 'builds' })), 2);
  assert.deepEqual(
    messages.map(({ payload }) => payload.n),
    [1, 2],
  );
});

test('a durable queue may be a classic one, and under another namespace', async () => {
  const broker = new Broker('exchange/done');
  const more: Partial<SessionListenOptions> = { queue: 'q', queueType: 'classic', namespace: 'team' };
  await using listener = listen(done, options(broker, more));
  await listener.ready();
  assert.deepEqual(broker.queues.get('queue/team/q')?.options.arguments, { 'x-queue-type': 'classic' });
});

test('an ephemeral queue is under a random name of our own and goes with its listener', async () => {
  const broker = new Broker('exchange/done');
  const listeners = [listen(done, options(broker)), listen(done, options(broker))];
  await Promise.all(listeners.map((listener) => listener.ready()));
  const names = [...broker.queues.keys()];
  assert.equal(new Set(names).size, 2);
  for (const name of names) {
    assert.match(name, /^queue\/me\/[0-9a-f-]{36}$/);
    assert.deepEqual(broker.queues.get(name)?.options, { durable: false, exclusive: true, autoDelete: true });
  }
  await Promise.all(listeners.map((listener) => listener.close()));
  assert.equal(broker.queues.size, 0);
});

test('listeners of one durable queue share its messages', async () => {
  const broker = new Broker('exchange/done');
  const listeners = [1, 2].map(() => listen(done, options(broker, { queue: 'q', prefetch: 1 })));
  await Promise.all(listeners.map((listener) => listener.ready()));
  publish(broker, 1, 2, 3, 4, 5, 6);
  const seen: number[] = [];
  const counts = await Promise.all(
    listeners.map(async (listener) => {
      let count = 0;
      for await (const message of listener) {
        message.ack();
        seen.push(message.payload.n);
        count += 1;
        if (seen.length === 6) await Promise.all(listeners.map((each) => each.close()));
      }
      return count;
    }),
  );
  assert.deepEqual(seen.toSorted(), [1, 2, 3, 4, 5, 6]);
  assert.ok(counts.every((count) => count > 0));
});

test('several topics make one stream, each message with the routing of its own exchange', async () => {
  const broker = new Broker('exchange/done', 'exchange/failed');
  await using listener = listen([done, failed], options(broker));
  await listener.ready();
  broker.publish('exchange/failed', 'primary.a._', { why: 'tired' });
  publish(broker, 1);
  const told: string[] = [];
  for await (const message of listener) {
    if (message.exchange === 'exchange/failed') told.push(`${message.routing.id}: ${message.payload.why}`);
    else told.push(`${message.routing.id}: ${message.payload.n.toFixed(1)}`);
    if (told.length === 2) break;
  }
  assert.deepEqual(told, ['a: tired', 't1: 1.0']);
});

test('a message that is bound twice comes once', async () => {
  const broker = new Broker('exchange/done');
  const byRoute: typeof done = topic('exchange/done', key, 'route.x');
  await using listener = listen([done, byRoute], options(broker));
  await listener.ready();
  broker.publish('exchange/done', 'primary.t1._', { n: 1 }, ['route.x']);
  publish(broker, 2);
  const messages = await take(listener, 2);
  assert.deepEqual(
    messages.map(({ payload }) => payload.n),
    [1, 2],
  );
});

test('close() ends a loop that waits, and one that works', async () => {
  const broker = new Broker('exchange/done');
  const waiting = listen(done, options(broker));
  const loop = take(waiting, 1);
  await waiting.ready();
  await waiting.close();
  assert.deepEqual(await loop, []);

  const working = listen(done, options(broker, { queue: 'q' }));
  await working.ready();
  publish(broker, 1, 2);
  let count = 0;
  for await (const message of working) {
    count += 1;
    await working.close();
    message.ack();
  }
  assert.equal(count, 1);
  assert.deepEqual(broker.waiting('queue/me/q'), bodies(1, 2));
});

test('a closed listener gives nothing, connects to nothing and is never ready', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker));
  await listener.close();
  await listener.close();
  assert.deepEqual(await take(listener, 1), []);
  await assert.rejects(listener.ready(), { message: 'the listener was closed' });
  assert.equal(broker.logins.length, 0);
});

test('closing while connecting leaves no connection behind', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker));
  const ready = listener.ready();
  await listener.close();
  await assert.rejects(ready, { message: 'the listener was closed' });
  await until(() => broker.logins.length === 1 && broker.connections.size === 0);

  broker.silences.add('assertQueue');
  const stuck = listen(done, options(broker));
  const never = stuck.ready();
  await until(() => broker.connections.size === 1);
  await stuck.close();
  await assert.rejects(never, { message: 'the listener was closed' });
  await until(() => broker.connections.size === 0);
});

test('a connection that comes too late is not kept', async () => {
  const broker = new Broker('exchange/done');
  const connect: typeof broker.connect = async (address, socket) => {
    await wait(30);
    return broker.connect(address, socket);
  };
  const listener = listen(done, options(broker, { connect, connectTimeoutMs: 10, reconnect: false }));
  await assert.rejects(listener.ready(), {
    name: 'ConnectionError',
    code: 'timeout',
    message: /^CONNECT amqps:/,
  });
  await until(() => broker.logins.length === 1);
  await until(() => broker.connections.size === 0);
});

test('an abort closes the listener and the loop throws its reason', async () => {
  const broker = new Broker('exchange/done');
  const controller = new AbortController();
  const listener = listen(done, options(broker, { queue: 'q', signal: controller.signal }));
  await listener.ready();
  publish(broker, 1, 2);
  const seen: number[] = [];
  const loop = async () => {
    for await (const { payload } of listener) {
      seen.push(payload.n);
      if (payload.n === 2) controller.abort(new Error('enough'));
    }
  };
  await assert.rejects(loop(), { message: 'enough' });
  assert.deepEqual(seen, [1, 2]);
  await until(() => broker.connections.size === 0);
  assert.deepEqual(broker.waiting('queue/me/q'), bodies(2));
});

test('an abort before the start connects to nothing', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker, { signal: AbortSignal.abort(new Error('too late')) }));
  await assert.rejects(listener.ready(), { message: 'too late' });
  await assert.rejects(take(listener, 1), { message: 'too late' });
  assert.equal(broker.logins.length, 0);
});

test('a listener takes one loop', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker));
  const first = take(listener, 1);
  await assert.rejects(take(listener, 1), { name: 'TypeError', message: /one loop/ });
  await listener.close();
  await first;
});

test('a body that is not JSON is dropped and told, and the loop goes on', async () => {
  const broker = new Broker('exchange/done');
  const notices: Notice[] = [];
  const diagnosed: unknown[] = [];
  const diagnose = (message: unknown) => diagnosed.push(message);
  subscribe('fairlead:amqp', diagnose);
  await using listener = listen(done, options(broker, { onNotice: (notice) => notices.push(notice) }));
  await listener.ready();
  broker.publish('exchange/done', 'primary.bad._', Buffer.from('{"secret": hunter2'));
  broker.publish('exchange/done', 'primary.bad._', Buffer.from([0x22, 0xff, 0x22]));
  publish(broker, 1);
  const [message] = await take(listener, 1);
  unsubscribe('fairlead:amqp', diagnose);
  assert.equal(message?.payload.n, 1);
  assert.deepEqual(
    broker.verdicts.map(({ verdict }) => verdict),
    ['drop', 'drop'],
  );
  const dropped = notices.filter((notice) => notice.kind === 'dropped');
  assert.equal(dropped.length, 2);
  assert.equal(
    dropped[0]?.error.message,
    'MESSAGE exchange/done primary.bad._: its body of 18 bytes is not JSON in UTF-8',
  );
  assert.equal(dropped[0]?.routingKey, 'primary.bad._');
  assert.deepEqual(diagnosed, notices);
});

test('a message by an old binding of a durable queue is dropped and told', async () => {
  const broker = new Broker('exchange/done', 'exchange/failed');
  const before = listen([done, failed], options(broker, { queue: 'q' }));
  await before.ready();
  await before.close();
  broker.publish('exchange/failed', 'primary.a._', { why: 'old' });
  publish(broker, 1);
  const notices: Notice[] = [];
  const [message] = await take(
    listen(done, options(broker, { queue: 'q', onNotice: (notice) => notices.push(notice) })),
    1,
  );
  assert.equal(message?.payload.n, 1);
  const dropped = notices.find((notice) => notice.kind === 'dropped');
  assert.match(dropped?.error.message ?? '', /exchange\/failed primary.a._: no topic of this listener/);
});

test('the broker gets the address, the account, the heartbeat and no limit of our own on frames', async () => {
  const broker = new Broker('exchange/done');
  const tls = { ca: 'PEM' };
  await using listener = listen(done, options(broker, { pulse: { ...pulse, vhost: 'a/b', tls } }));
  await listener.ready();
  assert.deepEqual(broker.logins, [
    {
      address: {
        protocol: 'amqps',
        hostname: 'pulse.example.com',
        port: 5671,
        username: 'me',
        password: 'hunter2hunter2',
        vhost: 'a%2Fb',
        frameMax: 0,
        heartbeat: 30,
      },
      socket: { ca: 'PEM', timeout: 30_000, noDelay: true },
    },
  ]);
});

const urls: readonly (readonly [string, string])[] = [
  ['amqp://me:p%40ss@host', 'amqp host 5672 me p@ss %2F'],
  ['amqps://me:pw@host:7000/', 'amqps host 7000 me pw %2F'],
  ['amqps://me:pw@[::1]/a%2Fb', 'amqps ::1 5671 me pw a%2Fb'],
];

for (const [url, expected] of urls) {
  test(`${url.replace(/:[^:@/]*@/, ':…@')} is understood`, async () => {
    const broker = new Broker('exchange/done');
    await using listener = listen(done, options(broker, { pulse: { url } }));
    await listener.ready();
    const address = broker.logins[0]?.address;
    assert.ok(address);
    const { protocol, hostname, port, username, password, vhost } = address;
    assert.equal(`${protocol} ${hostname} ${port} ${username} ${password} ${vhost}`, expected);
  });
}

const wrong: readonly (readonly [string, Partial<SessionListenOptions>, RegExp])[] = [
  ['a URL of another kind', { pulse: { url: 'https://me:hunter2@host' } }, /^pulse\.url must be amqps:/],
  ['no URL', { pulse: { url: 'hunter2' } }, /^pulse\.url must be amqps:/],
  ['a URL without a user', { pulse: { url: 'amqps://host' } }, /the username is missing/],
  ['a URL without a password', { pulse: { url: 'amqps://me@host' } }, /the password is missing/],
  ['a URL with a stray percent', { pulse: { url: 'amqps://me:hunter2%@host' } }, /"%" that starts no valid/],
  ['no host', { pulse: { ...pulse, hostname: '' } }, /the host of the broker is missing/],
  [
    'an impossible port',
    { pulse: { ...pulse, port: 70_000 } },
    /the port must be an integer from 1 to 65535/,
  ],
  ['an empty name of a queue', { queue: '' }, /name of the queue is empty/],
  ['a long name of a queue', { queue: 'x'.repeat(250) }, /longer than the 255 bytes/],
  ['no prefetch limit', { prefetch: 0 }, /prefetch must be an integer from 1 to 65535, not 0/],
  ['half a message', { prefetch: 1.5 }, /prefetch must be an integer/],
  ['a negative heartbeat', { heartbeatSeconds: -1 }, /heartbeatSeconds must be an integer/],
];

for (const [what, more, message] of wrong) {
  test(`${what} is refused before anything is connected, and no password is shown`, () => {
    const broker = new Broker();
    assert.throws(
      () => listen(done, options(broker, more)),
      (error: unknown) => {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, message);
        assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /hunter2/);
        return true;
      },
    );
  });
}

test('no topic at all is refused', () => {
  assert.throws(() => listen([], options(new Broker())), {
    name: 'TypeError',
    message: /at least one topic/,
  });
});

test('neither a listener nor a message nor an error shows the password', async () => {
  const broker = new Broker('exchange/done');
  await using listener = listen(done, options(broker));
  await listener.ready();
  publish(broker, 1);
  const [message] = await take(listener, 1);
  broker.refusals.set(
    'connect',
    new Error('Handshake terminated by server: 403 (ACCESS-REFUSED) with message "no"'),
  );
  const error: unknown = await listen(done, options(broker))
    .ready()
    .catch((refused: unknown) => refused);
  for (const value of [listener, message, error]) {
    assert.doesNotMatch(inspect(value, { depth: 9, showHidden: true }), /hunter2/);
    assert.doesNotMatch(String(JSON.stringify(value)), /hunter2/);
  }
});

const refusals: readonly (readonly [string, Parameters<Broker['refusals']['set']>[0], Error, object])[] = [
  [
    'a wrong password',
    'connect',
    new Error(
      'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused"',
    ),
    {
      category: 'unauthorized',
      status: 403,
      code: 'ACCESS_REFUSED',
      message: 'CONNECT amqps://pulse.example.com:5671/%2F: 403 ACCESS_REFUSED: Login was refused',
    },
  ],
  [
    'a queue that this user may not make',
    'assertQueue',
    refusal(403, 'ACCESS_REFUSED', "access to queue 'queue/me/q' refused for user 'me'"),
    {
      category: 'forbidden',
      message: "DECLARE queue/me/q: 403 ACCESS_REFUSED: access to queue 'queue/me/q' refused for user 'me'",
    },
  ],
  [
    'a queue that another connection has for itself',
    'assertQueue',
    refusal(405, 'RESOURCE_LOCKED', 'locked'),
    { category: 'conflict', status: 405 },
  ],
  [
    'an exchange that this user may not read',
    'bindQueue',
    refusal(403, 'ACCESS_REFUSED', 'read access refused'),
    {
      category: 'forbidden',
      message: /^BIND queue\/me\/q to exchange\/done primary\.\*\.#: 403 ACCESS_REFUSED: read/,
    },
  ],
  [
    'a refused consumer',
    'consume',
    refusal(403, 'ACCESS_REFUSED', 'no'),
    { message: /^CONSUME queue\/me\/q: 403/ },
  ],
];

for (const [what, step, error, expected] of refusals) {
  test(`${what} ends the loop at once with a clear error`, async () => {
    const broker = new Broker('exchange/done');
    broker.refusals.set(step, error);
    const listener = listen(done, options(broker, { queue: 'q' }));
    const loop = take(listener, 1);
    await assert.rejects(listener.ready(), { name: 'ResponseError', ...expected });
    await assert.rejects(loop, ResponseError);
    assert.equal(broker.logins.length, 1);
    await until(() => broker.connections.size === 0);
  });
}

test('an unknown exchange ends the loop at once with a clear error', async () => {
  const broker = new Broker('exchange/done');
  await assert.rejects(take(listen([done, failed], options(broker)), 1), {
    name: 'ResponseError',
    category: 'not-found',
    status: 404,
    code: 'NOT_FOUND',
    message:
      /^BIND queue\/me\/[0-9a-f-]+ to exchange\/failed primary\.\*\.#: 404 NOT_FOUND: no exchange 'exchange\/failed' in/,
  });
  assert.equal(broker.logins.length, 1);
});

test('a queue that exists with other settings ends the loop at once with a clear error', async () => {
  const broker = new Broker('exchange/done');
  await using first = listen(done, options(broker, { queue: 'q', queueType: 'classic' }));
  await first.ready();
  await assert.rejects(listen(done, options(broker, { queue: 'q' })).ready(), {
    name: 'ResponseError',
    category: 'conflict',
    code: 'PRECONDITION_FAILED',
    message: /^DECLARE queue\/me\/q: 406 PRECONDITION_FAILED: inequivalent arg/,
  });
});

test('an option of reconnecting that is undefined is not given, and one that makes no sense is refused', async () => {
  const broker = new Broker('exchange/done');
  broker.stop();
  const usual = listen(done, options(broker, { reconnect: { ...soon, firstRetries: undefined } }));
  await assert.rejects(take(usual, 1), ConnectionError);
  assert.equal(broker.logins.length, 6);
  for (const reconnect of [{ firstRetries: Number.NaN }, { delayMs: 0 }, { maxDelayMs: -1 }]) {
    const made = () => listen(done, options(broker, { reconnect }));
    assert.throws(made, { name: 'TypeError', message: /^reconnect\.\w+ must be a number of/ });
  }
});

test('a broker that cannot be reached is told after the first attempts', async () => {
  const broker = new Broker('exchange/done');
  broker.stop();
  const notices: Notice[] = [];
  const reconnect = { ...soon, firstRetries: 2 };
  const listener = listen(done, options(broker, { reconnect, onNotice: (notice) => notices.push(notice) }));
  await assert.rejects(take(listener, 1), (error: unknown) => {
    assert.ok(error instanceof ConnectionError);
    assert.equal(error.code, 'connect');
    assert.equal(error.category, 'unavailable');
    assert.equal(
      error.message,
      'CONNECT amqps://pulse.example.com:5671/%2F: connect ECONNREFUSED 127.0.0.1:5671',
    );
    return true;
  });
  assert.equal(broker.logins.length, 3);
  assert.deepEqual(
    notices.map(({ kind }) => kind),
    ['disconnected', 'disconnected'],
  );
});

test('a listener that may not reconnect tells the first loss', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker, { reconnect: false }));
  await listener.ready();
  const loop = take(listener, 1);
  broker.kill();
  await assert.rejects(loop, { name: 'ConnectionError', code: 'reset', message: /: read ECONNRESET$/ });
});

test('a broker that never answers is given up, told, and asked again', async () => {
  const broker = new Broker('exchange/done');
  broker.silences.add('assertQueue');
  const notices: Notice[] = [];
  const onNotice = (notice: Notice) => {
    notices.push(notice);
    broker.silences.clear();
  };
  await using listener = listen(done, options(broker, { queue: 'q', connectTimeoutMs: 20, onNotice }));
  await listener.ready();
  const lost = notices[0];
  assert.ok(lost?.kind === 'disconnected' && lost.error instanceof ConnectionError);
  assert.equal(lost.error.code, 'timeout');
  assert.equal(lost.error.message, 'DECLARE queue/me/q: no answer within 20 ms');
  assert.equal(broker.connections.size, 1);
});

test('a home node that is down is no reason to give up', async () => {
  const broker = new Broker('exchange/done');
  broker.refusals.set('assertQueue', refusal(404, 'NOT_FOUND', "home node 'a' of durable queue 'q' is down"));
  const listener = listen(done, options(broker, { queue: 'q' }));
  const ready = listener.ready();
  await until(() => broker.logins.length > 1);
  broker.refusals.clear();
  await ready;
  await listener.close();
});

test('after a lost connection the listener declares, binds and consumes again', async () => {
  const broker = new Broker('exchange/done');
  const notices: Notice[] = [];
  const listener = listen(done, options(broker, { queue: 'q', onNotice: (notice) => notices.push(notice) }));
  await listener.ready();
  broker.stop();
  publish(broker, 1);
  await until(() => broker.logins.length > 3);
  broker.start();
  const [message] = await take(listener, 1);
  assert.deepEqual([message?.payload.n, message?.redelivered], [1, false]);
  assert.deepEqual(notices.at(0), { kind: 'connected', queue: 'queue/me/q', gap: false });
  assert.equal(notices.at(1)?.kind, 'disconnected');
  assert.deepEqual(notices.at(-1), { kind: 'connected', queue: 'queue/me/q', gap: false });
});

test('a reconnected ephemeral queue is a new one, and the gap is told', async () => {
  const broker = new Broker('exchange/done');
  const connected: Notice[] = [];
  const onNotice = (notice: Notice) => notice.kind === 'connected' && connected.push(notice);
  await using listener = listen(done, options(broker, { onNotice }));
  await listener.ready();
  broker.kill();
  publish(broker, 1);
  await until(() => connected.length === 2);
  publish(broker, 2);
  const [message] = await take(listener, 1);
  assert.equal(message?.payload.n, 2);
  assert.deepEqual(
    connected.map((notice) => notice.kind === 'connected' && notice.gap),
    [false, true],
  );
  const queues = connected.map((notice) => notice.kind === 'connected' && notice.queue);
  assert.notEqual(queues[0], queues[1]);
});

test('a late acknowledgement of a lost connection is not sent, and the message comes again', async () => {
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker, { queue: 'q' }));
  await listener.ready();
  publish(broker, 1, 2);
  const seen: [number, boolean][] = [];
  for await (const message of listener) {
    seen.push([message.payload.n, message.redelivered]);
    if (seen.length === 1) {
      broker.kill();
      await until(() => broker.held().length === 2);
      message.ack();
      message.reject();
      assert.deepEqual(broker.verdicts, []);
    }
    if (seen.length === 3) break;
  }
  assert.deepEqual(seen, [
    [1, false],
    [1, true],
    [2, true],
  ]);
  assert.equal(broker.logins.length, 2);
});

test('a deleted queue is declared anew', async () => {
  const broker = new Broker('exchange/done');
  const notices: Notice[] = [];
  await using listener = listen(
    done,
    options(broker, { queue: 'q', onNotice: (notice) => notices.push(notice) }),
  );
  await listener.ready();
  broker.deleteQueue('queue/me/q');
  await until(() => broker.queues.has('queue/me/q'));
  await until(() => notices.length === 3);
  const lost = notices[1];
  assert.ok(lost?.kind === 'disconnected');
  assert.match(lost.error.message, /the broker cancelled the consumer; was the queue deleted\?/);
  publish(broker, 1);
  assert.equal((await take(listener, 1)).length, 1);
});

test('an observer that throws does not stop the listener', async () => {
  const broker = new Broker('exchange/done');
  const uncaught: unknown[] = [];
  const previous = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => uncaught.push(error));
  const onNotice = () => {
    throw new Error('an observer with a fault');
  };
  const listener = listen(done, options(broker, { onNotice }));
  await listener.ready();
  publish(broker, 1);
  assert.equal((await take(listener, 1)).length, 1);
  process.removeAllListeners('uncaughtException');
  for (const each of previous) process.on('uncaughtException', each);
  assert.match(String(uncaught[0]), /an observer with a fault/);
});

test('with connections breaking all the time nothing is lost and nothing acknowledged early', async () => {
  const total = 400;
  const broker = new Broker('exchange/done');
  const listener = listen(done, options(broker, { queue: 'q' }));
  await listener.ready();

  const finished = new Set<number>();
  const copies = new Map<number, number>();
  const unflagged: number[] = [];
  let early = 0;
  let random = 7;
  const next = () => {
    random = (random * 48_271) % 2_147_483_647;
    return random;
  };
  const work = async () => {
    for await (const { payload, redelivered } of listener) {
      const before = copies.get(payload.n) ?? 0;
      copies.set(payload.n, before + 1);
      if (before > 0 && !redelivered) unflagged.push(payload.n);
      if (next() % 3 === 0) await wait(0);
      if (next() % 20 === 0) broker.kill();
      for (const { verdict, body } of broker.verdicts.splice(0)) {
        assert.equal(verdict, 'ack');
        const parsed: Done = JSON.parse(body);
        if (!finished.has(parsed.n)) early += 1;
      }
      finished.add(payload.n);
      if (finished.size === total) break;
    }
  };
  const publishing = async () => {
    for (let n = 0; n < total; n += 1) {
      publish(broker, n);
      if (n % 10 === 0) await wait(0);
    }
  };
  await Promise.all([work(), publishing()]);
  const received = [...copies.values()].reduce((sum, count) => sum + count, 0);
  assert.equal(copies.size, total);
  assert.equal(early, 0);
  assert.deepEqual(unflagged, []);
  assert.ok(received > total, 'connections broke, so some messages must have come twice');
  assert.ok(broker.logins.length > 5, `only ${broker.logins.length} connections were made`);
});
