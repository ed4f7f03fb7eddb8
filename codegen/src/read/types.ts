import { InputError } from '../errors.ts';
import { child, pointerOf, segmentsOf, valueAt } from '../json/pointer.ts';
import type { NamedType, TypeRef } from '../model.ts';
import { inputTypeName, type Names, typeName } from '../names.ts';
import { assertNoEndlessAlias } from './aliases.ts';
import type { Documents } from './documents.ts';
import { named } from './naming.ts';
import { differingTargets, neededViews } from './needed-views.ts';
import { keyOf, type Place, type ResolveRef, type Root, readTypeGraph } from './type-graph.ts';
import { inView, type View } from './views.ts';

export interface Types {
  /** Sorted by name. */
  readonly named: readonly NamedType[];
  /** The type of one of the roots. */
  readonly refTo: (root: Root) => TypeRef;
}

/**
 * The types that the roots need, each under one name. One that travels both ways and differs between the views
 * has two: `Task` as it is answered and `TaskInput` as it is sent.
 */
export function typesOf(
  documents: Documents,
  roots: readonly Root[],
  resolve: ResolveRef,
  names: Names,
): Types {
  const graph = readTypeGraph(documents, roots, resolve);
  assertNoEndlessAlias(graph);
  const differing = differingTargets(graph);
  const needed = [...neededViews(graph, roots, differing)].sort(([a], [b]) => (a < b ? -1 : 1));

  const claimed = needed.map(([key, views]): [string, Readonly<Record<View, string>>] => {
    const place = graph.units.get(key) ?? { path: '', pointer: '' };
    const claim = (name: string) =>
      named(place.path, place.pointer, () => names.claim(name, sourceOf(place)));
    const answer = claim(ownName(documents, place));
    return [key, { answer, request: views.length === 2 ? claim(inputTypeName(answer)) : answer }];
  });
  const namesOf = new Map(claimed);

  const nameIn = (view: View, ref: string): string => {
    const { unit = '', property } = graph.targets.get(ref) ?? {};
    const name = namesOf.get(unit)?.[differing.has(ref) ? view : 'answer'] ?? '';
    return property === undefined ? name : name + pointerOf(['properties', property]);
  };
  const types = needed.flatMap(([key, views]) => {
    const { schema = {}, ...place } = graph.units.get(key) ?? { path: '', pointer: '' };
    return views.map((view) => ({
      name: namesOf.get(key)?.[view] ?? '',
      source: sourceOf(place),
      schema: inView(schema, view, (ref) => nameIn(view, ref)),
    }));
  });
  return {
    named: types.sort((a, b) => (a.name < b.name ? -1 : 1)),
    refTo: (root) => ({ $ref: nameIn(root.view, keyOf(root)) }),
  };
}

function sourceOf({ path, pointer }: Place): string {
  return pointer === '' ? path : keyOf({ path, pointer });
}

/** After the file, with the names on the way to the part; `x-name` in a correction settles what would clash. */
function ownName(documents: Documents, { path, pointer }: Place): string {
  const segments = segmentsOf(pointer) ?? [];
  const own = child(valueAt(documents.files.get(path) ?? null, segments), 'x-name');
  if (own === undefined)
    return typeName(path, segments.filter((segment) => !KEYWORDS.has(segment)).join(' '));
  if (typeof own === 'string') return typeName(own);
  throw new InputError('x-name is not a text', { file: path, pointer, hint: 'Write the name of the type' });
}

/** What is left out between the names on the way to a part: `#/definitions/request` of hashes is HashesRequest. */
const KEYWORDS = new Set(['$defs', 'definitions', 'properties']);
