import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { InputError } from '../../codegen/src/errors.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import {
  loadCorrections,
  loadDocs,
  loadDocuments,
  loadService,
  readModel,
} from '../../codegen/src/read/index.ts';
import {
  apiReference,
  exchangesReference,
  type JsonMap,
  readOne,
  readSample,
  schemas,
} from './read-sample.ts';

/** Whatever is wrong with an input, there is one error of ours: where, what, and what to do. */
async function refused(attempt: Promise<unknown>, ...parts: readonly RegExp[]): Promise<void> {
  await assert.rejects(attempt, (error) => {
    assert.ok(error instanceof InputError, `an InputError and not ${String(error)}`);
    for (const part of parts) assert.match(error.message, part);
    assert.ok(error.message.length < 600, `short enough to be read: ${error.message.length}`);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

const get = { name: 'get', output: 'v1/book.json#' };

function withBook(book: JsonMap, more: JsonMap = {}): readonly JsonValue[] {
  return [apiReference([get]), ...schemas({ 'v1/book.json': book, ...more })];
}

function withRef(ref: string): readonly JsonValue[] {
  return withBook({ type: 'object', properties: { inner: { $ref: ref } } });
}

const refPlace = /^schemas\/shelf\/v1\/book\.json#\/properties\/inner\/\$ref: /;

suite('a reference is refused when', () => {
  test('a schema that it names is missing', () =>
    refused(
      readOne([apiReference([get])]),
      /^references\/shelf\/v1\/api\.json#\/entries\/0\/output: "v1\/book\.json#" refers to a file that is missing\. Add/,
    ));

  test('a schema is named by more than a relative path', async () => {
    for (const output of [
      '/schemas/shelf/v1/book.json#',
      '../queue/v1/task.json#',
      'https://tc.example.com/x.json#',
      'file:///etc/passwd',
    ]) {
      await refused(
        readOne([apiReference([{ ...get, output }])]),
        /#\/entries\/0\/output: .* is not relative to the schemas of shelf/,
      );
    }
    await refused(
      readOne([apiReference([{ ...get, output: 'v1/../../queue/v1/task.json#' }])]),
      /is not a schema of shelf/,
    );
  });

  test('two methods have the same name', () =>
    refused(
      readOne([apiReference([get, get]), ...schemas({ 'v1/book.json': {} })]),
      /#\/entries\/1: two of the methods of shelf would be called get: .*entries\/0 and .*entries\/1/,
    ));

  test('two events have the same name', () => {
    const event = { name: 'written', exchange: 'written', schema: 'v1/book.json#', routingKey: [] };
    return refused(
      readOne([exchangesReference([event, event]), ...schemas({ 'v1/book.json': {} })]),
      /two of the events of shelf would be called written/,
    );
  });

  test('two types would have the same name', () => {
    const entries = [get, { ...get, name: 'other', output: 'v2/book.json#' }];
    return refused(
      readOne([apiReference(entries), ...schemas({ 'v1/book.json': {}, 'v2/book.json': {} })]),
      /two of the types of shelf would be called Book: schemas\/shelf\/v1\/book\.json and schemas\/shelf\/v2\/book\.json/,
    );
  });

  test('a type would have the name of a query', () => {
    const entries = [{ name: 'get', query: ['limit'], output: 'v1/get-query.json#' }];
    return refused(
      readOne([apiReference(entries), ...schemas({ 'v1/get-query.json': {} })]),
      /two of the types of shelf would be called GetQuery/,
    );
  });

  test('two services would have the same class', () =>
    refused(
      readSample([
        apiReference([], { serviceName: 'my-shelf' }),
        apiReference([], { serviceName: 'my_shelf' }),
      ]),
      /two of the classes would be called MyShelf/,
    ));

  test('its route and its args disagree', async () => {
    const route = '/shelf/<shelf>/book/<book>';
    for (const args of [[], ['shelf'], ['book', 'shelf'], ['shelf', 'book', 'page']]) {
      await refused(
        readOne([apiReference([{ name: 'get', route, args }])]),
        /#\/entries\/0\/route: the route ".*" has the parameters \[shelf, book\], but args are \[/,
      );
    }
    await refused(
      readOne([apiReference([{ name: 'get', route: '/a/<b', args: [] }])]),
      /a bracket without its other half/,
    );
  });

  test('two parameters would have the same name', () =>
    refused(
      readOne([apiReference([{ name: 'get', route: '/<a-b>/<aB>', args: ['a-b', 'aB'] }])]),
      /two of the parameters would be called aB/,
    ));

  test('a parameter of its query is called like a member of every object', () =>
    refused(
      readOne([apiReference([{ name: 'get', query: ['toString'] }])]),
      /#\/entries\/0: a query cannot have a parameter called toString/,
    ));

  test('it has a field that it must not have, or lacks one, or has one of a wrong type', async () => {
    await refused(readOne([apiReference([{ ...get, extra: 1 }])]), /#\/entries\/0: has no place for "extra"/);
    await refused(
      readOne([apiReference([{ ...get, method: 'brew' }])]),
      /#\/entries\/0\/method: must be equal to one of the allowed values: "get", /,
    );
    await refused(readOne([apiReference([{ ...get, args: 'none' }])]), /#\/entries\/0\/args: must be array/);
    await refused(readOne([apiReference([], { serviceName: 'Shelf' })]), /\/serviceName: must match pattern/);
    await refused(
      readOne([exchangesReference([{ name: 'written' }])]),
      /#\/entries\/0: must have required property/,
    );
    await refused(readOne([apiReference([{ ...get, scopes: { NoneOf: [] } }])]), /#\/entries\/0\/scopes/);
  });

  test('it uses a keyword of ours', async () => {
    await refused(
      readOne([apiReference([{ ...get, 'x-safe': true }])]),
      /#\/entries\/0: x-safe is a keyword of ours\. Say it by a correction/,
    );
    const inner = { type: 'object', properties: { inner: { 'x-name': 'Other' } } };
    await refused(readOne(withBook(inner)), /book\.json#\/properties\/inner: x-name is a keyword of ours/);
  });

  test('a correction makes it invalid', async () => {
    const correct = (value: JsonValue, key: string) =>
      readOne([apiReference([{ name: 'get' }])], {
        corrections: [
          {
            at: `references/shelf/v1/api.json#/entries/0/${key}`,
            change: { kind: 'set', value },
            why: 'test',
          },
        ],
      });
    await refused(
      correct('html', 'x-result'),
      /#\/entries\/0\/x-result: must be equal to one of the allowed values/,
    );
    await refused(
      correct(['token'], 'x-secret'),
      /x-secret names "token", which is no parameter of the route/,
    );
  });

  test('its pages have several arrays, of which one must hold the items', () => {
    const properties = { continuationToken: { type: 'string' }, a: { type: 'array' }, b: { type: 'array' } };
    const entries = [{ ...get, query: ['continuationToken'] }];
    return refused(
      readOne([apiReference(entries), ...schemas({ 'v1/book.json': { type: 'object', properties } })]),
      /#\/entries\/0: its answer is paginated and has several arrays: a, b\. .*x-items/,
    );
  });

  test('nothing in it is a reference that we know', () =>
    refused(readOne([{ hello: 'world' }]), /in none of the formats that we read\. These are: taskcluster/));

  test('the same file comes twice, or from two deployments', async () => {
    await refused(
      readOne([apiReference([]), apiReference([])]),
      /the same file as 0\.json: both are references\/shelf\/v1\/api\.json/,
    );
    const foreign = apiReference([], {
      $schema: 'https://tc.example.com/schemas/common/api-reference-v0.json#',
      serviceName: 'other',
    });
    await refused(readOne([apiReference([]), foreign]), /belongs to https:\/\/tc\.example\.com, but/);
  });

  test('its name would lead out of its folder', async () => {
    await refused(
      readOne([apiReference([], { serviceName: '../../etc' })]),
      /cannot be kept under "references\/\.\.\/\.\.\/etc\/v1\/api\.json"/,
    );
    await refused(
      readOne(schemas({ '../../x.json': {} })),
      /cannot be kept under "schemas\/shelf\/\.\.\/\.\.\/x\.json"/,
    );
  });
});

suite('a schema is refused when', () => {
  test('a $ref leads nowhere', async () => {
    await refused(readOne(withRef('gone.json#')), refPlace, /refers to a file that is missing/);
    await refused(readOne(withRef('#/definitions/gone')), refPlace, /a part that the file doesn't have/);
    await refused(
      readOne(withRef('#/properties/inner/constructor')),
      refPlace,
      /a part that the file doesn't have/,
    );
    await refused(readOne(withRef('#definitions')), refPlace, /no JSON pointer/);
    await refused(readOne(withRef('#/%E0%A4%A')), refPlace, /no JSON pointer/);
    await refused(readOne(withRef('https://')), refPlace, /is not a reference/);
  });

  test('a $ref leads into another service', () =>
    refused(readOne(withRef('../../queue/v1/task.json#')), refPlace, /is not a schema of shelf/));

  test('a $ref leads to a local file', async () => {
    for (const ref of [
      'file:///etc/passwd',
      '../../../../../../etc/passwd',
      '/etc/passwd',
      '..\\..\\..\\..\\etc\\passwd',
    ]) {
      await refused(readOne(withRef(ref)), refPlace, /lies outside|is not a schema of shelf/);
    }
  });

  test('a $ref leads to another host, which is never asked', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      for (const ref of [`http://${host}/book.json`, `//${host}/book.json#`, `\\\\${host}\\book.json`]) {
        await refused(
          readOne(withRef(ref)),
          refPlace,
          /lies outside of the reference, and nothing is ever fetched/,
        );
      }
      assert.equal(asked, 0);
    } finally {
      server.close();
    }
  });

  test('it is nothing but itself', async () => {
    await refused(
      readOne(withBook({ $ref: '#' })),
      /^schemas\/shelf\/v1\/book\.json: refers to nothing but itself/,
    );
    await refused(
      readOne(
        withBook(
          { $ref: 'other.json#' },
          { 'v1/other.json': { anyOf: [{ type: 'string' }, { $ref: 'book.json#' }] } },
        ),
      ),
      /refers to nothing but itself/,
    );
    await refused(readOne(withRef('#/properties/inner')), /refers to nothing but itself/);
  });

  test('2,000 references lead from one to the next', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 2000 }, (_, n) => [
        `v1/n${n}.json`,
        { $ref: n < 1999 ? `n${n + 1}.json#` : 'book.json#/properties/end' },
      ]),
    );
    return refused(
      readOne(withBook({ type: 'object', properties: { start: { $ref: 'n0.json#' }, end: {} } }, chain)),
      /leads through more than 100 references/,
    );
  });

  test('it is no schema at all', async () => {
    await refused(
      readOne(withBook({ type: 'object', properties: { a: 5 } })),
      /^schemas\/shelf\/v1\/book\.json#\/properties\/a: must be object/,
    );
    await refused(readOne(withBook({ type: 'text' })), /#\/type: must be equal to one of the allowed values/);
    await refused(readOne(withBook({ $ref: 5 })), /#\/\$ref: must be string/);
    await refused(readOne(withBook({ enum: [] })), /#\/enum: must NOT have fewer than 1 items/);
  });
});

suite('what tries to become code stays data or goes:', () => {
  const evil = ['*/ process.exit(99); /* `$', '{process.exit(99)}` \' " \n'].join('');

  test('keywords that a library would obey do not reach the model', async () => {
    const keywords = {
      tsType: evil,
      tsEnumNames: [evil],
      title: evil,
      $comment: evil,
      $schema: evil,
      id: evil,
    };
    const api = await readOne(
      withBook({
        type: 'object',
        ...keywords,
        properties: { a: { type: 'string', ...keywords, $id: evil } },
      }),
    );
    assert.deepEqual(
      api.types.map(({ schema }) => schema),
      [{ type: 'object', properties: { a: { type: 'string' } } }],
    );
  });

  test('an $id that is no name of a schema makes the file unknown', async () => {
    const book = { $id: `${evil}/schemas/shelf/v1/book.json#`, type: 'string' };
    await refused(readOne([apiReference([get]), book]), /missing|belongs to/);
  });

  test('text that would command a terminal is told in escapes, on one line', async () => {
    const evil = 'x\n\u001b[2J\u202e\u2028';
    await refused(
      readOne([apiReference([{ name: 'get', args: [evil] }])]),
      /\[x\\u000a\\u001b\[2J\\u202e\\u2028\]\. Make both/,
    );
  });

  test('half of a character is refused, in a text and in a name', async () => {
    await within(async (file) => {
      const half = (content: object) => loadDocuments(file('a.json', JSON.stringify([content])));
      await refused(half({ a: '\ud800' }), /a\.json#\/0\/a: a text holds half of a surrogate pair/);
      await refused(half({ '\udc00': 1 }), /: a property holds half of a surrogate pair/);
    });
  });

  test('a property called __proto__ is refused, and no prototype is touched', async () => {
    await within(async (file) => {
      const text = JSON.stringify(
        withBook({ type: 'object' }).map((content) => ({ filename: 'x.json', content })),
      );
      const from = file(
        'references.json',
        text.replace('"type":"object"', '"properties":{"__proto__":{"polluted":true}}'),
      );
      await refused(
        loadDocuments(from),
        /references\.json#\/1\/content\/properties\/__proto__: a property may not be called __proto__/,
      );
      assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
    });
  });

  test('properties called like members of every object are only properties', async () => {
    const properties = {
      constructor: { type: 'string' },
      toString: { type: 'string' },
      hasOwnProperty: { type: 'string' },
    };
    const api = await readOne(withBook({ type: 'object', properties, required: ['constructor', 'valueOf'] }));
    const schema = api.types[0]?.schema;
    assert.deepEqual(Object.keys(schema?.properties ?? {}).sort(), Object.keys(properties).sort());
    assert.deepEqual(schema?.required, ['constructor']);
  });
});

suite('a file is refused when', () => {
  test('it is not JSON, with the line and the column', () =>
    within(async (file) => {
      const texts: [string, RegExp][] = [
        ['', /line 1, column 1 has the end of the file where a value should be/],
        ['{\n  "a": 1,\n  b: 2\n}', /line 3, column 3 has "b" where a property name should be/],
        ['{ "a": [1, 2,] }', /line 1, column 14 has "\]" where a value should be/],
        ['{ "a" 1 }', /line 1, column 7 has "1" where ":" should be/],
        ['{ "a": 1', /line 1, column 9 has the end of the file where "," or "}" should be/],
        ['[1 2]', /line 1, column 4 has "2" where "," or "\]" should be/],
        ['{} {}', /line 1, column 4 has "{" where the end of the file should be/],
        ['{ "a": "x\ny" }', /line 1, column 8 has "\\"" where a whole string should be/],
        ['{ "a": "\\x" }', /where a whole string should be/],
        ['{ "a": NaN }', /has "N" where a value should be/],
        ['{ "a": 01 }', /has "1" where "," or "}" should be/],
        ['<!doctype html>', /has "<" where a value should be/],
        ['{"a":'.repeat(5000), /the end of the file where a value should be/],
      ];
      for (const [text, expected] of texts)
        await refused(loadDocuments(file('bad.json', text)), /bad\.json: not valid JSON: /, expected);
    }));

  test('it is not YAML', () =>
    within(async (file) => {
      await refused(
        loadCorrections(file('bad.yaml', 'a: 1\nb: [')),
        /bad\.yaml: not valid YAML: line 2, column \d/,
      );
      await refused(loadCorrections(file('bad.yaml', 'a: 1\na: 2')), /not valid YAML: line 2/);
      await refused(loadCorrections(file('bad.yaml', '!!js/function "x"')), /not valid YAML/);
      await refused(loadCorrections(file('bad.yaml', '- .nan')), /not a JSON value: NaN/);
    }));

  test('it is not UTF-8', () =>
    within(async (file) => {
      await refused(
        loadDocuments(file('latin.json', Buffer.from('{"a":"\u00e9"}', 'latin1'))),
        /latin\.json: not UTF-8\. Save the file in UTF-8/,
      );
      await refused(loadDocuments(file('utf16.json', Buffer.from('\ufeff{}', 'utf16le'))), /not UTF-8/);
    }));

  test('and read when it has a byte order mark', () =>
    within(async (file) => {
      const text = JSON.stringify(apiReference([{ name: 'get' }]));
      const { apis } = await readModel(await loadDocuments(file('api.json', `\ufeff${text}`)));
      assert.equal(apis.length, 1);
    }));

  test('it is nested 2,000 levels deep, whatever holds the levels', () =>
    within(async (file) => {
      const nested = (open: string, close: string) => `${open.repeat(2000)}1${close.repeat(2000)}`;
      for (const text of [nested('[', ']'), nested('{"properties":{"a":', '}}'), nested('{"items":', '}')]) {
        await refused(
          loadDocuments(file('deep.json', text)),
          /deep\.json#\/.*…?.*: nested more than 200 levels deep/,
        );
      }
      await refused(
        loadDocuments(file('deep.json', '['.repeat(100_000) + ']'.repeat(100_000))),
        /nested more than 200 levels deep/,
      );
      await refused(loadCorrections(file('deep.yaml', nested('[', ']'))), /deep/);
    }));

  test('its aliases stand for billions of values', () =>
    within(async (file) => {
      const lines = Array.from({ length: 9 }, (_, level) => {
        const inner = level === 0 ? 'x' : `*a${level - 1}`;
        return `a${level}: &a${level} [${Array(9).fill(inner).join(', ')}]`;
      });
      const started = performance.now();
      await refused(
        loadCorrections(file('bomb.yaml', lines.join('\n'))),
        /stands for more than 5000000 values|aliases/,
      );
      await refused(loadCorrections(file('loop.yaml', 'a: &a [*a]')), /contains itself|alias/);
      assert.ok(performance.now() - started < 1000);
    }));

  test('it has 50 MB, before it is parsed', () =>
    within(async (file) => {
      const big = file('big.json', Buffer.alloc(50 * 1024 * 1024, 0x20));
      const started = performance.now();
      await refused(loadDocuments(big), /big\.json: has 50 MB, and 32 MB is the limit/);
      assert.ok(performance.now() - started < 100);
      await refused(loadDocuments(dirname(big)), /has 50 MB/);
    }));

  test('there is none', () =>
    within(async (file, folder) => {
      await refused(loadDocuments(join(folder, 'gone.json')), /gone\.json: no such file or folder/);
      await refused(loadDocuments(folder), /holds no \.json, \.yaml or \.yml file/);
      await refused(loadService(folder), /there is no service\.yaml\. Run fairlead sync first/);
      file('service.yaml', 'format: [taskcluster]');
      await refused(loadService(folder), /service\.yaml: doesn't name a format/);
      file('service.yaml', 'format: smoke-signals');
      file('a.json', '{}');
      await refused(
        loadService(folder),
        /"smoke-signals" is none of the formats that we read\. These are: taskcluster/,
      );
      file('service.yaml', 'format: taskcluster');
      await refused(loadService(folder), /holds no reference that we read/);
    }));

  test('a rolled-up array holds anything else', () =>
    within(async (file) => {
      const text = JSON.stringify([
        { filename: 'a.json', content: apiReference([]) },
        { filename: 'b.json' },
      ]);
      await refused(
        loadDocuments(file('references.json', text)),
        /references\.json#\/1: not of the form \{ filename, content \}/,
      );
    }));
});

suite('docs.yaml is refused when', () => {
  const read = (docs: string) =>
    within(async (file, folder) => {
      file('service.yaml', 'format: taskcluster');
      file('references/shelf/v1/api.json', JSON.stringify(apiReference([{ name: 'get' }])));
      file('docs.yaml', docs);
      return loadService(folder);
    });

  test('it describes what is no longer there', async () => {
    await refused(
      read('shelf: { methods: { put: Puts. } }'),
      /docs\.yaml#\/shelf\/methods\/put: describes the method shelf\.put, which doesn't exist\. Remove the line/,
    );
    await refused(read('shelf: { events: { put: Puts. } }'), /the event shelf\.put, which doesn't exist/);
    await refused(
      read('rack: { about: A rack. }'),
      /docs\.yaml#\/rack: describes the service rack, which doesn't exist/,
    );
  });

  test('it has another shape', async () => {
    await refused(read('- shelf'), /docs\.yaml: not a mapping of names/);
    await refused(read('shelf: { methods: [get] }'), /#\/shelf\/methods: not a mapping of names/);
    await refused(read('shelf: { methods: { get: 5 } }'), /#\/shelf\/methods\/get: not a line of text/);
    await refused(read('shelf: { notes: x }'), /#\/shelf: has no place for "notes"/);
    await refused(loadDocs('gone.yaml'), /gone\.yaml: no such file/);
    await refused(loadDocs(tmpdir()), /not a regular file\. Save what it gives in a file/);
  });

  test('and may leave out what it has nothing to say about', async () => {
    const { apis } = await read('shelf:\n  about: A shelf.\n  methods:\n');
    assert.deepEqual(apis[0]?.doc, { text: 'A shelf.', facts: [] });
  });
});

type WriteFile = (name: string, content: string | Uint8Array) => string;

/** Runs in a folder of its own, which is gone afterwards. */
async function within<T>(run: (file: WriteFile, folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bad-'));
  const file = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  try {
    return await run(file, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
