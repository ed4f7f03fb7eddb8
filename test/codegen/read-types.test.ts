import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonSchema, JsonValue } from '../../codegen/src/model.ts';
import {
  apiReference,
  exchangesReference,
  type JsonMap,
  readOne,
  schemas,
  typesByName,
} from './read-sample.ts';

const sends = { name: 'send', method: 'post', input: 'v1/book.json#' };
const answers = { name: 'answer', output: 'v1/book.json#' };

async function types(
  files: JsonMap,
  entries: readonly JsonMap[] = [answers],
): Promise<Readonly<Record<string, JsonSchema>>> {
  return typesByName(await readOne([apiReference(entries), ...schemas(files)]));
}

async function book(schema: JsonMap, entries?: readonly JsonMap[]): Promise<JsonSchema | undefined> {
  const { Book } = await types({ 'v1/book.json': schema }, entries);
  return Book;
}

suite('a schema becomes a type', () => {
  test('that is named after its file, and never after its title', async () => {
    const read = await types({ 'v1/book.json': { title: 'Task Definition Response', type: 'string' } });
    assert.deepEqual(read, { Book: { type: 'string' } });
  });

  test('that keeps only the keywords that matter for a type', async () => {
    const schema = {
      type: 'string',
      maxLength: 5,
      pattern: '^a',
      examples: ['a'],
      tsType: 'P()',
      tsEnumNames: ['x'],
      javaType: 'x',
      $comment: 'x',
    };
    assert.deepEqual(await book(schema), { type: 'string' });
  });

  test('whose properties may be called like keywords', async () => {
    const properties = {
      title: { type: 'string' },
      description: { type: 'string' },
      $ref: { type: 'string' },
      tsType: { type: 'integer' },
    };
    assert.deepEqual(await book({ type: 'object', properties }), { type: 'object', properties });
  });

  test("that has upstream's prose when there is some", async () => {
    const schema = {
      type: 'object',
      description: 'A book.',
      properties: { pages: { type: 'integer', description: 'How many.' } },
    };
    assert.deepEqual(await book(schema), schema);
  });

  test('that is an object or an array where only its keywords say so', async () => {
    assert.equal((await book({ properties: {} }))?.type, 'object');
    assert.equal((await book({ additionalProperties: false }))?.type, 'object');
    assert.equal((await book({ items: { type: 'string' } }))?.type, 'array');
    assert.deepEqual(await book({}), {});
  });

  test('that is a union where there are several types', async () => {
    assert.deepEqual(await book({ type: ['string', 'null'], description: 'A name.' }), {
      description: 'A name.',
      anyOf: [{ type: 'string' }, { type: 'null' }],
    });
  });

  test('of which a property that can never be there is left out', async () => {
    assert.deepEqual(
      await book({ type: 'object', properties: { never: false, any: true }, required: ['never'] }),
      {
        type: 'object',
        properties: { any: {} },
      },
    );
  });

  test('with one index signature for all patterns', async () => {
    const patternProperties = { '^x': { type: 'string' } };
    assert.deepEqual(await book({ patternProperties, additionalProperties: false }), {
      type: 'object',
      additionalProperties: { type: 'string' },
    });
    assert.equal((await book({ patternProperties }))?.additionalProperties, true);
  });

  test('of which a union that only constrains is left out', async () => {
    const properties = { a: { type: 'string' }, b: { type: 'string' } };
    const anyOf = [{ required: ['a'] }, { required: ['b'] }];
    assert.deepEqual(await book({ type: 'object', properties, anyOf }), { type: 'object', properties });
    assert.deepEqual(await book({ type: 'object', properties, allOf: [{ minProperties: 1 }] }), {
      type: 'object',
      properties,
    });
  });

  test('that is anything where a schema of JSON Schema itself is meant', async () => {
    assert.deepEqual(
      await book({
        type: 'object',
        properties: { schema: { $ref: 'http://json-schema.org/draft-06/schema#' } },
      }),
      {
        type: 'object',
        properties: { schema: {} },
      },
    );
  });
});

