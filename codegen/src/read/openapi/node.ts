import { InputError } from '../../errors.ts';
import { child, pointerOf } from '../../json/pointer.ts';
import { isArray, isObject, type JsonObject } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';

/** A value in the documents, and where it stands. */
export interface Node<T extends JsonValue = JsonValue> {
  readonly value: T;
  readonly path: string;
  readonly pointer: string;
}

export type ObjectNode = Node<JsonObject>;

export function refuse({ path, pointer }: Node, problem: string, hint: string): never {
  throw new InputError(problem, { file: path, pointer, hint });
}

/** An operation that can't be called as it is described, in a document that is sound otherwise. */
export class UncallableError extends InputError {
  readonly node: Node;

  constructor(node: Node, problem: string, hint?: string) {
    const { path, pointer } = node;
    super(problem, { file: path, pointer, ...(hint !== undefined && { hint }) });
    this.node = node;
  }
}

/** Refuses the operation that is being read, and no other. */
export function leaveOut(node: Node, problem: string, hint: string): never {
  throw new UncallableError(node, problem, hint);
}

/** Where a value stands, as one text: `openapi.yaml#/paths`. */
export function placeOf({ path, pointer }: Pick<Node, 'path' | 'pointer'>): string {
  return `${path}#${pointer}`;
}

/** What stands under a key; undefined when there is nothing. */
export function member(node: Node, key: string): Node | undefined {
  const value = child(node.value, key);
  return value === undefined ? undefined : below(node, key, value);
}

function below({ path, pointer }: Node, key: string | number, value: JsonValue): Node {
  return { value, path, pointer: pointer + pointerOf([key]) };
}

/** Refuses what is no object. `what` is for the message: `a parameter`. */
export function objectOf(node: Node, what: string): ObjectNode {
  const { value, path, pointer } = node;
  if (isObject(value)) return { value, path, pointer };
  return refuse(node, `${what} is not an object`, 'Write keys and values');
}

/** The object under a key; undefined when there is nothing. */
export function objectAt(node: Node, key: string): ObjectNode | undefined {
  const found = member(node, key);
  return found && objectOf(found, JSON.stringify(key));
}

/** What stands in an object, by the order of its keys, extensions left out. */
export function membersOf(node: ObjectNode | undefined): readonly (readonly [string, Node])[] {
  if (node === undefined) return [];
  return Object.keys(node.value)
    .filter((key) => !key.startsWith('x-'))
    .sort()
    .map((key) => [key, below(node, key, node.value[key] ?? null)] as const);
}

/** The elements of the list under a key; none when there is nothing. */
export function listAt(node: Node, key: string): readonly Node[] {
  const found = member(node, key);
  if (found === undefined) return [];
  const { value } = found;
  if (!isArray(value)) return refuse(found, `${JSON.stringify(key)} is not a list`, 'Write a list');
  return value.map((element, index) => below(found, index, element));
}

/** The text under a key; undefined when there is nothing. A number is taken for its text: `version: 1.0`. */
export function textAt(node: Node, key: string): string | undefined {
  const found = member(node, key);
  if (found === undefined || found.value === null) return undefined;
  if (typeof found.value === 'string') return found.value;
  if (typeof found.value === 'number') return String(found.value);
  return refuse(found, `${JSON.stringify(key)} is not a text`, 'Write a text');
}

/** Whether `true` stands under a key. Anything but a boolean is refused. */
export function flagAt(node: Node, key: string): boolean {
  const found = member(node, key);
  if (found === undefined || found.value === false || found.value === null) return false;
  return (
    found.value === true ||
    refuse(found, `${JSON.stringify(key)} is not true or false`, 'Write true or false')
  );
}

/** One of a few words under a key; undefined when there is nothing. */
export function wordAt<Word extends string>(
  node: Node,
  key: string,
  words: readonly Word[],
): Word | undefined {
  const found = member(node, key);
  if (found === undefined) return undefined;
  const word = words.find((candidate) => candidate === found.value);
  return (
    word ?? refuse(found, `${JSON.stringify(key)} has no such value`, `Write one of ${words.join(', ')}`)
  );
}
