import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  answers,
  byName,
  document,
  files,
  json,
  operation,
  readDocument,
  readOperation,
  readParameter,
  sends,
} from './openapi-sample.ts';
import type { JsonMap } from './read-sample.ts';

suite('the classes and methods of a document', () => {
  const names = async (paths: JsonMap) => {
    const { apis } = await readDocument(document({ paths }));
    return Object.fromEntries(apis.map(({ name, methods }) => [name, methods.map(({ name }) => name)]));
  };

  test('are its tags and its operations, without what an operation repeats of its tag', async () => {
    assert.deepEqual(
      await names({
        '/a': { get: operation({ tags: ['repos'], operationId: 'repos/get' }) },
        '/b': { get: operation({ tags: ['repos', 'other'], operationId: 'reposListAll' }) },
        '/c': { get: operation({ tags: ['repos'], operationId: 'repos' }) },
        '/d': { get: operation({ tags: ['user-keys'], operationId: 'drop_it' }) },
      }),
      { Repos: ['get', 'listAll', 'repos'], UserKeys: ['dropIt'] },
    );
  });

  test('of an operation without a tag stand in a class of the title', async () => {
    assert.deepEqual(await names({ '/a': { get: { responses: {} } } }), { PetStore: ['getA'] });
  });

  test('fall back to the whole operationId, then to verb and path, both of two that would clash', async () => {
    const get = operation({ operationId: 'pets/get' });
    assert.deepEqual(await names({ '/a': { get }, '/b': { get: operation({ operationId: 'get' }) } }), {
      Pets: ['get', 'petsGet'],
    });
    assert.deepEqual(await names({ '/a/{id}': { get }, '/b': { get } }), { Pets: ['getAById', 'getB'] });
  });

  test('that clash to the end are refused with both places', async () => {
    await assert.rejects(
      names({ '/a': { get: operation({ 'x-name': 'go' }) }, '/b': { get: operation({ 'x-name': 'go' }) } }),
      /two of the methods of pets would be called go: pets\.yaml#\/paths\/~1a\/get and pets\.yaml#\/paths\/~1b\/get/,
    );
  });

  test('have names of another alphabet as numbers', async () => {
    assert.deepEqual(await names({ '/a': { get: operation({ tags: ['宠物'], operationId: '取' }) } }), {
      U5ba0U7269: ['u53d6'],
    });
  });

  test('never take the meaning of a member of JavaScript', async () => {
    const paths = Object.fromEntries(
      ['constructor', 'then', 'toString', 'await', 'delete'].map((operationId) => [
        `/${operationId}`,
        { get: operation({ operationId }) },
      ]),
    );
    assert.deepEqual(await names(paths), {
      Pets: ['await', 'constructorCall', 'delete', 'thenCall', 'toStringCall'],
    });
  });

  test('of tags that mean the same class are one', async () => {
    assert.deepEqual(
      await names({
        '/a': { get: operation({ tags: ['user-keys'], operationId: 'a' }) },
        '/b': { get: operation({ tags: ['User Keys'], operationId: 'b' }) },
      }),
      { UserKeys: ['a', 'b'] },
    );
  });
});

