import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ts } from 'ts-morph';
import { emitFiles } from '../../codegen/src/emit/files.ts';
import type { Api, Doc, Event, HttpCall, JsonSchema, Method, Model, Param } from '../../codegen/src/model.ts';
import { RUNTIME_NAMES } from '../../codegen/src/names.ts';

const session = '@fairlead/runtime/taskcluster';
const nothing: Doc = { facts: [] };

const param = (wire: string, more: Partial<Param> = {}): Param => ({
  wire,
  name: wire,
  type: 'string',
  required: true,
  secret: false,
  doc: nothing,
  ...more,
});

const method = (name: string, more: Partial<Method> = {}): Method => ({
  name,
  doc: nothing,
  path: [],
  query: [],
  result: { kind: 'void' },
  call: { kind: 'http', verb: 'get', route: ['/'] },
  ...more,
});

const api = (more: Partial<Api> = {}): Api => ({
  path: 'demo',
  name: 'Demo',
  doc: nothing,
  endpoint: 'demo/v1',
  methods: [],
  events: [],
  types: [],
  ...more,
});

const type = (name: string, schema: JsonSchema) => ({ name, source: `${name}.json`, schema });

async function emit(...apis: Api[]): Promise<ReadonlyMap<string, string>> {
  return emitFiles({ apis, types: [], warnings: [] }, { session });
}

async function typesOf(schemas: Readonly<Record<string, JsonSchema>>): Promise<string> {
  const files = await emit(
    api({ types: Object.entries(schemas).map(([name, schema]) => type(name, schema)) }),
  );
  return files.get('demo/types.ts') ?? '';
}

async function clientOf(...methods: Method[]): Promise<string> {
  return (await emit(api({ methods }))).get('demo/client.ts') ?? '';
}

/** Whether a name that a module exports is a value or a type. */
function exportsOf(file: string): Map<string, 'type' | 'value'> {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found = new Map<string, 'type' | 'value'>();
  for (const statement of source.statements) {
    if (ts.isTypeAliasDeclaration(statement)) found.set(statement.name.text, 'type');
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) continue;
    assert.ok(ts.isNamedExports(statement.exportClause));
    for (const { name, isTypeOnly } of statement.exportClause.elements) {
      found.set(name.text, statement.isTypeOnly || isTypeOnly ? 'type' : 'value');
    }
  }
  return found;
}

describe('what generated code may use', () => {
  const door = exportsOf(join(import.meta.dirname, '..', '..', 'runtime', 'src', 'client.ts'));

  test('the runtime exports every name of the list, as the kind that the list says', () => {
    for (const [name, kind] of Object.entries(RUNTIME_NAMES)) assert.equal(door.get(name), kind, name);
  });

  test('the runtime exports no value that generated code has no use for', () => {
    const values = [...door].filter(([, kind]) => kind === 'value').map(([name]) => name);
    assert.deepEqual(
      values.filter((name) => !(name in RUNTIME_NAMES)),
      [],
    );
  });
});

