import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonSchema, JsonValue } from '../../codegen/src/model.ts';
import type { ReadOptions } from '../../codegen/src/read/index.ts';
import { answers, byName, document, readDocument, readOperation, sends, typesOf } from './openapi-sample.ts';
import type { JsonMap } from './read-sample.ts';

const text = { type: 'string' } as const;
const nothing = { type: 'null' } as const;

/** What a component called `It` becomes. */
async function it(
  schema: JsonValue,
  options: ReadOptions & { request?: boolean } = {},
): Promise<JsonSchema | undefined> {
  return (await typesOf({ It: schema }, options))['It'];
}

suite('a schema', () => {
  test('may be null in the words of 3.0 and of 3.1', async () => {
    assert.deepEqual(await it({ type: 'string', nullable: true }), { anyOf: [text, nothing] });
    assert.deepEqual(await it({ type: ['string', 'null'] }), { anyOf: [text, nothing] });
    assert.deepEqual(await it({ enum: ['a', null] }), { anyOf: [{ enum: ['a'] }, nothing] });
    const { It } = await typesOf({
      It: { nullable: true, allOf: [{ $ref: '#/components/schemas/Other' }] },
      Other: text,
    });
    assert.deepEqual(It, { anyOf: [{ $ref: 'Other' }, nothing] });
    assert.deepEqual(await it({ nullable: true }), {});
  });

  test('combines others', async () => {
    const { It } = await typesOf({
      It: {
        allOf: [{ $ref: '#/components/schemas/A' }, { type: 'object', properties: { b: text } }],
        type: 'object',
      },
      A: { type: 'object', properties: { a: text } },
    });
    assert.deepEqual(It, { allOf: [{ $ref: 'A' }, { type: 'object', properties: { b: text } }] });
    const { Two } = await typesOf({
      Two: { $ref: '#/components/schemas/A', properties: { b: text } },
      A: { type: 'object' },
    });
    assert.deepEqual(Two, { allOf: [{ $ref: 'A' }, { type: 'object', properties: { b: text } }] });
  });

  test('may be a list of a fixed length, a constant, anything or nothing', async () => {
    assert.deepEqual(await it({ prefixItems: [text, { type: 'integer' }], items: false }), {
      type: 'array',
      prefixItems: [text, { type: 'integer' }],
    });
    assert.deepEqual(await it({ prefixItems: [text], items: { type: 'integer' } }), {
      type: 'array',
      items: { anyOf: [text, { type: 'integer' }] },
    });
    assert.deepEqual(await it({ const: 4 }), { const: 4 });
    assert.deepEqual(await it(true), {});
    assert.deepEqual(await it(false), { enum: [] });
    assert.deepEqual(await it({ not: { type: 'string' }, if: {}, else: {} }), {});
  });

  test('has open enums in answers only, of more than one value and of more than booleans', async () => {
    const colour = { type: 'string', enum: ['red', 'blue'] };
    assert.deepEqual(await it(colour), { enum: ['red', 'blue'], open: true });
    assert.deepEqual(await it(colour, { request: true }), { enum: ['red', 'blue'] });
    assert.deepEqual(await it({ enum: [true, 'True', 4] }), { enum: [true, 'True', 4], open: true });
    assert.deepEqual(await it({ type: 'integer', enum: [1, 2] }), { enum: [1, 2], open: true });
    assert.deepEqual(await it({ enum: [true, false] }), { enum: [true, false] });
    assert.deepEqual(await it({ enum: ['list'] }), { enum: ['list'] });
  });

  test('keeps enums closed that tell the branches of a union apart', async () => {
    const shape = (type: JsonMap) => ({ type: 'object', properties: { type, size: colours } });
    const colours = { type: 'string', enum: ['red', 'blue'] };
    const types = await typesOf({
      Drawn: {
        oneOf: [
          shape({ const: 'circle' }),
          { allOf: [{ $ref: '#/components/schemas/Angular' }] },
          shape({ enum: ['line', 'arc'] }),
        ],
      },
      Angular: shape({ enum: ['square', 'oblong'] }),
      Plain: { oneOf: [shape(colours), shape({ enum: ['square', 'oblong'] })] },
    });
    const open = { enum: ['red', 'blue'], open: true };
    const closed = (type: JsonSchema) => ({ type: 'object', properties: { size: open, type } });
    assert.deepEqual(types['Drawn']?.oneOf, [
      closed({ const: 'circle' }),
      { $ref: 'Angular' },
      closed({ enum: ['line', 'arc'] }),
    ]);
    assert.deepEqual(types['Angular'], closed({ enum: ['square', 'oblong'] }));
    assert.deepEqual(types['Plain']?.oneOf, [
      closed(open),
      closed({ enum: ['square', 'oblong'], open: true }),
    ]);
  });

  test('is exact where the user wants it', async () => {
    const long = { type: 'integer', format: 'int64' };
    assert.deepEqual(await it(long), long);
    assert.deepEqual(await it(long, { int64: 'bigint' }), { ...long, as: 'bigint' });
    assert.deepEqual(await it({ ...long, 'x-bigint': false }, { int64: 'bigint' }), long);
    assert.deepEqual(await it({ type: 'integer', 'x-bigint': true }), { type: 'integer', as: 'bigint' });
    assert.deepEqual(await it({ type: ['integer', 'null'], format: 'int64' }, { int64: 'bigint' }), {
      format: 'int64',
      anyOf: [{ type: 'integer', as: 'bigint' }, nothing],
    });
    const date = { type: 'string', format: 'date-time' };
    assert.deepEqual(await it(date, { dates: 'date' }), { ...date, as: 'date' });
    assert.deepEqual(await it({ type: 'string', format: 'byte' }, { bytes: 'uint8array' }), {
      type: 'string',
      format: 'byte',
      as: 'bytes',
    });
    assert.deepEqual(await it({ type: 'string', contentEncoding: 'base64' }, { bytes: 'uint8array' }), {
      type: 'string',
      as: 'bytes',
    });
    assert.deepEqual(await it({ type: 'string', format: 'binary' }), {
      type: 'string',
      format: 'binary',
      as: 'bytes',
    });
    assert.deepEqual(await it({ type: 'string', format: 'binary' }, { request: true }), {
      type: 'string',
      format: 'binary',
      as: 'file',
    });
  });

  test('may be referred to at its middle, which becomes a type of its own', async () => {
    const types = await typesOf({
      Pet: { type: 'object', properties: { tag: { type: 'object', properties: { a: text } } } },
      Other: { type: 'object', properties: { tag: { $ref: '#/components/schemas/Pet/properties/tag' } } },
      Local: {
        $defs: { Inner: text },
        properties: { a: { $ref: '#/components/schemas/Local/$defs/Inner' } },
      },
    });
    assert.deepEqual(types['PetTag'], { type: 'object', properties: { a: text } });
    assert.deepEqual(types['Other']?.properties, { tag: { $ref: 'PetTag' } });
    assert.deepEqual(types['LocalInner'], text);
  });

  test('may refer to itself', async () => {
    const tree = {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } },
    };
    assert.deepEqual((await typesOf({ Tree: tree }))['Tree']?.properties?.['children'], {
      type: 'array',
      items: { $ref: 'Tree' },
    });
  });
});