suite('a reference becomes a name', () => {
  const shelf = (ref: JsonValue) => ({ type: 'object', properties: { inner: { $ref: ref } } });

  test('of a definition, after its file and its own name', async () => {
    const read = await types({
      'v1/book.json': {
        ...shelf('#/definitions/page'),
        definitions: { page: { type: 'integer' }, unused: {} },
      },
    });
    assert.deepEqual(read['Book']?.properties?.['inner'], { $ref: 'BookPage' });
    assert.deepEqual(Object.keys(read), ['Book', 'BookPage']);
  });

  test('of a property, in its own file too', async () => {
    const read = await types({
      'v1/book.json': {
        ...shelf('#/properties/other'),
        properties: { inner: { $ref: '#/properties/a~1b' }, 'a/b': { type: 'string' } },
      },
    });
    assert.deepEqual(read['Book']?.properties?.['inner'], { $ref: 'Book/properties/a~1b' });
  });

  test('of its own for any other part of a file', async () => {
    const read = await types({
      'v1/book.json': shelf('other.json#/properties/list/items'),
      'v1/other.json': { type: 'object', properties: { list: { type: 'array', items: { type: 'string' } } } },
    });
    assert.deepEqual(read['Book']?.properties?.['inner'], { $ref: 'OtherListItems' });
    assert.deepEqual(Object.keys(read), ['Book', 'OtherListItems']);
  });

  test('of its own for a property of a union, of which TypeScript could not take it', async () => {
    const read = await types({
      'v1/book.json': shelf('other.json#/properties/kind'),
      'v1/other.json': {
        type: 'object',
        properties: { kind: { type: 'string' } },
        oneOf: [{ type: 'object' }],
      },
    });
    assert.deepEqual(read['Book']?.properties?.['inner'], { $ref: 'OtherKind' });
  });

  test('to which a default and a description may be added', async () => {
    const read = await types({
      'v1/book.json': {
        type: 'object',
        properties: { inner: { $ref: 'other.json#', default: 5, description: 'Five.', minimum: 1 } },
      },
      'v1/other.json': { type: 'integer' },
    });
    assert.deepEqual(read['Book']?.properties?.['inner'], {
      $ref: 'Other',
      default: 5,
      description: 'Five.',
    });
    assert.deepEqual(read['Book']?.required, ['inner']);
  });

  test('that may run in a circle through properties and elements', async () => {
    const read = await types({
      'v1/book.json': { type: 'object', properties: { parts: { type: 'array', items: { $ref: '#' } } } },
    });
    assert.deepEqual(read['Book']?.properties?.['parts'], { type: 'array', items: { $ref: 'Book' } });
  });

  test('of which a correction can settle a clash', async () => {
    const contents = [
      apiReference([answers, { ...answers, name: 'other', output: 'v2/book.json#' }]),
      ...schemas({ 'v1/book.json': { type: 'string' }, 'v2/book.json': { type: 'integer' } }),
    ];
    const corrections = [
      { at: 'schemas/shelf/v2/book.json#/x-name', change: { kind: 'set', value: 'big-book' }, why: 'test' },
    ] as const;
    assert.deepEqual(typesByName(await readOne(contents, { corrections })), {
      BigBook: { type: 'integer' },
      Book: { type: 'string' },
    });
  });
});

suite('a type is looked at from the side of the caller', () => {
  const schema = {
    type: 'object',
    properties: {
      always: { type: 'string' },
      color: { type: 'string', enum: ['red', 'blue'] },
      pages: { type: 'integer', default: 100 },
    },
    required: ['always', 'pages'],
  };

  test('an answer has what the service has a default for, and may hold a value that was added since', async () => {
    const read = await book(schema, [answers]);
    assert.deepEqual(read?.required, ['always', 'pages']);
    assert.deepEqual(read?.properties?.['color'], { enum: ['red', 'blue'], open: true });
  });

  test('a request may leave out what has a default, and must not hold an unknown value', async () => {
    const read = await book(schema, [sends]);
    assert.deepEqual(read?.required, ['always']);
    assert.deepEqual(read?.properties?.['color'], { enum: ['red', 'blue'] });
  });

  test('a message is an answer', async () => {
    const event = { name: 'written', exchange: 'written', schema: 'v1/book.json#', routingKey: [] };
    const api = await readOne([exchangesReference([event]), ...schemas({ 'v1/book.json': schema })]);
    assert.deepEqual(typesByName(api)['Book']?.required, ['always', 'pages']);
    assert.deepEqual([api.methods, api.events[0]?.payload], [[], { $ref: 'Book' }]);
  });

  test('one that travels both ways has two names where that makes a difference', async () => {
    const api = await readOne([apiReference([answers, sends]), ...schemas({ 'v1/book.json': schema })]);
    const [answer, send] = api.methods;
    assert.deepEqual(
      [answer?.result, send?.body?.content],
      [
        { kind: 'json', type: { $ref: 'Book' } },
        { kind: 'json', type: { $ref: 'BookInput' } },
      ],
    );
    assert.deepEqual(Object.keys(typesByName(api)), ['Book', 'BookInput']);
  });

  test('and one name where it makes none', async () => {
    const api = await readOne([
      apiReference([answers, sends]),
      ...schemas({ 'v1/book.json': { type: 'string' } }),
    ]);
    assert.deepEqual(api.methods[1]?.body, {
      content: { kind: 'json', type: { $ref: 'Book' } },
      required: true,
    });
    assert.equal(api.types.length, 1);
  });

  test('the difference reaches those that refer to it, and no others', async () => {
    const list = { type: 'object', properties: { books: { type: 'array', items: { $ref: 'book.json#' } } } };
    const names = {
      type: 'object',
      properties: {
        first: { $ref: 'book.json#/properties/always' },
        color: { $ref: 'book.json#/properties/color' },
      },
    };
    const both = (file: string, name: string) => [
      { name: `get${name}`, output: `v1/${file}.json#` },
      { name: `set${name}`, method: 'put', input: `v1/${file}.json#` },
    ];
    const read = await types(
      {
        'v1/book.json': schema,
        'v1/list.json': list,
        'v1/names.json': names,
        'v1/only.json': { type: 'object', properties: { first: { $ref: 'book.json#/properties/always' } } },
      },
      [...both('list', 'List'), ...both('names', 'Names'), ...both('only', 'Only')],
    );
    assert.deepEqual(Object.keys(read), [
      'Book',
      'BookInput',
      'List',
      'ListInput',
      'Names',
      'NamesInput',
      'Only',
    ]);
    assert.deepEqual(read['ListInput']?.properties?.['books'], {
      type: 'array',
      items: { $ref: 'BookInput' },
    });
    assert.deepEqual(read['NamesInput']?.properties, {
      color: { $ref: 'BookInput/properties/color' },
      first: { $ref: 'Book/properties/always' },
    });
  });

  test('what tells the branches of a union apart stays closed', async () => {
    const branch = (kind: JsonMap) => ({
      type: 'object',
      properties: { kind, other: { type: 'string', enum: ['a', 'b'] } },
    });
    const read = await book({
      oneOf: [branch({ type: 'string', enum: ['a', 'b'] }), branch({ const: 'c' })],
    });
    assert.deepEqual(read?.oneOf?.[0]?.properties, {
      kind: { enum: ['a', 'b'] },
      other: { enum: ['a', 'b'], open: true },
    });
  });

  test('numbers and single values are never open', async () => {
    assert.deepEqual(await book({ enum: [1, 2] }), { enum: [1, 2] });
    assert.deepEqual(await book({ type: 'string', enum: ['only'] }), { enum: ['only'] });
  });
});

