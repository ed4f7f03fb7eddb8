import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, test } from 'node:test';
import { load } from 'js-yaml';
import { ts } from 'ts-morph';
import { documents } from './documents.ts';

const root = join(import.meta.dirname, '../../..');
const home = join(import.meta.dirname, '../../.tmp/live-openapi');
const verbs = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Large descriptions that other people wrote become clients that compile, with nothing lost. */
export function clientsOfOthers(files: ReadonlyMap<string, string>, compilers: string): void {
  rmSync(home, { recursive: true, force: true });
  for (const { name, operations } of documents) {
    const file = files.get(name) ?? '';
    describe(name, () => {
      const out = join(home, name);

      test('becomes a client', () => {
        mkdirSync(out, { recursive: true });
        const told = execFileSync('fairlead', ['generate', file, '--out', out, '--json'], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        assert.ok(told.includes('"methods"'));
      });

      test('has a method for every operation', () => {
        assert.equal(operationsOf(file), operations);
        assert.equal(methodsOf(out), operations);
      });

      test('has no any', () => assert.deepEqual(anysOf(out), []));

      for (const [order, keysOf] of Object.entries(orders)) {
        test(`comes out the same when the keys of the description are ${order}`, () => {
          const description = join(home, `${name}-${order}.json`);
          writeFileSync(description, JSON.stringify(reordered(contentOf(file), keysOf)));
          const other = join(home, `${name}-${order}`);
          mkdirSync(other, { recursive: true });
          execFileSync('fairlead', ['generate', description, '--out', other], { stdio: 'ignore' });
          const paths = globSync('**/*.ts', { cwd: out }).sort();
          assert.deepEqual(globSync('**/*.ts', { cwd: other }).sort(), paths);
          for (const path of paths) {
            assert.equal(
              readFileSync(join(other, path), 'utf8'),
              readFileSync(join(out, path), 'utf8'),
              path,
            );
          }
          rmSync(other, { recursive: true });
        });
      }

      for (const version of ['typescript-5', 'typescript-6', 'typescript-7']) {
        test(`compiles without an error under the strictest flags with ${version}`, () => {
          const config = join(out, `${version}.json`);
          writeFileSync(config, JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
          execFileSync(join(compilers, version, 'bin/tsc'), ['-p', config], { encoding: 'utf8', cwd: root });
        });
      }
    });
  }
}

const compilerOptions = {
  strict: true,
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
  noEmit: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  isolatedModules: true,
};

function contentOf(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  return extname(file) === '.json' ? JSON.parse(text) : load(text);
}

function operationsOf(file: string): number {
  const { paths } = contentOf(file) as { paths: Record<string, object> };
  return Object.values(paths).flatMap((path) => Object.keys(path).filter((key) => verbs.includes(key)))
    .length;
}

function methodsOf(out: string): number {
  let count = 0;
  for (const path of globSync('*/client.ts', { cwd: out })) {
    const source = sourceOf(join(out, path));
    for (const statement of source.statements) {
      if (ts.isClassDeclaration(statement)) count += statement.members.filter(ts.isMethodDeclaration).length;
    }
  }
  return count;
}

function anysOf(out: string): string[] {
  const found: string[] = [];
  for (const path of globSync('**/*.ts', { cwd: out })) {
    const visit = (node: ts.Node): void => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${path}:${node.pos}`);
      ts.forEachChild(node, visit);
    };
    visit(sourceOf(join(out, path)));
  }
  return found;
}

function sourceOf(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
}

type KeysOf = (value: object) => string[];

/** Orders in which a description may come. The shuffled ones are the same in every run, and differ from object to object. */
const orders: Readonly<Record<string, KeysOf>> = {
  reversed: (value) => Object.keys(value).reverse(),
  ...Object.fromEntries([1, 2].map((seed) => [`shuffled-${seed}`, shuffledKeys(seed)])),
};

function shuffledKeys(seed: number): KeysOf {
  let state = seed;
  // A linear congruential generator, with the constants of Numerical Recipes.
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return (value) =>
    Object.keys(value)
      .map((key) => [random(), key] as const)
      .sort(([a], [b]) => a - b)
      .map(([, key]) => key);
}

function reordered(value: unknown, keysOf: KeysOf): unknown {
  if (Array.isArray(value)) return value.map((element) => reordered(element, keysOf));
  if (typeof value !== 'object' || value === null) return value;
  const members = new Map<string, unknown>(Object.entries(value));
  return Object.fromEntries(keysOf(value).map((key) => [key, reordered(members.get(key), keysOf)]));
}
