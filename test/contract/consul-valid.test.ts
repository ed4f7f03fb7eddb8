import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { isArray, isObject, type JsonObject } from '../../codegen/src/json/values.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { loadDocuments, readModel } from '../../codegen/src/read/index.ts';
import { consulDocuments, FOLDER, objectAt, operationsOf } from './consul-description.ts';

const documents = await consulDocuments();
const operations = operationsOf(documents);

/** The parameters of an operation, those of its path included. */
function parametersOf(value: JsonObject, item: JsonObject): readonly JsonValue[] {
  return [value, item].flatMap(({ parameters }) => (isArray(parameters) ? parameters : []));
}

suite('the description of Consul is one that any tool can use', () => {
  for (const [file, document] of documents) {
    test(`${file} is valid against the official schema of OpenAPI 3.1`, async () => {
      const validator = new Validator();
      // Itself too: files refer to each other in circles.
      for (const [other, content] of documents) await validator.addSpecRef(structuredClone(content), other);
      const { valid, errors } = await validator.validate(structuredClone(document));
      assert.deepEqual({ valid, errors }, { valid: true, errors: undefined });
      assert.equal(validator.version, '3.1');
    });
  }

  test('it has every operation once, and each has its own name', () => {
    const names = operations.map(({ value }) => value['operationId']);
    assert.equal(operations.length, 197);
    assert.equal(new Set(names).size, 197);
    assert.equal(new Set(operations.map(({ name }) => name.replaceAll(/\{\w+\}/g, '{}'))).size, 197);
  });

  test('and one document leads to all of them', async () => {
    const { paths } = documents.get('openapi.yaml') ?? {};
    const named = Object.entries(isObject(paths) ? paths : {}).map(([path, item]) => ({ path, item }));
    const standing = operations.map(({ file, segments: [, path = ''] }) => [path, { file, path }] as const);
    const expected = [...new Map(standing).values()].map(({ file, path }) => {
      const pointer = path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
      return { path, item: { $ref: `${file}#/paths/${pointer}` } };
    });
    const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
    assert.deepEqual(named.toSorted(byPath), expected.toSorted(byPath));
    const methodsOf = async (from: string) => {
      const { apis } = await readModel(await loadDocuments(from));
      return apis.map(({ name, methods }) => [name, methods.map((method) => method.name)]);
    };
    assert.deepEqual(await methodsOf(`${FOLDER}/openapi.yaml`), await methodsOf(FOLDER));
  });

  test('each operation is told in one sentence of its own', () => {
    const summaries = operations.map(({ value }) => String(value['summary']));
    for (const summary of summaries) assert.match(summary, /^[A-Z][a-z]+s .*\.$/);
    assert.equal(new Set(summaries).size, summaries.length);
  });

  test('its editions are told apart', () => {
    const count = (holds: (value: JsonObject) => boolean) =>
      operations.filter(({ value }) => holds(value)).length;
    assert.equal(
      count((value) => value['x-edition'] === 'enterprise' && value['x-until'] === undefined),
      23,
    );
    assert.equal(
      count((value) => value['x-until'] !== undefined),
      10,
    );
  });

  test('70 operations block, and each of them takes what it blocks by and how long', () => {
    const blocking = operations.filter(({ value }) => value['x-blocking'] !== undefined);
    assert.equal(blocking.length, 70);
    for (const { name, value } of blocking) {
      const by = value['x-blocking'] === 'hash' ? 'hash' : 'index';
      const refs = parametersOf(value, {}).map((one) => (isObject(one) ? one['$ref'] : undefined));
      for (const needed of [by, 'wait']) {
        assert.ok(refs.includes(`common.yaml#/components/parameters/${needed}`), `${name} lacks ${needed}`);
      }
    }
  });

  test('every parameter of a path is described', () => {
    for (const { name, file, value, segments } of operations) {
      const [, template = ''] = segments;
      const item = objectAt(objectAt(documents.get(file) ?? {}, 'paths'), template);
      const described = parametersOf(value, item).flatMap((one) =>
        isObject(one) && one['in'] === 'path' ? [one['name']] : [],
      );
      const needed = [...template.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      assert.deepEqual(described, needed, name);
    }
  });

  test('the kinds of config entries are told apart by what they say of themselves', () => {
    const schemas = objectAt(objectAt(documents.get('config-entries.yaml') ?? {}, 'components'), 'schemas');
    const { oneOf, discriminator } = objectAt(schemas, 'ConfigEntry');
    const { propertyName, mapping } = isObject(discriminator) ? discriminator : {};
    assert.equal(propertyName, 'Kind');
    const kinds = Object.entries(isObject(mapping) ? mapping : {});
    assert.equal(kinds.length, 19);
    assert.deepEqual(
      kinds.map(([, $ref]) => ({ $ref })),
      oneOf,
    );
    for (const [kind, ref] of kinds) {
      const { properties, required } = objectAt(schemas, String(ref).split('/').at(-1) ?? '');
      assert.deepEqual(isObject(properties) && properties['Kind'], { const: kind });
      assert.ok(isArray(required) && required.includes('Kind'), kind);
    }
  });
});