suite('a method', () => {
  test('tells its verb, its route and its facts', async () => {
    const { method, call } = await readOperation(
      {
        parameters: [{ name: 'pet-id', in: 'path', required: true, schema: { type: 'integer' } }],
        summary: 'Gives a pet.',
        deprecated: true,
        'x-edition': 'enterprise',
        'x-since': '1.18',
      },
      { path: '/pets/{pet-id}/owner' },
    );
    assert.deepEqual(call.route, ['/pets/', { param: 'pet-id' }, '/owner']);
    assert.deepEqual(
      method.path.map(({ wire, name, type }) => [wire, name, type]),
      [['pet-id', 'petId', 'integer']],
    );
    assert.deepEqual(method.doc, {
      text: 'Gives a pet.',
      facts: ['`GET /pets/{pet-id}/owner` · enterprise · since 1.18'],
      deprecated: '',
    });
  });

  test('has our line in place of the prose', async () => {
    const docs = new Map([
      ['pets', { about: 'Pets.', methods: new Map([['act', 'Ours.']]), events: new Map() }],
    ]);
    const { method, api } = await readOperation({ description: 'Theirs.' }, { docs });
    assert.deepEqual([api.doc.text, method.doc.text], ['Pets.', 'Ours.']);
  });

  test('has the parameters of its path unless it says the same itself', async () => {
    const parameters = [
      { name: 'a', in: 'query', schema: { type: 'string' } },
      { name: 'b', in: 'query', schema: { type: 'string' } },
    ];
    const { apis } = await readDocument(
      document({
        paths: {
          '/pets': {
            parameters,
            get: operation({ parameters: [{ name: 'b', in: 'query', schema: { type: 'boolean' } }] }),
          },
        },
      }),
    );
    assert.deepEqual(
      apis[0]?.methods[0]?.query.map(({ wire, type }) => [wire, type]),
      [
        ['a', 'string'],
        ['b', 'boolean'],
      ],
    );
    assert.equal(apis[0]?.methods[0]?.queryType, 'PetsActQuery');
  });

  test('takes a parameter of its route that nothing is told about for a text, and says so', async () => {
    const { method, model } = await readOperation({}, { path: '/pets/{id}' });
    assert.deepEqual([method.path[0]?.type, method.path[0]?.required], ['string', true]);
    assert.match(model.warnings[0]?.message ?? '', /nothing is told about the parameter "id"/);
  });

  test('leaves out what is said by other means', async () => {
    const { method } = await readOperation({
      parameters: [
        { name: 'Accept', in: 'header', schema: { type: 'string' } },
        { name: 'authorization', in: 'header', schema: { type: 'string' } },
        { name: 'dc', in: 'query', schema: { type: 'string' }, 'x-runtime': true },
        { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
        { name: 'sid', in: 'cookie', schema: { type: 'string' } },
      ],
    });
    assert.deepEqual(
      method.query.map(({ wire, in: place }) => [wire, place]),
      [
        ['X-Trace', 'header'],
        ['sid', 'cookie'],
      ],
    );
  });

  test('goes to a server of its own where it has one', async () => {
    const servers = [{ url: 'https://{region}.example.com/v1/', variables: { region: { default: 'eu' } } }];
    const more = { servers: [{ url: 'https://example.com' }, { url: '/relative' }] };
    const { call, model } = await readOperation({ servers }, { more });
    assert.equal(call.server, 'https://eu.example.com/v1');
    assert.deepEqual(model.session?.servers, ['https://example.com']);
    assert.equal((await readOperation({}, { more })).call.server, undefined);
  });
});

suite('a parameter', () => {
  const list = { type: 'array', items: { type: 'string' } };
  const object = { type: 'object', properties: { a: { type: 'string' } } };
  const query = (more: JsonMap) => readParameter({ name: 'p', in: 'query', ...more });

  test('becomes text by its style', async () => {
    const styles = [
      [{ schema: list }, undefined],
      [{ schema: list, explode: false }, 'comma'],
      [{ schema: list, style: 'spaceDelimited', explode: false }, 'space'],
      [{ schema: list, style: 'pipeDelimited', explode: false }, 'pipe'],
      [{ schema: object, style: 'deepObject', explode: true }, 'deepObject'],
      [{ schema: object }, 'exploded'],
      [{ schema: object, style: 'pipeDelimited', explode: false }, 'pipe'],
      [{ schema: { anyOf: [object, { type: 'integer' }] }, style: 'deepObject' }, 'deepObject'],
      [{ schema: { anyOf: [list, { type: 'null' }] }, explode: false }, 'comma'],
      [{ schema: { oneOf: [{ type: 'string' }, { allOf: [object] }] } }, 'exploded'],
      [{ content: { 'text/plain': { schema: { type: 'string' } } } }, undefined],
      [{ in: 'header', schema: object }, undefined],
      [{ in: 'header', schema: object, explode: true }, 'exploded'],
      [{ in: 'header', schema: list, explode: true }, undefined],
      [{ in: 'header', content: json(object) }, 'json'],
      [{ in: 'cookie', schema: { type: 'string' } }, undefined],
      [{ in: 'cookie', schema: list }, 'exploded'],
      [{ in: 'cookie', schema: list, explode: false }, undefined],
      [{ content: json(object) }, 'json'],
      [{ schema: { type: 'boolean' }, 'x-flag': true }, 'flag'],
      [{ schema: { enum: ['stale', 'default'] }, 'x-choice': true }, 'choice'],
    ] as const;
    for (const [more, style] of styles) assert.equal((await query(more)).style, style, JSON.stringify(more));
  });

  test('of a route keeps its slashes where it is told to, and may be a secret', async () => {
    const given = {
      name: 'key',
      in: 'path',
      required: true,
      schema: { type: 'string' },
      'x-slashes': true,
      'x-secret': true,
    };
    const { style, secret } = await readParameter(given, { path: '/kv/{key}' });
    assert.deepEqual([style, secret], ['slashes', true]);
  });

  test('is a secret in a route only, since elsewhere it would be shown', async () => {
    for (const place of ['query', 'header', 'cookie']) {
      await assert.rejects(readParameter({ name: 'pin', in: place, 'x-secret': true }), {
        name: 'InputError',
        problem: `x-secret is for parameters of a path, and "pin" is in the ${place}`,
        hint: `Write it as a security scheme, which is never shown: { type: apiKey, in: ${place}, name: "pin" }`,
      });
    }
  });

  test('in a route may be written in the styles of old', async () => {
    const matrix = { name: 'p', in: 'path', required: true, style: 'matrix', schema: { type: 'string' } };
    const { call } = await readOperation({ parameters: [matrix] }, { path: '/pets{p}' });
    assert.deepEqual(call.route, ['/pets;p=', { param: 'p' }]);
    const exploded = await readOperation(
      { parameters: [{ ...matrix, explode: true, schema: list }] },
      { path: '/pets{p}' },
    );
    assert.deepEqual(exploded.call.route, ['/pets', { param: 'p' }]);
    assert.deepEqual(exploded.method.path[0]?.expand, { style: 'matrix', explode: true });
    const { expand } = await readParameter(
      { name: 'p', in: 'path', required: true, schema: object },
      { path: '/pets/{p}' },
    );
    assert.deepEqual(expand, { style: 'simple', explode: false });
  });

  test('that no style can write is given as texts, with a warning', async () => {
    const { model, method } = await readOperation({
      parameters: [{ name: 'p', in: 'query', schema: { type: 'array', items: object } }],
    });
    assert.deepEqual(method.query[0]?.schema, list);
    assert.deepEqual(model.warnings, [
      {
        file: 'pets.yaml',
        pointer: '/paths/~1pets/get/parameters/0',
        message: 'no style can write a list of lists or objects: each element is given as a text',
      },
    ]);
    const deep = await query({ schema: { type: 'array', items: object }, style: 'deepObject' });
    assert.deepEqual(deep.schema, { $ref: 'ActP' });
    const lines = await query({ content: { 'text/csv': { schema: list } } });
    assert.deepEqual([lines.type, lines.schema], ['string', undefined]);
    const time = { 'text/plain': { schema: { type: 'string', format: 'date-time' } } };
    const { type } = await readParameter({ name: 'p', in: 'query', content: time }, { dates: 'date' });
    assert.equal(type, 'date');
  });

  test('takes what has the same text, wherever it stands', async () => {
    const long = { type: 'integer', format: 'int64' };
    const date = { type: 'string', format: 'date-time' };
    const read = async (schema: JsonMap) =>
      (await readParameter({ name: 'p', in: 'query', schema }, { int64: 'bigint', dates: 'date' })).schema;
    assert.deepEqual(await read(long), { type: 'integer', as: 'integer' });
    assert.deepEqual(await read({ type: 'array', items: long }), {
      type: 'array',
      items: { type: 'integer', as: 'integer' },
    });
    const { model } = await readOperation(
      {
        parameters: [
          {
            name: 'p',
            in: 'query',
            style: 'deepObject',
            schema: { type: 'object', properties: { gt: date } },
          },
        ],
      },
      { dates: 'date' },
    );
    assert.deepEqual(byName(model)['ActP']?.properties, { gt: { ...date, as: 'instant' } });
  });

  test('has a schema only where its type says too little', async () => {
    const types = [
      [{ type: 'string' }, { type: 'string' }],
      [{ type: 'number' }, { type: 'integer' }],
      [{ type: ['boolean', 'null'] }, { type: 'boolean' }],
      [{}, { type: 'string' }],
      [list, { type: 'string', schema: list }],
      [{ enum: ['a', 'b'] }, { type: 'string', schema: { enum: ['a', 'b'] } }],
    ] as const;
    for (const [schema, expected] of types) {
      const { type, schema: told } = await query({ schema });
      assert.deepEqual({ type, ...(told && { schema: told }) }, expected);
    }
    const { type } = await readParameter(
      { name: 'p', in: 'query', schema: { type: 'string', format: 'date-time' } },
      { dates: 'date' },
    );
    assert.equal(type, 'date');
  });

  test('gets a name for a schema that is too large to stand there', async () => {
    const { model, method } = await readOperation({
      parameters: [{ name: 'where', in: 'query', schema: object, style: 'deepObject' }],
    });
    assert.deepEqual(method.query[0]?.schema, { $ref: 'ActWhere' });
    assert.deepEqual(byName(model), { ActWhere: object });
  });

  test('is refused without a name, twice, and where it cannot be told from another', async () => {
    const twice = { name: 'a', in: 'query', schema: { type: 'string' } };
    await assert.rejects(
      readOperation({ parameters: [{ in: 'query' }] }),
      /\/parameters\/0: a parameter without a name/,
    );
    await assert.rejects(
      readOperation({ parameters: [{ name: 'a' }] }),
      /\/parameters\/0: a parameter without a place/,
    );
    await assert.rejects(
      readOperation({ parameters: [twice, twice] }),
      /\/parameters\/1: the query a parameter stands twice/,
    );
    await assert.rejects(
      readOperation({ parameters: [twice, { ...twice, in: 'header', required: true }] }),
      /"a" is needed in the header/,
    );
    await assert.rejects(
      readOperation({ parameters: [{ ...twice, name: 'constructor' }] }),
      /cannot have a parameter called constructor/,
    );
    await assert.rejects(
      readOperation({ parameters: [{ ...twice, in: 'header', name: 'a\nb' }] }),
      /is no name of a header/,
    );
  });
});

test('an operation that cannot be called as it is described is left out, and no other', async () => {
  const text = { schema: { type: 'string' } };
  const key = { name: 'X Key', in: 'header', ...text };
  const { apis, types, warnings } = await readDocument(
    document({
      paths: {
        '/good': { get: operation({ operationId: 'good' }) },
        '/header': { get: operation({ operationId: 'a', parameters: [key] }) },
        '/style': {
          get: operation({
            operationId: 'b',
            parameters: [{ name: 'p', in: 'query', style: 'odd', schema: { type: 'array' } }],
          }),
        },
        '/name': {
          get: operation({ operationId: 'c', parameters: [{ name: 'constructor', in: 'query', ...text }] }),
        },
        '/{id}/{id}': {
          get: operation({ operationId: 'd', parameters: [{ ...key, name: 'id', in: 'path' }] }),
        },
        '/alone': { get: operation({ operationId: 'e', tags: ['alone'], parameters: [key] }) },
      },
    }),
  );
  assert.deepEqual(
    apis.map(({ name, methods }) => [name, methods.map((method) => method.name)]),
    [['Pets', ['good']]],
  );
  assert.deepEqual(types, []);
  assert.deepEqual(
    warnings.map(({ pointer, message }) => `${pointer}: ${message}`),
    [
      '/paths/~1alone/get/parameters/0: "X Key" is no name of a header: GET /alone was left out',
      '/paths/~1header/get/parameters/0: "X Key" is no name of a header: GET /header was left out',
      '/paths/~1name/get/parameters/0: a query cannot have a parameter called constructor: GET /name was left out',
      '/paths/~1style/get/parameters/0/style: there is no such style: GET /style was left out',
      '/paths/~1{id}~1{id}/get: the path "/{id}/{id}" has a parameter without a name, or twice: GET /{id}/{id} was left out',
    ],
  );
});

suite('what is sent', () => {
  const body = async (content: JsonMap, required = false) =>
    (await readOperation({ requestBody: { content, required } }, { verb: 'post' })).method.body;

  test('is what is liked best of what may be sent', async () => {
    const schema = { type: 'string' };
    const order = [
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/octet-stream',
      'text/plain',
    ];
    const kinds = ['json', 'form', 'multipart', 'bytes', 'text'];
    for (const [index, kind] of kinds.entries()) {
      const content = Object.fromEntries(
        order
          .slice(index)
          .reverse()
          .map((type) => [type, { schema }]),
      );
      assert.equal((await body(content))?.content.kind, kind);
    }
  });

  test('tells a media type that is not the usual one of its kind', async () => {
    assert.deepEqual(await body({ 'application/merge-patch+json': { schema: { type: 'object' } } }, true), {
      content: { kind: 'json', type: { type: 'object' } },
      mediaType: 'application/merge-patch+json',
      required: true,
    });
    assert.equal((await body({ 'application/json; charset=utf-8': {} }))?.mediaType, undefined);
    assert.equal((await body({ 'image/png': {} }))?.mediaType, 'image/png');
  });

  test('is named after its operation where it has no name', async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' } } };
    const { model, method } = await readOperation(
      { operationId: 'createPet', requestBody: sends(schema), responses: answers(schema) },
      { verb: 'post' },
    );
    assert.deepEqual(method.body?.content, { kind: 'json', type: { $ref: 'CreatePetRequest' } });
    assert.deepEqual(method.result, { kind: 'json', type: { $ref: 'CreatePetResult' } });
    assert.deepEqual(byName(model), { CreatePetRequest: schema, CreatePetResult: schema });
  });

  test('gives way to a component of that name', async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' } } };
    const more = { components: { schemas: { ActRequest: { type: 'string' } } } };
    const { method } = await readOperation(
      { requestBody: sends(schema), responses: answers({ $ref: '#/components/schemas/ActRequest' }) },
      { verb: 'post', more },
    );
    assert.deepEqual(method.body?.content, { kind: 'json', type: { $ref: 'PetsActRequest' } });
  });

  test('is refused with a media type that is none', async () => {
    await assert.rejects(body({ "a'b/c": {} }), /is not a media type/);
  });
});

