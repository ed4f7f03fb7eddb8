import { child } from '../../json/pointer.ts';
import { isArray, isObject, type JsonObject } from '../../json/values.ts';
import type { Documents } from '../documents.ts';
import { mappingOf, propertyOf } from './discriminators.ts';
import { type Node, placeOf } from './node.ts';
import { resolve } from './references.ts';
import type { Warnings } from './warnings.ts';

/** A schema with a `discriminator` that others build upon by `allOf`: whoever refers to it means any of them. */
export interface Family {
  readonly parent: Node;
  readonly property: string;
  /** Sorted by place. Empty where the parent lists its alternatives itself. */
  readonly children: readonly { readonly node: Node; readonly values: readonly string[] }[];
}

/** The families of all documents. */
export class Families {
  readonly #families = new Map<string, Family>();
  /** For each schema that builds upon others, the places of those, near and far. */
  readonly #ancestors: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(documents: Documents, warnings: Warnings) {
    const schemas = [...documents.files].flatMap(([path, document]) => componentsOf(path, document));
    const parents = new Map(schemas.map((node) => [placeOf(node), parentsOf(node, documents)]));
    this.#ancestors = new Map([...parents.keys()].map((place) => [place, ancestorsOf(place, parents)]));
    const heirs = new Map<string, Node[]>();
    for (const node of schemas) {
      for (const ancestor of this.#ancestors.get(placeOf(node)) ?? []) {
        const known = heirs.get(ancestor);
        if (known === undefined) heirs.set(ancestor, [node]);
        else known.push(node);
      }
    }
    for (const parent of schemas) {
      const place = placeOf(parent);
      const own = heirs.get(place);
      if (!isObject(parent.value) || parent.value['discriminator'] === undefined || own === undefined)
        continue;
      const property = propertyOf(parent.value, parent);
      if (property === undefined) continue;
      const children = childrenOf(parent, parent.value, own, documents, warnings);
      this.#families.set(place, { parent, property, children });
    }
  }

  /** The family that a schema heads; undefined for any other. */
  of(parent: Node): Family | undefined {
    return this.#families.get(placeOf(parent));
  }

  /** Whether a reference to the head of a family means its own properties alone, as one of its own builds upon it. */
  isUpwards(target: Node, from: Node): boolean {
    const [, owner = ''] = /^(\/components\/schemas\/[^/]+)\/allOf\/\d+\/\$ref$/.exec(from.pointer) ?? [];
    const ancestors = this.#ancestors.get(placeOf({ path: from.path, pointer: owner }));
    return ancestors?.has(placeOf(target)) === true;
  }
}

function componentsOf(path: string, document: unknown): readonly Node[] {
  const schemas = isObject(document) ? child(document['components'], 'schemas') : undefined;
  if (!isObject(schemas)) return [];
  return Object.keys(schemas)
    .sort()
    .map((name) => ({
      path,
      value: schemas[name] ?? null,
      pointer: `/components/schemas/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    }));
}

/** The places that the references of a schema's `allOf` lead to. */
function parentsOf(node: Node, documents: Documents): readonly string[] {
  const list = child(node.value, 'allOf');
  if (!isArray(list)) return [];
  return list.flatMap((part, index) => {
    const ref = child(part, '$ref');
    if (typeof ref !== 'string') return [];
    return placeOf(resolve(documents, ref, { ...node, pointer: `${node.pointer}/allOf/${index}/$ref` }));
  });
}

/** How many schemas one may build upon. Real ones build upon 5. */
const MAX_ANCESTORS = 100;

function ancestorsOf(place: string, parents: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set(parents.get(place));
  for (const ancestor of found) {
    // A longer row than this is refused as soon as it is needed.
    if (found.size > MAX_ANCESTORS) break;
    for (const next of parents.get(ancestor) ?? []) found.add(next);
  }
  found.delete(place);
  return found;
}

function childrenOf(
  parent: Node,
  raw: JsonObject,
  heirs: readonly Node[],
  documents: Documents,
  warnings: Warnings,
): Family['children'] {
  if ('oneOf' in raw || 'anyOf' in raw) return [];
  const mapped = mappingOf(raw, parent, { documents, warnings });
  const nodes = new Map([
    ...[...mapped.values()].map(({ target }) => [placeOf(target), target] as const),
    ...heirs.map((node) => [placeOf(node), node] as const),
  ]);
  // A parent that is mapped itself is one of the alternatives as well: its own properties.
  return [...nodes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([place, node]) => ({ node, values: mapped.get(place)?.values ?? [lastName(node)] }));
}

function lastName({ pointer }: Node): string {
  return (pointer.split('/').at(-1) ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
}
