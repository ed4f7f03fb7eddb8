import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isArray, isObject } from '../../codegen/src/json/values.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { answers, document, json, operation, readDocument, sends } from './openapi-sample.ts';

/** The same value with the keys of every object in another order. */
function reordered(value: JsonValue, seed: number): JsonValue {
  if (isArray(value)) return value.map((element) => reordered(element, seed));
  if (!isObject(value)) return value;
  const rank = (key: string) =>
    [...key].reduce((sum, char) => (sum * 31 + char.charCodeAt(0) + seed * 7919) % 100_003, seed);
  const keys = Object.keys(value).sort((a, b) => rank(a) - rank(b));
  return Object.fromEntries(keys.map((key) => [key, reordered(value[key] ?? null, seed)]));
}

const text = { type: 'string' };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const inline = {
  type: 'object',
  properties: { z: text, a: { type: 'object', properties: { y: text, b: ref('foo') } } },
  required: ['z', 'a'],
};

/** Whatever could depend on the order: names that clash, parts that are shared, several answers, unknown keys. */
const many = document({
  'unknown b': 1,
  'unknown-a': 1,
  tags: [{ name: 'b-tag', description: 'B.' }],
  security: [{ key: [], token: [] }, {}],
  paths: {
    '/b': {
      parameters: [{ $ref: '#/components/parameters/P' }],
      post: operation({
        operationId: 'same',
        tags: ['b tag'],
        requestBody: sends(inline),
        responses: { 201: { content: json(inline) }, 200: { content: json(text) }, 204: {} },
      }),
      get: operation({
        operationId: 'same',
        tags: ['b-tag'],
        responses: {
          404: { $ref: '#/components/responses/R' },
          default: { $ref: '#/components/responses/R' },
          200: answers(ref('Foo'))[200] ?? {},
        },
      }),
    },
    '/a': {
      get: operation({ operationId: 'same', tags: ['B Tag'], responses: answers(ref('foo')) }),
      put: operation({
        operationId: 'other',
        requestBody: sends(ref('FOO')),
        responses: answers(ref('FOO')),
      }),
    },
  },
  webhooks: { two: { post: { requestBody: sends(inline) } }, one: { post: { requestBody: sends(inline) } } },
  components: {
    parameters: { P: { name: 'where', in: 'query', style: 'deepObject', schema: inline } },
    responses: {
      R: {
        content: {
          'text/plain': {},
          'application/problem+json': { schema: inline },
          'application/hal+json': { schema: text },
        },
      },
    },
    schemas: {
      foo: inline,
      Foo: {
        type: 'object',
        discriminator: { propertyName: 'k', mapping: { y: 'Child', x: 'Child', w: 'Other' } },
        properties: { k: text },
      },
      Other: { allOf: [ref('Foo')] },
      Child: {
        allOf: [ref('Foo'), { type: 'object', odd: 1, properties: { c: { enum: ['b', 'a'], odd: 1 } } }],
      },
      FOO: { type: 'object', properties: { r: { ...text, readOnly: true }, s: ref('Child') } },
      'f-oo': text,
    },
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer' },
      key: { type: 'apiKey', in: 'query', name: 'k' },
      cert: { type: 'mutualTLS' },
    },
  },
});

suite('the model of a document', () => {
  test('does not depend on the order of its keys', async () => {
    const expected = JSON.stringify(await readDocument(many));
    for (let seed = 1; seed <= 12; seed += 1) {
      const other = reordered(many, seed);
      assert.ok(isObject(other));
      assert.equal(JSON.stringify(await readDocument(other)), expected);
    }
  });

  test('is plain data', async () => {
    const model = await readDocument(many);
    assert.deepEqual(JSON.parse(JSON.stringify(model)), model);
  });
});
