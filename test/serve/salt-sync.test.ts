import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '@fairlead/codegen/serve';
import { generate } from '../../codegen/src/generate.ts';
import { loadService } from '../../codegen/src/read/index.ts';
import { sync } from '../../codegen/src/sync/index.ts';
import { temporaryFolder, writeFiles } from '../codegen/demo.ts';

const folder = fileURLToPath(new URL('../../schemas/salt/', import.meta.url));

const project = temporaryFolder('salt-project');
after(() => rmSync(project, { recursive: true, force: true }));

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

/** What is compiled against the client of a project. */
const use = `import { RestCherrypy, salt, saltEvents } from './generated/salt/index.js';
import { Test } from './generated/salt/modules/test/index.js';
import { Key } from './generated/salt/wheel/key/index.js';

export async function use(): Promise<readonly string[]> {
  await using session = salt.fromEnv();
  const pings: ReadonlyMap<string, boolean> = (await new Test(session).ping('*')).ok;
  // @ts-expect-error: no text comes of it
  const texts: ReadonlyMap<string, string> = pings;
  const { return: lists } = await new RestCherrypy(session).keys();
  const { minions } = await new Key(session).list_all();
  for await (const { data } of session.listen(saltEvents.jobReturned())) return [data.id, ...texts.values()];
  return [...minions, ...lists.minions];
}
`;

test('a project without files of its own has types, wheel functions, routes and events all the same', async () => {
  await using standIn = await serve('salt', { minions });
  const schemas = join(project, 'schemas/salt');
  await sync({ folder: schemas, from: standIn.url, modules: ['test', 'jobs'], env: standIn.environment });
  assert.deepEqual(readdirSync(join(schemas, 'functions')), ['modules.json', 'runners.json']);
  const out = join(project, 'generated/salt');
  const { warnings } = await generate({ name: 'salt', source: { kind: 'service', folder: schemas }, out });
  assert.deepEqual(warnings, []);
  assert.deepEqual(readdirSync(join(out, 'modules')), ['test']);
  const compilerOptions = { noEmit: true, composite: false, incremental: false };
  const files = ['use.ts'];
  writeFiles(project, {
    'use.ts': use,
    'tsconfig.json': JSON.stringify({ extends: '../../../tsconfig.base.json', compilerOptions, files }),
  });
  const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
  const { stdout, status } = spawnSync(tsc, ['-p', project], { encoding: 'utf8' });
  assert.deepEqual([stdout, status], ['', 0]);
});

test('a file of the project stands in the place of ours', async () => {
  const schemas = join(project, 'schemas/salt');
  writeFiles(schemas, {
    'overlays/modules/test.yaml': 'functions: { ping: { result: string }, gone: { result: string } }\n',
  });
  const { model } = await loadService(schemas);
  const own = model.apis.find(({ group, path }) => group === 'modules' && path === 'test');
  const ping = own?.methods.find(({ name }) => name === 'ping');
  assert.deepEqual(ping?.result, { kind: 'json', type: { type: 'string' } });
  assert.deepEqual(
    model.warnings.map(({ message }) => message),
    ['the function test.gone is not there'],
  );
});
