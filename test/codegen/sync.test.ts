import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../codegen/src/errors.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { loadDocuments } from '../../codegen/src/read/index.ts';
import { formatDifference, type SyncResult, sync } from '../../codegen/src/sync/index.ts';
import { apiReference, exchangesReference, type JsonMap, schemas } from './read-sample.ts';

const stored = fileURLToPath(new URL('../../schemas/taskcluster', import.meta.url));

suite('sync stores facts', () => {
  test('and finds nothing to do where they are stored already', () =>
    within(async (folder) => {
      cpSync(stored, folder, { recursive: true });
      const before = contents(folder);
      const result = await sync({ folder, from: stored });
      assert.deepEqual([result.stale, result.changes, result.files.unchanged], [false, [], 184]);
      assert.match(formatDifference(result), /^Nothing changed: all 184 files/);
      assert.deepEqual(contents(folder), before);
    }));

  test('that read themselves again as what they were', () =>
    within(async (folder, file) => {
      const { files } = await loadDocuments(stored);
      const shuffled = [...files].map(([filename, content]) => ({ filename, content })).reverse();
      await sync({ folder, from: file('references.json', shuffled), version: '106.0.0' });
      assert.deepEqual(contents(folder), ownContents(stored));
    }));

  test('without prose, but with properties that are called like prose', () =>
    within(async (folder, file) => {
      const properties = {
        title: { type: 'string', title: 'A title.', description: 'Of it.' },
        description: { type: 'string', default: { title: 'kept' } },
      };
      const book = {
        type: 'object',
        title: 'Book',
        description: 'A book.',
        examples: [{}],
        $comment: 'x',
        properties,
        definitions: { title: { title: 'x' } },
      };
      const routingKey = [{ name: 'book', multipleWords: false, required: true, summary: 'Its name.' }];
      const event = {
        name: 'written',
        exchange: 'written',
        schema: 'v1/book.json#',
        title: 'x',
        description: 'x',
        routingKey,
      };
      const entry = {
        name: 'get',
        output: 'v1/book.json#',
        title: 'Get',
        description: 'Gets.',
        category: 'Books',
      };
      const prose = { title: 'Shelf', description: 'All.' };
      await sync({
        folder,
        from: file(
          'a.json',
          rolledUp(
            apiReference([entry], prose),
            exchangesReference([event], prose),
            ...schemas({ 'v1/book.json': book }),
          ),
        ),
      });
      const text = Object.values(contents(folder)).join('');
      assert.doesNotMatch(text, /A book|Of it|A title|Gets|Books|Its name|Shelf|All\.|examples|\$comment/);
      assert.deepEqual(JSON.parse(contents(folder)['schemas/shelf/v1/book.json'] ?? ''), {
        $id: '/schemas/shelf/v1/book.json#',
        $schema: '/schemas/common/metaschema.json#',
        definitions: { title: {} },
        properties: {
          description: { default: { title: 'kept' }, type: 'string' },
          title: { type: 'string' },
        },
        type: 'object',
      });
    }));

  test('only of schemas that something needs, be it for validation alone', () =>
    within(async (folder, file) => {
      const files = schemas({
        'v1/book.json': { not: { $ref: 'other.json#' } },
        'v1/other.json': {},
        'v1/unused.json': {},
      });
      await sync({
        folder,
        from: file('a.json', rolledUp(apiReference([{ name: 'get', output: 'v1/book.json#' }]), ...files)),
      });
      assert.deepEqual(Object.keys(contents(folder)), [
        'references/shelf/v1/api.json',
        'schemas/shelf/v1/book.json',
        'schemas/shelf/v1/other.json',
        'service.yaml',
      ]);
    }));

  test('as JSON with sorted keys, two spaces and a newline, and says what they are', () =>
    within(async (folder, file) => {
      await sync({ folder, from: file('upstream.json', rolledUp(apiReference([]))), version: '1.2.3' });
      assert.equal(
        contents(folder)['references/shelf/v1/api.json'],
        '{\n  "$schema": "/schemas/common/api-reference-v0.json#",\n  "apiVersion": "v1",\n  "entries": [],\n  "serviceName": "shelf"\n}\n',
      );
      assert.equal(
        contents(folder)['service.yaml'],
        '# Written by fairlead sync.\nformat: "taskcluster"\nversion: "1.2.3"\nsource: "upstream.json"\n',
      );
    }));

  test('and removes what upstream no longer has, but never what is ours', () =>
    within(async (folder, file) => {
      const from = (...names: readonly string[]) =>
        file('a.json', rolledUp(...names.map((serviceName) => apiReference([], { serviceName }))));
      await sync({ folder, from: from('shelf', 'rack') });
      writeFileSync(join(folder, 'docs.yaml'), '# ours\n');
      const { files, changes } = await sync({ folder, from: from('shelf') });
      assert.deepEqual(files, {
        added: [],
        changed: [],
        removed: ['references/rack/v1/api.json'],
        unchanged: 2,
      });
      assert.deepEqual(changes, [{ at: 'rack', kind: 'removed', what: 'the service', breaking: true }]);
      assert.deepEqual(Object.keys(contents(folder)), [
        'docs.yaml',
        'references/shelf/v1/api.json',
        'service.yaml',
      ]);
    }));

  test('with a version that is forgotten when it may no longer be true', () =>
    within(async (folder, file) => {
      const first = file('a.json', rolledUp(apiReference([])));
      await sync({ folder, from: first, version: '1' });
      assert.equal((await sync({ folder, from: first })).stale, false);
      assert.deepEqual((await sync({ folder, from: first, version: '2' })).files.changed, ['service.yaml']);
      await sync({ folder, from: file('b.json', rolledUp(apiReference([{ name: 'get' }]))) });
      assert.equal(
        contents(folder)['service.yaml'],
        '# Written by fairlead sync.\nformat: "taskcluster"\nsource: "b.json"\n',
      );
    }));
});

