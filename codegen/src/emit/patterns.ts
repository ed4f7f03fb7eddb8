import { type PrintableSchema, printTypes } from './print.ts';
import type { ArrayOf, GenericOf, IndexedOf, ListOf, Node, NodeOf, ObjectOf, Text } from './tree.ts';

/** A type of which only json-schema-to-typescript knows what it looks like. */
export interface Asked {
  readonly kind: 'asked';
  readonly key: string;
  /** What stands for `$0`, `$1`, … in the answer. */
  readonly parts: readonly Draft[];
}

/** A type that is finished but for the patterns in it. */
export type Draft =
  | Asked
  | Text
  | ObjectOf<Draft>
  | ListOf<Draft>
  | ArrayOf<Draft>
  | IndexedOf<Draft>
  | GenericOf<Draft>;

/**
 * Asks json-schema-to-typescript for all types at once, and for each only once.
 *
 * It takes a millisecond for a schema of usual size, and a description of an API has thousands. Few of them differ
 * in anything but names and property lists, so that is what we put in ourselves: `{ items: { tsType: '$0' } }` is
 * the pattern of every list.
 */
export class Patterns {
  readonly #schemas = new Map<string, PrintableSchema>();
  readonly #answers = new Map<string, Node>();

  ask(schema: PrintableSchema, parts: readonly Draft[]): Draft {
    const key = JSON.stringify(schema);
    this.#schemas.set(key, schema);
    return { kind: 'asked', key, parts };
  }

  /** Has to be called when all is asked and before anything is {@link finish}ed. */
  async answer(): Promise<void> {
    const answers = await printTypes([...this.#schemas.values()]);
    for (const [index, key] of [...this.#schemas.keys()].entries()) {
      const answer = answers[index];
      if (answer !== undefined) this.#answers.set(key, answer);
    }
  }

  finish(draft: Draft): Node {
    if (draft.kind !== 'asked') return mapNode(draft, (part) => this.finish(part));
    const answer = this.#answers.get(draft.key);
    if (answer === undefined) throw new Error(`nobody has asked what ${draft.key} looks like`);
    return filled(answer, new Map(draft.parts.map((part, index) => [`$${index}`, this.finish(part)])));
  }
}

function filled(node: Node, parts: ReadonlyMap<string, Node>): Node {
  if (node.kind === 'text') return parts.get(node.text) ?? node;
  return mapNode(node, (part) => filled(part, parts));
}

/** A copy in which everything directly inside was replaced; what becomes a union in a union is one with it. */
function mapNode<T>(node: NodeOf<T>, map: (part: T) => Node): Node {
  switch (node.kind) {
    case 'text':
      return node;
    case 'object':
      return { ...node, members: node.members.map((member) => ({ ...member, node: map(member.node) })) };
    case 'array':
      return { ...node, of: map(node.of) };
    case 'indexed':
      return { ...node, of: map(node.of), by: map(node.by) };
    case 'tuple':
    case 'generic':
      return { ...node, members: node.members.map(map) };
    case 'union':
    case 'intersection': {
      const parts = node.members
        .map(map)
        .flatMap((part) => (part.kind === node.kind ? part.members : [part]));
      const [first, ...others] = distinct(parts);
      return first !== undefined && others.length === 0 ? first : { ...node, members: distinct(parts) };
    }
  }
}

/** `integer` and `number` are both `number`, which is said once. */
function distinct(parts: readonly Node[]): readonly Node[] {
  const seen = new Set<string>();
  return parts.filter((part) => part.kind !== 'text' || (!seen.has(part.text) && seen.add(part.text)));
}
