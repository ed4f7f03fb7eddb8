import { InputError } from '../../errors.ts';
import { child } from '../../json/pointer.ts';
import { isArray, isObject } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';
import { type Documents, documentsOf } from '../documents.ts';
import { member, type Node, type ObjectNode, objectAt, objectOf, refuse, textAt } from './node.ts';
import { fileOf } from './references.ts';
import type { Warnings } from './warnings.ts';

/** A file that describes an API, or a part of one that several files describe. */
export interface Document {
  readonly node: ObjectNode;
  /** What the API is called, for people. */
  readonly title: string;
}

/** Also what came before OpenAPI, which is refused by its version. */
export function isOpenApi(content: JsonValue): boolean {
  return child(content, 'openapi') !== undefined || child(content, 'swagger') !== undefined;
}

export function recognises({ files }: Documents): boolean {
  return [...files.values()].some(isOpenApi);
}

/** The documents and the files that they refer to. Whatever else lies in the folder is passed over. */
export function arrange({ origin, files }: Documents): Documents {
  if (files.size === 1)
    return documentsOf(
      origin,
      [...files].filter(([, content]) => isOpenApi(content)),
    );
  const kept = new Map<string, JsonValue>();
  const waiting = [...files].filter(([, content]) => isOpenApi(content)).map(([path]) => path);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const content = files.get(path);
    if (content === undefined || kept.has(path)) continue;
    kept.set(path, content);
    waiting.push(...filesReferredTo(path, content));
  }
  return documentsOf(origin, kept);
}

/**
 * The other files below the folder of the input that the `$ref`s of a file name. What may not be referred to, or is
 * missing, is refused where it is read: it may stand in an example, which nobody follows.
 */
export function filesReferredTo(path: string, content: JsonValue): readonly string[] {
  const found = new Set<string>();
  const look = (value: JsonValue): void => {
    const ref = child(value, '$ref');
    if (typeof ref === 'string' && !ref.startsWith('#')) found.add(fileOf(ref, path) ?? path);
    const members = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    for (const inner of members) if (typeof inner === 'object') look(inner);
  };
  look(content);
  found.delete(path);
  return [...found].sort();
}

/** The documents, checked as a whole; what stands in them is checked where it is read. */
export function documentsIn({ origin, files }: Documents, warnings: Warnings): readonly Document[] {
  const documents = [...files]
    .filter(([, content]) => isOpenApi(content))
    .map(([path, content]) => {
      const node = objectOf({ value: content, path, pointer: '' }, 'a document');
      assertVersion(node, warnings);
      warnings.unknownKeys(node.value, node, 'document');
      const info = objectAt(node, 'info');
      return { node, title: (info && textAt(info, 'title')?.trim()) || 'Api' };
    });
  if (documents.length > 0) return documents;
  throw new InputError('holds no OpenAPI document', {
    file: origin,
    hint: 'Name a file that begins with "openapi: 3"',
  });
}

function assertVersion(node: ObjectNode, warnings: Warnings): void {
  const version = textAt(node, 'openapi') ?? textAt(node, 'swagger') ?? '';
  if (/^3\.[01](\.|$)/.test(version)) return;
  const at: Node = member(node, 'openapi') ?? member(node, 'swagger') ?? node;
  if (!/^3\.\d+(\.|$)/.test(version)) {
    refuse(
      at,
      `OpenAPI ${JSON.stringify(version)} is no version that we read`,
      'Convert the document to OpenAPI 3.1',
    );
  }
  warnings.add(at, `OpenAPI ${version} is read like 3.1: what is new in it was ignored`);
}

/** Refuses what is none of our documents at all. */
export async function check({ files }: Documents): Promise<void> {
  for (const [path, content] of files) {
    if (!isObject(content) && !isArray(content)) {
      throw new InputError('not an object', {
        file: path,
        hint: 'Write an OpenAPI document, or a file that one refers to',
      });
    }
  }
}
