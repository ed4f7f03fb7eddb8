import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the pages are. */
export const PAGES = join(import.meta.dirname, '..', 'scenarios');

/** A fenced block of a page: its language, what stands after that, and its text. */
export interface Block {
  readonly language: string;
  readonly name: string;
  readonly text: string;
}

/** One page of test/scenarios: `json` and `yaml` blocks are the input, `ts` and `text` blocks what is expected. */
export interface Page {
  readonly file: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

const FENCE = /^```(?<language>\w+) (?<name>\S+)\n(?<text>[\s\S]*?)^```$/gm;

export function readPages(): Page[] {
  return readdirSync(PAGES)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => readPage(file, readFileSync(join(PAGES, file), 'utf8')));
}

export function readPage(file: string, markdown: string): Page {
  const blocks = [...markdown.matchAll(FENCE)].map(({ groups = {} }) => {
    const { language = '', name = '', text = '' } = groups;
    return { language, name, text };
  });
  return { file, title: /^# (.+)$/m.exec(markdown)?.[1] ?? '', blocks };
}

/** The page with the text of its expected blocks replaced. */
export function withExpected(markdown: string, expected: (block: Block) => string): string {
  return markdown.replace(FENCE, (whole, language: string, name: string, text: string) =>
    isInput({ language }) ? whole : `\`\`\`${language} ${name}\n${expected({ language, name, text })}\`\`\``,
  );
}

export function isInput({ language }: Pick<Block, 'language'>): boolean {
  return language === 'json' || language === 'yaml';
}
