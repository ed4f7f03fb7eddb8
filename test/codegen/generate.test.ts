import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { check, generate, type ImportExtension, InputError, WriteError } from '@fairlead/codegen';
import { ts } from 'ts-morph';
import { demoService, temporaryFolder, writeFiles } from './demo.ts';

const tmp = temporaryFolder('generate');
const root = join(import.meta.dirname, '..', '..');
const schemas = join(root, 'schemas', 'taskcluster');

after(() => rmSync(tmp, { recursive: true, force: true }));

const generated = (out: string) =>
  new Map(
    globSync('**/*.ts', { cwd: out })
      .sort()
      .map((path) => [path, readFileSync(join(out, path), 'utf8')]),
  );

const mtimes = (out: string) =>
  globSync('**/*.ts', { cwd: out }).map((path) => statSync(join(out, path)).mtimeMs);

/** Compared file by file, as a difference of everything at once is too long to read. */
function assertSame(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): void {
  assert.deepEqual([...actual.keys()], [...expected.keys()]);
  for (const [path, text] of expected) assert.equal(actual.get(path), text, path);
}

/** Forgets what was generated, so that the next run does all the work. */
const forget = () => rmSync(join(tmp, 'node_modules', '.cache'), { recursive: true, force: true });

describe('generating Taskcluster', () => {
  const out = join(tmp, 'taskcluster');
  const target = { name: 'taskcluster', source: { kind: 'service', folder: schemas }, out } as const;
  let files: ReadonlyMap<string, string>;
  let sources: ReadonlyMap<string, ts.SourceFile>;

  before(async () => {
    await generate(target);
    files = generated(out);
    sources = new Map(
      [...files].map(([path, text]) => [path, ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)]),
    );
  });

  /** All nodes of the files whose path ends so. */
  function nodes(ending: string): ts.Node[] {
    const found: ts.Node[] = [];
    const visit = (node: ts.Node): void => {
      found.push(node);
      ts.forEachChild(node, visit);
    };
    for (const [path, source] of sources) if (path.endsWith(ending)) visit(source);
    return found;
  }

  test('gives 11 classes, 192 methods, 35 of them in pages, and 36 events', async () => {
    const { apis, methods, events, files: count } = await check(target);
    assert.deepEqual(
      { apis, methods, events, count },
      { apis: 11, methods: 192, events: 36, count: files.size },
    );
    assert.equal(nodes('client.ts').filter(ts.isClassDeclaration).length, 11);
    const declared = nodes('client.ts').filter(ts.isMethodDeclaration);
    assert.equal(declared.length, 192);
    assert.equal(declared.filter(({ type }) => type?.getText().startsWith('Pages<')).length, 35);
    assert.equal(nodes('events.ts').filter(ts.isFunctionDeclaration).length, 36);
  });

  test('is what the repository holds', () => {
    const committed = join(root, 'generated', 'taskcluster');
    const committedFiles = [...files.keys()].map(
      (path) => [path, readFileSync(join(committed, path), 'utf8')] as const,
    );
    assertSame(new Map(committedFiles), files);
  });

  test('is TypeScript without a mistake in its syntax', () => {
    for (const [path, text] of files) {
      const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true, fileName: path });
      assert.deepEqual(
        diagnostics.map(({ messageText }) => messageText),
        [],
        path,
      );
    }
  });

  test('never says any, and casts nothing', () => {
    const kinds = [ts.SyntaxKind.AnyKeyword, ts.SyntaxKind.AsExpression, ts.SyntaxKind.NonNullExpression];
    const found = nodes('.ts').filter(({ kind }) => kinds.includes(kind));
    assert.deepEqual(
      found.map((node) => node.parent.getText()),
      [],
    );
  });

  test('gives code without a decision: no if, loop, try, await or condition', () => {
    const found = nodes('.ts').filter(
      (node) =>
        ts.isIfStatement(node) ||
        ts.isIterationStatement(node, false) ||
        ts.isTryStatement(node) ||
        ts.isAwaitExpression(node) ||
        ts.isConditionalExpression(node),
    );
    assert.deepEqual(
      found.map((node) => node.getText()),
      [],
    );
  });

  test('makes up no numbers: no type ends in a digit, and no file has two of one name', () => {
    for (const [path, source] of sources) {
      const names = source.statements
        .filter((node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
        .map(({ name }) => name.text);
      assert.deepEqual(
        names.filter((name) => /\d$/.test(name)),
        [],
        path,
      );
      assert.equal(new Set(names).size, names.length, path);
    }
  });

  test('has a doc comment on every class, method and event', () => {
    const documented = [
      ...nodes('client.ts').filter((node) => ts.isClassDeclaration(node) || ts.isMethodDeclaration(node)),
      ...nodes('events.ts').filter(ts.isFunctionDeclaration),
    ];
    assert.ok(documented.length > 200);
    for (const node of documented) assert.ok(ts.getJSDocCommentsAndTags(node).length > 0, node.getText());
  });

  test('keeps lines short, but for words that cannot be broken', () => {
    const long = [...files].flatMap(([path, text]) =>
      text
        .split('\n')
        .flatMap((line, index) => (line.length > 110 ? [{ at: `${path}:${index + 1}`, line }] : [])),
    );
    const breakable = long.filter(({ line }) =>
      line
        .trim()
        .replace(/^(\* )?(- )?/, '')
        .includes(' '),
    );
    assert.deepEqual(breakable, []);
  });

  test('gives the same bytes again', async () => {
    const again = join(tmp, 'again');
    await generate({ ...target, out: again });
    assertSame(generated(again), files);
  });

  test('gives the same bytes whatever the order of keys and files in the input', async () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, reversed(inner)]),
      );
    };
    const paths = globSync('{references,schemas}/**/*.json', { cwd: schemas }).sort().reverse();
    const array = paths.map((filename) => ({
      content: reversed(JSON.parse(readFileSync(join(schemas, filename), 'utf8'))),
      filename,
    }));
    const from = join(tmp, 'reversed.json');
    writeFileSync(from, JSON.stringify(array));
    const [corrections, docs] = [join(schemas, 'corrections.yaml'), join(schemas, 'docs.yaml')];
    await generate({
      name: 'reversed',
      source: { kind: 'file', from, corrections, docs },
      out: join(tmp, 'reversed'),
    });
    assertSame(generated(join(tmp, 'reversed')), files);
  });

  test('touches no file when nothing has changed, remembered or not', async () => {
    const before = mtimes(out);
    assert.deepEqual((await generate(target)).written, []);
    forget();
    assert.deepEqual((await generate(target)).written, []);
    assert.deepEqual(mtimes(out), before);
  });
});