suite('what comes back', () => {
  const result = async (responses: JsonMap, verb = 'get') => {
    const { method, call } = await readOperation({ responses }, { verb });
    const { absent, data, accept } = call;
    return { ...method.result, ...(absent && { absent }), ...(data && { data }), ...(accept && { accept }) };
  };
  const content = (type: string, more: JsonMap = {}) => ({
    200: { content: { [type]: { schema: { type: 'string' }, ...more } } },
  });
  const text = { type: 'string' };

  test('is told apart by its media type', async () => {
    assert.deepEqual(await result(content('application/json')), { kind: 'json', type: text });
    assert.deepEqual(await result(content('application/vnd.x+json')), {
      kind: 'json',
      type: text,
      accept: 'application/vnd.x+json',
    });
    assert.deepEqual(await result({ 200: { content: { 'application/json': {} } } }), { kind: 'unknown' });
    assert.deepEqual(await result(content('text/plain')), { kind: 'text' });
    assert.deepEqual(await result(content('text/csv')), { kind: 'text', accept: 'text/csv' });
    assert.deepEqual(await result(content('application/octet-stream')), { kind: 'bytes' });
    assert.deepEqual(await result(content('application/pdf')), { kind: 'bytes', accept: 'application/pdf' });
    assert.deepEqual(await result(content('text/event-stream')), { kind: 'events' });
    assert.deepEqual(await result(content('application/x-ndjson')), {
      kind: 'values',
      type: text,
      accept: 'application/x-ndjson',
    });
    assert.deepEqual(await result(content('text/plain', { 'x-stream': 'lines' })), { kind: 'lines' });
    assert.deepEqual(await result(content('application/octet-stream', { 'x-stream': 'bytes' })), {
      kind: 'stream',
    });
    assert.deepEqual(await result(content('application/json', { 'x-stream': 'values' })), {
      kind: 'values',
      type: text,
    });
    assert.deepEqual(await result({ 204: {} }), { kind: 'void' });
    assert.deepEqual(await result({ 302: {} }), { kind: 'location' });
    assert.deepEqual(await result(content('application/json'), 'head'), { kind: 'void' });
  });

  const form = (mediaType: string, kind: string, type?: JsonMap) => ({
    mediaType,
    result: { kind, ...(type && { type }) },
  });

  test('is what the caller asks for where media types are read in several ways, JSON by default', async () => {
    const content = { 'text/html': {}, ...json(text), 'application/xml': {}, 'image/png': {} };
    const { method } = await readOperation({ responses: { 200: { content } } });
    assert.deepEqual(method.result, {
      kind: 'forms',
      forms: [
        form('application/json', 'json', text),
        form('application/xml', 'text'),
        form('text/html', 'text'),
        form('image/png', 'bytes'),
      ],
    });
    assert.equal(method.answersType, 'PetsActAnswers');
  });

  test('is what the caller asks for where JSON has several types', async () => {
    const number = { type: 'integer' };
    const content = { ...json(text), 'application/vnd.star+json': { schema: number } };
    assert.deepEqual(await result({ 200: { content } }), {
      kind: 'forms',
      forms: [form('application/json', 'json', text), form('application/vnd.star+json', 'json', number)],
    });
    const named = { type: 'object', properties: { a: text } };
    const other = { type: 'object', properties: { b: text } };
    const { model } = await readOperation({
      responses: { 200: { content: { ...json(named), 'application/vnd.b+json': { schema: other } } } },
    });
    assert.deepEqual(Object.keys(byName(model)), [
      'PetsGet200ApplicationJson',
      'PetsGet200ApplicationVndBJson',
    ]);
  });

  test('is as before where all media types are read alike', async () => {
    const thing = { schema: { $ref: '#/components/schemas/Thing' } };
    const more = { components: { schemas: { Thing: { type: 'object' } } } };
    const content = { 'text/plain': thing, 'application/json': thing, 'text/json': thing, '*/*': {} };
    const { method, call } = await readOperation({ responses: { 200: { content } } }, { more });
    assert.deepEqual(
      [method.result, method.answersType, call.accept],
      [{ kind: 'json', type: { $ref: 'Thing' } }, undefined, undefined],
    );
    const images = { 200: { content: { 'image/png': {}, 'image/jpeg': {} } } };
    assert.deepEqual(await result(images), { kind: 'bytes', accept: 'image/jpeg' });
  });

  test('is told by what comes where statuses have different media types', async () => {
    const responses = {
      200: { content: { 'text/csv': {} } },
      201: { content: { 'application/vnd.x+json': { schema: text } } },
    };
    assert.deepEqual(await result(responses), {
      kind: 'forms',
      forms: [form('application/vnd.x+json', 'json', text), form('text/csv', 'text')],
      accept: 'application/vnd.x+json, text/csv',
    });
    const alike = { 200: { content: { 'text/csv': {} } }, 201: { content: { 'text/plain': {} } } };
    assert.deepEqual(await result(alike), { kind: 'text', accept: 'text/plain, text/csv' });
  });

  test('is JSON where a media type that says nothing has the schema of an object', async () => {
    const object = { type: 'object', additionalProperties: text };
    const content = { 'application/vnd.x': { schema: object } };
    assert.deepEqual(await result({ 200: { content } }), {
      kind: 'json',
      type: { type: 'object', additionalProperties: text },
      accept: 'application/vnd.x',
    });
    const binary = { 'application/vnd.x.protobuf': { schema: object } };
    assert.deepEqual(await result({ 200: { content: binary } }), {
      kind: 'bytes',
      accept: 'application/vnd.x.protobuf',
    });
  });

  test('has a second method where it may also come bit by bit', async () => {
    const events = { 'text/event-stream': {} };
    const paths = {
      '/a': {
        post: operation({
          operationId: 'chat',
          responses: { 200: { content: { ...json(text), ...events } } },
        }),
      },
      '/b': { post: operation({ operationId: 'chatStream' }) },
    };
    const model = await readDocument(document({ paths }));
    assert.deepEqual(
      model.apis[0]?.methods.map(({ name, result }) => [name, result.kind]),
      [
        ['chat', 'json'],
        ['chatStream', 'void'],
        ['postAStream', 'events'],
      ],
    );
    const both = { responses: { 200: { content: { ...json(text), ...events } } } };
    const { api: silent } = await readOperation(both, { verb: 'head' });
    assert.deepEqual(
      silent.methods.map(({ result }) => result.kind),
      ['void'],
    );
    const two = { 200: { content: { ...events, 'application/jsonl': {} } } };
    const { model: lines } = await readOperation({ responses: two });
    assert.deepEqual(
      lines.warnings.map(({ message }) => message),
      ['the media type text/event-stream is not asked for, but application/jsonl'],
    );
  });

  test('is any of what several statuses answer, and undefined for one that answers nothing', async () => {
    const responses = {
      200: { content: json(text) },
      201: { content: json({ type: 'integer' }) },
      202: { content: json(text) },
      204: {},
    };
    assert.deepEqual(await result(responses), {
      kind: 'json',
      type: { anyOf: [text, { type: 'integer' }] },
      absent: [204],
    });
  });

  test('is that of default where no success is told, which is no error then', async () => {
    const { method } = await readOperation({ responses: { default: { content: json(text) } } });
    assert.deepEqual([method.result, method.errors], [{ kind: 'json', type: text }, undefined]);
  });

  test('may come with a status above 299', async () => {
    const responses = {
      200: { content: json(text) },
      404: { 'x-result': 'absent' },
      503: { 'x-result': 'data', content: json({ type: 'integer' }) },
    };
    assert.deepEqual(await result(responses), {
      kind: 'json',
      type: { anyOf: [text, { type: 'integer' }] },
      absent: [404],
      data: [503],
    });
  });

  test('means in one place what the same response does not in another', async () => {
    const more = { components: { responses: { Gone: { content: json(text) } } } };
    const gone = { $ref: '#/components/responses/Gone' };
    const responses = { 200: { content: json(text) }, 404: { ...gone, 'x-result': 'absent' }, 410: gone };
    const { method, call } = await readOperation({ responses }, { more });
    assert.deepEqual([call.absent, method.errors?.map(({ status }) => status)], [[404], ['410']]);
  });

  test('is what success says even where another status has JSON', async () => {
    const responses = {
      200: { content: { 'text/plain': {} } },
      503: { 'x-result': 'data', content: json(text) },
    };
    assert.deepEqual(await result(responses), { kind: 'text', data: [503] });
  });

  test('has typed errors by status', async () => {
    const responses = {
      204: {},
      404: { content: json({ $ref: '#/components/schemas/Problem' }) },
      '5XX': { content: { 'text/plain': {} } },
      default: { content: json(text) },
    };
    const more = { components: { schemas: { Problem: { type: 'object' } } } };
    const { method } = await readOperation({ responses }, { more });
    assert.deepEqual(method.errors, [
      { status: '404', type: { $ref: 'Problem' } },
      { status: '5XX', type: text },
      { status: 'default', type: text },
    ]);
    assert.equal(method.errorsType, 'PetsActErrors');
  });

  test('has an error of its own for each status that is told, so that no wider one is taken for it', async () => {
    const problem = { 'application/problem+json': { schema: { type: 'integer' } } };
    const responses = {
      204: {},
      404: { content: { 'text/plain': {} } },
      409: {},
      410: { content: { ...problem, 'text/html': {} } },
      413: { content: { 'image/png': {} } },
      '4XX': { content: problem },
    };
    const { method } = await readOperation({ responses });
    assert.deepEqual(method.errors, [
      { status: '404', type: text },
      { status: '409', type: {} },
      { status: '410', type: { anyOf: [{ type: 'integer' }, text] } },
      { status: '413', type: {} },
      { status: '4XX', type: { type: 'integer' } },
    ]);
    const { method: plain } = await readOperation({
      responses: { 204: {}, 404: { content: { 'text/plain': {} } } },
    });
    assert.equal(plain.errors, undefined);
  });

  test('has errors that are named after operation and status where they have no name', async () => {
    const schema = { type: 'object', properties: { why: text } };
    const { model } = await readOperation({
      responses: { 204: {}, 404: { content: json(schema) }, default: { content: json(schema) } },
    });
    assert.deepEqual(Object.keys(byName(model)), ['Act404Error', 'ActError']);
  });

  test('is named after the component that several operations share', async () => {
    const schema = { type: 'object', properties: { why: text } };
    const responses = { 204: {}, 404: { $ref: '#/components/responses/NotFound' } };
    const { model } = await readOperation(
      { responses },
      { more: { components: { responses: { NotFound: { content: json(schema) } } } } },
    );
    assert.deepEqual(byName(model), { NotFound: schema });
  });

  test('is refused with a status that is none', async () => {
    await assert.rejects(result({ '200`': {} }), /is no status/);
  });
});

