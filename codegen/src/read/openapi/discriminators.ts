import { child } from '../../json/pointer.ts';
import { isArray, isObject, type JsonObject } from '../../json/values.ts';
import type { JsonSchema, JsonValue } from '../../model.ts';
import type { Documents } from '../documents.ts';
import { type Node, type ObjectNode, placeOf, refuse } from './node.ts';
import { resolve } from './references.ts';
import type { Warnings } from './warnings.ts';

/** What references mean. */
export interface Links {
  /** What a reference becomes. `from` is where it stands. */
  readonly refer: (target: Node, from: Node) => string;
  /** The values that stand for those that build upon a schema, where the property tells them apart. */
  readonly heirs: (target: Node, property: string) => readonly string[] | undefined;
}

export interface Reading {
  readonly documents: Documents;
  readonly warnings: Warnings;
  readonly heirs: Links['heirs'];
}

/** What stands under `discriminator`, if it names a property. */
export function propertyOf(raw: JsonObject, here: Node): string | undefined {
  const { discriminator } = raw;
  if (discriminator === undefined) return undefined;
  const property = child(discriminator, 'propertyName');
  if (typeof property === 'string') return property;
  return refuse(
    here,
    'the discriminator has no propertyName',
    'Name the property that tells the branches apart',
  );
}

/**
 * The union of a schema with a `discriminator`, each branch with the values that stand for it: those of `mapping`, or
 * else the name of its schema. A branch without a name is told by what its own property may be, and one that is such a union
 * itself by the values of its own branches; where it doesn't say, the union stays one that nothing tells apart.
 */
export function discriminated(schema: JsonSchema, raw: JsonObject, here: Node, reading: Reading): JsonSchema {
  if (raw['discriminator'] === undefined) return schema;
  const keyword = schema.oneOf === undefined ? 'anyOf' : 'oneOf';
  const { [keyword]: branches, ...rest } = schema;
  if (branches === undefined) return schema;
  const property = propertyOf(raw, here);
  const list = raw[keyword];
  if (property === undefined || !isArray(list)) return schema;
  const told = toldBranches({ ...here, value: raw }, list, property, reading, 0);
  if (told.length !== branches.length || told.some(({ values }) => values.length === 0)) return schema;
  return unionOf(
    rest,
    property,
    branches.flatMap((branch, index) => {
      const one = told[index];
      return one === undefined ? [] : [{ schema: branch, ...one }];
    }),
  );
}

/** How deep such unions may stand within each other. */
const MAX_NESTING = 10;

function toldBranches(
  here: ObjectNode,
  list: readonly JsonValue[],
  property: string,
  reading: Reading,
  depth: number,
): readonly Omit<Branch, 'schema'>[] {
  const mapped = mappingOf(here.value, here, reading);
  return list.map((branch) => {
    const ref = child(branch, '$ref');
    const target =
      typeof ref === 'string' ? resolve(reading.documents, ref, here) : { ...here, value: branch };
    const { value: raw } = target;
    const heirs = reading.heirs(target, property);
    if (heirs !== undefined) return { raw, values: heirs, isUnion: true };
    const inner = innerBranches(raw, property);
    if (inner !== undefined && isObject(raw)) {
      const told =
        depth < MAX_NESTING
          ? toldBranches({ ...target, value: raw }, inner, property, reading, depth + 1)
          : [];
      const isTold = told.every(({ values }) => values.length > 0);
      return { raw, values: isTold ? told.flatMap(({ values }) => values) : [], isUnion: true };
    }
    return {
      raw,
      values: typeof ref === 'string' ? valuesOf(target, property, mapped) : ownValues(raw, property),
    };
  });
}

/** The branches of a schema that is such a union itself, by the same property. */
function innerBranches(raw: JsonValue, property: string): readonly JsonValue[] | undefined {
  if (child(child(raw, 'discriminator'), 'propertyName') !== property) return undefined;
  const list = child(raw, 'oneOf') ?? child(raw, 'anyOf');
  return isArray(list) ? list : undefined;
}

/** One alternative of a union that a property tells apart. */
export interface Branch {
  readonly schema: JsonSchema;
  /** The schema itself, to see whether it says its value already. */
  readonly raw: unknown;
  readonly values: readonly string[];
  /** Whether it is a union that the same property tells apart. */
  readonly isUnion?: boolean;
}

/** Every branch with its property as a literal. */
export function unionOf(rest: JsonSchema, property: string, branches: readonly Branch[]): JsonSchema {
  return {
    ...rest,
    oneOf: branches.map(({ schema, raw, values, isUnion = false }) =>
      isUnion || saysItself(raw, property, values) ? schema : { allOf: [schema, literal(property, values)] },
    ),
    discriminator: { property, values: branches.map(({ values }) => values) },
  };
}

function literal(property: string, values: readonly string[]): JsonSchema {
  const [first = ''] = values;
  return {
    type: 'object',
    properties: { [property]: values.length === 1 ? { const: first } : { enum: values } },
    required: [property],
  };
}

function saysItself(raw: unknown, property: string, values: readonly string[]): boolean {
  if (!isObject(raw)) return false;
  const { required } = raw;
  const own = ownValues(raw, property);
  return isArray(required) && required.includes(property) && own.join('\n') === values.join('\n');
}

/** The values that the property may have by the schema itself, sorted. */
function ownValues(raw: unknown, property: string): readonly string[] {
  const own = isObject(raw) ? child(child(raw, 'properties'), property) : undefined;
  const constant = child(own, 'const');
  const values = constant === undefined ? child(own, 'enum') : [constant];
  return isArray(values) ? values.filter((value) => typeof value === 'string').sort() : [];
}

/** The values by the place of the schema that they stand for. */
export function mappingOf(
  raw: JsonObject,
  here: Node,
  { documents, warnings }: Pick<Reading, 'documents' | 'warnings'>,
): ReadonlyMap<string, { readonly target: Node; readonly values: readonly string[] }> {
  const mapping = child(raw['discriminator'], 'mapping');
  const found = new Map<string, { readonly target: Node; readonly values: readonly string[] }>();
  if (!isObject(mapping)) return found;
  for (const value of Object.keys(mapping).sort()) {
    const ref = mapping[value];
    const target = typeof ref === 'string' ? mappedTo(ref, here, documents) : undefined;
    if (target === undefined) {
      warnings.add(
        here,
        `the discriminator maps ${JSON.stringify(value)} to what doesn't exist, which was ignored`,
      );
      continue;
    }
    const place = placeOf(target);
    found.set(place, { target, values: [...(found.get(place)?.values ?? []), value] });
  }
  return found;
}

/** A mapping names a schema by a reference or by its bare name. */
function mappedTo(ref: string, here: Node, documents: Documents): Node | undefined {
  const named = /^[\w.-]+$/.test(ref)
    ? child(child(child(documents.files.get(here.path), 'components'), 'schemas'), ref)
    : undefined;
  if (named !== undefined) return { value: named, path: here.path, pointer: `/components/schemas/${ref}` };
  return /[#/.]/.test(ref) ? resolve(documents, ref, here) : undefined;
}

function valuesOf(
  target: Node,
  property: string,
  mapped: ReadonlyMap<string, { readonly values: readonly string[] }>,
): readonly string[] {
  const values = mapped.get(placeOf(target))?.values;
  if (values !== undefined) return values;
  const own = ownValues(target.value, property);
  if (own.length > 0) return own;
  const name = target.pointer.split('/').at(-1);
  return name === undefined || name === '' ? [] : [name.replaceAll('~1', '/').replaceAll('~0', '~')];
}
