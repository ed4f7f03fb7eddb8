import assert from 'node:assert/strict';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { InputError } from '../../codegen/src/errors.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { sync } from '../../codegen/src/sync/index.ts';
import { stored } from './juju-stored.ts';

suite('sync of Juju', () => {
  test('finds nothing to do where all is stored, whichever of it is given', () =>
    within(async (folder) => {
      cpSync(stored, join(folder, 'juju'), { recursive: true });
      const before = contents(join(folder, 'juju'));
      const one = join(stored, 'facades', '4.0.15-agent.json');
      for (const from of [stored, one, [one, join(stored, 'facades', '3.3.0-all.json')]]) {
        const { stale, changes } = await sync({ folder: join(folder, 'juju'), from });
        assert.deepEqual([stale, changes], [false, []]);
      }
      assert.deepEqual(contents(join(folder, 'juju')), before);
    }));

  test('stores the facts of several files, a method and a type a line, and nothing that upstream wrote', () =>
    within(async (folder) => {
      const from = [
        write(folder, 'client-4.0.0.json', [
          facade('B', 1, { Get: { type: 'object', description: 'Gets.' }, Add: { type: 'object' } }),
          facade('A', 1, {}, { R: { type: 'object', required: ['b', 'a'], properties: { b: {}, a: {} } } }),
        ]),
        write(folder, 'all-3.3.0.json', [facade('B', 1, {})]),
      ];
      await assert.rejects(sync({ folder: join(folder, 'juju'), from }), InputError);
      from[0] = write(folder, 'client-4.0.0.json', [
        facade('B', 1, { Get: { type: 'object', description: 'Gets.' }, Add: { type: 'object' } }),
        facade(
          'A',
          1,
          {},
          {
            R: {
              type: 'object',
              required: ['b', 'a'],
              properties: { b: { type: 'string' }, a: { type: 'string' } },
              additionalProperties: false,
            },
          },
        ),
      ]);
      const { files } = await sync({ folder: join(folder, 'juju'), from });
      assert.deepEqual(files.added, ['facades/3.3.0-all.json', 'facades/4.0.0-client.json', 'service.yaml']);
      const texts = contents(join(folder, 'juju'));
      assert.equal(
        texts['facades/4.0.0-client.json'],
        [
          '[',
          '{"Name": "A", "Version": 1, "Schema": {"type": "object", "properties": {}, "definitions": {',
          '"R": {"additionalProperties":false,"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a","b"],"type":"object"}',
          '}}},',
          '{"Name": "B", "Version": 1, "Schema": {"type": "object", "properties": {',
          '"Add": {"type":"object"},',
          '"Get": {"type":"object"}',
          '}}}',
          ']',
          '',
        ].join('\n'),
      );
      assert.equal(
        texts['service.yaml'],
        [
          '# Written by fairlead sync.',
          'format: "juju"',
          'version: "4.0.0"',
          'source: "all-3.3.0.json, client-4.0.0.json"',
          'session: "juju"',
          'int64: "bigint"',
          'bytes: "uint8array"',
          '',
        ].join('\n'),
      );
    }));

  test('keeps the releases that it is not given, and tells what a new one changes', () =>
    within(async (folder) => {
      const text: JsonValue = { type: 'string' };
      const types = (properties: Readonly<Record<string, JsonValue>>, required: readonly string[]) => ({
        R: { type: 'object', properties, additionalProperties: false, required },
      });
      const gets = { Get: { type: 'object', properties: { Result: { $ref: '#/definitions/R' } } } };
      const place = join(folder, 'juju');
      await sync({
        folder: place,
        from: write(folder, 'client-3.0.0.json', [
          facade('A', 1, { ...gets, Old: { type: 'object' } }, types({ a: text, b: text }, ['a', 'b'])),
        ]),
      });
      const { files, changes } = await sync({
        folder: place,
        from: write(folder, 'client-4.0.0.json', [
          facade('A', 2, gets, types({ a: text, c: text }, ['a', 'c'])),
        ]),
      });
      assert.deepEqual([files.added, files.removed], [['facades/4.0.0-client.json'], []]);
      assert.deepEqual(
        changes.map(({ at, what, breaking }) => [at, what, breaking]),
        [
          ['types.R/properties/b', 'optional, was required', true],
          ['A', 'the versions: 1 → 1, 2', false],
          ['A.old', 'its versions: all → 1', false],
          ['types.R/properties/c', 'the property', false],
        ],
      );
    }));

  test('writes nothing when it is only asked what it would do', () =>
    within(async (folder) => {
      const from = write(folder, 'client-4.0.0.json', [facade('A', 1, {})]);
      const { stale, files } = await sync({ folder: join(folder, 'juju'), from, dryRun: true });
      assert.deepEqual([stale, files.added.length], [true, 2]);
      assert.deepEqual(contents(join(folder, 'juju')), {});
    }));

  test('refuses two files of one name, files beside a deployment, and a deployment', () =>
    within(async (folder) => {
      const other = mkdtempSync(join(folder, 'other-'));
      const [one, two] = [folder, other].map((place) =>
        write(place, 'client-4.0.0.json', [facade('A', 1, {})]),
      );
      assert.ok(one !== undefined && two !== undefined);
      const place = join(folder, 'juju');
      await assert.rejects(
        sync({ folder: place, from: [one, two] }),
        /there are two files called client-4\.0\.0\.json/,
      );
      const url = 'https://juju.example.com';
      await assert.rejects(sync({ folder: place, from: [one, url] }), /a deployment is loaded alone/);
      await assert.rejects(
        sync({ folder: place, from: url }),
        /nothing of the format juju can be loaded from a URL/,
      );
    }));

  test('refuses what holds no facades, and what does not say which release it describes', () =>
    within(async (folder) => {
      cpSync(stored, join(folder, 'juju'), { recursive: true });
      const before = contents(join(folder, 'juju'));
      for (const content of [{ openapi: '3.1.0' }, [], [[]], 'x', null, [{ Name: 'A' }]]) {
        const from = write(folder, 'client-5.0.0.json', content);
        await assert.rejects(
          sync({ folder: join(folder, 'juju'), from }),
          /holds no facades of Juju\. Give a file/,
        );
      }
      const from = write(folder, 'agent-schema.json', [facade('A', 1, {})]);
      await assert.rejects(
        sync({ folder: join(folder, 'juju'), from }),
        /agent-schema\.json: its name does not tell which release it describes\. Name it after/,
      );
      assert.deepEqual(contents(join(folder, 'juju')), before);
    }));
});

function facade(
  Name: string,
  Version: number,
  properties: Readonly<Record<string, JsonValue>>,
  definitions?: Readonly<Record<string, JsonValue>>,
): JsonValue {
  const Schema = { type: 'object', properties, ...(definitions !== undefined && { definitions }) };
  return { Name, Version, Description: 'Upstream wrote this.', Schema };
}

function write(folder: string, name: string, content: JsonValue): string {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
}

function contents(folder: string): Readonly<Record<string, string>> {
  const files = globSync('**/*.{json,yaml}', { cwd: folder }).sort();
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

async function within(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-juju-'));
  try {
    await act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
