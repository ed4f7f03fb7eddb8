import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { InputError } from '../../codegen/src/errors.ts';
import type { JsonValue, Model } from '../../codegen/src/model.ts';
import { isIdentifier } from '../../codegen/src/names.ts';
import { loadDocuments, readModel } from '../../codegen/src/read/index.ts';
import {
  answers,
  byName,
  document,
  json,
  operation,
  readDocument,
  readOperation,
  readParameter,
  sends,
  typesOf,
} from './openapi-sample.ts';
import type { JsonMap } from './read-sample.ts';

const text = { type: 'string' } as const;

/** Runs what must be refused, by an error that names a place. */
async function refused(running: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(running, (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

function ref(name: string): JsonMap {
  return { $ref: `#/components/schemas/${name}` };
}

suite('references lead nowhere else', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'fairlead-openapi-'));
    write('secret.yaml', { type: 'string' });
  });
  after(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: JsonValue): string => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const referring = ($ref: string) =>
    document({ paths: { '/a': { get: operation({ responses: answers({ $ref }) }) } } });
  const load = async (file: string): Promise<Model> => readModel(await loadDocuments(file));
  const at = String.raw`api\.yaml#/paths/~1a/get/responses/200/content/application~1json/schema/\$ref: `;

  test('than to files below the folder of the input', async () => {
    for (const outside of [
      'file:///etc/passwd',
      '/etc/passwd',
      '../secret.yaml',
      'a/../../secret.yaml',
      '%2e%2e/secret.yaml',
      '..%2fsecret.yaml',
      String.raw`..\secret.yaml`,
      'http://127.0.0.1:9/a.yaml',
      '//127.0.0.1/a.yaml',
      'HTTP://127.0.0.1/a.yaml#/b',
    ]) {
      const file = write('own/api.yaml', referring(outside));
      for (const from of [file, dirname(file)])
        await refused(load(from), new RegExp(`${at}.*outside of the folder`));
    }
  });

  test('than to what exists, by a pointer', async () => {
    for (const [missing, message] of [
      ['gone.yaml#/a', 'refers to a file that is missing'],
      ['#/components/schemas/Gone', "refers to what doesn't exist"],
      ['#/constructor', "refers to what doesn't exist"],
      ['#Anchor', 'has no JSON pointer'],
      ['#/%', 'has no JSON pointer'],
    ]) {
      await refused(load(write('own/api.yaml', referring(missing ?? ''))), new RegExp(`${at}.*${message}`));
    }
  });

  test('not by a link either', async () => {
    const file = write('own/api.yaml', referring('link.yaml'));
    symlinkSync(join(folder, 'secret.yaml'), join(folder, 'own/link.yaml'));
    for (const from of [file, dirname(file)])
      await refused(load(from), /"link\.yaml" refers to a file that is missing, or that a link leads to/);
  });

  test('and of a single file only what it refers to is read', async () => {
    write('few/types/pet.yaml', { type: 'object', properties: { owner: { $ref: '../owner.yaml' } } });
    write('few/owner.yaml', text);
    write('few/broken.yaml', 'not: [an, api');
    const documents = await loadDocuments(write('few/api.yaml', referring('types/pet.yaml')));
    assert.deepEqual([...documents.files.keys()], ['api.yaml', 'owner.yaml', 'types/pet.yaml']);
    assert.deepEqual(Object.keys(byName(await readModel(documents))), ['Owner', 'Pet']);
  });

  test('and one in an example leads nowhere at all', async () => {
    const more = { components: { examples: { a: { value: { $ref: 'http://127.0.0.1/x.yaml' } } } } };
    await load(
      write('own/api.yaml', {
        ...referring('#/components/schemas/A'),
        components: { ...more.components, schemas: { A: text } },
      }),
    );
  });
});

