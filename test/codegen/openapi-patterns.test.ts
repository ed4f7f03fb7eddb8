import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { generate } from '@fairlead/codegen';

const root = join(import.meta.dirname, '../..');
const project = join(import.meta.dirname, 'patterns');
const folder = join(root, 'test/.tmp/patterns');

rmSync(folder, { recursive: true, force: true });
// What is remembered about the folder goes with it.
mkdirSync(join(folder, 'node_modules'), { recursive: true });
const { warnings } = await generate({
  name: 'patterns.yaml',
  source: { kind: 'file', from: join(project, 'patterns.yaml'), int64: 'bigint', dates: 'date' },
  out: folder,
  importExtension: '.ts',
});

test('what large APIs have in common is read without a warning', () => {
  assert.deepEqual(warnings, []);
});

test('and is called with the right types', async () => {
  const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), [
    '--project',
    project,
  ]).catch((error: { readonly stdout: string }) => error);
  assert.equal(stdout, '');
});

// By a path that is made up here: what it imports is there only now, and no other compilation shall look for it.
await import(join(project, 'calls.ts'));
