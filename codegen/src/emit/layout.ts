import { docLines, LINE_WIDTH } from './doc.ts';
import type { Member, Node } from './tree.ts';

/**
 * The declaration of a type, an interface when it is an object.
 *
 * The formatter of json-schema-to-typescript, prettier, costs three times as much as all the rest of it.
 */
export function layOut(name: string, doc: string, node: Node): string {
  if (node.kind === 'object')
    return `${blockComment(doc, 0)}export interface ${name} ${renderObject(node.members, 0)}`;
  const head = `export type ${name} = `;
  return `${blockComment(doc, 0)}${joined(head, render(node, 0, LINE_WIDTH - head.length - 1, true))};`;
}

/** A doc comment and the end of its line, `indent` columns from the margin; nothing when there is nothing to say. */
export function blockComment(doc: string, indent: number): string {
  if (doc === '') return '';
  const pad = ' '.repeat(indent);
  const { lines, isShort } = docLines(doc, indent);
  if (isShort) return `${pad}/** ${lines.join('')} */\n`;
  return `${pad}/**\n${lines.map((line) => `${`${pad} * ${line}`.trimEnd()}\n`).join('')}${pad} */\n`;
}

/** `room` is what is left of the line; a union that doesn't fit starts on a line of its own when it `mayBreak`. */
function render(node: Node, indent: number, room: number, mayBreak = false): string {
  const line = flat(node);
  if (line !== undefined && line.length <= room) return line;
  const pad = ' '.repeat(indent);
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'object':
      return renderObject(node.members, indent);
    case 'array':
      return `${grouped(node.of, indent, room - 2)}[]`;
    case 'indexed':
      return `${grouped(node.of, indent, room)}[${render(node.by, indent, room)}]`;
    case 'tuple':
      return `[${renderList(node.members, indent)}${pad}]`;
    case 'generic':
      return `${node.name}<${renderList(node.members, indent)}${pad}>`;
    case 'intersection':
      return node.members.map((member) => grouped(member, indent, room)).join(' & ');
    case 'union':
      return mayBreak
        ? renderUnion(node.members, indent + 2)
        : `(${renderUnion(node.members, indent + 2)}\n${pad})`;
  }
}

function renderObject(members: readonly Member[], indent: number): string {
  return `{\n${members.map((member) => renderMember(member, indent + 2)).join('')}${' '.repeat(indent)}}`;
}

function renderMember({ doc, key, node }: Member, indent: number): string {
  const head = `${' '.repeat(indent)}${key} `;
  return `${blockComment(doc, indent)}${joined(head, render(node, indent, LINE_WIDTH - head.length - 1, true))};\n`;
}

/** A union that starts on a line of its own leaves no blank behind the `=` or the colon. */
function joined(head: string, type: string): string {
  return `${type.startsWith('\n') ? head.trimEnd() : head}${type}`;
}

function renderUnion(members: readonly Node[], indent: number): string {
  const pad = ' '.repeat(indent);
  return members
    .map((member) => `\n${pad}| ${grouped(member, indent + 2, LINE_WIDTH - indent - 3)}`)
    .join('');
}

function renderList(members: readonly Node[], indent: number): string {
  const pad = ' '.repeat(indent + 2);
  const room = LINE_WIDTH - indent - 3;
  const lines = members.map((member) => {
    const text = render(member, member.kind === 'union' ? indent : indent + 2, room, true);
    return text.startsWith('\n') ? text : `\n${pad}${text}`;
  });
  return `${lines.join(',')}\n`;
}

function grouped(node: Node, indent: number, room: number): string {
  if (node.kind !== 'union' && node.kind !== 'intersection') return render(node, indent, room);
  const line = flat(node);
  if (line !== undefined && line.length <= room - 2) return `(${line})`;
  const text = render(node, indent, room - 2);
  // A union of several lines has its parentheses.
  return node.kind === 'union' ? text : `(${text})`;
}

/** The node on one line, if it can be: an object with members cannot. */
function flat(node: Node): string | undefined {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'object':
      return flatObject(node.members);
    case 'array':
      return suffixed(node.of, '[]');
    case 'indexed': {
      const by = flat(node.by);
      return by === undefined ? undefined : suffixed(node.of, `[${by}]`);
    }
    case 'tuple':
      return between('[', flatAll(node.members, ', '), ']');
    case 'generic':
      return between(`${node.name}<`, flatAll(node.members, ', '), '>');
    case 'intersection':
      return flatAll(node.members.map(onOneLine), ' & ', true);
    case 'union':
      return flatAll(node.members, ' | ', node.members.length > 1);
  }
}

function flatObject(members: readonly Member[]): string | undefined {
  const [only] = members;
  if (only === undefined) return '{}';
  const type = flat(only.node);
  const isIndexSignature = only.key.startsWith('[') && members.length === 1 && only.doc === '';
  return isIndexSignature && type !== undefined ? `{ ${only.key} ${type} }` : undefined;
}

/** What an intersection adds is often a single property that tells alternatives apart. */
function onOneLine(node: Node): Node {
  if (node.kind !== 'object') return node;
  const [only, ...more] = node.members;
  const type = only === undefined ? undefined : flat(only.node);
  if (only === undefined || more.length > 0 || only.doc !== '' || type === undefined) return node;
  return { kind: 'text', text: `{ ${only.key} ${type} }` };
}

function flatAll(members: readonly Node[], separator: string, group = false): string | undefined {
  const lines = members.map((member) => (group ? suffixed(member, '') : flat(member)));
  return lines.every((line) => line !== undefined) ? lines.join(separator) : undefined;
}

function suffixed(node: Node, suffix: string): string | undefined {
  const line = flat(node);
  const needsGroup = node.kind === 'union' || node.kind === 'intersection';
  return line === undefined ? undefined : `${needsGroup ? `(${line})` : line}${suffix}`;
}

function between(start: string, line: string | undefined, end: string): string | undefined {
  return line === undefined ? undefined : `${start}${line}${end}`;
}
