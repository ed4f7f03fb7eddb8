import { INVISIBLE } from '../invisible.ts';
import type { Doc } from '../model.ts';
import { wrapped } from './wrap.ts';

/** Where a line of generated code ends, if it can. */
export const LINE_WIDTH = 110;

/**
 * The text of a doc comment: prose, then facts, then `@deprecated`. Undefined when there is nothing to say.
 *
 * The text comes from outside and may be anything: what would end the comment, start a tag, an HTML element or
 * a code span that never ends is escaped.
 */
export function docText(doc: Doc): string | undefined {
  const paragraphs = [
    escapeProse(doc.text ?? ''),
    doc.facts.map(escapeProse).join('\n'),
    doc.deprecated === undefined
      ? ''
      : `@deprecated ${escapeProse(doc.deprecated).replaceAll('\n', ' ')}`.trim(),
  ].filter((paragraph) => paragraph !== '');
  return paragraphs.length === 0 ? undefined : paragraphs.join('\n\n');
}

/**
 * The lines of a doc comment that stands `indent` columns from the margin, and whether it is short enough to begin
 * and end on one line. A tag wants a line of its own.
 */
export function docLines(
  text: string,
  indent: number,
): { readonly lines: readonly string[]; readonly isShort: boolean } {
  const lines = wrapped(text, LINE_WIDTH - indent - ' * '.length);
  const [only = ''] = lines;
  const fits = only.length + indent + '/**  */'.length <= LINE_WIDTH;
  return { lines, isShort: lines.length === 1 && fits && !only.startsWith('@') };
}

/** JSON in a code span: `5`, `"a"`. */
export function code(value: unknown): string {
  const text = JSON.stringify(value);
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text}${fence}`;
}

/** Code blocks and code spans that end, and what lies between them. */
const SPANS = /(```[\s\S]*?```|``[^\n]*?``|`[^`\n]+`)/;

/** One line without anything that could have a meaning in a comment. */
const PLAIN = /^[\w ,.;:!?()[\]{}/'"+=%&#$~|^-]*$/;

function escapeProse(text: string): string {
  if (PLAIN.test(text)) return text.trim();
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(INVISIBLE, (character) => (character === '\n' ? '\n' : character === '\t' ? '  ' : ''))
    .split(SPANS)
    .map((part, index) => (index % 2 === 1 ? part : escapeMarkup(part)))
    .join('')
    .replaceAll('*/', '*\\/')
    .replace(/(^|[\s{(*])@(?=\S)/g, '$1\\@')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function escapeMarkup(text: string): string {
  return text.replaceAll('`', '\\`').replace(/<(?=[A-Za-z/!?])/g, '\\<');
}