suite('sync does all or nothing', () => {
  test('it leaves the folder as it was when the input is wrong', () =>
    within(async (folder, file) => {
      await sync({ folder, from: file('a.json', rolledUp(apiReference([]))) });
      const before = contents(folder);
      const wrong = rolledUp(apiReference([{ name: 'get', output: 'v1/gone.json#' }]));
      await assert.rejects(sync({ folder, from: file('b.json', wrong) }), InputError);
      assert.deepEqual(contents(folder), before);
      assert.deepEqual(
        readdirSync(join(folder, '..')).sort(),
        ['a.json', 'b.json', 'service'],
        'nothing is left beside it',
      );
    }));

  test('it puts back what it had moved when something cannot be moved', () =>
    within(async (folder, file) => {
      const version = (name: string) =>
        file(
          'a.json',
          rolledUp(apiReference([{ name, output: 'v1/book.json#' }]), ...schemas({ 'v1/book.json': {} })),
        );
      await sync({ folder, from: version('before') });
      const before = contents(folder);
      const from = version('after');
      await asNobody(folder, async () => {
        chmodSync(join(folder, 'schemas'), 0o500);
        await assert.rejects(sync({ folder, from }), { code: 'EACCES' });
        chmodSync(join(folder, 'schemas'), 0o700);
      });
      assert.deepEqual(contents(folder), before);
      assert.deepEqual(readdirSync(join(folder, '..')).sort(), ['a.json', 'service']);
    }));

  test('a dry run tells what would change and writes nothing', () =>
    within(async (folder, file) => {
      const result = await sync({ folder, from: file('a.json', rolledUp(apiReference([]))), dryRun: true });
      assert.deepEqual(
        [result.stale, result.files.added],
        [true, ['references/shelf/v1/api.json', 'service.yaml']],
      );
      assert.match(formatDifference(result), /2 added, .* \(nothing was written\)/);
      assert.equal(existsSync(folder), false);
    }));

  test('a store that cannot be read is written anew', () =>
    within(async (folder, file) => {
      const from = file('a.json', rolledUp(apiReference([])));
      await sync({ folder, from });
      writeFileSync(join(folder, 'references/shelf/v1/api.json'), '{');
      const { files, changes } = await sync({ folder, from });
      assert.deepEqual(
        [files.changed, changes.map(({ kind }) => kind)],
        [['references/shelf/v1/api.json'], ['added']],
      );
    }));
});

