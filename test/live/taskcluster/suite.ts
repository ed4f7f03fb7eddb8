import assert from 'node:assert/strict';
import { after, before, suite, type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  authEvents,
  githubEvents,
  hooksEvents,
  type Listener,
  type Notice,
  notifyEvents,
  type PulseAddress,
  queueEvents,
  slugid,
  taskcluster,
  workerManagerEvents,
} from '@fairlead/taskcluster';
import type { Programs } from './programs.ts';
import { Publisher } from './publisher.ts';
import { type Account, RabbitMq } from './rabbitmq.ts';

const everyTopic = [authEvents, githubEvents, hooksEvents, notifyEvents, queueEvents, workerManagerEvents]
  .flatMap((events) => Object.values(events))
  .map((event) => event());
const completed = queueEvents.taskCompleted();
const session = taskcluster({ rootUrl: 'https://tc.example.com' });
/** For one test: generous, since a broker shares its machine. */
const limit = { timeout: 240_000 };
/**
 * RabbitMQ writes the name of a new quorum queue to the disk some 3 seconds after it was declared. Killed before, it
 * forgets that the messages on its disk are of that queue.
 */
const registeredMs = 6_000;
const soon = { delayMs: 50, maxDelayMs: 1_000 };

/** A key of the queue's exchanges, as the queue makes them. */
function keyOf(taskId: string): string {
  return `primary.${taskId}.0.group.worker.provisioner.type.-.${taskId}._`;
}

/** What matters here of a message of the queue. */
function statusOf(taskId: string, runId = 0): object {
  return { status: { taskId }, runId };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > 120_000) throw new Error(`it never came to that: ${condition}`);
    await wait(50);
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

