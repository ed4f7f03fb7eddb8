import { pointerOf, segmentsOf, valueAt } from '../json/pointer.ts';
import { isObject } from '../json/values.ts';
import type { JsonSchema } from '../model.ts';
import type { Documents } from './documents.ts';
import { partsOf, reduceSchema } from './schema.ts';
import type { View } from './views.ts';

/** A schema in the documents. */
export interface Place {
  readonly path: string;
  readonly pointer: string;
}

/** A schema that a method or an event names, and the side from which it is looked at. */
export interface Root extends Place {
  readonly view: View;
}

/** Reads a `$ref` of a document; undefined when it allows anything. Throws an `InputError` when it isn't allowed. */
export type ResolveRef = (ref: string, from: Place) => Place | undefined;

/** A schema that gets a name of its own: a whole document, or a part that is referred to. */
export interface Unit extends Place {
  /** Its references are keys of {@link TypeGraph.targets}. */
  readonly schema: JsonSchema;
}

/** What a reference can mean: a unit, or a property of one. */
export interface Target {
  readonly unit: string;
  readonly property?: string;
  readonly schema: JsonSchema;
}

/** Every schema that the roots need, and how they refer to each other. */
export interface TypeGraph {
  readonly units: ReadonlyMap<string, Unit>;
  readonly targets: ReadonlyMap<string, Target>;
}

export function keyOf({ path, pointer }: Place): string {
  return `${path}#${pointer}`;
}

/** Reads the documents from the roots on, reference by reference. */
export function readTypeGraph(documents: Documents, roots: readonly Root[], resolve: ResolveRef): TypeGraph {
  const units = new Map<string, Unit>();
  const wanted = new Map<string, { readonly unit: Place; readonly property?: string }>();
  const waiting: Place[] = [];

  const want = (place: Place): string => {
    const key = keyOf(place);
    if (!wanted.has(key)) {
      const target = targetOf(documents, place);
      wanted.set(key, target);
      waiting.push(target.unit);
    }
    return key;
  };
  for (const root of roots) want(root);
  for (let unit = waiting.pop(); unit !== undefined; unit = waiting.pop()) {
    const { path, pointer } = unit;
    if (units.has(keyOf(unit))) continue;
    const segments = segmentsOf(pointer) ?? [];
    const schema = reduceSchema(
      valueAt(documents.files.get(path) ?? null, segments) ?? null,
      {
        file: path,
        resolve: (ref, at) => {
          const place = resolve(ref, { path, pointer: pointerOf(at) });
          return place && want(place);
        },
      },
      segments,
    );
    units.set(keyOf(unit), { path, pointer, schema });
  }
  const targets = [...wanted].map(([key, { unit, property }]): [string, Target] => {
    const schema = units.get(keyOf(unit))?.schema;
    if (property === undefined) return [key, { unit: keyOf(unit), schema: schema ?? {} }];
    return [key, { unit: keyOf(unit), property, schema: schema?.properties?.[property] ?? {} }];
  });
  return { units, targets: new Map(targets) };
}

/** `#/properties/x` of something that has a name is a property of that; any other part becomes a unit itself. */
function targetOf(documents: Documents, place: Place): { unit: Place; property?: string } {
  const { path, pointer } = place;
  const segments = segmentsOf(pointer) ?? [];
  const owner = segments.slice(0, -2);
  const [keyword, property] = segments.slice(-2);
  const ownerHasName =
    owner.length === 0 || (owner.length === 2 && ['definitions', '$defs'].includes(owner[0] ?? ''));
  const raw = valueAt(documents.files.get(path) ?? null, owner);
  if (keyword !== 'properties' || property === undefined || !ownerHasName || !isPlainObjectSchema(raw)) {
    return { unit: place };
  }
  return { unit: { path, pointer: pointerOf(owner) }, property };
}

/** Of a union TypeScript can only take a property that every branch has. */
function isPlainObjectSchema(raw: unknown): boolean {
  return (
    isObject(raw) && !['$ref', 'allOf', 'anyOf', 'oneOf', 'enum', 'const'].some((keyword) => keyword in raw)
  );
}

/** Every reference in a schema. */
export function refsIn(schema: JsonSchema): readonly string[] {
  const inner = partsOf(schema).flatMap(refsIn);
  return schema.$ref === undefined ? inner : [schema.$ref, ...inner];
}