suite('no document takes for ever', () => {
  test('where aliases stand for billions of values', async () => {
    const lines = [
      'openapi: 3.1.0',
      'info: { title: a }',
      'paths: {}',
      'x0: &x0 [a, a, a, a, a, a, a, a, a]',
    ];
    for (let level = 1; level < 9; level += 1)
      lines.push(
        `x${level}: &x${level} [${Array(9)
          .fill(`*x${level - 1}`)
          .join(', ')}]`,
      );
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-laughs-'));
    writeFileSync(join(folder, 'api.yaml'), lines.join('\n'));
    await refused(loadDocuments(join(folder, 'api.yaml')), /stands for more than 5000000 values/);
    writeFileSync(
      join(folder, 'api.json'),
      `${'{"openapi":"3.1.0","x":'.padEnd(200_000, '[') + ']'.repeat(199_977)}}`,
    );
    await refused(loadDocuments(join(folder, 'api.json')), /nested more than 200 levels deep|not valid JSON/);
    rmSync(folder, { recursive: true });
  });

  test('where schemas are nested deeper than anybody reads', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-deep-'));
    const deep = `${'{"items":'.repeat(2000)}{}${'}'.repeat(2000)}`;
    writeFileSync(join(folder, 'api.json'), `{"openapi":"3.1.0","components":{"schemas":{"A":${deep}}}}`);
    await refused(loadDocuments(join(folder, 'api.json')), /nested more than 200 levels deep/);
    rmSync(folder, { recursive: true });
  });

  test('where references run in a circle or in a long row', async () => {
    await refused(typesOf({ A: ref('A') }), /A: refers to nothing but itself/);
    await refused(typesOf({ A: ref('B'), B: ref('A') }), /refers to nothing but itself/);
    await refused(typesOf({ A: { allOf: [ref('A'), { type: 'object' }] } }), /refers to nothing but itself/);
    const chain = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [`S${index}`, index === 1999 ? text : ref(`S${index + 1}`)]),
    );
    await refused(typesOf(chain), /leads through more than 100 references/);
    await refused(
      readParameter({ name: 'a', in: 'query', schema: ref('A') }),
      /refers to what doesn't exist/,
    );
  });

  test('where parameters, responses, bodies and paths refer to themselves', async () => {
    const components = {
      parameters: { A: { $ref: '#/components/parameters/B' }, B: { $ref: '#/components/parameters/A' } },
      responses: { A: { $ref: '#/components/responses/A' } },
      requestBodies: { A: { $ref: '#/components/requestBodies/A' } },
      pathItems: { A: { $ref: '#/components/pathItems/A' } },
    };
    const more = { components };
    const itself = /refers to nothing but itself/;
    await refused(readOperation({ parameters: [{ $ref: '#/components/parameters/A' }] }, { more }), itself);
    await refused(
      readOperation({ responses: { 200: { $ref: '#/components/responses/A' } } }, { more }),
      itself,
    );
    await refused(readOperation({ requestBody: { $ref: '#/components/requestBodies/A' } }, { more }), itself);
    await refused(
      readDocument(document({ ...more, paths: { '/a': { $ref: '#/components/pathItems/A' } } })),
      itself,
    );
  });

  test('where unions and enums have thousands of members', async () => {
    const union = Array.from({ length: 3000 }, (_, index) => ({
      type: 'object',
      properties: { a: { const: index } },
    }));
    const names = Array.from({ length: 20_000 }, (_, index) => `v${index}`);
    const pairs = Array.from({ length: 12 }, () => ({ oneOf: [text, { type: 'integer' }] }));
    const types = await typesOf({ Union: { oneOf: union }, Enum: { enum: names }, Twelve: { allOf: pairs } });
    assert.deepEqual(
      [types['Union']?.oneOf?.length, types['Enum']?.enum?.length, types['Twelve']?.allOf?.length],
      [3000, 20_000, 12],
    );
  });
});

