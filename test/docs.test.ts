import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { generate } from '../codegen/src/generate.ts';
import type { Api } from '../codegen/src/model.ts';
import { loadService } from '../codegen/src/read/index.ts';

const root = join(import.meta.dirname, '..');
const pages = ['*.md', 'docs/*.md', 'runtime/*.md', 'codegen/*.md', 'generated/*/*.md']
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .map((page) => page.replaceAll('\\', '/'))
  .sort();

const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

/** The ts blocks of a page, each at the line where it stands in the page, so that an error names that line. */
function examples(page: string): string[] {
  return [...textOf(page).matchAll(/^```ts\n(.*?)^```$/gms)].map((block) => {
    const line = textOf(page).slice(0, block.index).split('\n').length;
    return '\n'.repeat(line) + block[1];
  });
}

function run(command: string, args: readonly string[]): Promise<{ code: unknown; output: string }> {
  // What a test runner tells its own tests would make the one below report to it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(command, args, { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

const folder = join(import.meta.dirname, '.tmp', 'docs');
const files = pages.flatMap((page) =>
  examples(page).map((code, index) => ({ name: `${page.replaceAll('/', '-')}.${index + 1}.ts`, code })),
);

/** Documents that a page shows, by the name of their file: ```yaml petshop.yaml */
const documents = pages.flatMap((page) =>
  [...textOf(page).matchAll(/^```yaml (\S+)\n(.*?)^```$/gms)].map(([, file = '', text = '']) => ({
    file,
    text,
  })),
);

before(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const config = {
    extends: '../../../tsconfig.base.json',
    compilerOptions: { noEmit: true, composite: false, declaration: false, declarationMap: false },
    include: ['*.ts', '*/*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  for (const { name, code } of files) writeFileSync(join(folder, name), code);
  for (const { file, text } of documents) {
    writeFileSync(join(folder, file), text);
    const out = join(folder, basename(file, '.yaml'));
    mkdirSync(out);
    await generate({ name: file, source: { kind: 'file', from: join(folder, file) }, out });
  }
});

test('every example of the documentation compiles under the flags of the packages', async () => {
  assert.ok(files.length >= 20, `only ${files.length} examples found`);
  const { code, output } = await run(join(root, 'node_modules/.bin/tsc'), [
    '--project',
    folder,
    '--pretty',
    'false',
  ]);
  assert.deepEqual({ code, output }, { code: 0, output: '' });
});

test('the examples that bring their own server or transport do what they say', async () => {
  const own = files.filter(({ code }) => /from '(node:test|@fairlead\/codegen\/serve)'/.test(code));
  assert.ok(own.length >= 4, `only ${own.length} such examples found`);
  const { code, output } = await run(process.execPath, ['--test', ...own.map(({ name }) => name)]);
  assert.equal(code, 0, output);
});

test('every relative link leads to a file, and to a heading where it names one', () => {
  const anchorsOf = (file: string) =>
    [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
  const broken = pages.flatMap((page) =>
    [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const file = path === '' ? join(root, page) : join(root, dirname(page), path);
        return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
      })
      .map((link) => `${page}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

test('the README leads to every page of docs/', () => {
  const readme = textOf('README.md');
  const missing = pages.filter((page) => page.startsWith('docs/') && !readme.includes(`(${page})`));
  assert.deepEqual(missing, []);
});

test('every make target that a page names exists', () => {
  const targets = new Set([...textOf('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name));
  const unknown = pages.flatMap((page) =>
    [...textOf(page).matchAll(/(?:^|`)make ([a-z-]+)/gm)]
      .filter(([, name]) => !targets.has(name))
      .map(([text]) => `${page}: ${text}`),
  );
  assert.deepEqual(unknown, []);
});

/** What somebody sees in an editor without a word of ours. */
function withoutSentence(apis: readonly Api[]): string[] {
  return apis.flatMap((api) => [
    ...(api.doc.text ? [] : [api.path]),
    ...[...api.methods, ...api.events]
      .filter(({ doc }) => !doc.text)
      .map(({ name }) => `${api.path}.${name}`),
  ]);
}

test('every class, method and exchange of Taskcluster has its sentence in docs.yaml', async () => {
  const { apis } = await loadService(join(root, 'schemas/taskcluster'));
  assert.equal(apis.flatMap(({ methods }) => methods).length, 192);
  assert.equal(apis.flatMap(({ events }) => events).length, 36);
  assert.deepEqual(withoutSentence(apis), []);
});

test('every class and method of Consul has its sentence, and its edition', async () => {
  const { apis } = await loadService(join(root, 'schemas/consul'));
  const methods = apis.flatMap((api) => api.methods);
  assert.deepEqual(withoutSentence(apis), []);
  assert.equal(methods.length, 219);

  // An operation that answers in several ways has a method for each.
  const operations = new Map(
    methods.map(({ doc }) => {
      const [operation = '', ...facts] = doc.facts.flatMap((fact) => fact.split(' · '));
      return [operation, facts];
    }),
  );
  const editions = { community: 0, enterprise: 0, legacy: 0, newest: 0 };
  for (const facts of operations.values()) {
    if (facts.some((fact) => fact.startsWith('until '))) editions.legacy += 1;
    else if (facts.includes('enterprise')) editions.enterprise += 1;
    else if (facts.includes('since 1.22') || facts.includes('since main')) editions.newest += 1;
    else editions.community += 1;
  }
  assert.deepEqual(editions, { community: 160, enterprise: 23, legacy: 10, newest: 4 });
});

test("every method of Salt's netapis, every event and every wheel has its sentence", async () => {
  const { apis } = await loadService(join(root, 'schemas/salt'));
  const netapis = apis.filter(({ group }) => group === undefined);
  const wheels = apis.filter(({ group }) => group === 'wheel');
  assert.deepEqual(withoutSentence([...netapis, ...wheels]), []);
  assert.equal(netapis.flatMap(({ methods }) => methods).length, 36);
  assert.equal(netapis.flatMap(({ events }) => events).length, 20);
  assert.equal(wheels.flatMap(({ methods }) => methods).length, 32);
});