suite('what is read only and what is written only', () => {
  const Pet = {
    type: 'object',
    properties: {
      id: { type: 'integer', readOnly: true },
      name: text,
      secret: { $ref: '#/components/schemas/Secret' },
    },
    required: ['id', 'name', 'secret'],
  };
  const components = {
    schemas: { Pet, Secret: { type: 'string', writeOnly: true }, Colour: { enum: ['a', 'b'] } },
  };
  const ref = { $ref: '#/components/schemas/Pet' };

  test('makes two types of one that travels both ways', async () => {
    const { model, method } = await readOperation(
      { requestBody: sends(ref), responses: answers(ref) },
      { verb: 'put', more: { components } },
    );
    assert.deepEqual(method.body?.content, { kind: 'json', type: { $ref: 'PetInput' } });
    assert.deepEqual(method.result, { kind: 'json', type: { $ref: 'Pet' } });
    assert.deepEqual(byName(model), {
      Pet: { type: 'object', properties: { id: { type: 'integer' }, name: text }, required: ['id', 'name'] },
      PetInput: {
        type: 'object',
        properties: { name: text, secret: { $ref: 'Secret' } },
        required: ['name', 'secret'],
      },
      Secret: text,
    });
  });

  test('reaches those that refer to it', async () => {
    const list = { type: 'object', properties: { pets: { type: 'array', items: ref } } };
    const { model } = await readOperation(
      {
        requestBody: sends({ $ref: '#/components/schemas/List' }),
        responses: answers({ $ref: '#/components/schemas/List' }),
      },
      { verb: 'put', more: { components: { schemas: { ...components.schemas, List: list } } } },
    );
    assert.deepEqual(Object.keys(byName(model)), ['List', 'ListInput', 'Pet', 'PetInput', 'Secret']);
  });

  test('is one type where nothing but an enum is open in an answer', async () => {
    const colour = { $ref: '#/components/schemas/Colour' };
    const { model } = await readOperation(
      { requestBody: sends(colour), responses: answers(colour) },
      { verb: 'put', more: { components } },
    );
    assert.deepEqual(byName(model), { Colour: { enum: ['a', 'b'], open: true } });
  });

  test('gives way to a component that is called like an input', async () => {
    const more = { components: { schemas: { ...components.schemas, PetInput: text } } };
    const requestBody = sends({
      type: 'array',
      items: { anyOf: [ref, { $ref: '#/components/schemas/PetInput' }] },
    });
    const { model } = await readOperation({ requestBody, responses: answers(ref) }, { verb: 'put', more });
    assert.deepEqual(Object.keys(byName(model)), ['Pet', 'PetInput', 'PetRequestInput', 'Secret']);
  });
});

