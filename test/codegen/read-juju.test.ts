import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { emitFiles } from '../../codegen/src/emit/files.ts';
import { InputError } from '../../codegen/src/errors.ts';
import type { Api, JsonValue, Method, Model } from '../../codegen/src/model.ts';
import { parseCorrections } from '../../codegen/src/read/corrections.ts';
import { documentsOf } from '../../codegen/src/read/documents.ts';
import {
  arrangeDocuments,
  detectFormat,
  loadDocuments,
  type ReadOptions,
  readModel,
} from '../../codegen/src/read/index.ts';
import { compareReleases, releaseOf } from '../../codegen/src/read/juju/facades.ts';

type JsonMap = { readonly [key: string]: JsonValue };

suite('the reader of Juju', () => {
  test('knows a file of facades by its look, whatever it is called', () => {
    const facades = documentsOf('x', [['x.json', [facade('Pinger', 1, { Ping: {} })]]]);
    assert.equal(detectFormat(facades), 'juju');
    for (const other of [[], {}, [{ Name: 'Pinger' }], [[]], null]) {
      assert.throws(() => detectFormat(documentsOf('x', [['x.json', other]])), InputError);
    }
  });

  test('tells release and group by the names of files, in all the forms that upstream has', () => {
    const names = [
      ['client-4.0.15.json', 'facades/4.0.15-client.json'],
      ['4.0.15-client.json', 'facades/4.0.15-client.json'],
      ['facades/3.3.0-all.json', 'facades/3.3.0-all.json'],
      ['schemas-juju-3.3.0.json', 'facades/3.3.0.json'],
      ['agent-4.1-beta2.json', 'facades/4.1-beta2-agent.json'],
      ['agent-schema.json', 'facades/agent-schema.json'],
    ];
    for (const [name = '', canonical = ''] of names) {
      const arranged = arrangeDocuments(documentsOf('x', [[name, [facade('A', 1, {})]]]));
      assert.deepEqual([...arranged.files.keys()], [canonical]);
    }
    assert.equal(releaseOf('facades/4.1-beta2-agent.json'), '4.1-beta2');
    assert.equal(releaseOf('facades/schema.json'), undefined);
  });

  test('knows which release is newer', () => {
    const sorted = ['3.6.28', '4.0.2', '4.0.15', '4.1-beta2', '4.1-beta10', '4.1-rc1', '4.1', '4.1.1'];
    assert.deepEqual(sorted.toReversed().sort(compareReleases), sorted);
    assert.ok(compareReleases(undefined, '1.0') < 0);
  });

  test('calls classes and methods as TypeScript does, and says how they are called on the wire', async () => {
    const { name, path, endpoint, methods } = await onlyApi(
      facade('CAASAgent', 2, { APIHostPorts: {}, WatchCACert: {}, Constructor: {}, Delete: {} }),
    );
    assert.deepEqual([name, path, endpoint], ['CaasAgent', 'CAASAgent', 'CAASAgent']);
    assert.deepEqual(
      methods.map((method) => [method.name, method.call.kind === 'rpc' && method.call.method]),
      [
        ['apiHostPorts', 'APIHostPorts'],
        ['constructorCall', 'Constructor'],
        ['delete', 'Delete'],
        ['watchCaCert', 'WatchCACert'],
      ],
    );
  });

  test('takes what upstream wrote for its comments, and our own sentence before it', async () => {
    const described = {
      ...facade('A', 1, { Get: { description: 'Get gets.' }, Set: {} }),
      Description: 'A of Juju.',
    };
    const own = await onlyApi(described);
    assert.deepEqual([own.doc.text, methodIn(own, 'get').doc.text], ['A of Juju.', 'Get gets.']);
    const docs = new Map([
      ['A', { about: 'Ours.', methods: new Map([['get', 'Gets it.']]), events: new Map() }],
    ]);
    const ours = await onlyApi(described, { docs });
    assert.deepEqual([ours.doc.text, methodIn(ours, 'get').doc.text], ['Ours.', 'Gets it.']);
  });

  test('gives a method that two versions know with other types all of these types', async () => {
    const { apis, types } = await read({
      'client-3.0.0.json': [withTypes('A', 1, { Set: sent('Old') }, { Old: record({ a: text }, 'a') })],
      'client-4.0.0.json': [withTypes('A', 2, { Set: sent('New') }, { New: record({ b: text }, 'b') })],
    });
    const { body, call } = methodIn(apis[0], 'set');
    assert.deepEqual(body?.content, {
      kind: 'json',
      type: { anyOf: [{ $ref: 'New' }, { $ref: 'Old' }] },
    });
    assert.deepEqual(call, { kind: 'rpc', method: 'Set' });
    assert.deepEqual(
      types.map(({ name }) => name),
      ['New', 'Old'],
    );
  });

  test('says which version and which release has a method', async () => {
    const { apis } = await read({
      'client-3.0.0.json': [facade('A', 1, { Get: {}, Old: {} }), facade('B', 1, { Get: {}, Gone: {} })],
      'client-4.0.0.json': [facade('A', 2, { Get: {} }), facade('B', 1, { Get: {} })],
    });
    const facts = apis.flatMap((api) => api.methods.map(({ doc }) => doc.facts));
    assert.deepEqual(facts, [
      ['`A.Get` · versions 1, 2'],
      ['`A.Old` · version 1'],
      ['`B.Get`'],
      ['`B.Gone` · not in 4.0.0'],
    ]);
    assert.deepEqual(
      apis.map(({ versions, doc }) => [versions, doc.facts]),
      [
        [[1, 2], ['facade `A`, versions 1 (3.0.0), 2 (4.0.0)']],
        [[1], ['facade `B`, version 1 (3.0.0, 4.0.0)']],
      ],
    );
  });

  test('makes a property of one release optional, and of two contents either of them', async () => {
    const { types } = await read({
      'client-3.0.0.json': [
        withTypes('A', 1, { Get: answered('R') }, { R: record({ a: text, both: text }, 'a', 'both') }),
      ],
      'client-4.0.0.json': [
        withTypes(
          'A',
          1,
          { Get: answered('R') },
          { R: record({ b: text, both: { type: 'boolean' } }, 'b', 'both') },
        ),
      ],
    });
    assert.deepEqual(types[0]?.schema, {
      type: 'object',
      properties: {
        a: { type: 'string', description: 'In 3.0.0.' },
        b: { type: 'string', description: 'In 4.0.0.' },
        both: { anyOf: [{ type: 'boolean' }, { type: 'string' }] },
      },
      required: ['both'],
      additionalProperties: false,
    });
  });

  test('has a type of its own for what is sent only where that is something else', async () => {
    const time: JsonValue = { type: 'string', format: 'date-time' };
    const list: JsonValue = { type: 'array', items: text };
    const types = { Same: record({ list }, 'list'), Other: record({ time, name: text }, 'time', 'name') };
    const model = await read({
      'x.json': [withTypes('A', 1, { One: { ...both('Same') }, Two: { ...both('Other') } }, types)],
    });
    assert.deepEqual(
      model.types.map(({ name, schema }) => [name, schema.required ?? []]),
      [
        ['Other', ['name']],
        ['OtherInput', ['name']],
        ['Same', ['list']],
      ],
    );
  });

  test('finds errors however they are spelled, and none where there are several of a kind', async () => {
    const error = { $ref: '#/definitions/Error' };
    const types = {
      Error: record({ message: text }, 'message'),
      Item: record({ Error: error }, 'Error'),
      List: record({ Results: { type: 'array', items: { $ref: '#/definitions/Item' } } }),
      Single: record({ err: error, value: text }),
      Big: record({
        one: { type: 'array', items: { $ref: '#/definitions/Item' } },
        two: { type: 'array', items: text },
      }),
    };
    const { methods } = await onlyApi(
      withTypes('A', 1, { Bulk: answered('List'), Big: answered('Big'), One: answered('Single') }, types),
    );
    assert.deepEqual(
      methods.map(({ call }) => call),
      [
        { kind: 'rpc', method: 'Big' },
        { kind: 'rpc', method: 'Bulk', items: 'Results', error: 'Error' },
        { kind: 'rpc', method: 'One', error: 'err' },
      ],
    );
  });

  test('gives bytes and large integers as they are asked for', async () => {
    const corrections = parseCorrections(
      [
        {
          at: 'facades/x.json#/*/Schema/definitions/R/properties/size',
          set: { type: 'integer', format: 'int64' },
          why: 'x',
        },
        {
          at: 'facades/x.json#/*/Schema/definitions/R/properties/data',
          set: { type: 'string', format: 'byte' },
          why: 'x',
        },
      ],
      'corrections.yaml',
    );
    const R = record({ size: { type: 'integer' }, data: { type: 'array', items: { type: 'integer' } } });
    const files = { 'x.json': [withTypes('A', 1, { Get: answered('R') }, { R })] };
    const plain = await read(files, { corrections });
    assert.deepEqual(plain.types[0]?.schema.properties, {
      data: { type: 'string', format: 'byte' },
      size: { type: 'integer' },
    });
    const exact = await read(files, { corrections, int64: 'bigint', bytes: 'uint8array' });
    assert.deepEqual(exact.types[0]?.schema.properties, {
      data: { type: 'string', as: 'bytes' },
      size: { type: 'integer', as: 'bigint' },
    });
  });

  test('warns of types that go over the wire in a form of their own, unless a correction says in which', async () => {
    const types = { Number: record({ Major: { type: 'integer' } }, 'Major'), Macaroon: record({}) };
    const files = { 'x.json': [withTypes('A', 1, { Get: answered('Number') }, types)] };
    const at = 'facades/x.json#/*/Schema/definitions/Number';
    const corrections = parseCorrections([{ at, set: text, why: 'x' }], 'corrections.yaml');
    const told = async (options: ReadOptions) =>
      (await read(files, options)).warnings.map(({ file, pointer, message }) => [
        `${file}#${pointer}`,
        message.replace(/:.*/, ''),
      ]);
    const macaroon = [
      'facades/x.json#/0/Schema/definitions/Macaroon',
      'Macaroon goes over the wire as an object of any form',
    ];
    assert.deepEqual(await told({}), [
      macaroon,
      ['facades/x.json#/0/Schema/definitions/Number', 'Number goes over the wire as a text'],
    ]);
    assert.deepEqual(await told({ corrections }), [macaroon]);
  });

  test('gives the same, whatever the order of keys, facades and files', async () => {
    const types = { R: record({ b: text, a: text }, 'b', 'a'), Q: record({ c: text }, 'c') };
    const one = withTypes('A', 1, { Get: answered('R'), Ask: answered('Q') }, types);
    const two = facade('B', 3, { Set: {}, Get: {} });
    const texts = async (files: Readonly<Record<string, JsonValue>>) => [
      ...(await emitFiles(await read(files), { session: '@fairlead/runtime/juju' })),
    ];
    assert.deepEqual(
      await texts({ 'client-3.0.0.json': [one, two], 'agent-4.0.0.json': [two] }),
      await texts({
        'agent-4.0.0.json': [backwards(two)],
        'client-3.0.0.json': [backwards(two), backwards(one)],
      }),
    );
  });
});

