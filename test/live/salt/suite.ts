import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { calls } from './calls.ts';
import { events } from './events.ts';
import { functions } from './functions.ts';
import { introspection } from './introspection.ts';
import { jobs } from './jobs.ts';
import type { Live } from './live.ts';
import { otherNetapis } from './other-netapis.ts';
import { routes } from './routes.ts';
import { sessions } from './sessions.ts';
import { states } from './states.ts';
import { targets } from './targets.ts';
import { troubles } from './troubles.ts';

export function everything(live: Live): void {
  suite('a real Salt', { timeout: 600_000 }, () => {
    after(() => live[Symbol.asyncDispose]());

    sessions(live);
    calls(live);
    targets(live);
    states(live);
    functions(live);
    routes(live);
    events(live);
    jobs(live);
    otherNetapis(live);
    introspection(live);
    troubles(live);

    test('every answer and every event was as schemas/salt describes it', (context) => {
      const { functions: checked, operations, problems } = live.observer;
      context.diagnostic(`${checked.size} functions, ${operations.size} operations and events`);
      assert.deepEqual(problems, []);
    });
  });
}