suite('an extension', () => {
  test('makes a read, a blocking one or a write of a call', async () => {
    assert.deepEqual((await readOperation({ 'x-blocking': 'index' })).call, {
      kind: 'http',
      verb: 'get',
      route: ['/pets'],
      gives: 'index',
      options: 'read',
    });
    assert.equal((await readOperation({ 'x-options': 'read' })).call.gives, 'read');
    assert.equal((await readOperation({ 'x-options': 'write' })).call.options, 'write');
    await assert.rejects(
      readOperation({ 'x-blocking': 'maybe' }),
      /#\/paths\/~1pets\/get\/x-blocking: "x-blocking" has no such value\. Write one of index, hash, event/,
    );
  });

  test('tells that a call is safe to repeat, and that one of a list is enough', async () => {
    const { method, call } = await readOperation({ 'x-safe': true, 'x-first': true });
    assert.deepEqual(
      [method.safe, call.first, method.doc.facts],
      [true, true, ['`GET /pets` · safe to repeat']],
    );
  });

  test('has a parameter of the path tell which branch of a union comes back', async () => {
    const branch = (kind: string) => ({ type: 'object', properties: { kind: { const: kind } } });
    const schemas = { Cat: branch('Cat'), Dog: branch('Dog') };
    const refs = ['Cat', 'Dog'].map((name) => ({ $ref: `#/components/schemas/${name}` }));
    const union = { oneOf: refs, discriminator: { propertyName: 'kind' } };
    const read = (schema: JsonMap, parameter = 'kind') =>
      readOperation(
        {
          parameters: [{ name: 'kind', in: 'path', required: true, schema: { type: 'string' } }],
          responses: answers(schema),
          'x-branch': parameter,
        },
        { path: '/pets/{kind}', more: { components: { schemas } } },
      );
    assert.equal((await read(union)).call.branch, 'kind');
    assert.equal((await read({ type: 'array', items: union })).call.branch, 'kind');
    await assert.rejects(read(union, 'sort'), /x-branch: the path has no parameter "sort"\. Name one/);
    await assert.rejects(
      read({ oneOf: refs }),
      /x-branch: the answer is no union that a property tells apart/,
    );
  });

  test('makes several methods of an operation whose answer a flag chooses', async () => {
    const flags = ['keys', 'recurse', 'raw'].map((name) => ({
      name,
      in: 'query',
      schema: { type: 'boolean' },
      'x-flag': true,
    }));
    const responses = {
      ...answers({ type: 'array', items: { type: 'integer' } }),
      404: { 'x-result': 'absent' },
    };
    const omit = ['keys', 'recurse', 'raw'];
    const { api } = await readOperation({
      parameters: [...flags, { name: 'dc', in: 'query', schema: { type: 'string' } }],
      responses,
      'x-variants': [
        { name: 'get', omit, first: true },
        {
          name: 'keys',
          fixed: { keys: true },
          omit,
          result: json({ type: 'array', items: { type: 'string' } }),
        },
        { name: 'bytes', fixed: { raw: true }, omit, result: { 'application/octet-stream': {} }, absent: [] },
      ],
    });
    const told = api.methods.map(({ name, result, query, queryType, call }) => {
      const { fixed, first, absent } = call.kind === 'http' ? call : {};
      return {
        name,
        kind: result.kind,
        fixed,
        first,
        absent,
        query: query.map(({ wire }) => wire),
        queryType,
      };
    });
    assert.deepEqual(told, [
      {
        name: 'bytes',
        kind: 'bytes',
        fixed: { raw: true },
        first: undefined,
        absent: undefined,
        query: ['dc'],
        queryType: 'PetsBytesQuery',
      },
      {
        name: 'get',
        kind: 'json',
        fixed: undefined,
        first: true,
        absent: [404],
        query: ['dc'],
        queryType: 'PetsGetQuery',
      },
      {
        name: 'keys',
        kind: 'json',
        fixed: { keys: true },
        first: undefined,
        absent: [404],
        query: ['dc'],
        queryType: 'PetsKeysQuery',
      },
    ]);
    await assert.rejects(
      readOperation({ 'x-variants': [{ name: 'a', omit: ['b'] }] }),
      /there is no parameter "b" in the query/,
    );
  });
});

