import { isDeepStrictEqual } from 'node:util';
import { pointerOf } from '../json/pointer.ts';
import type { JsonSchema } from '../model.ts';
import { added, changed, compared, difference, type Finding, removed } from './finding.ts';
import type { Sides } from './sides.ts';

/** A change within a type; the pointer leads to the schema that changed. */
export interface SchemaFinding extends Finding {
  readonly pointer: string;
}

/** What changed in the type of a schema. Prose and formats are no part of it. */
export function schemaChanges(
  before: JsonSchema,
  after: JsonSchema,
  sides: Sides,
  pointer = '',
): readonly SchemaFinding[] {
  const here = (findings: readonly Finding[]) => findings.map((finding) => ({ pointer, ...finding }));
  const shape = difference('the type', shapeOf(before), shapeOf(after), true);
  if (shape.length > 0) return here(shape);
  return [
    ...here(valueChanges(before, after, sides)),
    ...here(difference('the default', json(before.default), json(after.default), false)),
    ...propertyChanges(before, after, sides, pointer),
    ...otherPropertyChanges(before, after, sides, pointer),
    ...innerChanges(before.items, after.items, sides, `${pointer}/items`),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((keyword) =>
      branchChanges(before[keyword], after[keyword], sides, `${pointer}/${keyword}`),
    ),
  ];
}

/** What the rest of a comparison can rely on being the same. */
function shapeOf({ $ref, type, allOf, anyOf, oneOf, enum: values, const: value }: JsonSchema): string {
  const alternatives = Object.entries({ allOf, anyOf, oneOf }).flatMap(([keyword, list]) =>
    list === undefined ? [] : [keyword === 'allOf' ? `allOf of ${list.length}` : keyword],
  );
  const kind = $ref ?? type ?? (values === undefined ? json(value) : 'enumeration');
  return [kind, ...alternatives].filter((word) => word !== undefined).join(', ') || 'anything';
}

function valueChanges(before: JsonSchema, after: JsonSchema, { request, answer }: Sides): readonly Finding[] {
  const [was, is] = [before.enum ?? [], after.enum ?? []];
  const values = (from: JsonSchema['enum'] = [], to: JsonSchema['enum'] = []) =>
    from.filter((value) => !to.some((other) => isDeepStrictEqual(value, other))).map(json);
  return [
    // Whoever sent a value that is gone is refused; whoever waits for it only waits in vain.
    ...values(was, is).map((value) => ({ ...removed(`the value ${value}`), breaking: request })),
    // A switch over a closed enumeration was complete and no longer is.
    ...values(is, was).map((value) => ({
      ...added(`the value ${value}`),
      breaking: answer && after.open !== true,
    })),
  ];
}

function propertyChanges(
  before: JsonSchema,
  after: JsonSchema,
  sides: Sides,
  pointer: string,
): readonly SchemaFinding[] {
  const required = ({ required = [] }: JsonSchema, name: string) => required.includes(name);
  const entries = ({ properties = {} }: JsonSchema) => new Map(Object.entries(properties));
  const inside = (name: string) => pointer + pointerOf(['properties', name]);
  return compared<JsonSchema, SchemaFinding>(entries(before), entries(after), {
    added: (_, name) => [
      { pointer: inside(name), ...added('the property'), breaking: sides.request && required(after, name) },
    ],
    removed: (_, name) => [{ pointer: inside(name), ...removed('the property') }],
    changed: (was, is, name) => [
      ...requiredChange(required(before, name), required(after, name), sides).map((finding) => ({
        pointer: inside(name),
        ...finding,
      })),
      ...schemaChanges(was, is, sides, inside(name)),
    ],
  });
}

function requiredChange(before: boolean, after: boolean, { request, answer }: Sides): readonly Finding[] {
  if (before === after) return [];
  return [after ? changed('required, was optional', request) : changed('optional, was required', answer)];
}

function otherPropertyChanges(
  before: JsonSchema,
  after: JsonSchema,
  sides: Sides,
  pointer: string,
): readonly SchemaFinding[] {
  const [was = true, is = true] = [before.additionalProperties, after.additionalProperties];
  const place = `${pointer}/additionalProperties`;
  if (typeof was === 'object' && typeof is === 'object') return schemaChanges(was, is, sides, place);
  const word = (value: boolean | JsonSchema) =>
    value === true ? 'any' : value === false ? 'none' : shapeOf(value);
  return difference('other properties', word(was), word(is), is === false ? sides.request : is !== true).map(
    (finding) => ({
      pointer,
      ...finding,
    }),
  );
}

/** A branch stands for what it says, not for its place: one that is on both sides is no change, wherever it stands. */
function branchChanges(
  before: readonly JsonSchema[] = [],
  after: readonly JsonSchema[] = [],
  sides: Sides,
  pointer: string,
): readonly SchemaFinding[] {
  const without = (list: readonly JsonSchema[], others: readonly JsonSchema[]) =>
    list.filter((branch) => !others.some((other) => isDeepStrictEqual(branch, other)));
  const [gone, fresh] = [without(before, after), without(after, before)];
  const place = (list: readonly JsonSchema[], branch: JsonSchema) => `${pointer}/${list.indexOf(branch)}`;
  if (gone.length === fresh.length) {
    return fresh.flatMap((branch, index) => innerChanges(gone[index], branch, sides, place(after, branch)));
  }
  return [
    ...gone.map((branch) => ({
      pointer: place(before, branch),
      ...removed('the branch'),
      breaking: sides.request,
    })),
    ...fresh.map((branch) => ({
      pointer: place(after, branch),
      ...added('the branch'),
      breaking: sides.answer,
    })),
  ];
}

function innerChanges(
  before: JsonSchema | undefined,
  after: JsonSchema | undefined,
  sides: Sides,
  pointer: string,
): readonly SchemaFinding[] {
  if (before === undefined && after === undefined) return [];
  return schemaChanges(before ?? {}, after ?? {}, sides, pointer);
}

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
