import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { InputError } from '../../codegen/src/errors.ts';
import type { Api, JsonSchema, JsonValue, Method, Model } from '../../codegen/src/model.ts';
import { documentsOf } from '../../codegen/src/read/documents.ts';
import { arrangeDocuments, readModel } from '../../codegen/src/read/index.ts';

type Files = Readonly<Record<string, JsonValue>>;

suite('the reader of Salt gives', () => {
  test('a class for each module, in the folder of where it runs', async () => {
    const { apis } = await read({
      'functions/modules.json': { functions: { 'test.ping': {}, 'file.touch': {} } },
      'functions/runners.json': { functions: { 'test.arg': {} } },
      'functions/wheel.json': { functions: { 'key.list': {} } },
    });
    assert.deepEqual(
      apis.map(({ group, path, name }) => [group, path, name]),
      [
        ['modules', 'file', 'FileService'],
        ['modules', 'test', 'Test'],
        ['runners', 'test', 'Test'],
        ['wheel', 'key', 'Key'],
      ],
    );
  });

  test('a method for each function, called as Salt calls it, even by a word of the language', async () => {
    const { methods } = await moduleOf({
      functions: { 'm.delete': {}, 'm.get_x': {}, 'm.AAAA': {}, 'm.constructor': {} },
    });
    assert.deepEqual(
      methods.map(({ name }) => name),
      ['AAAA', 'constructorCall', 'delete', 'get_x'],
    );
  });

  test('the call by the client of its place', async () => {
    const { apis } = await read({
      'functions/modules.json': { functions: { 'm.f': {} } },
      'functions/runners.json': { functions: { 'r.f': { varargs: true } } },
      'functions/wheel.json': { functions: { 'w.f': {} } },
    });
    assert.deepEqual(
      apis.flatMap(({ methods }) => methods.map(({ call }) => call)),
      [
        { kind: 'function', client: 'local', fun: 'm.f', varargs: false },
        { kind: 'function', client: 'runner', fun: 'r.f', varargs: true },
        { kind: 'function', client: 'wheel', fun: 'w.f', varargs: false },
      ],
    );
  });

  test('what must be given, as defaults belong to the last arguments', async () => {
    const schema = await argumentsOf({ args: ['a', 'b', 'c'], defaults: [1, null] });
    assert.deepEqual(schema.required, ['a']);
    assert.deepEqual(schema.properties, { a: {}, b: { type: 'integer', default: 1 }, c: {} });
    assert.equal(schema.additionalProperties, false);
  });

  test('types by what the defaults are, and none for what JSON cannot hold', async () => {
    const presets = [true, 'x', 2, 0.5, ['/a'], null, '<Constant.NOT_SET>'];
    const args = presets.map((_, index) => `a${index}`);
    const { properties = {} } = await argumentsOf({ args, defaults: presets });
    assert.deepEqual(
      Object.values(properties).map(({ type }) => type),
      ['boolean', 'string', 'integer', 'number', 'array', undefined, undefined],
    );
    assert.equal(properties['a6']?.default, undefined);
  });

  test('any further names where a function takes them, and no arguments where it takes none', async () => {
    assert.equal((await argumentsOf({ kwargs: true })).additionalProperties, true);
    const { methods, types } = await moduleOf({ functions: { 'm.f': {} } });
    assert.equal(methods[0]?.body, undefined);
    assert.deepEqual(types, []);
  });

  test('names of arguments as they are on the wire, be they those of a prototype', async () => {
    const args = ['id_', 'constructor', '__proto__', 'default'];
    const { properties = {}, required } = await argumentsOf({ args });
    assert.deepEqual(Object.keys(properties), args);
    assert.deepEqual(required, args);
    assert.equal(Object.getPrototypeOf(properties), Object.prototype);
  });

  test('nothing that must be given by name where values without a name would fill it', async () => {
    const { body, doc } = await methodOf({ args: ['path', 'pattern'], varargs: true });
    assert.equal(body?.required, false);
    assert.deepEqual(doc.facts, ['`m.f`', 'values without a name fill `path`, `pattern` first']);
  });

  test('an optional body where nothing must be given', async () => {
    const bodyOf = async (signature: JsonValue) => (await methodOf(signature)).body?.required;
    assert.equal(await bodyOf({ args: ['a'] }), true);
    assert.equal(await bodyOf({ args: ['a'], defaults: [1] }), false);
  });

  test('whom the functions were learnt from, and where minions differ', async () => {
    const { doc, methods } = await moduleOf({
      origins: ['Salt 3006.0 on Debian 12'],
      functions: { 'm.f': { differs: true } },
    });
    assert.deepEqual(doc.facts, ['`m`', 'Salt 3006.0 on Debian 12']);
    assert.deepEqual(methods[0]?.doc.facts, ['`m.f`', 'differs between minions']);
  });

  test('what was saved of introspection, by the names of the files', () => {
    const none = { args: null, defaults: null, kwargs: null, varargs: null };
    const { files } = arrangeDocuments(
      documentsOf('saved', [
        ['sys.argspec.json', { 'm.f': { ...none, args: ['a'], kwargs: true } }],
        ['sys.runner_argspec.json', { 'r.f': none }],
        ['sys.state_argspec.json', { 's.f': none }],
        ['sys.list_functions.json', ['m.f']],
      ]),
      { format: 'salt' },
    );
    assert.deepEqual(Object.fromEntries(files), {
      'functions/modules.json': { functions: { 'm.f': { args: ['a'], kwargs: true } } },
      'functions/runners.json': { functions: { 'r.f': {} } },
    });
  });
});