describe('generating', () => {
  const folder = join(tmp, 'schemas', 'demo');
  const out = join(tmp, 'generated', 'demo');
  const target = { name: 'demo', source: { kind: 'service', folder }, out } as const;
  const input = (...methods: string[]) => writeFiles(folder, demoService('demo', methods));

  before(() => input('one'));

  test('writes only what changed', async () => {
    await generate(target);
    utimesSync(join(out, 'index.ts'), 1, 1);
    input('one', 'two');
    assert.deepEqual((await generate(target)).written, ['demo/client.ts']);
    assert.equal(statSync(join(out, 'index.ts')).mtimeMs, 1000);
  });

  test('repairs a file that somebody edited', async () => {
    const file = join(out, 'demo', 'types.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}export type Mine = string;\n`);
    assert.deepEqual((await check(target)).written, ['demo/types.ts']);
    assert.deepEqual((await generate(target)).written, ['demo/types.ts']);
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  test('removes what is no longer generated, and nothing of anybody else', async () => {
    writeFiles(folder, Object.fromEntries(Object.entries(demoService('other', ['x'])).slice(1)));
    await generate(target);
    assert.ok(generated(out).has('other/client.ts'));
    writeFiles(out, {
      'other/mine.ts': 'export {};\n',
      'mine/client.ts': 'export {};\n',
      'package.json': '{}\n',
    });
    rmSync(join(folder, 'references', 'other'), { recursive: true });
    rmSync(join(folder, 'schemas', 'other'), { recursive: true });
    assert.deepEqual((await check(target)).removed, ['other/client.ts', 'other/types.ts']);
    assert.deepEqual((await generate(target)).removed, ['other/client.ts', 'other/types.ts']);
    assert.deepEqual(
      [...generated(out).keys()],
      ['demo/client.ts', 'demo/types.ts', 'index.ts', 'mine/client.ts', 'other/mine.ts'],
    );
    rmSync(join(out, 'other', 'mine.ts'));
  });

  test('removes a class of a group with its folders, and leaves alone a package inside of its own folder', async () => {
    const place = join(tmp, 'grouped');
    const input = join(place, 'input');
    const salt = { name: 'salt', source: { kind: 'file', from: input }, out: join(place, 'out') } as const;
    const functions = (...names: string[]) =>
      JSON.stringify({ origins: ['a test'], functions: Object.fromEntries(names.map((name) => [name, {}])) });
    const modules = { 'functions/modules.json': functions('test.ping', 'pkg.refresh_db') };
    writeFiles(input, { ...modules, 'functions/wheel.json': functions('key.list_all') });
    await generate(salt);
    const files = ['client.ts', 'index.ts'].map((name) => `modules/pkg/${name}`);
    assert.ok(files.every((path) => generated(salt.out).has(path)));
    // Of another reference, generated below what was generated.
    await generate({ ...target, out: join(salt.out, 'demo') });
    await generate({ ...target, out: join(salt.out, 'more', 'demo') });
    writeFiles(input, { 'functions/modules.json': functions('test.ping') });
    rmSync(join(input, 'functions', 'wheel.json'));
    const { removed } = await generate(salt);
    assert.deepEqual(removed, [...files, 'wheel/key/client.ts', 'wheel/key/index.ts']);
    assert.ok(!existsSync(join(salt.out, 'wheel')) && !existsSync(join(salt.out, 'modules', 'pkg')));
    for (const folder of ['demo', 'more/demo']) assert.ok(existsSync(join(salt.out, folder, 'index.ts')));
  });

  test('never replaces a file that it did not make', async () => {
    const place = join(tmp, 'taken');
    writeFiles(place, { 'index.ts': 'export const mine = 1;\n' });
    await assert.rejects(generate({ ...target, out: place }), (error: unknown) => {
      assert.ok(error instanceof WriteError);
      assert.match(error.message, /taken.index\.ts was not made by fairlead and is left alone/);
      return true;
    });
    assert.deepEqual([...generated(place)], [['index.ts', 'export const mine = 1;\n']]);
  });

  test('never writes through a symbolic link', async () => {
    const place = join(tmp, 'linked');
    writeFiles(tmp, { 'outside/mine.ts': 'export {};\n' });
    for (const link of ['demo', 'index.ts']) {
      mkdirSync(place, { recursive: true });
      symlinkSync(join(tmp, 'outside'), join(place, link));
      await assert.rejects(generate({ ...target, out: place }), /linked.(demo|index\.ts) is a symbolic link/);
      rmSync(place, { recursive: true });
    }
    assert.deepEqual([...generated(join(tmp, 'outside')).keys()], ['mine.ts']);
  });

  test('writes nothing once it is told to stop', async () => {
    const place = join(tmp, 'stopped');
    const stop = new AbortController();
    const progress = { stage: () => {}, detail: () => setImmediate(() => stop.abort()), end: () => {} };
    const { signal } = stop;
    await assert.rejects(generate({ ...target, out: place }, { progress, signal }), { name: 'AbortError' });
    assert.equal(existsSync(place), false);
  });

  test('does without what it remembered when that is damaged', async () => {
    await generate(target);
    const cache = join(tmp, 'node_modules', '.cache', 'fairlead');
    for (const name of readdirSync(cache)) {
      rmSync(join(cache, name));
      mkdirSync(join(cache, name));
    }
    assert.deepEqual((await generate(target)).written, []);
    forget();
  });

  test('leaves nothing half-written when the input is wrong', async () => {
    const before = generated(out);
    input('one', 'one');
    await assert.rejects(generate(target), InputError);
    assertSame(generated(out), before);
    input('one', 'two');
  });

  test('leaves nothing half-written when a file cannot be written', {
    skip: process.getuid?.() === 0,
  }, async () => {
    const place = join(tmp, 'readonly');
    await generate({ ...target, out: place });
    const before = generated(place);
    chmodSync(join(place, 'demo'), 0o500);
    input('one', 'two', 'three');
    await assert.rejects(generate({ ...target, out: place }), WriteError);
    chmodSync(join(place, 'demo'), 0o700);
    assertSame(generated(place), before);
    input('one', 'two');
  });

  test('leaves nothing half-written when a folder is in the way', async () => {
    const place = join(tmp, 'blocked');
    writeFiles(place, { 'demo/client.ts/mine.txt': 'mine\n' });
    await assert.rejects(generate({ ...target, out: place }), WriteError);
    assert.deepEqual(globSync('**', { cwd: place }).sort(), [
      '.',
      'demo',
      'demo/client.ts',
      'demo/client.ts/mine.txt',
    ]);
  });

  test('names files by the extension that was asked for', async () => {
    const extensions: readonly (readonly [ImportExtension, string])[] = [
      ['.ts', "'./types.ts'"],
      ['.js', "'./types.js'"],
      ['', "'./types'"],
    ];
    for (const [importExtension, specifier] of extensions) {
      const place = join(tmp, `extension${importExtension}`);
      await generate({ ...target, out: place, importExtension });
      assert.ok(
        generated(place).get('demo/client.ts')?.includes(`import type * as types from ${specifier};`),
      );
    }
  });

  test('remembers nothing where there is no node_modules', async () => {
    const place = join('/', 'nowhere');
    await assert.rejects(
      generate({ ...target, out: place, source: { kind: 'service', folder: place } }),
      InputError,
    );
  });

  test('is done again when the options or the documentation change', async () => {
    await generate(target);
    await generate({ ...target, importExtension: '.ts' });
    assert.ok(generated(out).get('index.ts')?.includes("'./demo/client.ts'"));
    writeFiles(folder, { 'docs.yaml': 'demo:\n  methods:\n    one: The first.\n' });
    assert.deepEqual((await generate({ ...target, importExtension: '.ts' })).written, ['demo/client.ts']);
  });
});