describe('a generated method', () => {
  test('asks for each kind of result by the function of that kind', async () => {
    const text = await clientOf(
      method('a', { result: { kind: 'void' } }),
      method('b', { result: { kind: 'text' } }),
      method('c', { result: { kind: 'bytes' } }),
      method('d', { result: { kind: 'location' } }),
      method('e', { result: { kind: 'unknown' } }),
    );
    assert.match(
      text,
      /a\(.*\): Promise<void> \{\n {4}return this\.#http\.send\('get', path`\/`, options\);/,
    );
    assert.match(
      text,
      /b\(.*\): Promise<string> \{\n {4}return this\.#http\.text\('get', path`\/`, options\);/,
    );
    assert.match(
      text,
      /c\(.*\): Promise<Uint8Array> \{\n {4}return this\.#http\.bytes\('get', path`\/`, options\);/,
    );
    assert.match(
      text,
      /d\(.*\): Promise<string> \{\n {4}return this\.#http\.location\('get', path`\/`, options\);/,
    );
    assert.match(text, /e\(.*\): Promise<unknown> \{\n {4}return this\.#http\.get\(path`\/`, options\);/);
  });

  test('types its parameters as they are given, not as they are sent', async () => {
    const path = [
      param('n', { type: 'integer' }),
      param('b', { type: 'boolean' }),
      param('d', { type: 'date' }),
    ];
    const route = ['/', { param: 'n' }, '/', { param: 'b' }, '/', { param: 'd' }];
    const text = await clientOf(method('get', { path, call: { kind: 'http', verb: 'get', route } }));
    assert.match(text, /get\(n: number \| string, b: boolean, d: Date \| string, options\?: CallOptions\)/);
  });

  test('must be given a query when one of its parameters is required', async () => {
    const query = [param('must'), param('may', { required: false, type: 'integer' })];
    const files = await emit(api({ methods: [method('list', { query, queryType: 'ListQuery' })] }));
    assert.match(
      files.get('demo/client.ts') ?? '',
      /list\(query: types\.ListQuery, options\?: CallOptions\)/,
    );
    assert.match(files.get('demo/types.ts') ?? '', /must: string;\n {2}may\?: number \| undefined;/);
  });

  test('says of a call that is declared so that it is safe to repeat, whatever its verb, and of no other', async () => {
    const call = (verb: 'post' | 'patch') => ({ kind: 'http', verb, route: ['/'] }) as const;
    const text = await clientOf(
      method('a', { call: call('post'), safe: true }),
      method('b', { call: call('patch'), safe: true }),
      method('c', { call: call('post') }),
      method('d', { call: call('patch'), safe: false }),
    );
    assert.match(text, /send\('post', path`\/`, \{ safe: true, \.\.\.options \}\)/);
    assert.match(text, /send\('patch', path`\/`, \{ safe: true, \.\.\.options \}\)/);
    assert.match(text, /send\('post', path`\/`, options\)/);
    assert.match(text, /send\('patch', path`\/`, \{ safe: false, \.\.\.options \}\)/);
  });

  test('imports only what it uses', async () => {
    const text = await clientOf(method('get'));
    assert.doesNotMatch(text, /Pages|byToken|secret|types/);
  });

  test('has a route whose text is what the reference says, whatever that is', async () => {
    const route = [`/a\`b\${c}\\d/\u2028/`, { param: 'x' }, '/é'];
    const text = await clientOf(
      method('get', { path: [param('x')], call: { kind: 'http', verb: 'get', route } }),
    );
    const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
    const parts: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isTemplateLiteralToken(node)) parts.push(node.text);
      ts.forEachChild(node, visit);
    };
    visit(source);
    assert.deepEqual(parts, [`/a\`b\${c}\\d/\u2028/`, '/é']);
  });
});

describe('a generated type', () => {
  test('is the same whatever the order of the properties', async () => {
    const a = await typesOf({
      T: { type: 'object', properties: { b: { type: 'string' }, a: { type: 'number' } } },
    });
    const b = await typesOf({
      T: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'string' } } },
    });
    assert.equal(a, b);
  });

  test('keeps literals of every kind apart', async () => {
    const text = await typesOf({
      T: { enum: ['a', "it's", '"', '\\', 'x\ny', 1, -1.5, true, null, '\u202e'] },
    });
    assert.equal(
      text,
      String.raw`export type T = 'a' | 'it\'s' | '"' | '\\' | 'x\ny' | 1 | -1.5 | true | null | '\u202e';` +
        '\n',
    );
  });

  test('puts parentheses where a list of alternatives needs them', async () => {
    const text = await typesOf({
      T: { type: 'array', items: { enum: ['a', 'b'] } },
      U: { allOf: [{ $ref: 'T' }, { oneOf: [{ $ref: 'T' }, { type: 'string' }] }] },
    });
    assert.equal(text, "export type T = ('a' | 'b')[];\n\nexport type U = T & (T | string);\n");
  });

  test('names each of its alternatives once', async () => {
    const text = await typesOf({
      N: {
        anyOf: [{ type: 'integer' }, { oneOf: [{ type: 'number' }, { type: 'null' }] }, { enum: [null] }],
      },
      S: { allOf: [{ $ref: 'N' }, { $ref: 'N' }] },
    });
    assert.match(text, /type N = number \| null;/);
    assert.match(text, /type S = N;/);
  });

  test('refers into a property of a property, and to the elements of a list', async () => {
    const text = await typesOf({
      T: {
        type: 'object',
        additionalProperties: false,
        required: ['list'],
        properties: { list: { type: 'array', items: { type: 'object', properties: { "it's": {} } } } },
      },
      U: { $ref: "T/properties/list/items/properties/it's" },
    });
    assert.match(text, /export type U = Required<T\['list'\]\[number\]>\['it\\'s'\];/);
  });

  test('looks through a reference to see whether a property can be absent', async () => {
    const text = await typesOf({
      A: { type: 'object', required: ['x'], properties: { x: { type: 'string' } } },
      B: { $ref: 'A' },
      C: { $ref: 'B/properties/x' },
    });
    assert.match(text, /export type C = B\['x'\];/);
  });

  test('of anything is unknown', async () => {
    assert.equal(
      await typesOf({ T: { description: 'Anything.' } }),
      '/** Anything. */\nexport type T = unknown;\n',
    );
  });

  test('never reads or fetches what a reference names', async () => {
    for (const $ref of ['http://127.0.0.1:9/x.json', 'file:///etc/hostname', '../secret.json']) {
      await assert.rejects(typesOf({ T: { $ref } }), /doesn't define it|no type stands/);
    }
  });
});

describe('a conversion', () => {
  const answering = (...names: string[]) =>
    api({
      methods: names.map((name) => method(`get${name}`, { result: { kind: 'json', type: { $ref: name } } })),
    });
  const date = (): JsonSchema => ({ type: 'string', as: 'date' });
  const integer = (): JsonSchema => ({ type: 'integer', as: 'bigint' });
  const object = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
    type: 'object',
    properties,
  });
  async function filesOf(
    schemas: Readonly<Record<string, JsonSchema>>,
    more: Partial<Model> = {},
  ): Promise<{ readonly types: string; readonly shapes: string }> {
    const types = Object.entries(schemas).map(([name, schema]) => type(name, schema));
    const model = { apis: [answering(...Object.keys(schemas))], types, warnings: [], ...more };
    const files = await emitFiles(model, { session });
    return { types: files.get('types.ts') ?? '', shapes: files.get('shapes.ts') ?? '' };
  }

  test('is told for the types that hold one, however deep, and for no other', async () => {
    const { shapes } = await filesOf({
      A: object({ b: { type: 'array', items: { $ref: 'B' } }, plain: { $ref: 'P' } }),
      B: object({ when: { anyOf: [date(), { type: 'null' }] } }),
      P: object({ name: { type: 'string' } }),
    });
    assert.match(shapes, /type ShapeName = 'A' \| 'B';/);
    assert.match(shapes, /A: \{ props: \{ b: \(\) => \(\{ items: \(\) => shapes\.B \}\) \} \},/);
    assert.match(shapes, /B: \{ props: \{ when: \(\) => 'date' \} \},/);
  });

  test('is told for parts that are one value, and for alternatives that agree', async () => {
    const { shapes } = await filesOf({
      A: object({ id: integer() }),
      B: { allOf: [{ $ref: 'A' }, object({ when: date() })] },
      C: { anyOf: [{ $ref: 'A' }, object({ id: integer(), name: { type: 'string' } })] },
    });
    assert.match(shapes, /B: \{ props: \{ id: \(\) => 'bigint', when: \(\) => 'date' \} \},/);
    assert.match(shapes, /C: \{ props: \{ id: \(\) => 'bigint' \} \},/);
  });

  test('is given up where an answer would not tell whether it applies', async () => {
    const { types, shapes } = await filesOf({
      A: object({ at: date(), id: integer() }),
      B: { anyOf: [{ $ref: 'A' }, object({ at: { type: 'string' } })] },
      C: { anyOf: [integer(), { type: 'number' }] },
      D: { anyOf: [integer(), { type: 'string' }] },
    });
    assert.match(types, /interface A \{\n {2}at\?: string;\n {2}id\?: bigint;/);
    assert.match(types, /type C = number;/);
    assert.match(types, /type D = bigint \| string;/);
    assert.match(shapes, /A: \{ props: \{ id: \(\) => 'bigint' \} \},/);
    assert.doesNotMatch(shapes, /date|\bC\b/);
  });

  test('is given up in what comes as JSON has it: the bodies of errors', async () => {
    const types = [
      type('T', object({ at: date() })),
      type('E', object({ at: date(), inner: { $ref: 'F' } })),
      type('F', date()),
    ];
    const asks = method('get', {
      result: { kind: 'json', type: { $ref: 'T' } },
      errors: [{ status: '404', type: { $ref: 'E' } }],
      errorsType: 'GetErrors',
    });
    const files = await emitFiles({ apis: [api({ methods: [asks] })], types, warnings: [] }, { session });
    const text = files.get('types.ts') ?? '';
    assert.match(text, /interface E \{\n {2}at\?: string;/);
    assert.match(text, /type F = string;/);
    assert.match(text, /interface T \{\n {2}at\?: Date;/);
  });

  test('comes to an end where types refer to each other in a circle', async () => {
    const { shapes } = await filesOf({
      A: object({ next: { anyOf: [{ $ref: 'A' }, { $ref: 'B' }] }, id: integer() }),
      B: object({ next: { anyOf: [{ $ref: 'B' }, { $ref: 'A' }] }, when: date() }),
    });
    assert.match(shapes, /A: \{ props: \{ id: \(\) => 'bigint', next: \(\) => shapes\['A\.next'\] \} \},/);
    assert.match(shapes, /B: \{ props: \{ next: \(\) => shapes\['A\.next'\], when: \(\) => 'date' \} \},/);
    const mixed = await filesOf({
      A: object({
        id: integer(),
        x: { ...object({ id: integer(), x: { $ref: 'A' } }), anyOf: [{ $ref: 'A' }] },
      }),
    });
    assert.match(
      mixed.shapes,
      /'A\.x': \{ props: \{ id: \(\) => 'bigint', x: \(\) => shapes\['A\.x'\] \} \}/,
    );
  });
});

describe('a generated session', () => {
  test('has a line for each of its servers where they are too long for one', async () => {
    const servers = ['one', 'two', 'three'].map((name) => `https://${name}.example.com/${'x'.repeat(20)}`);
    const model = { apis: [], types: [], warnings: [] };
    const facts = { name: 'petstore', doc: nothing, security: [], requires: [] };
    const text = async (listed: readonly string[]): Promise<string> => {
      const files = await emitFiles({ ...model, session: { ...facts, servers: listed } }, { session });
      return files.get('session.ts') ?? '';
    };
    const lines = servers.map((server) => `    '${server}',\n`).join('');
    assert.ok((await text(servers)).includes(`  servers: [\n${lines}  ],\n`));
    assert.ok((await text(servers.slice(0, 1))).includes(`servers: ['${servers[0]}'],`));
  });
});

describe('a generated routing key', () => {
  const changed = (name: string, keyName: string, ...texts: string[]): Event => ({
    name,
    doc: nothing,
    payload: { $ref: 'T' },
    source: {
      kind: 'topic',
      exchange: name,
      key: texts.map((text, index) => ({
        name: `part${index}`,
        doc: { text, facts: [] },
        multipleWords: false,
        required: true,
      })),
      keyName,
    },
  });
  const eventsOf = async (...events: Event[]): Promise<string> =>
    (await emit(api({ events, types: [type('T', {})] }))).get('demo/events.ts') ?? '';

  test('is declared once, before the first of the events that share it', async () => {
    const text = await eventsOf(
      changed('thingMade', 'thing', 'a'),
      changed('other', 'other', 'a', 'b'),
      changed('thingGone', 'thing', 'a'),
    );
    assert.deepEqual(
      [...text.matchAll(/^(?:export )?(?:interface|const|function) \w+/gm)].map(([declared]) => declared),
      [
        'export interface ThingRouting',
        'const thingKey',
        'export function thingMade',
        'export function thingGone',
        'export interface OtherRouting',
        'const otherKey',
        'export function other',
      ],
    );
  });

  test('says of a part what its events say, each text once', async () => {
    const text = await eventsOf(
      changed('thingMade', 'thing', 'Which thing.', 'Who made it.'),
      changed('thingGone', 'thing', 'Which thing.', 'Who took it.'),
    );
    assert.match(text, /\/\*\* Which thing\. \*\/\n {2}part0: string;/);
    assert.match(text, /\* Who made it\.\n {3}\*\n {3}\* Who took it\.\n {3}\*\/\n {2}part1: string;/);
  });
});

/** Text from outside that tries to become code. */
const PAYLOADS: readonly string[] = [
  '*/ PWNED(); /*',
  "'+PWNED()+'",
  '"+PWNED()+"',
  '`+PWNED()+`',
  `\${PWNED()}`,
  '\nPWNED();\n',
  '\u2028PWNED();\u2029',
  "\\'; PWNED(); //",
  '; PWNED();',
  '}}); PWNED(); ({',
  '[PWNED()]',
  '<script>PWNED()</script>\n@deprecated {@link PWNED()} */ @evil',
];

const doc = (text: string): Doc => ({ text, facts: [text, `\`${text}\``], deprecated: text });

/** An Api with the text at every place that takes any text. */
function poisoned(text: string): Api {
  const query = [param(text, { required: false, doc: doc(text) })];
  const schema: JsonSchema = {
    type: 'object',
    description: text,
    required: [text],
    properties: {
      [text]: { type: 'string', description: text, default: text, format: text },
      enum: { enum: [text, 'b'], default: text },
      open: { enum: [text, 'b'], open: true },
      const: { const: text },
      object: { enum: [{ [text]: [text] }] },
      list: { type: 'array', items: { type: 'string', description: text } },
    },
  };
  const event: Event = {
    name: 'changed',
    doc: doc(text),
    payload: { $ref: 'T' },
    source: {
      kind: 'topic',
      exchange: text,
      key: [{ name: text, constant: text, multipleWords: true, required: true, doc: doc(text) }],
      keyName: 'changed',
    },
  };
  return api({
    doc: doc(text),
    endpoint: text,
    methods: [
      method('list', {
        doc: doc(text),
        path: [param(text, { name: 'x', secret: true })],
        query,
        queryType: 'ListQuery',
        body: {
          content: {
            kind: 'json',
            type: { $ref: `T/properties/${text.replaceAll('~', '~0').replaceAll('/', '~1')}` },
          },
          mediaType: text,
          required: false,
        },
        result: { kind: 'json', type: { $ref: 'T' } },
        call: { kind: 'http', verb: 'post', route: [`/${text}/`, { param: text }, text] },
        pages: { by: 'token', items: text, key: text },
      }),
    ],
    events: [event],
    types: [type('T', schema)],
  });
}

/** A model with the text at every place that OpenAPI and Salt add. */
function poisonedModel(text: string): Model {
  const value: JsonSchema = { enum: [text, 'b'] };
  const described = { type: 'string', required: false, secret: false, doc: doc(text) } as const;
  const http: HttpCall = {
    kind: 'http',
    verb: 'get',
    route: [`/${text}/`, { param: text }],
    gives: 'reply',
    fixed: { [text]: text },
    accept: text,
    requires: [[text, text], []],
    server: text,
  };
  return {
    apis: [
      api({
        path: 'pets',
        name: 'Pets',
        doc: doc(text),
        endpoint: text,
        methods: [
          method('find', {
            doc: doc(text),
            path: [param(text, { name: 'x', style: 'slashes', schema: value })],
            query: [
              { ...described, wire: text, name: 'a', style: 'deepObject', schema: value },
              {
                ...described,
                wire: `${text}2`,
                name: 'b',
                in: 'header',
                schema: { enum: [text], open: true },
              },
            ],
            queryType: 'PetsFindQuery',
            body: { content: { kind: 'json', type: value }, mediaType: text, required: true },
            result: { kind: 'json', type: { anyOf: [{ $ref: 'Pet' }, value] } },
            errors: [{ status: text, type: value }],
            errorsType: 'PetsFindErrors',
            call: http,
          }),
        ],
        events: [
          { name: 'hooked', doc: doc(text), payload: value, source: { kind: 'webhook', name: text } },
          {
            name: 'tagged',
            doc: doc(text),
            payload: value,
            source: { kind: 'tag', tag: text, parts: [{ ...described, wire: text, name: 'p' }] },
          },
        ],
      }),
      api({
        path: 'test',
        group: 'modules',
        name: 'Test',
        methods: [method('ping', { call: { kind: 'function', client: 'local', fun: text, varargs: true } })],
      }),
    ],
    types: [
      type('Cat', { type: 'object', properties: { [text]: { type: 'integer', as: 'bigint' } } }),
      type('Pet', {
        oneOf: [{ $ref: 'Cat' }],
        discriminator: { property: text, values: [[text]] },
      }),
      type('Pair', { type: 'array', prefixItems: [value, { type: 'string', description: text }] }),
    ],
    session: {
      name: 'petstore',
      doc: doc(text),
      servers: [text],
      security: [
        { name: text, doc: doc(text), kind: 'key', in: 'header', param: text },
        { name: 'basic', doc: doc(text), kind: 'basic' },
      ],
      requires: [[text]],
    },
    warnings: [],
  };
}

function withKeyName(event: Event, keyName: string): Event {
  return event.source.kind === 'topic' ? { ...event, source: { ...event.source, keyName } } : event;
}

/** What is wrong with generated code: it doesn't parse, or the payload is a name in it and not a text. */
function problems(path: string, text: string): string[] {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true, fileName: path });
  const found = diagnostics.map(
    ({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  );
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text.includes('PWNED')) found.push(`${path}: ${node.parent.getText()}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

describe('hostile text', () => {
  for (const payload of PAYLOADS) {
    test(`stays text wherever it stands: ${JSON.stringify(payload)}`, async () => {
      const files = await emit(poisoned(payload));
      assert.equal(files.size, 4);
      for (const [path, text] of files) assert.deepEqual(problems(path, text), []);
      for (const text of files.values()) assert.doesNotMatch(text, /^\s*\* @(?!deprecated)/m);
    });

    test(`stays text in what OpenAPI and Salt add: ${JSON.stringify(payload)}`, async () => {
      const files = await emitFiles(poisonedModel(payload), { session });
      assert.equal(files.size, 8);
      for (const [path, text] of files) assert.deepEqual(problems(path, text), []);
    });

    test(`is never a name: ${JSON.stringify(payload)}`, async () => {
      const named: readonly Api[] = [
        api({ name: payload, methods: [method('get')] }),
        api({ methods: [method('get', { errors: [], errorsType: payload })] }),
        api({
          methods: [
            method('get', { body: { content: { kind: 'json', type: { $ref: payload } }, required: true } }),
          ],
        }),
        api({ methods: [method(payload)] }),
        api({ methods: [method('get', { path: [param('x', { name: payload })] })] }),
        api({ methods: [method('get', { queryType: payload })] }),
        api({ types: [type(payload, {})] }),
        api({ types: [type('T', { $ref: payload })] }),
        ...poisoned('x').events.flatMap((event) => [
          api({ types: [type('T', {})], events: [{ ...event, name: payload }] }),
          api({ types: [type('T', {})], events: [withKeyName(event, payload)] }),
        ]),
      ];
      for (const each of named) {
        const outcome = await emit(each).catch((error: unknown) => error);
        assert.ok(outcome instanceof Error, `${JSON.stringify(each)} was accepted`);
        assert.match(outcome.message, /no identifier|no letter|no type stands/);
      }
    });
  }

  test('the proof sees code when there is some', () => {
    assert.deepEqual(problems('x.ts', 'const a = `$' + '{PWNED()}`;'), ['x.ts: PWNED()']);
    assert.equal(problems('x.ts', 'const a = ;').length, 1);
  });

  test('a property called __proto__ is nothing but a property', async () => {
    const properties = Object.fromEntries([['__proto__', { type: 'string' } as const]]);
    const text = await typesOf({ T: { type: 'object', additionalProperties: false, properties } });
    assert.equal(text, "export interface T {\n  '__proto__'?: string;\n}\n");
  });

  test('characters that nobody sees are left out of comments and escaped in code', async () => {
    const text = await typesOf({ T: { description: 'a\u202eb\u200b\u0007', const: '\u202e\u200b' } });
    assert.equal(text, "/** ab */\nexport type T = '\\u202e\\u200b';\n");
  });

  test('a code span that never ends is closed by an escape', async () => {
    assert.match(await typesOf({ T: { description: 'a `b' } }), /\/\*\* a \\`b \*\//);
  });
});