suite('sync tells the difference between', () => {
  const file = 'v1/book.json';
  const book = (schema: JsonMap) => schemas({ [file]: { type: 'object', ...schema } });
  const answer = { name: 'get', output: `${file}#` };
  const request = { name: 'put', method: 'put', input: `${file}#` };

  test('methods, and whether callers may notice', async () => {
    assert.deepEqual(
      await difference(
        [apiReference([{ name: 'a' }, { name: 'b' }])],
        [apiReference([{ name: 'b' }, { name: 'c' }])],
      ),
      ['! removed shelf.a: the method GET /', '  added shelf.c: the method GET /'],
    );
  });

  test('routes, parameters, results and terms of a method', async () => {
    const before = {
      name: 'a',
      route: '/x/<id>',
      args: ['id'],
      query: ['limit', 'old'],
      scopes: 'shelf:a',
      output: 'blob',
    };
    const after = {
      name: 'a',
      route: '/y/<id>',
      args: ['id'],
      query: ['limit', 'new'],
      scopes: 'shelf:b',
      stability: 'deprecated',
    };
    assert.deepEqual(await difference([apiReference([before])], [apiReference([after])]), [
      '! changed shelf.a: the route: GET /x/{id} → GET /y/{id}',
      '! changed shelf.a: the result: bytes → unknown',
      '! removed shelf.a: the query parameter old',
      '! changed shelf.a: its terms: scopes: `shelf:a` → scopes: `shelf:b`',
      '  added shelf.a: the query parameter new',
      '  changed shelf.a: deprecated',
    ]);
  });

  test('parameters and bodies of an OpenAPI document', () =>
    within(async (folder, file) => {
      const pets = (query: object, id: string, required: boolean) => {
        const parameters = [
          { name: 'id', in: 'path', required: true, schema: { type: id } },
          { name: 'kind', in: 'query', ...query },
        ];
        const content = { 'application/json': { schema: { type: 'object' } } };
        const put = { tags: ['pets'], operationId: 'put', parameters, requestBody: { required, content } };
        const paths = { '/pets/{id}': { put: { ...put, responses: { 204: { description: '' } } } } };
        return { openapi: '3.1.0', info: { title: 'Pets', version: '1' }, paths };
      };
      const both = { schema: { enum: ['cat', 'dog'] }, required: false };
      await sync({ folder, from: file('pets.json', pets(both, 'string', false)), format: 'openapi' });
      const cats = { schema: { enum: ['cat'] }, required: true };
      const { changes } = await sync({ folder, from: file('pets.json', pets(cats, 'integer', true)) });
      assert.deepEqual(
        changes.map(({ at, what, breaking }) => `${breaking ? '! ' : ''}${at}: ${what}`),
        [
          '! pets.put: the path parameter id: the type: string → integer',
          '! pets.put: the body: required, was optional',
          '! pets.put: the query parameter kind: the value "dog"',
          '! pets.put: the query parameter kind: required, was optional',
        ],
      );
    }));

  test('what a method promises: less is breaking, more is not', async () => {
    const before = { name: 'a', scopes: 'shelf:a' };
    const after = { name: 'a', stability: 'experimental', output: `${file}#` };
    const [old, fresh] = [
      [apiReference([before]), ...book({})],
      [apiReference([after]), ...book({})],
    ];
    assert.deepEqual(await difference(old, fresh), [
      '  changed shelf.a: the result: unknown → Book',
      '  changed shelf.a: its standing: stable → experimental',
      '  changed shelf.a: its terms: scopes: `shelf:a` → none',
      '  added shelf.Book: the type',
    ]);
    assert.deepEqual(await difference(fresh, old), [
      '! changed shelf.a: the result: Book → unknown',
      '! changed shelf.a: its terms: none → scopes: `shelf:a`',
      '! removed shelf.Book: the type',
      '  changed shelf.a: its standing: experimental → stable',
    ]);
  });

  test('branches, which stand for what they say and not for their place', async () => {
    const branches = (...kinds: readonly string[]) =>
      book({ oneOf: kinds.map((kind) => ({ type: 'object', properties: { kind: { const: kind } } })) });
    const changes = (entry: JsonMap, before: JsonMap[], after: JsonMap[]) =>
      difference([apiReference([entry]), ...before], [apiReference([entry]), ...after]);
    const [two, turned, three] = [branches('a', 'b'), branches('b', 'a'), branches('c', 'b', 'a')];
    assert.deepEqual(await changes(answer, two, turned), []);
    assert.deepEqual(await changes(answer, two, three), ['! added shelf.Book/oneOf/0: the branch']);
    assert.deepEqual(await changes(request, two, three), ['  added shelf.Book/oneOf/0: the branch']);
    assert.deepEqual(await changes(request, three, two), ['! removed shelf.Book/oneOf/0: the branch']);
  });

  test('events', async () => {
    const event = {
      name: 'written',
      exchange: 'written',
      schema: `${file}#`,
      routingKey: [{ name: 'a', multipleWords: false, required: true }],
    };
    const more = {
      ...event,
      routingKey: [...event.routingKey, { name: 'b', multipleWords: true, required: false }],
    };
    assert.deepEqual(
      await difference([exchangesReference([event]), ...book({})], [exchangesReference([more]), ...book({})]),
      ['! changed shelf.written: the routing key: <a> → <a>.<b…>'],
    );
  });

  test('properties, by the way in which a type travels', async () => {
    const before = book({
      properties: { gone: {}, kind: { type: 'string' }, must: {}, may: {} },
      required: ['must'],
    });
    const after = book({
      properties: { fresh: {}, kind: { type: 'integer' }, must: {}, may: {} },
      required: ['fresh', 'may'],
    });
    assert.deepEqual(
      await difference([apiReference([answer]), ...before], [apiReference([answer]), ...after]),
      [
        '! removed shelf.Book/properties/gone: the property',
        '! changed shelf.Book/properties/kind: the type: string → integer',
        '! changed shelf.Book/properties/must: optional, was required',
        '  added shelf.Book/properties/fresh: the property',
        '  changed shelf.Book/properties/may: required, was optional',
      ],
    );
    assert.deepEqual(
      await difference([apiReference([request]), ...before], [apiReference([request]), ...after]),
      [
        '! added shelf.Book/properties/fresh: the property',
        '! removed shelf.Book/properties/gone: the property',
        '! changed shelf.Book/properties/kind: the type: string → integer',
        '! changed shelf.Book/properties/may: required, was optional',
        '  changed shelf.Book/properties/must: optional, was required',
      ],
    );
  });

  test('values, where an answer may grow and a request may not shrink', async () => {
    const values = (...list: readonly string[]) =>
      book({ properties: { color: { type: 'string', enum: list } } });
    const [before, after] = [values('red', 'green'), values('green', 'blue')];
    assert.deepEqual(
      await difference([apiReference([answer]), ...before], [apiReference([answer]), ...after]),
      [
        '  removed shelf.Book/properties/color: the value "red"',
        '  added shelf.Book/properties/color: the value "blue"',
      ],
    );
    assert.deepEqual(
      await difference([apiReference([request]), ...before], [apiReference([request]), ...after]),
      [
        '! removed shelf.Book/properties/color: the value "red"',
        '  added shelf.Book/properties/color: the value "blue"',
      ],
    );
  });

  test('defaults, elements, branches and other properties', async () => {
    const before = book({
      properties: { list: { type: 'array', items: { type: 'string' } }, n: { type: 'integer', default: 1 } },
      oneOf: [{ type: 'object', properties: { a: {} } }],
    });
    const after = book({
      properties: { list: { type: 'array', items: { type: 'integer' } }, n: { type: 'integer', default: 2 } },
      oneOf: [{ type: 'object', properties: { b: {} } }],
      additionalProperties: false,
    });
    assert.deepEqual(
      await difference([apiReference([request]), ...before], [apiReference([request]), ...after]),
      [
        '! changed shelf.Book/properties/list/items: the type: string → integer',
        '! changed shelf.Book: other properties: any → none',
        '! removed shelf.Book/oneOf/0/properties/a: the property',
        '  changed shelf.Book/properties/n: the default: 1 → 2',
        '  added shelf.Book/oneOf/0/properties/b: the property',
      ],
    );
  });

  test('files in which only constraints changed: named, as no type tells', () =>
    within(async (folder, write) => {
      const version = (maxLength: number) =>
        write(
          'a.json',
          rolledUp(apiReference([answer]), ...schemas({ [file]: { type: 'string', maxLength } })),
        );
      await sync({ folder, from: version(1) });
      const result = await sync({ folder, from: version(2) });
      assert.deepEqual([result.files.changed, result.changes], [['schemas/shelf/v1/book.json'], []]);
      assert.match(
        formatDifference(result),
        /No method, event or type changed, but these files did:\n {2}schemas\/shelf\/v1\/book\.json$/,
      );
    }));

  test('a source of which only the version is another: the API is the same', () =>
    within(async (folder, write) => {
      const from = write('a.json', rolledUp(apiReference([])));
      await sync({ folder, from, version: '1' });
      assert.match(formatDifference(await sync({ folder, from, version: '2' })), /\nThe API is the same\.$/);
    }));

  test('two versions in words, the breaking changes first', async () => {
    const result = await synced([apiReference([{ name: 'a' }])], [apiReference([{ name: 'b' }])]);
    assert.equal(
      formatDifference(result),
      [
        'Files: 0 added, 1 changed, 0 removed, 1 unchanged.',
        '',
        'Breaking changes:',
        '  removed  shelf.a: the method GET /',
        '',
        'Other changes:',
        '  added    shelf.b: the method GET /',
      ].join('\n'),
    );
    assert.doesNotThrow(() => JSON.stringify(result));
  });
});