suite('a method', () => {
  const pages = {
    type: 'object',
    properties: { continuationToken: { type: 'string' }, items: { $ref: 'list.json#' } },
  };
  const files = { 'v1/pages.json': pages, 'v1/list.json': { type: 'array', items: { type: 'string' } } };
  const list = { name: 'list', output: 'v1/pages.json#', query: ['continuationToken', 'limit'] };

  test('is paginated when it takes a token and answers with an array and perhaps a token', async () => {
    const { methods } = await readOne([apiReference([list]), ...schemas(files)]);
    assert.deepEqual(methods[0]?.pages, { by: 'token', items: 'items', key: 'continuationToken' });
    assert.equal(methods[0]?.queryType, 'ListQuery');
  });

  test('is not paginated when one of these is missing', async () => {
    const entries = [
      { ...list, query: ['limit'] },
      { ...list, name: 'other', output: 'v1/list.json#' },
    ];
    const { methods } = await readOne([apiReference(entries), ...schemas(files)]);
    assert.deepEqual(
      methods.map((method) => method.pages),
      [undefined, undefined],
    );
  });

  test('is told by a correction which of several arrays holds the items', async () => {
    const two = { ...pages, properties: { ...pages.properties, others: { type: 'array' } } };
    const corrections = [
      {
        at: 'references/shelf/v1/api.json#/entries/[name=list]/x-items',
        change: { kind: 'set', value: 'others' },
        why: 'test',
      },
    ] as const;
    const api = await readOne([apiReference([list]), ...schemas({ ...files, 'v1/pages.json': two })], {
      corrections,
    });
    assert.equal(api.methods[0]?.pages?.items, 'others');
  });

  test('answers with bytes where the reference says blob', async () => {
    const { methods } = await readOne([apiReference([{ name: 'load', output: 'blob' }])]);
    assert.deepEqual(methods[0]?.result, { kind: 'bytes' });
  });

  test('without an output answers something unknown to GET, and nothing to other verbs', async () => {
    const verbs = ['get', 'head', 'post', 'put', 'patch', 'delete'];
    const { methods } = await readOne([apiReference(verbs.map((method) => ({ method, name: method })))]);
    assert.deepEqual(
      methods.map(({ result }) => result.kind),
      ['unknown', 'void', 'void', 'void', 'void', 'void'],
    );
  });

  test("has upstream's prose when there is no line of ours", async () => {
    const api = apiReference(
      [
        { name: 'a', description: 'Theirs.' },
        { name: 'b', description: 'Theirs.' },
      ],
      { description: 'All of it.' },
    );
    const docs = new Map([
      ['shelf', { about: 'A shelf.', methods: new Map([['a', 'Ours.']]), events: new Map() }],
    ]);
    const plain = await readOne([api]);
    const documented = await readOne([api], { docs });
    assert.deepEqual(
      [plain.doc.text, ...plain.methods.map(({ doc }) => doc.text)],
      ['All of it.', 'Theirs.', 'Theirs.'],
    );
    assert.deepEqual(
      [documented.doc.text, ...documented.methods.map(({ doc }) => doc.text)],
      ['A shelf.', 'Ours.', 'Theirs.'],
    );
  });
});