suite('the session of a document', () => {
  const schemes = {
    key: { type: 'apiKey', in: 'header', name: 'X-Key' },
    password: { type: 'http', scheme: 'Basic' },
    token: { type: 'http', scheme: 'bearer' },
    login: { type: 'oauth2', flows: {} },
    card: { type: 'mutualTLS' },
  };

  test('tells what proves who calls', async () => {
    const { session, warnings } = await readDocument(
      document({
        components: { securitySchemes: schemes },
        security: [{ token: [] }, { key: [], password: [] }],
      }),
    );
    assert.equal(session?.name, 'petStore');
    assert.deepEqual(session?.doc.facts, ['Pet Store 1.2']);
    assert.deepEqual(
      session?.security.map(({ name, kind }) => [name, kind]),
      [
        ['key', 'key'],
        ['login', 'bearer'],
        ['password', 'basic'],
        ['token', 'bearer'],
      ],
    );
    assert.deepEqual(session?.requires, [['token'], ['key', 'password']]);
    assert.match(warnings[0]?.message ?? '', /certificates belong to the connection/);
  });

  test('and an operation where it differs', async () => {
    const more = { components: { securitySchemes: schemes }, security: [{ token: [] }] };
    assert.equal((await readOperation({ security: [{ token: [] }] }, { more })).call.requires, undefined);
    assert.deepEqual((await readOperation({ security: [{ key: [] }, {}] }, { more })).call.requires, [
      ['key'],
      [],
    ]);
    assert.deepEqual((await readOperation({ security: [] }, { more })).call.requires, [[]]);
  });
});