export function exchangesOnRabbitMq(programs: Programs): void {
  suite('exchanges on a real RabbitMQ', { timeout: 900_000 }, () => {
    let broker: RabbitMq;
    let services: Publisher;

    const pulseOf = (account: Account): PulseAddress => ({
      hostname: '127.0.0.1',
      port: broker.port,
      username: account.username,
      password: account.password,
      tls: false,
    });
    const options = ({ signal }: TestContext) => ({
      pulse: pulseOf(broker.consumer),
      reconnect: soon,
      signal,
    });
    const publish = (taskId: string, copies?: string[]) =>
      services.publish(completed.exchange, keyOf(taskId), () => statusOf(taskId), copies);
    const waiting = async (queue: string) => {
      const channel = await services.channel();
      return (await channel.checkQueue(`queue/consumer/${queue}`)).messageCount;
    };

    before(async () => {
      broker = await RabbitMq.start(
        programs,
        everyTopic.map(({ exchange }) => exchange),
      );
      services = new Publisher(broker, broker.services);
    });
    after(async () => {
      await services[Symbol.asyncDispose]();
      await broker.stop();
    });

    test('every exchange of every service can be listened to', limit, async (context) => {
      await using listener = session.listen(everyTopic, options(context));
      await listener.ready();
      for (const { exchange, pattern } of everyTopic) {
        const key = pattern.replaceAll('*', 'word').replace('#', 'two.words');
        await services.publish(exchange, key, () => ({ exchange }));
      }
      const messages = await take(listener, everyTopic.length);
      assert.equal(new Set(messages.map(({ exchange }) => exchange)).size, 36);
      for (const { exchange, payload, routing } of messages) {
        assert.deepEqual(payload, { exchange });
        assert.ok(Object.values(routing).every((part) => ['primary', 'word', 'two.words'].includes(part)));
      }
    });

    test(
      'a durable queue is a quorum queue and keeps messages while nobody listens',
      limit,
      async (context) => {
        await using first = session.listen(completed, { ...options(context), queue: 'durable' });
        await first.ready();
        await first.close();
        const taskIds = [slugid(), slugid(), slugid()];
        for (const taskId of taskIds) await publish(taskId);
        await until(async () => (await waiting('durable')) === 3);

        const messages = await take(session.listen(completed, { ...options(context), queue: 'durable' }), 3);
        assert.deepEqual(
          messages.map(({ payload, routing, redelivered }) => [
            payload.status.taskId,
            routing.taskId,
            redelivered,
          ]),
          taskIds.map((taskId) => [taskId, taskId, false]),
        );
        const refused = session
          .listen(completed, { ...options(context), queue: 'durable', queueType: 'classic' })
          .ready();
        await assert.rejects(refused, {
          name: 'ResponseError',
          category: 'conflict',
          code: 'PRECONDITION_FAILED',
        });
      },
    );

    test('every ephemeral listener has a queue of its own, which goes with it', limit, async (context) => {
      const queues: string[] = [];
      const onNotice = (notice: Notice) => void (notice.kind === 'connected' && queues.push(notice.queue));
      const listeners = [1, 2].map(() => session.listen(completed, { ...options(context), onNotice }));
      await Promise.all(listeners.map((listener) => listener.ready()));
      const taskId = slugid();
      await publish(taskId);
      const taken = await Promise.all(listeners.map((listener) => take(listener, 1)));
      assert.deepEqual(
        taken.flat().map(({ payload }) => payload.status.taskId),
        [taskId, taskId],
      );
      await until(() => queues.length === 2);
      for (const queue of queues) {
        const channel = await services.channel();
        await assert.rejects(channel.checkQueue(queue), /NOT_FOUND - no queue/);
        await until(async () => (await services.channel()) !== channel);
      }
    });

    test(
      'a pattern takes what it says, and a custom route is taken by its own key',
      limit,
      async (context) => {
        const [wanted, other] = [slugid(), slugid()];
        const byTask = queueEvents.taskCompleted({ taskId: wanted });
        const byRoute = queueEvents.taskCompleted('route.index.project.#');
        await using tasks = session.listen(byTask, options(context));
        await using routes = session.listen([byRoute, byTask], options(context));
        await Promise.all([tasks.ready(), routes.ready()]);
        await publish(other, ['route.index.project.x', 'route.other', 'unrelated']);
        await publish(wanted, ['route.index.project.y']);
        const [message] = await take(tasks, 1);
        assert.equal(message?.routing.taskId, wanted);
        assert.deepEqual(
          (await take(routes, 2)).map(({ payload, routes }) => [payload.status.taskId, ...routes]),
          [
            [other, 'index.project.x', 'other'],
            [wanted, 'index.project.y'],
          ],
        );
      },
    );

    test(
      'the broker holds back what is over the prefetch, and hears of a message when the loop moves on',
      limit,
      async (context) => {
        const listener = session.listen(completed, { ...options(context), queue: 'prefetch', prefetch: 3 });
        await listener.ready();
        for (let n = 0; n < 10; n += 1) await publish(slugid());
        let count = 0;
        for await (const _ of listener) {
          await until(async () => (await waiting('prefetch')) === 7 - count);
          count += 1;
          if (count === 4) break;
        }
        // Three were acknowledged; the fourth and two that nobody has seen went back.
        await until(async () => (await waiting('prefetch')) === 7);
        const rest = await take(session.listen(completed, { ...options(context), queue: 'prefetch' }), 7);
        assert.equal(rest.filter(({ redelivered }) => redelivered).length, 3);
      },
    );

    test('a rejected message comes again once, flagged, and a dropped one never', limit, async (context) => {
      await using listener = session.listen(completed, { ...options(context), queue: 'rejected' });
      await listener.ready();
      const [twice, once] = [slugid(), slugid()];
      await publish(twice);
      await publish(once);
      const seen: string[] = [];
      for await (const message of listener) {
        seen.push(`${message.routing.taskId} ${message.redelivered}`);
        if (message.routing.taskId === once) message.reject({ requeue: false });
        else message.reject();
        if (seen.length === 3) break;
      }
      assert.deepEqual(seen.toSorted(), [`${twice} false`, `${twice} true`, `${once} false`].toSorted());
      await until(async () => (await waiting('rejected')) === 0);
    });

    test(
      'a message that cannot be read is dropped and told, and the next one comes',
      limit,
      async (context) => {
        const dropped: string[] = [];
        const onNotice = (notice: Notice) =>
          void (notice.kind === 'dropped' && dropped.push(notice.error.message));
        await using listener = session.listen(completed, {
          ...options(context),
          queue: 'unreadable',
          onNotice,
        });
        await listener.ready();
        const taskId = slugid();
        await services.publish(completed.exchange, keyOf('bad'), () => Buffer.from('{"status":'));
        await publish(taskId);
        assert.equal((await take(listener, 1))[0]?.payload.status.taskId, taskId);
        assert.match(
          dropped.join(),
          /^MESSAGE exchange\S+ primary\.bad\.\S+: its body of 10 bytes is not JSON/,
        );
      },
    );

    test('a deleted queue is made anew', limit, async (context) => {
      const notices: Notice[] = [];
      const onNotice = (notice: Notice) => void notices.push(notice);
      await using listener = session.listen(completed, { ...options(context), queue: 'deleted', onNotice });
      await listener.ready();
      await (await services.channel()).deleteQueue('queue/consumer/deleted');
      await until(() => notices.length === 3);
      assert.deepEqual(
        notices.map(({ kind }) => kind),
        ['connected', 'disconnected', 'connected'],
      );
      const taskId = slugid();
      await publish(taskId);
      assert.equal((await take(listener, 1))[0]?.payload.status.taskId, taskId);
    });

    test(
      'whatever the broker refuses is told at once, clearly and without the password',
      limit,
      async (context) => {
        const wrongPassword = { ...pulseOf(broker.consumer), password: 'hunter2hunter2' };
        const unknown = { ...completed, exchange: 'exchange/taskcluster-queue/v1/task-forgotten' };
        const refusals = [
          [
            completed,
            { pulse: wrongPassword },
            'unauthorized',
            /^CONNECT amqp:\S+: 403 ACCESS_REFUSED: Login was/,
          ],
          [
            completed,
            { pulse: pulseOf(broker.stranger) },
            'forbidden',
            /^BIND queue\/stranger\/\S+ to exchange\S+ \S+: 403/,
          ],
          [
            completed,
            { namespace: 'services' },
            'forbidden',
            /^DECLARE queue\/services\/\S+: 403 ACCESS_REFUSED: /,
          ],
          [
            unknown,
            {},
            'not-found',
            /^BIND .* 404 NOT_FOUND: no exchange 'exchange\S+task-forgotten' in vhost '\/'$/,
          ],
        ] as const;
        for (const [topic, more, category, message] of refusals) {
          const notices: Notice[] = [];
          const onNotice = (notice: Notice) => void notices.push(notice);
          const listener = session.listen(topic, { ...options(context), ...more, onNotice });
          await assert.rejects(listener.ready(), (error: Error) => {
            assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /hunter2/);
            assert.match(error.message, message);
            assert.equal('category' in error && error.category, category);
            return true;
          });
          assert.deepEqual(notices, []);
        }
        const vhost = { ...pulseOf(broker.consumer), vhost: 'elsewhere' };
        await assert.rejects(session.listen(completed, { pulse: vhost, reconnect: false }).ready(), {
          name: 'ConnectionError',
          message: /the broker refused the virtual host/,
        });
      },
    );

    test(
      'kill -9 in the middle of it all: nothing confirmed is lost, and what comes twice says so',
      limit,
      async (context) => {
        const total = 5_000;
        const notices: Notice[] = [];
        const onNotice = (notice: Notice) => void notices.push(notice);
        const ephemeral = session.listen(completed, { ...options(context), onNotice });
        const listener = session.listen(completed, { ...options(context), queue: 'killed', prefetch: 20 });
        await Promise.all([listener.ready(), ephemeral.ready()]);
        await wait(registeredMs);

        const started = performance.now();
        const seen = new Map<string, number>();
        const publications = new Map<string, number>();
        let unflagged = 0;
        let confirmed = 0;
        const consuming = (async () => {
          for await (const { payload, redelivered } of listener) {
            const publication = `${payload.status.taskId} ${payload.runId}`;
            const copies = publications.get(publication) ?? 0;
            publications.set(publication, copies + 1);
            if (copies > 0 && !redelivered) unflagged += 1;
            seen.set(payload.status.taskId, (seen.get(payload.status.taskId) ?? 0) + 1);
            // Now and then work takes a while, so that a broker dies with messages in hand.
            if (seen.size % 50 === 0) await wait(5);
            if (seen.size === total) break;
          }
        })();
        const publishing = services.publishAll(total, async (index) => {
          const taskId = `task-${index}`;
          await services.publish(completed.exchange, keyOf(taskId), (attempt) => statusOf(taskId, attempt));
          confirmed += 1;
        });
        for (const part of [0.2, 0.6]) {
          await until(() => confirmed > part * total);
          await broker.kill();
          await broker.start();
        }
        await publishing;
        await consuming;

        const seconds = (performance.now() - started) / 1_000;
        const received = [...publications.values()].reduce((sum, count) => sum + count, 0);
        const again = received - publications.size;
        assert.equal(seen.size, total);
        assert.equal(unflagged, 0);
        // The broker may die again before this one was back: then there is one gap where there would be two.
        await until(() => notices.at(-1)?.kind === 'connected');
        await ephemeral.close();
        const gaps = notices.flatMap((notice) => (notice.kind === 'connected' ? [notice.gap] : []));
        assert.ok(gaps.length > 1);
        assert.deepEqual(gaps, [false, ...gaps.slice(1).fill(true)]);
        context.diagnostic(
          `${total} published (${services.repeated} again, unconfirmed), ${received} received, ${again} redelivered, ` +
            `0 lost, 2 kills, ${seconds.toFixed(1)} s`,
        );
      },
    );

    test(
      'a loop at full speed acknowledges every message, the last ones before it ends included',
      limit,
      async (context) => {
        const total = 5_000;
        const listener = session.listen(completed, { ...options(context), queue: 'fast', prefetch: 100 });
        await listener.ready();
        await services.publishAll(total, (index) => publish(`task-${index}`));
        const started = performance.now();
        let count = 0;
        for await (const message of listener) {
          count += 1;
          if (count === total) {
            message.ack();
            break;
          }
        }
        const seconds = (performance.now() - started) / 1_000;
        // What the broker had not heard of would be back in the queue by now.
        await wait(1_000);
        assert.equal(await waiting('fast'), 0);
        context.diagnostic(`${Math.round(total / seconds)} messages a second, acknowledged one by one`);
      },
    );
  });
}