suite('a discriminator', () => {
  const kind = (name: string) => ({
    type: 'object',
    properties: { kind: { const: name } },
    required: ['kind'],
  });
  const Cat = { type: 'object', properties: { kind: text, meow: text } };
  const Dog = { type: 'object', properties: { kind: text, bark: text } };
  const oneOf = [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }];

  test('makes its property a literal of each branch, by the mapping or by the name', async () => {
    const mapping = { cat: '#/components/schemas/Cat', kitten: 'Cat' };
    const types = await typesOf({
      Pet: { oneOf, discriminator: { propertyName: 'kind', mapping } },
      Cat,
      Dog,
    });
    assert.deepEqual(types, {
      Pet: {
        oneOf: [{ $ref: 'Cat' }, { $ref: 'Dog' }],
        discriminator: { property: 'kind', values: [['cat', 'kitten'], ['Dog']] },
      },
      Cat: { ...Cat, properties: { kind: { enum: ['cat', 'kitten'] }, meow: text }, required: ['kind'] },
      Dog: { ...Dog, properties: { kind: { const: 'Dog' }, bark: text }, required: ['kind'] },
    });
  });

  test('leaves a type as it is that stands for different values in different unions', async () => {
    const pets = (cat: string) => ({
      oneOf,
      discriminator: { propertyName: 'kind', mapping: { [cat]: 'Cat' } },
    });
    const types = await typesOf({ Pet: pets('cat'), Animal: pets('feline'), Cat, Dog });
    assert.deepEqual(types['Cat'], Cat);
    assert.deepEqual(types['Pet']?.oneOf, [{ allOf: [{ $ref: 'Cat' }, kind('cat')] }, { $ref: 'Dog' }]);
    assert.deepEqual(types['Animal']?.oneOf, [{ allOf: [{ $ref: 'Cat' }, kind('feline')] }, { $ref: 'Dog' }]);
  });

  test('leaves a branch as it is that says its value itself', async () => {
    const { Pet } = await typesOf({
      Pet: { anyOf: oneOf, discriminator: { propertyName: 'kind' } },
      Cat: kind('c'),
      Dog: kind('d'),
    });
    assert.deepEqual(Pet, {
      oneOf: [{ $ref: 'Cat' }, { $ref: 'Dog' }],
      discriminator: { property: 'kind', values: [['c'], ['d']] },
    });
  });

  test('of a schema that others build upon makes a union of these', async () => {
    const parent = { $ref: '#/components/schemas/Pet' };
    const types = await typesOf({
      Pet: {
        type: 'object',
        properties: { kind: text },
        required: ['kind'],
        discriminator: { propertyName: 'kind', mapping: { cat: 'Cat' } },
      },
      Cat: { allOf: [parent, { type: 'object', properties: { friend: parent } }] },
      Dog: { allOf: [parent] },
      Puppy: { allOf: [{ $ref: '#/components/schemas/Dog' }] },
    });
    assert.deepEqual(types, {
      Cat: {
        allOf: [
          { $ref: 'PetBase' },
          { type: 'object', properties: { friend: { $ref: 'Pet' } } },
          kind('cat'),
        ],
      },
      Dog: { $ref: 'PetBase' },
      Pet: {
        // A puppy is no dog by its value, so that the type of dogs cannot say it.
        oneOf: [{ $ref: 'Cat' }, { allOf: [{ $ref: 'Dog' }, kind('Dog')] }, { $ref: 'Puppy' }],
        discriminator: { property: 'kind', values: [['cat'], ['Dog'], ['Puppy']] },
      },
      PetBase: { type: 'object', properties: { kind: text }, required: ['kind'] },
      Puppy: { allOf: [{ $ref: 'Dog' }, kind('Puppy')] },
    });
  });

  test('of a schema that lists those that build upon it runs in no circle', async () => {
    const parent = { $ref: '#/components/schemas/Pet' };
    const types = await typesOf({
      Pet: { type: 'object', properties: { kind: text }, oneOf, discriminator: { propertyName: 'kind' } },
      Cat: { allOf: [parent, Cat] },
      Dog: { allOf: [parent, Dog] },
    });
    assert.deepEqual(types['Cat']?.allOf?.[0], { $ref: 'PetBase' });
    assert.deepEqual(types['PetBase'], { type: 'object', properties: { kind: text } });
    assert.equal(types['Pet']?.oneOf?.length, 2);
  });

  test('may tell apart what another union by the same property is made of', async () => {
    const inner = { oneOf, discriminator: { propertyName: 'kind', mapping: { cat: 'Cat' } } };
    const { Pet, Inner } = await typesOf({
      Pet: {
        oneOf: [{ $ref: '#/components/schemas/Inner' }, { $ref: '#/components/schemas/Fish' }, inner],
        discriminator: { propertyName: 'kind' },
      },
      Inner: inner,
      Fish: { type: 'object' },
      Cat,
      Dog,
    });
    assert.deepEqual(Pet, {
      oneOf: [{ $ref: 'Inner' }, { $ref: 'Fish' }, Inner],
      discriminator: { property: 'kind', values: [['cat', 'Dog'], ['Fish'], ['cat', 'Dog']] },
    });
    const { Any } = await typesOf({
      Any: {
        oneOf: [{ $ref: '#/components/schemas/Fish' }, { $ref: '#/components/schemas/Mammal' }],
        discriminator: { propertyName: 'kind' },
      },
      Fish: { type: 'object' },
      Mammal: { type: 'object', properties: { kind: text }, discriminator: { propertyName: 'kind' } },
      Ape: { allOf: [{ $ref: '#/components/schemas/Mammal' }] },
    });
    assert.deepEqual(Any, {
      oneOf: [{ $ref: 'Fish' }, { $ref: 'Mammal' }],
      discriminator: { property: 'kind', values: [['Fish'], ['Ape']] },
    });
    const circle = (name: string) => ({
      oneOf: [{ $ref: `#/components/schemas/${name}` }],
      discriminator: { propertyName: 'kind' },
    });
    await assert.rejects(typesOf({ A: circle('B'), B: circle('A') }), /refers to nothing but itself/);
  });

  test('that maps to what is missing says so, and one without a property is refused', async () => {
    const mapping = { cat: '#/components/schemas/Cat', gone: 'Gone' };
    const more = {
      components: { schemas: { Pet: { oneOf, discriminator: { propertyName: 'kind', mapping } }, Cat, Dog } },
    };
    const { model } = await readOperation(
      { responses: answers({ $ref: '#/components/schemas/Pet' }) },
      { more },
    );
    assert.match(model.warnings[0]?.message ?? '', /the discriminator maps "gone" to what doesn't exist/);
    await assert.rejects(
      typesOf({ Pet: { oneOf, discriminator: {} }, Cat, Dog }),
      /Pet: the discriminator has no propertyName/,
    );
  });
});

