import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { State } from '@fairlead/salt/modules/state';
import { minion } from './configuration.ts';
import { type Live, ours, returned } from './live.ts';

export function states(live: Live): void {
  const state = new State(live.session);
  const lamp = join(live.servers.root, 'lamp');

  suite('states', () => {
    test('are tried, applied with changes, and applied without', async () => {
      rmSync(lamp, { force: true });
      const outcomes: unknown[] = [];
      for (const dry of [true, false, false]) {
        const results = returned(await state.apply('*', { mods: 'lamp', test: dry }));
        assert.ok(!Array.isArray(results));
        const [one] = Object.values(results);
        outcomes.push([one?.result, Object.keys(one?.changes ?? {}).length > 0]);
      }
      assert.deepEqual(outcomes, [
        [null, true],
        [true, true],
        [true, false],
      ]);
      assert.equal(readFileSync(lamp, 'utf8').trim(), 'bright');
    });

    test('take pillar values with the call', async () => {
      await state.apply('*', { mods: ['lamp'], pillar: { lamp: 'dim=yes' } });
      assert.equal(readFileSync(lamp, 'utf8').trim(), 'dim=yes');
    });

    test('that fail have the return code 2, and say which', async () => {
      const result = ours(await state.apply('*', { mods: 'dark' }));
      assert.ok(result.kind === 'failed');
      assert.equal(result.retcode, 2);
      assert.match(result.message, /fuse: .*the fuse is blown/);
    });

    test('that do not compile fail with a list of texts', async () => {
      for (const mods of ['torn', 'nosuch']) {
        const result = ours(await state.apply('*', { mods }));
        assert.ok(result.kind === 'failed');
        assert.equal(result.retcode, 1);
        assert.ok(Array.isArray(result.value));
      }
    });

    test('fail in a batch, too', async () => {
      for (const [mods, retcode] of [['dark', 2] as const, ['nosuch', 1] as const]) {
        const call = state.apply('*', { mods });
        const result = ours(await call.batch(1));
        assert.ok(result.kind === 'failed');
        assert.equal(result.retcode, retcode);
        const stopped = ours(await call.batch(1, { failHard: true }));
        assert.ok(stopped.kind === 'failed');
        assert.equal(stopped.retcode, undefined);
      }
    });

    test('of the highstate, and what is shown of them', async () => {
      assert.deepEqual(returned(await state.show_top('*')), { base: ['lamp'] });
      const results = returned(await state.highstate('*'));
      assert.deepEqual(
        Object.values(results).map(({ result }) => result),
        [true],
      );
    });

    test('one at a time, by name', async () => {
      const result = ours(await state.single('*', { fun: 'test.succeed_with_changes', name: minion }));
      assert.equal(result.kind, 'ok');
    });
  });
}
