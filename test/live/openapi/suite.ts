import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, test } from 'node:test';
import { load } from 'js-yaml';
import { ts } from 'ts-morph';

const root = join(import.meta.dirname, '../../..');
const home = join(import.meta.dirname, '../../.tmp/live-openapi');
const verbs = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Large descriptions that other people wrote become clients that compile, with nothing lost. */
export function clientsOfOthers(documents: ReadonlyMap<string, string>, compilers: string): void {
  rmSync(home, { recursive: true, force: true });
  for (const [name, file] of documents) {
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
        const operations = operationsOf(file);
        assert.ok(operations > 100, `only ${operations} operations`);
        assert.equal(methodsOf(out), operations);
      });

      test('has no any', () => assert.deepEqual(anysOf(out), []));

      test('comes out the same when the description is written in another order', () => {
        const reversed = join(home, `${name}-reversed.json`);
        writeFileSync(reversed, JSON.stringify(reverseKeys(contentOf(file))));
        const other = join(home, `${name}-reversed`);
        mkdirSync(other, { recursive: true });
        execFileSync('fairlead', ['generate', reversed, '--out', other], { stdio: 'ignore' });
        for (const path of globSync('**/*.ts', { cwd: out })) {
          assert.equal(readFileSync(join(other, path), 'utf8'), readFileSync(join(out, path), 'utf8'), path);
        }
        rmSync(other, { recursive: true });
      });

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

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reverseKeys(inner)]),
  );
}
