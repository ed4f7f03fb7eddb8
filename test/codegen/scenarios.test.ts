import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { generate } from '@fairlead/codegen';
import { type Block, isInput, PAGES, type Page, readPages, withExpected } from './pages.ts';

const root = join(import.meta.dirname, '..', '..');
const tmp = join(import.meta.dirname, '..', '.tmp', 'scenarios');
const { UPDATE } = process.env;
const pages = readPages();

before(() => {
  rmSync(tmp, { recursive: true, force: true });
  // What is remembered about these folders goes with them.
  mkdirSync(join(tmp, 'node_modules'), { recursive: true });
});
after(() => rmSync(tmp, { recursive: true, force: true }));

/** What an input was refused with. */
class Refusal {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }

  get message(): string {
    return this.reason instanceof Error ? this.reason.message : String(this.reason);
  }
}

const folderOf = ({ file }: Page) => join(tmp, file.replace(/\.md$/, ''));

function writeInput(page: Page): void {
  for (const { name, text } of page.blocks.filter(isInput)) {
    const file = join(folderOf(page), name.includes('/') ? 'input' : '.', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** What is said on the command line: `{ "dates": "date" }`. */
function optionsOf(page: Page): object {
  const block = page.blocks.find(({ name }) => name === 'options.json');
  return Object(JSON.parse(block?.text ?? '{}'));
}

/** Generates from the input of a page and gives what a block of it should hold: a file, the refusal, the warnings. */
async function outcome(page: Page): Promise<(block: Block) => string> {
  const folder = folderOf(page);
  const has = (name: string) => page.blocks.some((block) => block.name === name);
  const generated = await generate({
    name: page.file,
    source: {
      kind: 'file',
      from: join(folder, 'input'),
      ...optionsOf(page),
      ...(has('corrections.yaml') && { corrections: join(folder, 'corrections.yaml') }),
      ...(has('docs.yaml') && { docs: join(folder, 'docs.yaml') }),
    },
    out: join(folder, 'out'),
  }).catch((error: unknown) => new Refusal(error));
  return ({ language, name }) => {
    const isRefused = generated instanceof Refusal;
    if (name === 'warnings' && !isRefused) {
      return generated.warnings
        .map(({ file, pointer, message }) => `${file}#${pointer}: ${message}\n`)
        .join('');
    }
    if (language === 'text') {
      return `${isRefused ? generated.message.replaceAll(`${folder}/`, '') : 'no refusal'}\n`;
    }
    if (isRefused) throw generated.reason;
    const [, ...body] = readFileSync(join(folder, 'out', name), 'utf8').split('\n\n');
    return body.join('\n\n');
  };
}

describe('scenarios', () => {
  test('there are pages, each with a title of its own, an input and something expected', () => {
    assert.ok(pages.length >= 30, `only ${pages.length} pages`);
    assert.equal(new Set(pages.map(({ title }) => title)).size, pages.length);
    for (const { file, title, blocks } of pages) {
      assert.notEqual(title, '', `${file} has no title`);
      assert.ok(blocks.some(isInput), `${file} has no input`);
      assert.ok(!blocks.every(isInput), `${file} expects nothing`);
    }
  });

  for (const page of pages) {
    test(page.title, async () => {
      writeInput(page);
      const actual = await outcome(page);
      if (UPDATE === '1') {
        const file = join(PAGES, page.file);
        writeFileSync(file, withExpected(readFileSync(file, 'utf8'), actual));
        return;
      }
      for (const block of page.blocks.filter((block) => !isInput(block))) {
        assert.equal(block.text, actual(block), `${page.file}: ${block.name}`);
      }
    });
  }

  test('everything that the pages generate compiles under the strictest settings', () => {
    const config = join(tmp, 'tsconfig.json');
    const base = relative(tmp, join(root, 'tsconfig.base.json'));
    const compilerOptions = {
      noEmit: true,
      composite: false,
      declarationMap: false,
      // Whoever publishes what is generated may want it.
      isolatedDeclarations: true,
      types: [],
    };
    writeFileSync(config, JSON.stringify({ extends: base, compilerOptions, include: ['*/out/**/*.ts'] }));
    execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', config], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  });
});