suite('a file of facades is refused when', () => {
  test('it has a word that Juju does not use', async () => {
    await refused({ ...facade('A', 1, {}), Extra: 1 }, /x\.json#\/0: has no place for "Extra"/);
    await refused(typed('A', { R: { oneOf: [] } }), /#\/0\/Schema\/definitions\/R: has no place for "oneOf"/);
    await refused(typed('A', { R: { type: 'null' } }), /definitions\/R\/type: must be equal to one of/);
    await refused(
      typed('A', { R: { type: 'object', patternProperties: { '^x': {} } } }),
      /patternProperties/,
    );
  });

  test('it has a word that only corrections may say', async () => {
    for (const own of [
      { type: 'integer', format: 'int64' },
      { type: 'string', format: 'byte' },
      { type: 'string', enum: ['a'] },
      { type: 'string', nullable: true },
      { type: 'string', optional: true },
      { type: 'string', description: 'x' },
    ]) {
      await refused(
        typed('A', { R: record({ a: own }) }),
        /is none of the words that Juju uses\. Say it by a correction/,
      );
    }
  });

  test('it refers to what is not there, or elsewhere', async () => {
    for (const ref of [
      '#/definitions/Gone',
      '#/definitions/',
      'other.json#/definitions/R',
      'https://example.com/',
      '#',
    ]) {
      await refused(
        withTypes('A', 1, { Get: { type: 'object', properties: { Result: { $ref: ref } } } }, {}),
        /#\/0\/Schema\/properties\/Get\/properties\/Result\/\$ref: refers to .*, which isn't there/,
      );
    }
    await refused(
      typed('A', { R: record({ a: { type: 'array', items: { $ref: '#/definitions/toString' } } }) }),
      /definitions\/R\/properties\/a\/items\/\$ref: refers to "#\/definitions\/toString", which isn't there/,
    );
  });

  test('it has a name that is none in Go', async () => {
    const names = [
      'constructor',
      '*/ evil()',
      "It's",
      'Two\nLines',
      '',
      'Ümlaut',
      'a',
      '9',
      'A-B',
      'A</script>',
    ];
    for (const name of names) {
      await refused(facade(name, 1, {}), /cannot name a facade/);
      await refused(facade('A', 1, { [name]: {} }), /cannot name a method/);
      await refused(typed('A', { [name]: record({}) }), /cannot name a type/);
    }
  });

  test('it has a type that is but another name, or a version that is no small number', async () => {
    const ref = (name: string): JsonMap => ({ $ref: `#/definitions/${name}` });
    await refused(typed('A', { R: ref('R') }), /definitions\/R: is but another name of a type\. Refer to/);
    await refused(typed('A', { R: ref('S'), S: ref('R') }), /is but another name of a type/);
    for (const version of [-1, 0.5, 1e30, 2 ** 53])
      await refused(facade('A', version, {}), /\/Version: must be/);
  });

  test('it describes a version twice, or two files describe one release', async () => {
    await assert.rejects(
      read({ 'x.json': [facade('A', 1, {}), facade('A', 1, {})] }),
      /describes A in version 1 twice/,
    );
    const one = [facade('A', 1, {})];
    assert.throws(
      () =>
        arrangeDocuments(
          documentsOf('x', [
            ['client-4.0.0.json', one],
            ['4.0.0-client.json', one],
          ]),
        ),
      /is the same release and group as/,
    );
  });

  test('two things would be called the same', async () => {
    await assert.rejects(
      read({ 'x.json': [facade('ABC', 1, {}), facade('Abc', 1, {})] }),
      /would be called Abc/,
    );
    await refused(facade('A', 1, { GetX: {}, GetX_: {} }), /would be called getX/);
    const versions = {
      'client-3.0.0.json': [facade('A', 1, {})],
      'client-4.0.0.json': [facade('A', 2, {}), facade('A1', 1, {})],
    };
    await assert.rejects(read(versions), /would be called A1/);
    await refused(facade('JujuTypes', 1, {}), /would be called JujuTypes/);
  });

  test('a method is sent or answers an object that has no name', async () => {
    const object = { type: 'object', properties: { a: text } };
    await refused(
      facade('A', 1, { Get: { type: 'object', properties: { Result: { type: 'array', items: object } } } }),
      /Result: is an object without a name/,
    );
  });

  test('a property is called __proto__', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'juju-'));
    try {
      const file = join(folder, 'client-4.0.0.json');
      const text = JSON.stringify([typed('A', { R: record({ a: { type: 'string' } }) })]);
      writeFileSync(file, text.replace('"a":', '"__proto__":'));
      await assert.rejects(loadDocuments(file), /may not be called __proto__/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

suite('what a hostile file says of Juju', () => {
  test('leaves no comment, string or property', async () => {
    const evil = "*/ process.exit() /* ' ` \\ \u2028 </script>";
    const R = record(
      { [evil]: text, constructor: text, toString: { type: 'array', items: text } },
      'toString',
    );
    const model = await read({
      'x.json': [
        {
          ...withTypes('A', 1, { Get: { ...answered('R'), description: evil } }, { R }),
          Description: evil,
          AvailableTo: [evil],
        },
      ],
    });
    const files = await emitFiles(model, { session: '@fairlead/runtime/juju' });
    const all = [...files.values()].join('\n');
    assert.doesNotMatch(
      all.replace(/'(?:[^'\\\n]|\\.)*'/g, '').replace(/\/\*\*[\s\S]*?\*\//g, ''),
      /process/,
    );
    assert.doesNotMatch(all, /\u2028/);
    assert.match(all, /toString: string\[\] \| null;/);
  });

  test('is called like what every object has', async () => {
    const times: JsonValue = { type: 'array', items: { type: 'string', format: 'date-time' } };
    const R = record({ toString: times, constructor: times, own: times });
    const files = await emitted(withTypes('A', 1, { Get: answered('R') }, { R }));
    const shapes = files.get('shapes.ts') ?? '';
    // Without a type of its own TypeScript takes these for the methods of an object.
    assert.match(shapes, /constructor: \(\): Shape => \(\{ items: \(\) => 'time' \}\),/);
    assert.match(shapes, /toString: \(\): Shape => /);
    assert.match(shapes, /own: \(\) => /);
  });

  test('refers on and on', async () => {
    const time: JsonValue = { type: 'string', format: 'date-time' };
    const names = Array.from({ length: 3000 }, (_, index) => `R${index}`);
    const types = names.map((name, index): [string, JsonValue] => {
      const $ref = `#/definitions/R${(index + 1) % names.length}`;
      return [name, record({ next: { $ref }, time })];
    });
    const files = await emitted(withTypes('A', 1, { Get: answered('R0') }, Object.fromEntries(types)));
    const shapes = files.get('shapes.ts') ?? '';
    for (const name of names) assert.ok(shapes.includes(`\n  ${name}: { props: { `), name);
  });

  test('has ten thousand methods', async () => {
    const methods = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`M${index}`, {}]));
    const files = await emitted(facade('A', 1, methods));
    assert.equal(files.get('a/client.ts')?.match(/RpcReply<void> \{/g)?.length, 10_000);
  });

  test('refers to itself without an end', async () => {
    const R = record({
      inner: { $ref: '#/definitions/R' },
      R: { $ref: '#/definitions/R' },
      time: { type: 'string', format: 'date-time' },
    });
    const model = await read({ 'x.json': [withTypes('A', 1, { Get: answered('R') }, { R })] });
    const files = await emitFiles(model, { session: '@fairlead/runtime/juju' });
    assert.match(
      files.get('shapes.ts') ?? '',
      /R: \{ props: \{ inner: \(\) => shapes\.R, time: \(\) => 'time' \} \}/,
    );
  });
});

const text: JsonValue = { type: 'string' };

function facade(Name: string, Version: number, methods: Readonly<Record<string, JsonMap>>): JsonMap {
  return withTypes(Name, Version, methods);
}

function withTypes(
  Name: string,
  Version: number,
  methods: Readonly<Record<string, JsonMap>>,
  definitions?: JsonMap,
): JsonMap {
  const properties = Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [name, { type: 'object', ...method }]),
  );
  return {
    Name,
    Version,
    Schema: { type: 'object', properties, ...(definitions !== undefined && { definitions }) },
  };
}

