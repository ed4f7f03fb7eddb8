import type { JsonSchema } from '../model.ts';
import { mapParts } from './schema.ts';

/**
 * A type is looked at from the caller's side. What comes as an answer has every property for which the service
 * has a default, and may hold a value that was added to an enumeration since; what goes out as a request may
 * leave such a property out, and must not hold such a value.
 */
export type View = 'answer' | 'request';

/** A reduced schema as one view sees it. `rename` gives each reference the name of its type in this view. */
export function inView(schema: JsonSchema, view: View, rename: (ref: string) => string): JsonSchema {
  return look(schema, view, rename, new Set());
}

/** Whether the views differ in this schema itself: what it refers to isn't looked at. */
export function differsByItself(schema: JsonSchema): boolean {
  const same = (ref: string) => ref;
  return JSON.stringify(inView(schema, 'answer', same)) !== JSON.stringify(inView(schema, 'request', same));
}

/** `closed`: names of properties whose enumerations stay closed, as they tell the branches of a union apart. */
function look(
  schema: JsonSchema,
  view: View,
  rename: (ref: string) => string,
  closed: ReadonlySet<string>,
): JsonSchema {
  const discriminators = new Set([...closed, ...discriminatorsOf(schema)]);
  const { properties = {}, ...rest } = schema;
  const looked = Object.entries(properties).map(([name, property]): [string, JsonSchema] => {
    const seen = look(property, view, rename, new Set());
    const { open, ...stillClosed } = seen;
    return [name, discriminators.has(name) ? stillClosed : seen];
  });
  const required = requiredIn(schema, view);
  const { required: _, ...others } = mapParts(rest, (part) =>
    look(part, view, rename, branchOf(schema, part, discriminators)),
  );
  return {
    ...others,
    ...(schema.$ref !== undefined && { $ref: rename(schema.$ref) }),
    ...(schema.properties !== undefined && { properties: Object.fromEntries(looked) }),
    ...(required.length > 0 && { required }),
    ...(view === 'answer' && isExtensible(schema) && { open: true }),
  };
}

/** Properties that have a single value in at least one branch. */
function discriminatorsOf({ oneOf = [], anyOf = [] }: JsonSchema): readonly string[] {
  return [...oneOf, ...anyOf].flatMap(({ properties = {} }) =>
    Object.entries(properties)
      .filter(([, property]) => property.const !== undefined || property.enum?.length === 1)
      .map(([name]) => name),
  );
}

function branchOf(
  { oneOf = [], anyOf = [] }: JsonSchema,
  part: JsonSchema,
  discriminators: ReadonlySet<string>,
): ReadonlySet<string> {
  return oneOf.includes(part) || anyOf.includes(part) ? discriminators : new Set();
}

function requiredIn({ properties = {}, required = [] }: JsonSchema, view: View): readonly string[] {
  return Object.entries(properties)
    .filter(([name, property]) =>
      property.default === undefined ? required.includes(name) : view === 'answer',
    )
    .map(([name]) => name);
}

/** One value is a constant; several strings are what a service knew when it was described. */
function isExtensible(schema: JsonSchema): boolean {
  return (schema.enum?.length ?? 0) > 1 && schema.enum?.every((value) => typeof value === 'string') === true;
}
