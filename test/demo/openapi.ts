/**
 * A client for an OpenAPI document of one's own, made and used by this program: `make demo`. The document is the one that
 * `docs/openapi.md` shows.
 *
 * Each line is one step: what it is about, the call, how long it took, and what was found. Ends with exit code 1 when
 * anything is not as it should be.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generate } from '@fairlead/codegen';
import { heading, step } from './steps.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'test/.tmp/petshop');
const document = join(folder, 'petshop.yaml');
const page = readFileSync(join(root, 'docs/openapi.md'), 'utf8');

rmSync(folder, { recursive: true, force: true });
// What is remembered about the folder goes with it.
mkdirSync(join(folder, 'node_modules'), { recursive: true });
writeFileSync(document, /^```yaml petshop.yaml\n(.*?)^```$/ms.exec(page)?.[1] ?? '');

heading('A client for the OpenAPI document of docs/openapi.md, through fairlead generate');

await step('from the document', 'generate petshop.yaml --int64 bigint …', async () => {
  const { methods, files, warnings } = await generate({
    name: 'petshop.yaml',
    source: { kind: 'file', from: document, int64: 'bigint', dates: 'date' },
    out: join(folder, 'client'),
    importExtension: '.ts',
  });
  const found = `${methods} methods in ${files} files, ${warnings.length} warnings`;
  return { found, holds: methods === 4 && warnings.length === 0 };
});

await step('it has the right types', 'tsc, with the strictest flags', async () => {
  const project = join(import.meta.dirname, 'petshop');
  // What it complains about is on stdout, and the exit code says that there is something.
  const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), [
    '--project',
    project,
  ]).catch((error: { readonly stdout: string }) => error);
  return { found: stdout.split('\n')[0] || 'no error', holds: stdout === '' };
});

// By a path that is made up here: what it imports is there only now, and no other compilation shall look for it.
await import(join(import.meta.dirname, 'petshop/tour.ts'));
