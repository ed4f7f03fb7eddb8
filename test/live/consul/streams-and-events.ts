import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Agent, Events } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';
import { until } from './time.ts';

export function streamsAndEvents(agent: LiveAgent): void {
  const own = new Agent(agent.session);
  const limit = { timeout: 60_000 };

  /** Makes the agent say something in its log until it need not any more. */
  const talking = async (done: AbortSignal) => {
    while (!done.aborted) await own.members();
  };

  suite('streams', () => {
    test('the log comes line by line, until the loop is left', limit, async () => {
      const done = new AbortController();
      const talk = talking(done.signal);
      const lines: string[] = [];
      for await (const line of own.monitor({ loglevel: 'debug' })) {
        lines.push(line);
        if (lines.length === 3) break;
      }
      done.abort();
      await talk;
      for (const line of lines) assert.match(line, /\[[A-Z]+\]/);
    });

    test('the log comes as records, too, and an abort ends it with its own reason', limit, async () => {
      const done = new AbortController();
      const talk = talking(done.signal);
      const reason = new Error('enough of it');
      const controller = new AbortController();
      const loop = async () => {
        const { signal } = controller;
        for await (const record of own.monitorJson({ loglevel: 'trace' }, { signal })) {
          assert.equal(typeof record['@message'], 'string');
          assert.match(record['@timestamp'], /^\d{4}-/);
          controller.abort(reason);
        }
      };
      await assert.rejects(loop, reason);
      done.abort();
      await talk;
    });

    test('a level that the log has not is refused', limit, async () => {
      const lines = agent.session.raw.lines('get', '/agent/monitor', { query: { loglevel: 'loud' } });
      const loop = async () => {
        for await (const _ of lines) assert.fail('there was a line');
      };
      await assert.rejects(loop, { status: 400, category: 'invalid', message: /log level/i });
    });

    test('metrics come at once, or again and again', limit, async (context) => {
      const metrics = await own.metrics();
      assert.ok(Array.isArray(metrics.Gauges) && typeof metrics.Timestamp === 'string');
      if (agent.skipsBefore(context, '1.12', 'the stream of metrics')) return;
      for await (const one of own.metricsStream()) {
        assert.ok(Array.isArray(one.Gauges));
        break;
      }
    });

    test('metrics for Prometheus are text, where the agent keeps any', limit, async () => {
      const asked = own.prometheusMetrics();
      const text = await asked.catch((error: unknown) => {
        assert.equal(Reflect.get(Object(error), 'status'), 415);
        return '';
      });
      // Empty right after the start.
      assert.match(text, /^(# HELP|$)/);
    });
  });

  suite('events', () => {
    const events = new Events(agent.session);

    test('an event is fired with any payload and listed with its filters', limit, async () => {
      const name = agent.name('payload');
      const payload = Uint8Array.from([0, 255, 128]);
      const fired = await events.fire(name, payload, { node: '.*', service: 'no-such', tag: 'x' });
      assert.deepEqual([fired.Name, fired.NodeFilter, fired.Payload], [name, '.*', payload]);
      const bare = await events.fire(name);
      assert.equal(bare.Payload, null);
      await until('the bare event is listed', async () => (await events.list({ name })).length > 0);
      const { value, meta } = await events.list({ name }).withMeta();
      assert.deepEqual(value.at(-1)?.ID, bare.ID);
      assert.ok((meta.index ?? 0n) > 0n);
    });
  });
}
