import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { emitFiles } from '../../codegen/src/emit/files.ts';
import { loadService } from '../../codegen/src/read/index.ts';
import { stored } from './juju-stored.ts';

let files: ReadonlyMap<string, string>;

before(async () => {
  const { model } = await loadService(stored);
  files = await emitFiles(model, { session: '@fairlead/runtime/juju' });
});

suite('a class of a facade of Juju', () => {
  test('knows the versions of its facade, and its id where there may be many', () => {
    assert.match(fileOf('pinger'), /static readonly versions: readonly number\[\] = \[1\];/);
    assert.match(fileOf('pinger'), /this\.#facade = session\.facade\('Pinger', Pinger\.versions\);/);
    assert.match(fileOf('application'), /static readonly versions: readonly number\[\] = \[19, 22\];/);
    assert.match(fileOf('notify-watcher'), /constructor\(session: RpcSession, id: string\) \{/);
    assert.match(
      fileOf('notify-watcher'),
      /session\.facade\('NotifyWatcher', NotifyWatcher\.versions, id\);/,
    );
  });

  test('passes its options on as they are where it has nothing to add', () => {
    assert.match(fileOf('pinger'), /return this\.#facade\.call\('Ping', options\);/);
    assert.match(
      fileOf('key-manager'),
      /\.bulk\('ListKeys', 'results', \{ params: body, \.\.\.options \}\);/,
    );
    for (const [path, text] of files) assert.doesNotMatch(text, /\{ \.\.\.options \}/, path);
  });

  test('calls in the way in which a method answers', () => {
    assert.match(
      fileOf('application'),
      /\.call\('Leader', \{ params: body, error: 'error', \.\.\.options \}\)/,
    );
    assert.match(fileOf('application'), /\.bulk\('Deploy', 'results', \{ params: body, \.\.\.options \}\)/);
    assert.match(fileOf('client'), /\.watch\('WatchAll', 'AllWatcher', /);
    assert.match(fileOf('action'), /\.bulkWatch\('WatchActionsProgress', 'results', 'StringsWatcher', \{/);
  });

  test('says first what a method does, and then the facts', () => {
    assert.match(
      fileOf('pinger'),
      / {2}\/\*\*\n {3}\* [A-Z][^\n]*\.\n {3}\*\n {3}\* `Pinger\.Ping`\n {3}\*\/\n {2}ping\(/,
    );
  });

  test('has no any', () => {
    for (const [path, text] of files) {
      assert.doesNotMatch(text.replace(/\/\*\*[\s\S]*?\*\//g, ''), /[:<|(,]\s*any\b/, path);
    }
  });

  test('has a type for each version where versions differ', () => {
    assert.match(
      fileOf('application'),
      /export type Application19 = Omit<Application, 'getApplicationStorage' \| 'updateApplicationStorage'>;/,
    );
    assert.match(fileOf('application'), /export type Application22 = Application;/);
    assert.doesNotMatch(fileOf('pinger'), /export type/);
  });
});

function fileOf(folder: string): string {
  return files.get(`${folder}/client.ts`) ?? '';
}
