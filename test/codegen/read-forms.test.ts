import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JsonValue } from '../../codegen/src/model.ts';
import { type Documents, loadDocuments, readModel } from '../../codegen/src/read/index.ts';

const stored = fileURLToPath(new URL('../../schemas/taskcluster', import.meta.url));
const ROOT_URL = 'https://tc.example.com';

suite('the same references are read from every form in which they are published', () => {
  let folder: string;
  let documents: Documents;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fairlead-forms-'));
    documents = await loadDocuments(stored);
  });
  after(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: JsonValue) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const sameAs = async (from: string) => {
    const read = await loadDocuments(from);
    assert.deepEqual([...read.files], [...documents.files]);
  };

  test('one array of all files, together with files of kinds that we do not know', async () => {
    const files = [...documents.files].map(([filename, content]) => ({ filename, content })).reverse();
    await sameAs(
      write('references.json', [...files, ...OTHERS.map((content) => ({ filename: 'other.json', content }))]),
    );
  });

  test('a folder laid out like the URLs of a deployment', async () => {
    for (const [path, content] of documents.files) write(`uri/${path}`, content);
    for (const [index, content] of OTHERS.entries()) write(`uri/references/${index}.json`, content);
    await sameAs(join(folder, 'uri'));
  });

  test('a folder for each service, where only the files themselves say what they are', async () => {
    for (const [index, [path, content]] of [...documents.files].entries()) {
      const [kind = '', service = ''] = path.split('/');
      write(`built/${service}/${kind}/${index}.json`, content);
    }
    await sameAs(join(folder, 'built'));
  });

  test('the absolute form, in which every name begins with the URL of the deployment', async () => {
    const files = [...documents.files].map(([filename, content]) => ({
      filename,
      content: absolute(content),
    }));
    await sameAs(write('absolute.json', files));
  });

  test('the absolute form with references to schemas by their whole URL', async () => {
    const text = JSON.stringify(documents.files.get('schemas/queue/v1/task-status.json'));
    const whole = text.replaceAll('"$ref":"task.json#', `"$ref":"${ROOT_URL}/schemas/queue/v1/task.json#`);
    assert.notEqual(text, whole);
    const changed = new Map([...documents.files, ['schemas/queue/v1/task-status.json', JSON.parse(whole)]]);
    const files = [...changed].map(([filename, content]) => ({ filename, content: absolute(content) }));
    const read = await loadDocuments(write('whole.json', files));
    assert.doesNotMatch(JSON.stringify([...read.files]), /tc\.example\.com/);
    assert.equal((await readModel(read)).apis.length, 11);
  });

  test('whatever the order of the keys', async () => {
    const reversed = {
      ...documents,
      files: new Map([...documents.files].map(([path, content]) => [path, reverse(content)])),
    };
    // Not assert.equal: what it would print is longer than anyone reads.
    assert.ok(JSON.stringify(await readModel(reversed)) === JSON.stringify(await readModel(documents)));
  });

  test('nothing but files counts: hidden ones and links are passed over', async () => {
    for (const [path, content] of documents.files) write(`plain/${path}`, content);
    write('plain/.git/config.json', { $id: '/schemas/queue/v1/hidden.json#' });
    symlinkSync('/etc', join(folder, 'plain/schemas/etc'));
    await sameAs(join(folder, 'plain'));
  });
});

const OTHERS: readonly JsonValue[] = [
  { $schema: '/schemas/common/manifest-v3.json#', references: [] },
  { $schema: '/schemas/common/logs-reference-v0.json#', serviceName: 'queue', logTypes: [] },
  { $schema: '/schemas/common/api-reference-v1.json#', everything: 'is different in a later version' },
  { $schema: 'http://json-schema.org/draft-06/schema#', $id: '/schemas/common/metaschema.json#' },
  { nothing: 'that we know' },
];

function absolute(content: JsonValue): JsonValue {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return content;
  const own = Object.entries(content).map(([key, value]) => [
    key,
    (key === '$id' || key === '$schema') && typeof value === 'string' && value.startsWith('/')
      ? ROOT_URL + value
      : value,
  ]);
  return Object.fromEntries(own);
}

function reverse(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reverse);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reverse(inner)]),
  );
}
