import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ts } from 'ts-morph';

/**
 * Who may import whom. The first row whose `room` matches a file is the file's row; `may` lists the rooms, packages
 * and built-ins (`node:*`) that it may import. A pattern ends in `*` to match by prefix. Every room may import itself
 * unless the row says `alone`.
 */
const table: readonly { room: string; may: readonly string[]; alone?: true }[] = [
  { room: 'codegen/src/model.ts', may: [], alone: true },
  { room: 'codegen/src/names.ts', may: [], alone: true },
  { room: 'codegen/src/invisible.ts', may: [], alone: true },
  { room: 'codegen/src/errors.ts', may: ['codegen/src/invisible.ts'], alone: true },
  { room: 'codegen/src/json/*', may: ['codegen/src/model.ts'] },
  { room: 'codegen/src/regexp.ts', may: ['codegen/src/errors.ts', 'node:vm'], alone: true },
  {
    room: 'codegen/src/validate.ts',
    may: [
      'codegen/src/model.ts',
      'codegen/src/errors.ts',
      'codegen/src/json/*',
      'codegen/src/regexp.ts',
      'ajv*',
      'ajv-formats',
      'node:*',
    ],
  },
  {
    room: 'codegen/src/read/*',
    may: [
      'codegen/src/model.ts',
      'codegen/src/names.ts',
      'codegen/src/errors.ts',
      'codegen/src/validate.ts',
      'codegen/src/json/*',
      'js-yaml',
      'node:*',
    ],
  },
  {
    room: 'codegen/src/emit/*',
    may: [
      'codegen/src/model.ts',
      'codegen/src/names.ts',
      'codegen/src/errors.ts',
      'codegen/src/invisible.ts',
      'ts-morph',
      'json-schema-to-typescript',
    ],
  },
  {
    room: 'codegen/src/serve/*',
    may: [
      'codegen/src/model.ts',
      'codegen/src/errors.ts',
      'codegen/src/validate.ts',
      'codegen/src/json/*',
      'codegen/src/read/*',
      'hawk',
      'ws',
      '@noble/ciphers/*',
      'node:*',
    ],
  },
  {
    room: 'codegen/src/sync/*',
    may: [
      'codegen/src/model.ts',
      'codegen/src/errors.ts',
      'codegen/src/validate.ts',
      'codegen/src/json/*',
      'codegen/src/read/*',
      'codegen/src/names.ts',
      'node:*',
    ],
  },
  { room: 'codegen/src/*', may: ['node:*'] },
  { room: 'generated/*', may: ['@fairlead/runtime/*'] },
  { room: 'runtime/src/errors.ts', may: ['node:*'] },
  { room: 'runtime/src/mask.ts', may: [], alone: true },
  { room: 'runtime/src/time/*', may: [] },
  { room: 'runtime/src/json/*', may: [] },
  {
    room: 'runtime/src/options.ts',
    may: ['runtime/src/errors.ts', 'runtime/src/http/*', 'runtime/src/json/*'],
  },
  {
    room: 'runtime/src/http/*',
    may: [
      'runtime/src/errors.ts',
      'runtime/src/mask.ts',
      'runtime/src/options.ts',
      'runtime/src/auth/auth.ts',
      'runtime/src/json/*',
      'runtime/src/time/*',
      'got',
      'undici',
      'node:*',
    ],
  },
  {
    room: 'runtime/src/rpc/*',
    may: [
      'runtime/src/errors.ts',
      'runtime/src/inspect.ts',
      'runtime/src/mask.ts',
      'runtime/src/json/*',
      'runtime/src/time/*',
      'ws',
      'node:*',
    ],
  },
  {
    room: 'runtime/src/amqp/*',
    may: ['runtime/src/errors.ts', 'runtime/src/options.ts', 'runtime/src/time/*', 'amqplib', 'node:*'],
  },
  {
    room: 'runtime/src/auth/*',
    may: [
      'runtime/src/errors.ts',
      'runtime/src/inspect.ts',
      'runtime/src/mask.ts',
      'runtime/src/json/*',
      'runtime/src/time/*',
      '@noble/ciphers/*',
      'tough-cookie',
      'node:crypto',
    ],
  },
  { room: 'runtime/src/services/*', may: ['runtime/src/*', 'js-yaml', 'node:*'] },
  { room: 'runtime/src/*', may: ['runtime/src/*'] },
];

