import type { JsonSchema } from '../../model.ts';
import { mapParts, partsOf } from '../schema.ts';

type Schemas = ReadonlyMap<string, JsonSchema>;

/** A branch of a union that a property tells apart, of which {@link literal} makes more than it says itself. */
interface Branch {
  readonly key: string;
  readonly literal: JsonSchema;
}

/**
 * Moves the literals that tell the branches of a union apart into the types of the branches, so that `Cat` itself says
 * `kind: 'cat'` and the union is `Cat | Dog`. A type stays as it is that stands for different values in different
 * unions, that others build upon, or that is a union itself. `placeOf` is what both views of a type share.
 */
export function withLiterals(schemas: Schemas, placeOf: (key: string) => string): Schemas {
  const literals = new Map<string, Map<string, JsonSchema>>();
  const builtUpon = new Set<string>();
  for (const schema of schemas.values()) {
    // Another name for a type may stand for another value.
    if (schema.$ref !== undefined) builtUpon.add(placeOf(schema.$ref));
    collect(schema, placeOf, literals, builtUpon);
  }

  const own = (key: string): JsonSchema | undefined => {
    const [literal, ...others] = literals.get(placeOf(key))?.values() ?? [];
    if (literal === undefined || others.length > 0 || builtUpon.has(placeOf(key))) return undefined;
    return joined(schemas.get(key) ?? {}, literal);
  };
  const bare = (schema: JsonSchema): JsonSchema => {
    const branch = branchOf(schema);
    if (branch !== undefined && own(branch.key) !== undefined) return { $ref: branch.key };
    return mapParts(schema, bare);
  };
  return new Map([...schemas].map(([key, schema]) => [key, bare(own(key) ?? schema)]));
}

function collect(
  schema: JsonSchema,
  placeOf: (key: string) => string,
  literals: Map<string, Map<string, JsonSchema>>,
  builtUpon: Set<string>,
): void {
  const branches =
    schema.discriminator === undefined ? [] : (schema.oneOf ?? []).flatMap((one) => branchOf(one) ?? []);
  for (const { key, literal } of branches) {
    const place = placeOf(key);
    literals.set(place, (literals.get(place) ?? new Map()).set(JSON.stringify(literal), literal));
  }
  if (branchOf(schema) === undefined) {
    for (const { $ref } of schema.allOf ?? []) if ($ref !== undefined) builtUpon.add(placeOf($ref));
  }
  for (const part of partsOf(schema)) collect(part, placeOf, literals, builtUpon);
}

/** `{ allOf: [{ $ref }, literal] }`, as `unionOf` writes it. */
function branchOf({ allOf, ...rest }: JsonSchema): Branch | undefined {
  const [{ $ref: key } = {}, literal, ...others] = allOf ?? [];
  if (key === undefined || literal === undefined || others.length > 0 || Object.keys(rest).length > 0)
    return undefined;
  const [property, ...more] = Object.values(literal.properties ?? {});
  const isLiteral = more.length === 0 && (property?.const !== undefined || property?.enum !== undefined);
  return isLiteral ? { key, literal } : undefined;
}

/** A type that also says its literal; undefined where it cannot. */
function joined(schema: JsonSchema, literal: JsonSchema): JsonSchema | undefined {
  const { description, default: preset, format, ...said } = schema;
  const { allOf, $ref, type, properties = {}, required = [], ...others } = said;
  if ($ref !== undefined)
    return { ...(description !== undefined && { description }), allOf: [{ $ref }, literal] };
  if (others.anyOf !== undefined || others.oneOf !== undefined) return undefined;
  if (allOf !== undefined) return { ...schema, allOf: [...allOf, literal] };
  if (type !== 'object') return undefined;
  const names = Object.entries({ ...properties, ...literal.properties }).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...schema,
    properties: Object.fromEntries(names),
    required: [...new Set([...required, ...(literal.required ?? [])])].sort(),
  };
}
