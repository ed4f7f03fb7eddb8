import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Agent, Catalog, type Change, Events, Kv } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';
import { timed, until } from './time.ts';

/** The next value of a watch, which must come. */
async function next<T>(changes: AsyncIterator<Change<T>, undefined, undefined>): Promise<Change<T>> {
  const result = await changes.next();
  if (result.done === true) throw new Error('the watch has ended');
  return result.value;
}

export function blockingReads(agent: LiveAgent): void {
  const { session } = agent;
  const kv = new Kv(session);
  const root = agent.key('watched');
  const limit = { timeout: 60_000 };

  suite('blocking reads', () => {
    test('a change releases a question at once', limit, async () => {
      const key = `${root}/change`;
      await kv.put(key, 'one');
      await using watch = kv.text(key).watch({ waitMs: 30_000, rate: false });
      const changes = watch[Symbol.asyncIterator]();
      const first = await next(changes);
      assert.equal(first.value, 'one');
      const pending = next(changes);
      await kv.put(key, 'two');
      const { value, tookMs } = await timed(() => pending);
      assert.equal(value.value, 'two');
      assert.ok((value.meta.index ?? 0n) > (first.meta.index ?? 0n));
      assert.ok(tookMs < 5000, `${tookMs} ms`);
    });

    test('a question that nothing answers comes back with the same index', limit, async () => {
      const key = `${root}/still`;
      await kv.put(key, 'still');
      const { meta } = await kv.get(key).withMeta();
      const query = { index: meta.index, wait: '1s' };
      const { value, tookMs } = await timed(() => session.raw.get(`/kv/${key}`, { query }).withMeta());
      assert.equal(value.meta.index, meta.index);
      // The agent adds up to a sixteenth.
      assert.ok(tookMs >= 1000 && tookMs < 3000, `${tookMs} ms`);
    });

    test('a key that is missing can be waited for, and so can its end', limit, async () => {
      const key = `${root}/appears`;
      await using watch = kv.text(key).watch({ rate: false });
      const changes = watch[Symbol.asyncIterator]();
      assert.equal((await next(changes)).value, undefined);
      const appears = next(changes);
      await kv.put(key, 'here');
      assert.equal((await appears).value, 'here');
      const disappears = next(changes);
      await kv.delete(key);
      assert.equal((await disappears).value, undefined);
    });

    test('a value that was written again without a change is no news', limit, async () => {
      const key = `${root}/same`;
      await kv.put(key, 'same');
      await using watch = kv.get(key).watch({ rate: false });
      await using texts = kv.text(key).watch({ rate: false });
      const [pairs, values] = [watch[Symbol.asyncIterator](), texts[Symbol.asyncIterator]()];
      await Promise.all([next(pairs), next(values)]);
      const [pair, value] = [next(pairs), next(values)];
      // Flags are seen in the pair only.
      await kv.put(key, 'same', { flags: 1n });
      assert.equal((await pair).value?.Flags, 1n);
      await kv.put(key, 'other', { flags: 1n });
      assert.equal((await value).value, 'other');
    });

    test('a watch goes on from an index that was seen before', limit, async () => {
      const key = `${root}/from`;
      await kv.put(key, 'one');
      const { meta } = await kv.text(key).withMeta();
      await kv.put(key, 'two');
      assert.ok(meta.index !== undefined);
      for await (const { value } of kv.text(key).watch({ from: meta.index })) {
        assert.equal(value, 'two');
        break;
      }
    });

    test('the tree below a prefix is watched, also for what goes from it', limit, async () => {
      const folder = `${root}/tree`;
      await kv.put(`${folder}/a`, '1');
      await using watch = kv.keys(`${folder}/`).watch({ rate: false });
      const changes = watch[Symbol.asyncIterator]();
      assert.deepEqual((await next(changes)).value, [`${folder}/a`]);
      const added = next(changes);
      await kv.put(`${folder}/b`, '2');
      assert.deepEqual((await added).value, [`${folder}/a`, `${folder}/b`]);
      const removed = next(changes);
      await kv.delete(`${folder}/b`);
      assert.deepEqual((await removed).value, [`${folder}/a`]);
    });

    test('a service of the agent is watched by its hash', limit, async () => {
      const own = new Agent(session);
      const Name = agent.name('hashed');
      agent.atEnd(() => own.deregisterService(Name));
      await own.registerService({ Name, Port: 1 });
      const { meta } = await own.service(Name).withMeta();
      assert.match(meta.contentHash ?? '', /^\w+$/);
      const query = { hash: meta.contentHash, wait: '1s' };
      const { value, tookMs } = await timed(() =>
        session.raw.get(`/agent/service/${Name}`, { query }).withMeta(),
      );
      assert.equal(value.meta.contentHash, meta.contentHash);
      assert.ok(tookMs >= 1000, `${tookMs} ms`);
      await using watch = own.service(Name).watch({ rate: false });
      const changes = watch[Symbol.asyncIterator]();
      assert.equal((await next(changes)).value?.Port, 1);
      const changed = next(changes);
      await own.registerService({ Name, Port: 2 });
      assert.equal((await changed).value?.Port, 2);
      const gone = next(changes);
      await own.deregisterService(Name);
      assert.equal((await gone).value, undefined);
    });

    test('each event is told once, whichever way their index jumps', limit, async () => {
      const events = new Events(session);
      const name = agent.name('event');
      await using watch = events.list({ name }).watch({ rate: false, skipInitial: true });
      const told: (string | undefined)[] = [];
      const telling = (async () => {
        for await (const { value } of watch) {
          for (const { Payload } of value)
            told.push(Payload === null ? undefined : String(Buffer.from(Payload)));
          if (told.length >= 5) break;
        }
      })();
      for (const payload of ['1', '2', '3', '4', '5']) {
        const count = told.length;
        const { ID, Name } = await events.fire(name, payload);
        assert.deepEqual([Name, typeof ID], [name, 'string']);
        // The first may be there before the watch has looked, and is then what was there at the beginning.
        await until('an event is told', () => told.length > count || told.length === 0, 5000);
        await until('the event is listed', async () =>
          (await events.list({ name })).some((event) => event.ID === ID),
        );
      }
      await Promise.race([telling, until('all are told', () => told.at(-1) === '5', 10_000)]);
      assert.deepEqual(told, ['1', '2', '3', '4', '5'].slice(5 - told.length));
      assert.ok(told.length >= 4);
      const { meta } = await events.list({ name }).withMeta();
      assert.ok(meta.index !== undefined);
    });

    test('an abort ends a watch with its own reason, and closing it without a word', limit, async () => {
      const key = `${root}/abort`;
      await kv.put(key, 'x');
      const reason = new Error('enough');
      const controller = new AbortController();
      const aborted = (async () => {
        for await (const _ of kv.get(key).watch({ signal: controller.signal })) controller.abort(reason);
      })();
      await assert.rejects(aborted, reason);
      const watch = kv.get(key).watch();
      let count = 0;
      const { tookMs } = await timed(async () => {
        for await (const _ of watch) {
          count += 1;
          await watch.close();
        }
      });
      assert.equal(count, 1);
      assert.ok(tookMs < 5000, `${tookMs} ms`);
    });

    test('what a token may not see is thrown rather than waited for', limit, async () => {
      const query = { name: agent.name('unseen') };
      const anonymous = { token: '' };
      const nothing = await new Catalog(session).nodes({}, anonymous).withMeta();
      assert.deepEqual(nothing.value, []);
      const loop = async () => {
        for await (const _ of kv.get(`${root}/abort`, anonymous).watch()) assert.fail('it was seen');
      };
      await assert.rejects(loop, { status: 403, category: 'forbidden' });
      assert.deepEqual(await new Events(session).list(query), []);
    });
  });
}
