import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '@fairlead/codegen/serve';
import { sync } from '../../codegen/src/sync/index.ts';

const folder = fileURLToPath(new URL('../../schemas/salt/', import.meta.url));

/** As the minion that the stored functions were learnt from told of itself. */
const minions = [{ id: 'm1', grains: { osmajorrelease: '' } }];

test('what the stand-in tells of its functions is what is stored', async () => {
  await using standIn = await serve('salt', { minions });
  const result = await sync({ folder, from: standIn.url, dryRun: true, env: standIn.environment });
  assert.deepEqual(result.changes, []);
  assert.deepEqual([...result.files.added, ...result.files.changed, ...result.files.removed], []);
  assert.ok(standIn.requests.length > 200, 'it asked module by module');
});

test('and a change would be noticed', async () => {
  const grains = { osmajorrelease: '', os: 'Plan9' };
  await using standIn = await serve('salt', { minions: [{ id: 'm1', grains }] });
  const result = await sync({ folder, from: standIn.url, dryRun: true, env: standIn.environment });
  assert.ok(result.stale);
});