/** Each of these is imported by one room only, and by a stand-in where it is the other end. */
const oneRoom: Readonly<Record<string, string>> = {
  got: 'runtime/src/http/',
  undici: 'runtime/src/http/',
  ws: 'runtime/src/rpc/',
  'tough-cookie': 'runtime/src/auth/',
  amqplib: 'runtime/src/amqp/',
  'ts-morph': 'codegen/src/emit/',
  'json-schema-to-typescript': 'codegen/src/emit/',
  ajv: 'codegen/src/validate.ts',
};

const root = join(import.meta.dirname, '..');
const files = ['codegen/src/**/*.ts', 'runtime/src/**/*.ts', 'generated/*/*.ts', 'generated/*/*/*.ts']
  .flatMap((pattern) => globSync(pattern, { cwd: root, exclude: ['**/dist/**'] }))
  .map((file) => file.replaceAll('\\', '/'));

const matches = (pattern: string, name: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

function importsOf(file: string): string[] {
  const found = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true).importedFiles;
  return found.map(({ fileName }) =>
    fileName.startsWith('.') ? join(dirname(file), fileName).replace(/\.js$/, '.ts') : fileName,
  );
}

const edges = files.flatMap((file) => importsOf(file).map((target) => ({ file, target })));

test('every import is allowed by the table', () => {
  const refused = edges.filter(({ file, target }) => {
    const row = table.find(({ room }) => matches(room, file));
    assert.ok(row, `${file} is in no room of the table`);
    const own =
      row.alone !== true &&
      (matches(row.room, target) || (row.room === 'generated/*' && target.startsWith(dirname(file))));
    return !own && !row.may.some((pattern) => matches(pattern, target));
  });
  assert.deepEqual(refused, []);
});

test('the table knows every file, and there are files to check', () => {
  assert.ok(files.length > 60, `only ${files.length} files found`);
  assert.ok(edges.length > 150, `only ${edges.length} imports found`);
});

test('each library is imported by one room only', () => {
  const refused = edges.filter(({ file, target }) => {
    const room = oneRoom[target.split('/')[0] ?? ''];
    return room !== undefined && !file.startsWith(room) && !file.startsWith('codegen/src/serve/');
  });
  assert.deepEqual(refused, []);
});

test('a generated file imports the runtime door and the types and shapes of its package, an index its session and its own folders', () => {
  const refused = edges.filter(({ file, target }) => {
    if (!file.startsWith('generated/')) return false;
    if (file.endsWith('/index.ts')) return target.startsWith('@') && target === '@fairlead/runtime/client';
    const [, name = ''] = file.split('/');
    const own = [
      join(dirname(file), 'types.ts'),
      `generated/${name}/types.ts`,
      `generated/${name}/shapes.ts`,
    ];
    return target !== '@fairlead/runtime/client' && !own.includes(target);
  });
  assert.deepEqual(refused, []);
});

test('no file is reached by itself through its imports', () => {
  const graph = new Map(
    files.map((file) => [file, importsOf(file).filter((target) => files.includes(target))]),
  );
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    assert.equal(at, -1, `a cycle: ${[...trail.slice(at), file].join(' -> ')}`);
    if (done.has(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

test('the runtime and the generator have no default exports, and the runtime no `export *`', () => {
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    assert.doesNotMatch(text, /^export default/m, `${file} has a default export`);
    if (file.startsWith('runtime/'))
      assert.doesNotMatch(text, /^export (type )?\*/m, `${file} has an export *`);
  }
});