suite('sync reads a live deployment', () => {
  const reference = apiReference([{ name: 'get', output: 'v1/book.json#', input: 'v1/page.json#' }]);
  const bookAndPage = schemas({
    'v1/book.json': { properties: { page: { $ref: 'page.json#' } } },
    'v1/page.json': { type: 'integer' },
  });
  const expected = [
    'references/shelf/v1/api.json',
    'schemas/shelf/v1/book.json',
    'schemas/shelf/v1/page.json',
    'service.yaml',
  ];

  const files = (rootUrl: string): JsonMap => ({
    '/references/manifest.json': {
      $schema: `${rootUrl}/schemas/common/manifest-v3.json#`,
      references: [`${rootUrl}/references/shelf/v1/api.json`, '/references/shelf/v1/logs.json'],
    },
    '/references/shelf/v1/api.json': { ...reference, $schema: `${rootUrl}${reference['$schema']}` },
    '/references/shelf/v1/logs.json': { $schema: `${rootUrl}/schemas/common/logs-reference-v0.json#` },
    '/schemas/shelf/v1/book.json': { ...bookAndPage[0], $id: `${rootUrl}/schemas/shelf/v1/book.json#` },
    '/schemas/shelf/v1/page.json': { ...bookAndPage[1], $id: `${rootUrl}/schemas/shelf/v1/page.json#` },
    '/api/auth/v1/__version__': { version: 'v9.8.7', source: 'x' },
  });

  test('by its manifest, its references and the schemas that these need', () =>
    within(async (folder) => {
      await serving(
        (path, rootUrl) => files(rootUrl)[path],
        async (rootUrl, asked) => {
          const lines: string[] = [];
          await sync({
            folder,
            from: `${rootUrl}/`,
            format: 'taskcluster',
            onProgress: (line) => lines.push(line),
          });
          assert.deepEqual(Object.keys(contents(folder)), expected);
          assert.equal(
            contents(folder)['service.yaml'],
            `# Written by fairlead sync.\nformat: "taskcluster"\nversion: "9.8.7"\nsource: "${rootUrl}"\n`,
          );
          assert.doesNotMatch(contents(folder)['references/shelf/v1/api.json'] ?? '', /127\.0\.0\.1/);
          assert.equal(new Set(asked).size, asked.length, 'each file once');
          assert.ok(lines.includes('loading 2 files'));
        },
      );
    }));

  test('by the array of all files where it has one', () =>
    within(async (folder) => {
      const all = (rootUrl: string) =>
        Object.entries(files(rootUrl)).map(([path, content]) => ({ filename: path.slice(1), content }));
      await serving(
        (path, rootUrl) => (path === '/references/references.json' ? all(rootUrl) : undefined),
        async (rootUrl, asked) => {
          await sync({ folder, from: rootUrl });
          assert.deepEqual(Object.keys(contents(folder)), expected);
          assert.deepEqual(asked, ['/references/references.json', '/api/auth/v1/__version__']);
        },
      );
    }));

  const refusedWhen = (answer: RequestListener, message: RegExp, from = '') =>
    within(async (folder) => {
      const server = createServer(answer).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      try {
        await assert.rejects(sync({ folder, from: from || rootUrlOf(server) }), (error) => {
          assert.ok(error instanceof InputError, String(error));
          assert.match(error.message, message);
          return true;
        });
        assert.equal(existsSync(folder), false);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });

  test('and refuses one that publishes nothing', () =>
    refusedWhen(
      (_, response) => response.writeHead(404).end('not found'),
      /publishes no references\. Check/,
    ));

  test('and refuses an answer that is an error or no JSON', async () => {
    await refusedWhen((_, response) => response.writeHead(503).end(), /references\.json: answered 503/);
    await refusedWhen(
      (_, response) => response.end('<html>'),
      /references\.json: not valid JSON: line 1, column 1/,
    );
    await refusedWhen((_, response) => response.end('{"a": 1'), /not valid JSON/);
  });

  test('and refuses a redirect to another host, and one without an end', async () => {
    await refusedWhen(
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.2:9/x' }).end(),
      /redirects to another host, http:\/\/127\.0\.0\.2:9/,
    );
    await refusedWhen(
      (_, response) => response.writeHead(302, { location: '/again' }).end(),
      /redirects more than 5 times/,
    );
  });

  test('and follows a redirect on the same host', () =>
    within(async (folder) => {
      const all = [{ filename: 'a.json', content: apiReference([]) }];
      await serving(
        (path) => (path === '/moved' ? all : undefined),
        async (rootUrl) => {
          await sync({ folder, from: rootUrl });
          assert.equal(existsSync(join(folder, 'references/shelf/v1/api.json')), true);
        },
        { '/references/references.json': '/moved' },
      );
    }));

  test('and refuses an answer that never ends before it has read it all', () =>
    refusedWhen((_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 0x20);
      const write = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', write);
      write();
    }, /has more than 32 MB, which is the limit/));

  test('and refuses a host that cannot be reached, and a URL that holds a password', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const nobody = rootUrlOf(closed);
    await new Promise((resolve) => closed.close(resolve));
    await refusedWhen(() => {}, /cannot be reached: ECONNREFUSED/, nobody);
    await refusedWhen(
      () => {},
      /^http:\/\/127\.0\.0\.1\/: a root URL has no user, password/,
      'http://me:secret@127.0.0.1/',
    );
  });

  test('and stops when it is told to, with the reason that it was given', () =>
    within(async (folder) => {
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      const server = createServer(() => controller.abort(reason)).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      await assert.rejects(sync({ folder, from: rootUrlOf(server), signal: controller.signal }), reason);
      server.closeAllConnections();
      server.close();
    }));
});

