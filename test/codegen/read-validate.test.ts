import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { InputError } from '../../codegen/src/errors.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { createValidator } from '../../codegen/src/validate.ts';

const validator = (files: Readonly<Record<string, JsonValue>>) =>
  createValidator(new Map(Object.entries(files)));

async function problems(schema: JsonValue, value: unknown): Promise<string[]> {
  const validate = (await validator({ 'a.json': schema })).for('a.json');
  return validate(value).map(({ pointer, message }) => `${pointer} ${message}`);
}

suite('a value is checked against a schema', () => {
  test('and everything that is wrong is told, with its place', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' }, b: { minimum: 3 } },
      required: ['c'],
    };
    assert.deepEqual(await problems(schema, { a: 1, b: 2 }), [
      " must have required property 'c'",
      '/a must be string',
      '/b must be >= 3',
    ]);
    assert.deepEqual(await problems(schema, { a: 'x', b: 3, c: null }), []);
  });

  test('that is a part of a file, and that refers to others by their paths', async () => {
    const { for: find } = await validator({
      'schemas/shelf/v1/book.json': {
        $id: '/elsewhere#',
        properties: { page: { $ref: 'page.json#/properties/no' } },
      },
      'schemas/shelf/v1/page.json': {
        $id: 'https://tc.example.com/schemas/shelf/v1/page.json#',
        properties: { no: { type: 'integer' } },
      },
    });
    assert.equal(find('schemas/shelf/v1/book.json')({ page: 'x' }).length, 1);
    assert.equal(find('schemas/shelf/v1/book.json#/properties/page')(1).length, 0);
    assert.throws(() => find('schemas/shelf/v1/gone.json'), /gone.json: there is no such schema/);
  });

  test('with formats, and without a complaint about formats and keywords that nobody knows', async () => {
    assert.deepEqual(
      await problems({ type: 'string', format: 'date-time', formt: 'uri', 'x-y': 1 }, 'today'),
      [' must match format "date-time"'],
    );
    assert.deepEqual(await problems({ type: 'string', format: 'no-such-format' }, 'x'), []);
  });

  test('of which only own properties count', async () => {
    assert.equal((await problems({ required: ['constructor', 'toString'] }, {})).length, 2);
  });

  test('whose pattern is written without the flag u', async () => {
    assert.deepEqual(await problems({ pattern: '^([a-zA-Z0-9-_]*)$' }, 'a_b-c'), []);
  });

  test('and never runs what a schema says about itself', async () => {
    const evil = '*/ process.exitCode = 99; /*';
    assert.deepEqual(
      await problems(
        { $id: evil, title: evil, properties: { [evil]: { $id: evil, const: evil } } },
        { [evil]: 1 },
      ),
      [`/${evil.replaceAll('/', '~1')} must be equal to constant`],
    );
    assert.notEqual(process.exitCode, 99);
  });

  test('with patterns that would never end stopped after a moment', async () => {
    const started = performance.now();
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(a*)*b', 'a*a*a*a*a*a*a*a*b', '^([a-z]+\\.?)+$']) {
      await assert.rejects(
        problems({ pattern }, `${'a'.repeat(5000)}!`),
        (error) => error instanceof InputError && /needs more than 100 ms/.test(error.message),
        pattern,
      );
    }
    assert.ok(performance.now() - started < 3000);
  });

  test('with patterns that repeat groups, as long as they end', async () => {
    assert.deepEqual(await problems({ pattern: '^([a-z]+\\.)*[a-z]+$' }, 'a.bc.d'), []);
    assert.equal((await problems({ pattern: '^([a-z]+\\.)*[a-z]+$' }, 'a..d')).length, 1);
  });

  test('and one that cannot be compiled is refused with its name', async () => {
    await assert.rejects(
      problems({ pattern: '(' }, 'x'),
      /a.json: the pattern "\(" is not a regular expression/,
    );
    await assert.rejects(
      problems({ $ref: 'gone.json#' }, 'x'),
      /a.json: cannot be used to validate: can't resolve reference gone.json#/,
    );
  });
});
