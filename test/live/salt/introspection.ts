import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { minion, sharedSecret } from './configuration.ts';
import type { Live } from './live.ts';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '../../..');

export function introspection(live: Live): void {
  suite('what a live master tells of its functions', { timeout: 120_000 }, () => {
    test('becomes classes that call them', async () => {
      // Below the repository, so that what is generated finds the runtime.
      const scratch = join(repository, 'test/.tmp');
      mkdirSync(scratch, { recursive: true });
      const folder = mkdtempSync(join(scratch, 'salt-live-'));
      try {
        const env = {
          ...process.env,
          SALTAPI_USER: 'tester',
          SALTAPI_PASS: sharedSecret,
          SALTAPI_EAUTH: 'sharedsecret',
        };
        const fairlead = (...args: string[]) =>
          run(process.execPath, [join(repository, 'codegen/bin/fairlead.js'), ...args], { cwd: folder, env });
        const asked = [
          '--from',
          live.servers.cherrypy,
          '--target',
          minion,
          '--modules',
          'test,grains,manage',
        ];
        await fairlead('sync', 'salt', ...asked, '--schemas', 'schemas');
        await fairlead('generate', 'salt');
        const index = readFileSync(join(folder, 'generated/salt/index.ts'), 'utf8');
        assert.match(index, /\{ RestCherrypy \}/);
        assert.match(index, /as saltEvents from/);
        const generated = pathToFileURL(join(folder, 'generated/salt/modules/test/client.ts')).href;
        const { Test } = await import(generated);
        const results = await new Test(live.session).ping('*');
        assert.deepEqual([...results.ok], [[minion, true]]);
        const types = readFileSync(join(folder, 'generated/salt/modules/test/client.ts'), 'utf8');
        assert.match(types, /ping\(.*LocalCall<boolean>/);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}
