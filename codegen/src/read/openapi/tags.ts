import type { JsonSchema } from '../../model.ts';
import { mapParts, partsOf } from '../schema.ts';

type Schemas = ReadonlyMap<string, JsonSchema>;

/**
 * Closes the enums of what tells the branches of a union apart, whether or not the document names a discriminator: of
 * `type` that is `'circle'` in one branch and `'square' | 'oblong'` in another, an open second one would take `'circle'`
 * too, and TypeScript could tell nothing from it.
 */
export function withClosedTags(schemas: Schemas): Schemas {
  const closed = new Set<JsonSchema>();
  for (const schema of schemas.values()) collect(schema, schemas, closed);
  if (closed.size === 0) return schemas;
  const close = (schema: JsonSchema): JsonSchema => {
    if (!closed.has(schema)) return mapParts(schema, close);
    const { open, ...rest } = schema;
    return rest;
  };
  return new Map([...schemas].map(([key, schema]) => [key, close(schema)]));
}

function collect(schema: JsonSchema, schemas: Schemas, closed: Set<JsonSchema>): void {
  for (const union of [schema.oneOf, schema.anyOf]) {
    if (union === undefined) continue;
    const properties = union.flatMap((branch) => propertiesOf(branch, schemas));
    const tags = new Set(properties.filter(([, value]) => isLiteral(value)).map(([name]) => name));
    for (const [name, value] of properties) if (value.open === true && tags.has(name)) closed.add(value);
  }
  for (const part of partsOf(schema)) collect(part, schemas, closed);
}

/** How many references a branch may lead through to its properties. */
const MAX_DEPTH = 8;

/** The properties of a branch, also of what it builds upon. */
function propertiesOf(branch: JsonSchema, schemas: Schemas, depth = 0): readonly [string, JsonSchema][] {
  if (depth > MAX_DEPTH) return [];
  const { $ref, properties = {}, allOf = [] } = branch;
  const target = $ref === undefined ? undefined : schemas.get($ref);
  const others = target === undefined ? allOf : [...allOf, target];
  return [
    ...Object.entries(properties),
    ...others.flatMap((other) => propertiesOf(other, schemas, depth + 1)),
  ];
}

function isLiteral({ const: constant, enum: values }: JsonSchema): boolean {
  return constant !== undefined || values?.length === 1;
}