suite('messages', () => {
  const sent = { requestBody: sends({ type: 'object', properties: { id: { type: 'integer' } } }) };

  test('are events of the class of their tag', async () => {
    const { apis } = await readDocument(
      document({ webhooks: { 'pet.created': { post: { tags: ['pets'], summary: 'A pet.', ...sent } } } }),
    );
    assert.deepEqual(
      apis.map(({ name, events }) => [name, events]),
      [
        [
          'Pets',
          [
            {
              name: 'petCreated',
              doc: { text: 'A pet.', facts: ['webhook `pet.created`'] },
              payload: { $ref: 'PetCreatedEvent' },
              source: { kind: 'webhook', name: 'pet.created' },
            },
          ],
        ],
      ],
    );
  });

  test('are an event each where one name has several verbs', async () => {
    const { apis } = await readDocument(
      document({
        webhooks: {
          pet: { post: { tags: ['pets'], ...sent }, put: { tags: ['pets'], ...sent } },
          sale: {
            post: { tags: ['pets'], ...sent },
            put: { tags: ['pets'], operationId: 'resold', ...sent },
          },
        },
      }),
    );
    assert.deepEqual(
      apis[0]?.events.map(({ name, payload }) => [name, payload]),
      [
        ['petPost', { $ref: 'PetPostEvent' }],
        ['petPut', { $ref: 'PetPutEvent' }],
        ['resold', { $ref: 'ResoldEvent' }],
        ['sale', { $ref: 'SaleEvent' }],
      ],
    );
  });

  test('may have a tag with parts', async () => {
    const tag = 'salt/job/{jid}/ret/{minion}';
    const { apis } = await readDocument(
      document({ webhooks: { jobReturned: { 'x-tag': tag, post: { tags: ['salt'], ...sent } } } }),
    );
    const source = apis[0]?.events[0]?.source;
    assert.ok(source?.kind === 'tag');
    assert.deepEqual([source.tag, source.parts.map(({ wire }) => wire)], [tag, ['jid', 'minion']]);
  });
});