suite('the name of a type', () => {
  const names = async (components: JsonMap) => Object.keys(await typesOf(components)).sort();

  test('is that of its component where that is one, with its acronyms', async () => {
    assert.deepEqual(await names({ KVPair: text, URL: text }), ['KVPair', 'URLType']);
  });

  test('is that of its component in Pascal case, whatever it is', async () => {
    assert.deepEqual(
      await names({ 'simple-user': text, 'io.k8s.v1.Pod': text, Date: text, 400: text, '../../../x': text }),
      ['DateType', 'IoK8sV1Pod', 'SimpleUser', 'X', '_400'],
    );
  });

  test('that several would have stays with the one that is spelled so', async () => {
    assert.deepEqual(await names({ Foo: text, foo: text, FOO: text, f_oo: text }), [
      'FOO',
      'FOo',
      'Foo',
      'Foo_foo',
    ]);
    assert.deepEqual(await names({ 'a-b': text, a_b: text }), ['AB_a_2db', 'AB_a_5fb']);
  });

  test('is x-name where that is told', async () => {
    assert.deepEqual(await names({ foo: { ...text, 'x-name': 'Better' } }), ['Better']);
    await assert.rejects(
      names({ a: { ...text, 'x-name': 'Same' }, b: { ...text, 'x-name': 'Same' } }),
      /two of the types would be called Same/,
    );
  });
});

