import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeyPart, topic } from '@fairlead/runtime/client';
import { type Topic, taskcluster } from '@fairlead/runtime/taskcluster';
import { Broker } from '../servers/broker.ts';

const key: readonly KeyPart[] = [{ name: 'kind', constant: 'primary' }, { name: 'id' }];
const done: Topic<{ n: number }, { kind: string; id: string }, 'exchange/done'> = topic('exchange/done', key);
const rootUrl = 'https://tc.example.com';
const pulse = { url: 'amqps://me:hush@pulse.example.com' };

test('a session listens where it was told that the broker is', async () => {
  const broker = new Broker('exchange/done');
  const session = taskcluster({ rootUrl, pulse });
  const listener = session.listen(done, { connect: broker.connect });
  await listener.ready();
  broker.publish('exchange/done', 'primary.a', { n: 1 });
  for await (const message of listener) {
    assert.deepEqual(message.payload, { n: 1 });
    break;
  }
  assert.equal(broker.logins[0]?.address.hostname, 'pulse.example.com');
  assert.equal(broker.connections.size, 0);
});

test('a listener may be told of another broker', async () => {
  const broker = new Broker('exchange/done');
  const other = { hostname: 'other.example.com', username: 'me', password: 'hush' };
  await using listener = taskcluster({ rootUrl, pulse }).listen([done], {
    connect: broker.connect,
    pulse: other,
  });
  await listener.ready();
  assert.equal(broker.logins[0]?.address.hostname, 'other.example.com');
});

test('without a broker there is nothing to listen to', () => {
  assert.throws(() => taskcluster({ rootUrl }).listen(done), { name: 'TypeError', message: /give pulse/ });
});

test('a session closes the listeners that are open, and its own only', async () => {
  const broker = new Broker('exchange/done');
  const parent = taskcluster({ rootUrl, pulse });
  await using child = parent.with({ traceId: 'trace' });
  const ofChild = child.listen(done, { connect: broker.connect });
  await ofChild.ready();
  {
    await using session = parent.with({});
    const looping = session.listen(done, { connect: broker.connect });
    const waiting = session.listen(done, { connect: broker.connect });
    const over = session.listen(done, { connect: broker.connect });
    await Promise.all([looping.ready(), waiting.ready(), over.ready()]);
    await over.close();
    const loop = (async () => {
      for await (const message of looping)
        assert.fail(`nothing was published, and ${message.routingKey} came`);
    })();
    assert.equal(broker.connections.size, 3);
    await session.close();
    await loop;
    assert.equal(broker.connections.size, 1);
  }
  assert.equal(broker.connections.size, 1);
});

test('a second loop is refused, and the session still closes the first', async () => {
  const broker = new Broker('exchange/done');
  const session = taskcluster({ rootUrl, pulse });
  const listener = session.listen(done, { connect: broker.connect });
  await listener.ready();
  const first = listener[Symbol.asyncIterator]().next();
  await assert.rejects(listener[Symbol.asyncIterator]().next(), {
    name: 'TypeError',
    message: /takes one loop/,
  });
  await session.close();
  assert.deepEqual(await first, { done: true, value: undefined });
  assert.equal(broker.connections.size, 0);
});
