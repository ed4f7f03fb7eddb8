import type { Verb } from '../../model.ts';
import { className, spelledOut } from '../../names.ts';
import type { Docs } from '../docs.ts';
import { named } from '../naming.ts';
import type { Document } from './document.ts';
import {
  listAt,
  member,
  membersOf,
  type Node,
  type ObjectNode,
  objectAt,
  objectOf,
  placeOf,
  refuse,
  textAt,
} from './node.ts';
import { followed } from './references.ts';
import type { SchemaReading } from './schemas.ts';
import type { Types } from './types.ts';

/** What operations are read with. */
export interface OperationReading extends SchemaReading {
  readonly types: Types;
  readonly docs: Docs;
}

/** One operation, and where it belongs. */
export interface Operation {
  readonly node: ObjectNode;
  /** What stands around it: parameters and servers of all operations of a path. */
  readonly item: ObjectNode;
  readonly document: Document;
  readonly verb: Verb;
  /** As the document has it: `/pets/{petId}`. */
  readonly template: string;
  readonly operationId: string | undefined;
  readonly tag: string;
  /** Of the tag. */
  readonly class: string;
}

const VERBS: readonly Verb[] = ['get', 'head', 'post', 'put', 'patch', 'delete'];

/** What a client has no use for, or HTTP no word of. */
const IGNORED = ['additionalOperations', 'options', 'query', 'trace'];

/** Every operation of the documents, by path and verb. */
export function operationsOf(documents: readonly Document[], reading: SchemaReading): readonly Operation[] {
  const found = new Map<string, Operation>();
  for (const document of documents) {
    for (const [template, node] of membersOf(objectAt(document.node, 'paths'))) {
      if (!template.startsWith('/'))
        refuse(
          node,
          `the path ${JSON.stringify(template)} does not begin with "/"`,
          'Write it like "/pets/{petId}"',
        );
      for (const operation of ofPath(template, node, document, reading)) {
        const route = `${operation.verb.toUpperCase()} ${template}`;
        // Documents may describe servers that have routes in common: each is a class of its own.
        const key = `${route} ${operation.class}`;
        const before = found.get(key);
        if (before !== undefined && placeOf(before.node) !== placeOf(operation.node)) {
          refuse(
            operation.node,
            `the operation ${route} stands twice, also at ${placeOf(before.node)}`,
            'Keep one',
          );
        }
        // A document may refer to a path of another one, to which it belongs.
        if (before === undefined || document.node.path === operation.node.path) found.set(key, operation);
      }
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, operation]) => operation);
}

function ofPath(
  template: string,
  path: Node,
  document: Document,
  reading: SchemaReading,
): readonly Operation[] {
  const item = followed(reading.documents, path, 'a path');
  reading.warnings.unknownKeys(item.value, item, 'pathItem');
  for (const key of IGNORED) {
    if (key in item.value)
      reading.warnings.add(item, `${JSON.stringify(key)} was ignored: no method is made of it`);
  }
  return VERBS.flatMap((verb) => {
    const found = member(item, verb);
    return found === undefined
      ? []
      : operationOf(objectOf(found, 'an operation'), { item, document, verb, template }, reading);
  });
}

function operationOf(
  node: ObjectNode,
  around: Pick<Operation, 'item' | 'document' | 'verb' | 'template'>,
  reading: SchemaReading,
): Operation {
  reading.warnings.unknownKeys(node.value, node, 'operation');
  const tag = tagOf(node, around.document);
  return {
    node,
    ...around,
    operationId: textAt(node, 'operationId') || undefined,
    tag,
    class: classOf(tag, node),
  };
}

/** The first tag, or the title where there is none. */
export function tagOf(node: Node, { title }: Document): string {
  const [first] = listAt(node, 'tags');
  if (first === undefined) return title;
  return typeof first.value === 'string'
    ? first.value
    : refuse(first, 'a tag is not a text', 'Write its name');
}

/** A class has a folder, and no file system takes names of any length. */
const LONGEST_NAME = 200;

export function classOf(tag: string, node: Node): string {
  const { path, pointer } = node;
  if (tag.length > LONGEST_NAME) {
    refuse(
      node,
      `its class would have a name of ${tag.length} characters`,
      'Shorten the tag, or the title where there is no tag',
    );
  }
  return named(path, pointer, () => spelledOut(tag, className));
}