async function difference(before: readonly JsonValue[], after: readonly JsonValue[]): Promise<string[]> {
  const { changes } = await synced(before, after);
  return changes.map(({ at, kind, what, breaking }) => `${breaking ? '!' : ' '} ${kind} ${at}: ${what}`);
}

function synced(before: readonly JsonValue[], after: readonly JsonValue[]): Promise<SyncResult> {
  return within(async (folder, file) => {
    await sync({ folder, from: file('a.json', rolledUp(...before)) });
    return sync({ folder, from: file('a.json', rolledUp(...after)) });
  });
}

/** Permissions mean nothing to root: a test that is run by root becomes somebody else for a while. */
async function asNobody(folder: string, run: () => Promise<void>): Promise<void> {
  const { geteuid, seteuid } = process;
  if (geteuid === undefined || seteuid === undefined || geteuid() !== 0) return run();
  const around = join(folder, '..');
  for (const path of ['', ...readdirSync(around, { recursive: true, encoding: 'utf8' })]) {
    chownSync(join(around, path), NOBODY, NOBODY);
  }
  seteuid(NOBODY);
  try {
    await run();
  } finally {
    seteuid(0);
  }
}

const NOBODY = 65534;

function rolledUp(...contents: readonly JsonValue[]): JsonValue {
  return contents.map((content, index) => ({ filename: `${index}.json`, content }));
}

