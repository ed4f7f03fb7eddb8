import { segmentsOf, valueAt } from '../../json/pointer.ts';
import type { Documents } from '../documents.ts';
import { type Node, type ObjectNode, objectOf, placeOf, refuse } from './node.ts';

/** How many references may lead from one to the next. Real documents need 3. */
const MAX_CHAIN = 100;

/** The file that a `$ref` names and the part of it. Refuses what lies outside of the input's own folder. */
function parseReference(ref: string, from: Node): { readonly path: string; readonly pointer: string } {
  const path = fileOf(ref, from.path);
  const pointer = decoded(ref.includes('#') ? ref.slice(ref.indexOf('#') + 1) : '');
  if (path === undefined) {
    return refuse(
      from,
      `${JSON.stringify(ref)} lies outside of the folder that is read`,
      'Keep what belongs together in one folder and refer to it by a relative path: nothing is ever fetched',
    );
  }
  if (pointer !== undefined && segmentsOf(pointer) !== undefined) return { path, pointer };
  return refuse(
    from,
    `${JSON.stringify(ref)} has no JSON pointer as its fragment`,
    'Write it like "#/components/schemas/Pet"',
  );
}

/** The path of the file that a `$ref` in the file `from` names; undefined for what is none below the input's folder. */
export function fileOf(ref: string, from: string): string | undefined {
  const file = decoded(ref.replace(/#.*$/s, ''));
  if (file === undefined || /^([a-z][a-z\d+.-]*:|\/)|[\\\0?]/i.test(file)) return undefined;
  if (file === '') return from;
  const steps = from.split('/').slice(0, -1);
  for (const step of file.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.join('/');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** What references were found to mean, by the file in which they stand: the same few stand everywhere. */
const known = new WeakMap<Documents, Map<string, Node>>();

/** What a `$ref` refers to. `from` is the place of the `$ref` itself. */
export function resolve(documents: Documents, ref: string, from: Node): Node {
  const nodes = known.get(documents) ?? new Map<string, Node>();
  known.set(documents, nodes);
  const key = `${from.path}\n${ref}`;
  const node = nodes.get(key) ?? find(documents, ref, from);
  nodes.set(key, node);
  return node;
}

function find({ files }: Documents, ref: string, from: Node): Node {
  const { path, pointer } = parseReference(ref, from);
  const document = files.get(path);
  if (document === undefined) {
    return refuse(
      from,
      `${JSON.stringify(ref)} refers to a file that is missing, or that a link leads to, which is not followed`,
      'Add the file itself, or correct its name',
    );
  }
  const value = valueAt(document, segmentsOf(pointer) ?? []);
  if (value !== undefined) return { value, path, pointer };
  return refuse(
    from,
    `${JSON.stringify(ref)} refers to what doesn't exist`,
    'Correct the reference, or add what is missing',
  );
}

/** An object, or the one that its `$ref` leads to: of everything that isn't a schema. */
export function followed(documents: Documents, start: Node, what: string): ObjectNode {
  let node = objectOf(start, what);
  const seen = new Set([placeOf(node)]);
  for (;;) {
    const { $ref } = node.value;
    if (typeof $ref !== 'string') return node;
    node = objectOf(resolve(documents, $ref, { ...node, pointer: `${node.pointer}/$ref` }), what);
    if (seen.has(placeOf(node)))
      refuse(start, 'refers to nothing but itself', `Say at one place what ${what} is`);
    if (seen.size > MAX_CHAIN) {
      refuse(
        start,
        `leads through more than ${MAX_CHAIN} references`,
        'Refer to what stands at the end directly',
      );
    }
    seen.add(placeOf(node));
  }
}
