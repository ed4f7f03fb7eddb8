import { propertyKey, quote } from './literal.ts';

/** A type as a tree. */
export type Node = Text | ObjectOf<Node> | ListOf<Node> | ArrayOf<Node> | IndexedOf<Node> | GenericOf<Node>;

/** The same of other parts, such as those that become a {@link Node} later. */
export type NodeOf<Part> =
  | Text
  | ObjectOf<Part>
  | ListOf<Part>
  | ArrayOf<Part>
  | IndexedOf<Part>
  | GenericOf<Part>;

export interface Text {
  readonly kind: 'text';
  readonly text: string;
}

export interface ObjectOf<Part> {
  readonly kind: 'object';
  readonly members: readonly Member<Part>[];
}

export interface ListOf<Part> {
  readonly kind: 'union' | 'intersection' | 'tuple';
  readonly members: readonly Part[];
}

export interface ArrayOf<Part> {
  readonly kind: 'array';
  readonly of: Part;
}

export interface IndexedOf<Part> {
  readonly kind: 'indexed';
  readonly of: Part;
  readonly by: Part;
}

export interface GenericOf<Part> {
  readonly kind: 'generic';
  readonly name: string;
  readonly members: readonly Part[];
}

/** The types directly inside of a type. */
export function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'text':
      return [];
    case 'object':
      return node.members.map((member) => member.node);
    case 'array':
      return [node.of];
    case 'indexed':
      return [node.of, node.by];
    default:
      return node.members;
  }
}

/** A property or an index signature. */
export interface Member<Part = Node> {
  readonly doc: string;
  /** Up to and with the colon. */
  readonly key: string;
  readonly node: Part;
}

interface Token {
  readonly kind: 'comment' | 'string' | 'number' | 'word' | 'mark' | 'end';
  readonly text: string;
  readonly startsLine: boolean;
}

const TOKEN =
  /\s*(?:(?<comment>\/\*\*[\s\S]*?\*\/)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<number>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?<word>[A-Za-z_$][\w$]*)|(?<mark>[{}[\]()<>|&?:;,=]))/y;

/**
 * Reads the types of the properties of an interface that json-schema-to-typescript printed. Its grammar is small;
 * whatever is not of it is refused, which also proves that nothing but types came out.
 */
export function readMembers(text: string): readonly Member[] {
  return new Parser(text).members();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokens(text.trim());
  }

  members(): readonly Member[] {
    this.#expect('export');
    this.#expect('interface');
    this.#next();
    this.#expect('{');
    const members = this.#members();
    if (this.#peek().kind !== 'end') this.#refuse();
    return members;
  }

  #type(): Node {
    return this.#operation('union', '|', () => this.#operation('intersection', '&', () => this.#postfix()));
  }

  #operation(kind: 'union' | 'intersection', mark: string, operand: () => Node): Node {
    const members = [operand()];
    while (this.#take(mark)) members.push(operand());
    const [first] = members;
    return first !== undefined && members.length === 1
      ? first
      : { kind, members: members.flatMap((node) => (node.kind === kind ? node.members : [node])) };
  }

  #postfix(): Node {
    let node = this.#primary();
    // At the start of a line a bracket opens the next member: `[k: string]: unknown`.
    while (this.#peek().text === '[' && !this.#peek().startsLine) {
      this.#next();
      if (this.#take(']')) {
        node = { kind: 'array', of: node };
      } else {
        node = { kind: 'indexed', of: node, by: this.#type() };
        this.#expect(']');
      }
    }
    return node;
  }

  #primary(): Node {
    const token = this.#next();
    if (token.kind === 'string') return { kind: 'text', text: requoted(token.text) };
    if (token.kind === 'number') return { kind: 'text', text: token.text };
    if (token.kind === 'word') {
      return this.#take('<')
        ? { kind: 'generic', name: token.text, members: this.#list('>') }
        : { kind: 'text', text: token.text };
    }
    if (token.text === '{') return { kind: 'object', members: this.#members() };
    if (token.text === '[') return { kind: 'tuple', members: this.#list(']') };
    if (token.text !== '(') this.#refuse(token);
    const node = this.#type();
    this.#expect(')');
    return node;
  }

  #list(end: string): Node[] {
    const members: Node[] = [];
    while (!this.#take(end)) {
      members.push(this.#type());
      this.#take(',');
    }
    return members;
  }

  #members(): Member[] {
    const members: Member[] = [];
    while (!this.#take('}')) {
      const doc = this.#comment();
      const key = this.#take('[') ? this.#indexSignature() : this.#propertyName();
      this.#expect(':');
      members.push({ doc, key, node: this.#type() });
      if (!this.#take(',')) this.#take(';');
    }
    return members;
  }

  #indexSignature(): string {
    this.#next();
    this.#expect(':');
    this.#expect('string');
    this.#expect(']');
    return '[key: string]:';
  }

  #propertyName(): string {
    const token = this.#next();
    if (token.kind !== 'word' && token.kind !== 'string') this.#refuse(token);
    const name = token.kind === 'string' ? String(JSON.parse(token.text)) : token.text;
    return `${propertyKey(name)}${this.#take('?') ? '?' : ''}:`;
  }

  #comment(): string {
    if (this.#peek().kind !== 'comment') return '';
    const lines = this.#next()
      .text.slice(3, -2)
      .split('\n')
      .map((line) => line.replace(/^ ?\* ?/, ''));
    return lines.join('\n').trim();
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? END;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #take(text: string): boolean {
    const { kind, text: found } = this.#peek();
    const taken = found === text && (kind === 'mark' || kind === 'word');
    if (taken) this.#at += 1;
    return taken;
  }

  #expect(text: string): void {
    if (!this.#take(text)) this.#refuse();
  }

  #refuse(token: Token = this.#peek()): never {
    throw new Error(`json-schema-to-typescript printed ${JSON.stringify(token.text)} where no type has it`);
  }
}

const END: Token = { kind: 'end', text: '', startsLine: true };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match?.groups === undefined) {
      throw new Error(
        `json-schema-to-typescript printed ${JSON.stringify(text.slice(at, at + 20))} where no type has it`,
      );
    }
    for (const kind of ['comment', 'string', 'number', 'word', 'mark'] as const) {
      const piece = match.groups[kind];
      if (piece === undefined) continue;
      found.push({ kind, text: piece, startsLine: match[0].slice(0, -piece.length).includes('\n') });
    }
    at = TOKEN.lastIndex;
  }
  return found;
}

/** In double quotes is what json-schema-to-typescript wrote as JSON; single quotes are ours already. */
function requoted(literal: string): string {
  return literal.startsWith('"') ? quote(String(JSON.parse(literal))) : literal;
}
