import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonValue } from '../../codegen/src/model.ts';
import { loadService } from '../../codegen/src/read/index.ts';
import { example } from '../../codegen/src/serve/core/example.ts';
import { page } from '../../codegen/src/serve/core/pages.ts';
import { sample } from '../../codegen/src/serve/core/pattern.ts';
import { schemaAt, schemasOf, withDefaults } from '../../codegen/src/serve/core/schemas.ts';
import { createValidator } from '../../codegen/src/validate.ts';

const { documents } = await loadService(new URL('../../schemas/taskcluster/', import.meta.url).pathname);
const published = new Map([...documents.files].filter(([path]) => path.startsWith('schemas/')));
const schemas = schemasOf(published);
const validator = await createValidator(published);

describe('examples', () => {
  test('every schema of Taskcluster has three that are valid', () => {
    const paths = [...published.keys()].filter((path) => !path.startsWith('schemas/common/'));
    assert.ok(paths.length > 150);
    const wrong = paths.flatMap((path) =>
      [0, 1, 2].flatMap((variant) => {
        const value = example(schemas, schemaAt(schemas, path), { variant });
        return validator
          .for(path)(value)
          .map(({ pointer, message }) => `${path} ${variant}: ${pointer} ${message}`);
      }),
    );
    assert.deepEqual(wrong, []);
  });

  test('they are the same each time, different by variant, and take what is known', () => {
    const schema = schemaAt(schemas, 'schemas/queue/v1/task-run.json');
    assert.deepEqual(example(schemas, schema), example(schemas, schema));
    assert.notDeepEqual(example(schemas, schema), example(schemas, schema, { variant: 1 }));
    const taskId = 'fN1SbArXTPSVFNUvaOlinQ';
    assert.deepEqual(example(schemas, schema, { known: { taskId } }), { taskId, runId: 0 });
    assert.notDeepEqual(example(schemas, schema, { known: { taskId: 'not a slugid' } }), {
      taskId: 'not a slugid',
      runId: 0,
    });
  });

  test('of a union, one branch only', () => {
    const oneOf = [{ required: ['a'] }, { required: ['b'] }];
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      oneOf,
    } as const;
    assert.deepEqual(example(new Map(), schema), { a: 'a' });
  });

  test('a schema that contains itself ends', () => {
    const tree = { type: 'object', properties: { child: { $ref: 'tree.json' } }, required: [] };
    const text = JSON.stringify(example(schemasOf(new Map([['tree.json', tree]])), { $ref: 'tree.json' }));
    assert.match(text, /^\{"child":\{"child":/);
  });

  test('numbers stay within their bounds', () => {
    const numbers = [
      [{ type: 'integer', minimum: 3, multipleOf: 5 }, 5],
      [{ type: 'integer', exclusiveMinimum: 3 }, 4],
      [{ type: 'number', maximum: -2 }, -2],
    ] as const;
    for (const [schema, expected] of numbers) assert.equal(example(new Map(), schema), expected);
  });
});

describe('patterns', () => {
  const patterns = [
    '^[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]$',
    '^([a-zA-Z0-9-_]*)$',
    '^(https?://|ssh://|git@)',
    '^[\\x20-\\x7e]+$',
    '^/a/[^/]+/b\\.c$',
    '^refs/(heads|tags)/.*$',
    '^\\d{4}-\\w?$',
    '^(?:a|b){2,}$',
  ];
  for (const pattern of patterns) {
    test(`a string that matches ${pattern}`, () => {
      for (const variant of [0, 1, 2])
        assert.match(sample(pattern, { variant }) ?? 'none', new RegExp(pattern));
    });
  }

  test('as long as it has to be, or none', () => {
    assert.equal(sample('^a*$', { minLength: 3 }), 'aaa');
    assert.equal(sample('^a{3}$', { maxLength: 2 }), undefined);
  });

  test('what can not be understood is an error, not a guess', () => {
    assert.throws(() => sample('^(?=a)b$'), /a special group/);
    assert.throws(() => sample('(a)\\1'), /the escape/);
  });
});

describe('defaults and pages', () => {
  test('what was left out has the default of its schema, through references and lists', () => {
    const inner = { type: 'object', properties: { a: { type: 'string', default: 'x' } } };
    const outer = {
      type: 'object',
      properties: {
        list: { type: 'array', items: { $ref: 'inner.json' } },
        n: { type: 'integer', default: 3 },
      },
    };
    const both = schemasOf(
      new Map<string, JsonValue>().set('s/inner.json', inner).set('s/outer.json', outer),
    );
    const filled = withDefaults(both, schemaAt(both, 's/outer.json'), { list: [{}, { a: 'y' }] });
    assert.deepEqual(filled, { list: [{ a: 'x' }, { a: 'y' }], n: 3 });
  });

  test('pages follow each other and end, and a token that means nothing is the first', () => {
    const items = [1, 2, 3, 4, 5];
    const seen: number[] = [];
    let token: string | null = null;
    do {
      const { items: shown, next }: ReturnType<typeof page<number>> = page(items, {
        limit: '2',
        token,
        pageSize: 1000,
      });
      seen.push(...shown);
      token = next ?? null;
    } while (token !== null);
    assert.deepEqual(seen, items);
    assert.deepEqual(page(items, { limit: null, token: 'nonsense', pageSize: 3 }).items, [1, 2, 3]);
    assert.equal(page(items, { limit: '9000', token: null, pageSize: 3 }).items.length, 3);
    assert.equal(page(items, { limit: '5', token: null, pageSize: 1000 }).next, undefined);
  });
});