/** Every file of a folder with its text, in the order of the paths. */
function contents(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    paths.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

/** Likewise, without what we write by hand; the source is the name of the file that was synchronised. */
function ownContents(folder: string): Readonly<Record<string, string>> {
  const { 'docs.yaml': _, 'corrections.yaml': __, ...own } = contents(folder);
  return own;
}

/** A folder to synchronise, which isn't there yet, and a way to write an upstream file beside it. */
async function within<T>(
  run: (folder: string, file: (name: string, content: JsonValue) => string) => Promise<T>,
): Promise<T> {
  const around = mkdtempSync(join(tmpdir(), 'fairlead-sync-'));
  const file = (name: string, content: JsonValue) => {
    writeFileSync(join(around, name), JSON.stringify(content));
    return join(around, name);
  };
  try {
    return await run(join(around, 'service'), file);
  } finally {
    rmSync(around, { recursive: true });
  }
}

/** A server that answers JSON, or 404, or a redirect. */
async function serving(
  answer: (path: string, rootUrl: string) => JsonValue | undefined,
  run: (rootUrl: string, asked: readonly string[]) => Promise<void>,
  redirects: Readonly<Record<string, string>> = {},
): Promise<void> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const location = redirects[path];
    if (location !== undefined) return response.writeHead(307, { location }).end();
    const content = answer(path, rootUrlOf(server));
    return content === undefined ? response.writeHead(404).end() : response.end(JSON.stringify(content));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    await run(rootUrlOf(server), asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function rootUrlOf(server: ReturnType<typeof createServer>): string {
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${address.port}`;
}