/** A facade without methods. */
function typed(name: string, definitions: JsonMap): JsonMap {
  return withTypes(name, 1, {}, definitions);
}

function record(properties: JsonMap, ...required: readonly string[]): JsonMap {
  return {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(required.length > 0 && { required }),
  };
}

function sent(type: string): JsonMap {
  return { properties: { Params: { $ref: `#/definitions/${type}` } } };
}

function answered(type: string): JsonMap {
  return { properties: { Result: { $ref: `#/definitions/${type}` } } };
}

function both(type: string): JsonMap {
  const $ref = `#/definitions/${type}`;
  return { properties: { Params: { $ref }, Result: { $ref } } };
}

async function read(files: Readonly<Record<string, JsonValue>>, options: ReadOptions = {}): Promise<Model> {
  return readModel(arrangeDocuments(documentsOf('sample', Object.entries(files)), { format: 'juju' }), {
    format: 'juju',
    ...options,
  });
}

async function emitted(described: JsonValue): Promise<ReadonlyMap<string, string>> {
  return emitFiles(await read({ 'x.json': [described] }), { session: '@fairlead/runtime/juju' });
}

async function onlyApi(described: JsonValue, options: ReadOptions = {}): Promise<Api> {
  const { apis } = await read({ 'x.json': [described] }, options);
  const [api, ...more] = apis;
  assert.ok(api !== undefined && more.length === 0);
  return api;
}

function methodIn(api: Api | undefined, name: string): Method {
  const found = api?.methods.find((method) => method.name === name);
  assert.ok(found, name);
  return found;
}

async function refused(described: JsonValue, expected: RegExp): Promise<void> {
  await assert.rejects(read({ 'x.json': [described] }), (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, expected);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

/** The same with its keys the other way round. */
function backwards(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, backwards(inner)]),
  );
}
