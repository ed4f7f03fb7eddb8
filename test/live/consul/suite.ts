import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, suite, test } from 'node:test';
import { accessControl } from './access-control.ts';
import type { LiveAgent } from './agent.ts';
import { blockingReads } from './blocking.ts';
import { catalogAndHealth } from './catalog-and-health.ts';
import { configEntries } from './config-entries.ts';
import { connections } from './connections.ts';
import { errorsAndRaw } from './errors-and-raw.ts';
import { everyRead } from './every-blocking-read.ts';
import { keysAndValues } from './keys-and-values.ts';
import { locks } from './locks.ts';
import { metadata } from './metadata.ts';
import { oldAccessControl } from './old-access-control.ts';
import { operators } from './operators.ts';
import { ownAgent } from './own-agent.ts';
import { queriesAndTransactions } from './queries-and-transactions.ts';
import { sessions } from './sessions.ts';
import { snapshots } from './snapshots.ts';
import { streamsAndEvents } from './streams-and-events.ts';

/** @param differences why some tests, by their names, are known to fail with this agent */
export function everything(agent: LiveAgent, differences: ReadonlyMap<string, string> = new Map()): void {
  const untrue = new Set(differences.keys());

  suite(`Consul ${agent.version} at ${agent.session.address}`, { timeout: 300_000 }, () => {
    after(() => agent.cleanUp());
    beforeEach((context) => {
      const reason = differences.get(context.name);
      if (reason !== undefined && 'todo' in context) context.todo(reason);
    });
    afterEach((context) => {
      if ('passed' in context && !context.passed) untrue.delete(context.name);
    });

    keysAndValues(agent);
    blockingReads(agent);
    everyRead(agent);
    metadata(agent);
    sessions(agent);
    locks(agent);
    accessControl(agent);
    oldAccessControl(agent);
    catalogAndHealth(agent);
    ownAgent(agent);
    configEntries(agent);
    connections(agent);
    queriesAndTransactions(agent);
    streamsAndEvents(agent);
    operators(agent);
    errorsAndRaw(agent);
    snapshots(agent);

    test('every answer was as schemas/consul describes it', (context) => {
      context.diagnostic(
        `${agent.observer.seen.length} calls of ${agent.observer.operations.size} operations`,
      );
      assert.deepEqual(agent.observer.problems, []);
    });

    if (differences.size > 0) {
      test('what is known to differ still does', () => assert.deepEqual([...untrue], []));
    }
  });
}