test('a key that nobody knows is a warning, told once with the number of places', async () => {
  const properties = { b: { ...text, colour: 1 }, a: { ...text, colour: 1 } };
  const get = { verbose: true, responses: answers({ type: 'object', properties }) };
  const { warnings } = await readDocument(document({ extra: 1, 'x-own': 1, paths: { '/a': { get } } }));
  assert.deepEqual(
    warnings.map(({ file, pointer, message }) => `${file}#${pointer}: ${message}`),
    [
      'pets.yaml#: the keyword "extra" of a document is not known and was ignored',
      'pets.yaml#/paths/~1a/get: the keyword "verbose" of an operation is not known and was ignored',
      'pets.yaml#/paths/~1a/get/responses/200/content/application~1json/schema/properties/a: the keyword "colour" of a schema is not known and was ignored, here and at 1 other place',
    ],
  );
});

test('what is told in vain is a warning with its place', async () => {
  const json = (schema: JsonMap): JsonMap => ({ 'application/json': { schema } });
  const ok = (content: JsonMap): JsonMap => ({ 200: { description: 'ok', content } });
  const form = { schema: { type: 'object' }, encoding: { a: { contentType: 'image/png' } } };
  const { warnings } = await readDocument(
    document({
      paths: {
        '/a': { get: { operationId: 'same', responses: ok(json({ type: 'intger' })) } },
        '/b': {
          get: {
            operationId: 'same',
            responses: ok({ 'text/event-stream': { schema: { type: 'object' } } }),
          },
          post: {
            callbacks: {},
            requestBody: { content: { 'multipart/form-data': form } },
            responses: { 204: { description: 'done' } },
          },
        },
      },
    }),
  );
  assert.deepEqual(
    warnings.map(({ pointer, message }) => `${pointer}: ${message}`),
    [
      '/paths/~1a/get: 2 operations have the operationId "same", here and at 1 other place',
      '/paths/~1a/get/responses/200/content/application~1json/schema: the type "intger" is not known and was ignored',
      '/paths/~1b/get/responses/200/content/text~1event-stream/schema: the type of the data of events is not followed: it comes as text',
      '/paths/~1b/post: callbacks are not generated; webhooks are',
      '/paths/~1b/post/requestBody/content/multipart~1form-data: the encoding of the parts of a form is not followed',
    ],
  );
});