suite('an overlay gives', () => {
  const functions = { 'm.f': { args: ['a', 'b'], defaults: [false], kwargs: true }, 'm.g': {} };
  const overlaid = (overlay: JsonValue) =>
    read({ 'functions/modules.json': { functions }, 'overlays/modules/m.yaml': overlay });

  test('sentences, types and results', async () => {
    const { apis, warnings } = await overlaid({
      about: 'Of m.',
      types: { Change: { old: 'string', 'new?': 'string|null', '...': 'any' }, Level: ['low', 'high'] },
      params: { a: 'string' },
      functions: {
        f: { doc: 'Does f.', result: 'Change{}', params: { b: 'boolean|string', more: 'Level[]' } },
      },
    });
    const [api] = apis;
    const type = (name: string) => api?.types.find((candidate) => candidate.name === name)?.schema;
    assert.deepEqual(warnings, []);
    assert.equal(api?.doc.text, 'Of m.');
    assert.equal(api?.methods[0]?.doc.text, 'Does f.');
    assert.deepEqual(api?.methods[0]?.result, {
      kind: 'json',
      type: { type: 'object', additionalProperties: { $ref: 'Change' } },
    });
    assert.deepEqual(api?.methods[1]?.result, { kind: 'unknown' });
    assert.deepEqual(type('Change'), {
      type: 'object',
      properties: { old: { type: 'string' }, new: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
      required: ['old'],
      additionalProperties: {},
    });
    assert.deepEqual(type('Level'), { type: 'string', enum: ['low', 'high'], open: true });
    assert.deepEqual(type('FArguments')?.properties, {
      a: { type: 'string' },
      b: { anyOf: [{ type: 'boolean' }, { type: 'string' }], default: false },
      more: { type: 'array', items: { $ref: 'Level' } },
    });
  });

  test('warnings about what is not there, as it may be on other minions', async () => {
    const { warnings } = await read({
      'functions/modules.json': { functions },
      'overlays/modules/m.yaml': { functions: { gone: {}, g: { params: { x: 'string' } } } },
      'overlays/modules/cron.yaml': { about: 'x' },
    });
    assert.deepEqual(
      warnings.map(({ file, message }) => `${file}: ${message}`),
      [
        'overlays/modules/m.yaml: the function m.gone is not there',
        'overlays/modules/m.yaml: the parameter x of m.g is not there',
        'overlays/modules/cron.yaml: the module is not there',
      ],
    );
  });

  test('a refusal of what is no type, with its place', async () => {
    await refused(
      overlaid({ functions: { f: { result: 'Nope[]' } } }),
      /m\.yaml#\/functions\/f\/result: "Nope" is no type/,
    );
    await refused(overlaid({ params: { a: 'toString' } }), /m\.yaml#\/params\/a: "toString" is no type/);
    await refused(overlaid({ functions: { f: { returns: 'string' } } }), /has no place for "returns"/);
    await refused(overlaid({ types: { FArguments: 'string' } }), /"FArguments" cannot name a type/);
  });
});

suite('the reader of Salt refuses', () => {
  const cases: readonly [string, Files, RegExp][] = [
    ['a function without a module', modules({ ping: {} }), /modules\.json#\/functions/],
    ['a name that would be code', modules({ 'm.f()': {} }), /modules\.json#\/functions/],
    [
      'an argument that is no name',
      modules({ 'm.f': { args: ['a-b'] } }),
      /functions\/m\.f: has an argument whose name is none/,
    ],
    ['an argument that stands twice', modules({ 'm.f': { args: ['a', 'a'] } }), /args/],
    ['defaults of nothing', modules({ 'm.f': { defaults: [1] } }), /must have property args/],
    [
      'more defaults than arguments',
      modules({ 'm.f': { args: ['a'], defaults: [1, 2] } }),
      /more defaults than arguments/,
    ],
    ['two modules that would be one class', modules({ 'a_b.f': {}, 'a__b.f': {} }), /would be called AB/],
    [
      'what was saved and is no signature',
      { 'sys.argspec.json': { 'm.f': 'Traceback' } },
      /#\/m\.f: not a signature/,
    ],
  ];
  for (const [name, files, says] of cases) test(name, () => refused(read(files), says));
});

function modules(functions: JsonValue): Files {
  return { 'functions/modules.json': { functions } };
}

async function read(files: Files): Promise<Model> {
  const found = documentsOf('test', Object.entries(files));
  return readModel(arrangeDocuments(found, { format: 'salt' }), { format: 'salt' });
}

async function moduleOf(file: JsonValue): Promise<Api> {
  const [api] = (await read({ 'functions/modules.json': file })).apis;
  assert.ok(api);
  return api;
}

async function methodOf(signature: JsonValue): Promise<Method> {
  const [method] = (await moduleOf({ functions: { 'm.f': signature } })).methods;
  assert.ok(method);
  return method;
}

async function argumentsOf(signature: JsonValue): Promise<JsonSchema> {
  const { types } = await moduleOf({ functions: { 'm.f': signature } });
  const [type] = types;
  assert.equal(type?.name, 'FArguments');
  return type.schema;
}

async function refused(reading: Promise<unknown>, says: RegExp): Promise<void> {
  await assert.rejects(reading, (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, says);
    return true;
  });
}
