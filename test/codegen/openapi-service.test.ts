import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import {
  detectFormat,
  loadDocuments,
  loadService,
  readFacts,
  readModel,
} from '../../codegen/src/read/index.ts';
import { answers, byName, document, operation } from './openapi-sample.ts';

suite('a folder of a service that is described in OpenAPI', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fairlead-service-'));
    const responses = answers({ type: 'integer', format: 'int64' });
    write('api.yaml', document({ paths: { '/a': { get: operation({ operationId: 'getA', responses }) } } }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), JSON.stringify(content));

  test('says what its integers, dates and bytes are, and whose session was written by hand', async () => {
    write('service.yaml', {
      format: 'openapi',
      version: '1',
      session: 'pets',
      int64: 'bigint',
      dates: 'date',
      bytes: 'uint8array',
    });
    const { format, session, model, apis } = await loadService(folder);
    assert.deepEqual([format, session, model.session], ['openapi', 'pets', undefined]);
    assert.equal(model.apis, apis);
    assert.deepEqual(apis[0]?.methods[0]?.result, { kind: 'json', type: { type: 'integer', as: 'bigint' } });
  });

  test('has a session of its own otherwise', async () => {
    write('service.yaml', { format: 'openapi' });
    const { session, model } = await loadService(folder);
    assert.deepEqual([session, model.session?.name], [undefined, 'petStore']);
    write('service.yaml', { format: 'openapi', sessionName: 'pets' });
    assert.equal((await loadService(folder)).model.session?.name, 'pets');
  });

  test('may say nothing else', async () => {
    for (const [facts, message] of [
      [{ session: '../x' }, /"session" is wrong\. Write a word in small letters/],
      [{ int64: 'long' }, /"int64" is wrong\. Write number or bigint/],
      [{ sessionName: '' }, /"sessionName" is wrong\. Write a text with a letter/],
      [{ dates: true }, /"dates" is wrong\. Write string or date/],
      [{ toString: 'a' }, /"toString" is wrong/],
    ] as const) {
      write('service.yaml', { format: 'openapi', ...facts });
      await assert.rejects(loadService(folder), message);
    }
  });

  test('has corrections and lines of ours like any other', async () => {
    write('service.yaml', { format: 'openapi' });
    write('corrections.yaml', [{ at: 'api.yaml#/paths/~1a/get/x-safe', set: true, why: 'It only asks.' }]);
    write('docs.yaml', { pets: { about: 'All pets.', methods: { getA: 'Gives one.' } } });
    const { apis } = await loadService(folder);
    assert.deepEqual(
      [apis[0]?.doc.text, apis[0]?.methods[0]?.doc.text, apis[0]?.methods[0]?.safe],
      ['All pets.', 'Gives one.', true],
    );
    write('docs.yaml', { pets: { methods: { gone: 'Gone.' } } });
    await assert.rejects(loadService(folder), /describes the method pets\.gone, which doesn't exist/);
  });

  test('is recognised', async () => {
    assert.equal(detectFormat(await loadDocuments(folder)), 'openapi');
    assert.equal(detectFormat(await loadDocuments(join(folder, 'api.yaml'))), 'openapi');
  });
});

test('what is stored of a document holds no prose, and means the same', async () => {
  const prose = {
    description: 'Prose.',
    title: 'Prose',
    example: 1,
    externalDocs: { url: 'https://example.com' },
  };
  const schema = {
    ...prose,
    type: 'object',
    properties: {
      title: { type: 'string', ...prose },
      description: { enum: ['description'] },
      parameters: { ...prose },
    },
    default: { description: 'data' },
  };
  const content = document({
    info: { title: 'Pet Store', version: '1', description: 'Prose.', contact: { name: 'Prose' } },
    tags: [{ name: 'pets', description: 'Prose.' }],
    paths: {
      '/description': {
        get: operation({ summary: 'Prose.', responses: answers({ $ref: '#/components/schemas/title' }) }),
      },
    },
    components: { schemas: { title: schema }, examples: { a: { value: 'Prose.' } } },
  });
  const { documents } = await readFacts(
    { origin: 'sample', files: new Map([['pets.yaml', content]]) },
    'openapi',
  );
  const stored = documents.files.get('pets.yaml') ?? null;
  assert.doesNotMatch(JSON.stringify(stored), /Prose/);
  const { apis, types } = await readModel(documents);
  assert.deepEqual(apis[0]?.methods[0]?.doc, { facts: ['`GET /description`'] });
  assert.deepEqual(byName({ apis, types, warnings: [] }), {
    Title: {
      type: 'object',
      default: { description: 'data' },
      properties: { description: { enum: ['description'] }, parameters: {}, title: { type: 'string' } },
    },
  });
});