suite('no name becomes more than a name', () => {
  const payloads = [
    '*/ P();',
    "'+P()+'",
    '"+P()+"',
    '`+P()+`',
    `\${P()}`,
    'a\nP()',
    'a\u2028P()',
    "\\'+P()//",
    'P()',
    '}}; P(); {{',
    '[P()]',
    '<script>@type {P()}',
  ];

  for (const payload of payloads) {
    test(`of a document full of ${JSON.stringify(payload)}`, async () => {
      const literal = payload.replace(/[{}?#\\]/g, '');
      const own = `#/components/schemas/${encodeURIComponent(payload.replaceAll('/', '~1'))}`;
      const model = await readDocument({
        openapi: '3.1.0',
        info: { title: payload, version: payload, description: payload },
        tags: [{ name: payload, description: payload }],
        paths: {
          [`/${literal}`]: {
            get: {
              tags: [payload],
              operationId: payload,
              summary: payload,
              parameters: [
                {
                  name: payload,
                  in: 'query',
                  description: payload,
                  schema: { enum: [payload, 'b'], default: payload },
                },
                {
                  name: 'where',
                  in: 'query',
                  style: 'deepObject',
                  schema: { type: 'object', properties: { [payload]: text } },
                },
              ],
              responses: {
                200: { content: json(ref('A')) },
                404: { content: json({ $ref: own }) },
              },
            },
          },
        },
        components: {
          securitySchemes: { [payload]: { type: 'apiKey', in: 'query', name: payload } },
          schemas: {
            A: { type: 'object', properties: { [payload]: { const: payload } } },
            [payload]: {
              type: 'object',
              title: payload,
              discriminator: { propertyName: payload, mapping: { [payload]: 'B' } },
            },
            B: { allOf: [{ $ref: own }], default: payload },
          },
        },
        security: [{ [payload]: [] }],
        webhooks: { [payload]: { post: { tags: [payload], requestBody: sends(ref('A')) } } },
      });
      const { apis, types, session } = model;
      const names = [
        session?.name,
        ...types.map(({ name }) => name),
        ...apis.flatMap(({ name, methods, events }) => [
          name,
          ...events.map((event) => event.name),
          ...methods.flatMap((method) => [
            method.name,
            method.queryType,
            method.errorsType,
            ...method.path.map((param) => param.name),
          ]),
        ]),
      ];
      for (const name of names) assert.ok(name === undefined || isIdentifier(name), name);
      assert.deepEqual([apis.length, apis[0]?.methods.length, apis[0]?.events.length], [1, 1, 1]);
    });
  }

  test('and what goes onto the wire is refused where it could leave its place', async () => {
    for (const payload of payloads.filter((one) => !/^[\w]+$/.test(one))) {
      await refused(readOperation({ responses: { [payload]: {} } }), /is no status/);
      await refused(
        readOperation({ responses: { 200: { content: { [`a/${payload}`]: {} } } } }),
        /is not a media type/,
      );
      await refused(
        readOperation({ parameters: [{ name: payload, in: 'header' }] }),
        /is no name of a header/,
      );
      const securitySchemes = { key: { type: 'apiKey', in: 'header', name: payload } };
      await refused(readDocument(document({ components: { securitySchemes } })), /is no name of a header/);
    }
  });

  test('and neither do tags of YAML, keys that stand twice, and defaults of another type', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-yaml-'));
    const file = join(folder, 'api.yaml');
    writeFileSync(file, 'openapi: 3.1.0\npaths: !!js/function "function () { P() }"');
    await refused(loadDocuments(file), /not valid YAML/);
    writeFileSync(file, 'openapi: 3.1.0\npaths: {}\npaths: {}');
    await refused(loadDocuments(file), /not valid YAML: line 3, column 1: duplicated mapping key/);
    rmSync(folder, { recursive: true });
    const types = await typesOf({
      A: { type: 'integer', default: 'P()' },
      '': { type: 'string', enum: [4, {}] },
    });
    assert.deepEqual(types, { A: { type: 'integer', default: 'P()' }, Unnamed: { enum: [4, {}] } });
  });

  test('and servers that are no URLs of HTTP are ignored', async () => {
    const servers = [
      'javascript:P()',
      'file:///etc',
      `https://\${P()}/`,
      'https://u:p@example.com',
      'https://example.com/`+P()+`',
    ].map((url) => ({ url }));
    const { session } = await readDocument(document({ servers }));
    assert.deepEqual(session?.servers, ['https://example.com/%60+P()+%60']);
  });

  test('and no prototype is touched', async () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf'];
    const types = await typesOf(
      Object.fromEntries(
        names.map((name) => [name, { type: 'object', properties: { [name]: text }, required: [name] }]),
      ),
    );
    assert.deepEqual(Object.keys(types), ['Constructor', 'HasOwnProperty', 'ToString', 'ValueOf']);
    assert.deepEqual(types['Constructor']?.required, ['constructor']);
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-proto-'));
    const file = join(folder, 'api.json');
    writeFileSync(
      file,
      '{"openapi":"3.1.0","info":{"title":"a"},"paths":{"__proto__":{"get":{"polluted":true}}}}',
    );
    await refused(
      loadDocuments(file),
      /api\.json#\/paths\/__proto__: a property may not be called __proto__/,
    );
    rmSync(folder, { recursive: true });
    assert.equal('polluted' in {}, false);
  });
});

suite('a document is refused with a pointer', () => {
  const wrong = (more: JsonMap, message: RegExp) => refused(readDocument(document(more)), message);

  test('that has the wrong shape', async () => {
    await wrong({ paths: [] }, /pets\.yaml#\/paths: "paths" is not an object/);
    await wrong({ paths: { pets: {} } }, /#\/paths\/pets: the path "pets" does not begin with "\/"/);
    await wrong({ paths: { '/a': { get: [] } } }, /#\/paths\/~1a\/get: an operation is not an object/);
    await wrong(
      { paths: { '/a': { get: { tags: [4] } } } },
      /#\/paths\/~1a\/get\/tags\/0: a tag is not a text/,
    );
    await wrong(
      { paths: { '/a': { get: { tags: ['a'.repeat(201)] } } } },
      /#\/paths\/~1a\/get: its class would have a name of 201 characters/,
    );
    await wrong({ paths: { '/a/{b': { get: {} } } }, /the path "\/a\/\{b" is more than text and parameters/);
    await wrong({ paths: { '/a/{b}/{b}': { get: {} } } }, /has a parameter without a name, or twice/);
    await wrong({ paths: { '/a?b=c': { get: {} } } }, /is more than text and parameters/);
    await wrong(
      { components: { securitySchemes: { a: {} } } },
      /securitySchemes\/a: a security scheme without a type/,
    );
    await wrong(
      { components: { securitySchemes: { a: { type: 'apiKey' } } } },
      /a key without a name or a place/,
    );
    await refused(readOperation({ responses: answers(4) }), /schema: not a schema/);
  });

  test('of a version that is none of ours', async () => {
    await wrong({ openapi: '2.0' }, /pets\.yaml#\/openapi: OpenAPI "2\.0" is no version that we read/);
    await refused(
      readDocument({ swagger: '2.0', info: { title: 'Old' }, paths: {} }),
      /pets\.yaml#\/swagger: OpenAPI "2\.0" is no version that we read/,
    );
    await wrong({ openapi: 4 }, /OpenAPI "4" is no version that we read/);
    const { warnings } = await readDocument(document({ openapi: '3.2.0' }));
    assert.match(warnings[0]?.message ?? '', /OpenAPI 3\.2\.0 is read like 3\.1/);
  });
});