test('several documents in a folder describe one API, and refer to each other', async () => {
  const { apis, types, session } = await files({
    'kv.yaml': document({
      paths: {
        '/kv': {
          get: operation({
            tags: ['kv'],
            responses: answers({ $ref: 'common/types.yaml#/components/schemas/Pair' }),
          }),
        },
      },
    }),
    'acl.yaml': document({
      paths: {
        '/acl': { get: operation({ tags: ['acl'], responses: answers({ $ref: './common/token.yaml' }) }) },
      },
    }),
    'common/types.yaml': document({
      components: {
        schemas: { Pair: { type: 'object', properties: { next: { $ref: '#/components/schemas/Pair' } } } },
      },
    }),
    'common/token.yaml': {
      type: 'object',
      properties: { pair: { $ref: 'types.yaml#/components/schemas/Pair' } },
    },
    'unrelated.yaml': { anything: true },
  });
  assert.deepEqual(
    apis.map(({ name }) => name),
    ['Acl', 'Kv'],
  );
  assert.deepEqual(
    types.map(({ name, source }) => [name, source]),
    [
      ['Pair', 'common/types.yaml#/components/schemas/Pair'],
      ['Token', 'common/token.yaml#'],
    ],
  );
  assert.equal(session?.name, 'petStore');
  await assert.rejects(
    files({
      'a.yaml': document({ paths: { '/a': { get: operation() } } }),
      'b.yaml': document({ paths: { '/a': { get: operation() } } }),
    }),
    /b\.yaml#\/paths\/~1a\/get: the operation GET \/a stands twice, also at a\.yaml#\/paths\/~1a\/get/,
  );
});

test('a document that leads to the paths of others adds nothing to them', async () => {
  const pet = '/pets/{id}';
  const parameters = [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }];
  const pets = document({
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths: { [pet]: { parameters, get: operation() } },
  });
  const alone = await files({ 'pets.yaml': pets });
  for (const root of ['a.yaml', 'z.yaml']) {
    const paths = { [pet]: { $ref: 'pets.yaml#/paths/~1pets~1%7Bid%7D' } };
    const { apis, warnings } = await files({
      [root]: document({ security: [{ token: [] }], paths }),
      'pets.yaml': pets,
    });
    assert.deepEqual([apis, warnings], [alone.apis, []], root);
  }
});
