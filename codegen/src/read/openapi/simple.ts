import type { JsonSchema } from '../../model.ts';

/** How many values an enum may have to stand where it is used. */
const MAX_VALUES = 8;

/** How many alternatives a union may have to stand where it is used. */
const MAX_BRANCHES = 4;

/** How deep lists and maps may be nested. */
const MAX_DEPTH = 3;

/**
 * A schema as it may stand in a method's signature: a name, something primitive, a list or a map of such, a small union
 * or enum. Undefined when it is more than that and needs a name of its own.
 */
export function simpleSchema(schema: JsonSchema, depth = 0): JsonSchema | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const { description, default: preset, format, ...said } = schema;
  const { $ref, type, enum: values, const: constant, as, open, items, additionalProperties, ...more } = said;
  const { anyOf, oneOf, ...others } = more;
  if (Object.keys(others).length > 0) return undefined;
  if ($ref !== undefined) return { $ref };
  if (constant !== undefined) return isScalar(constant) ? { enum: [constant] } : undefined;
  if (values !== undefined) {
    const isSmall = values.length <= MAX_VALUES && values.every(isScalar);
    return isSmall ? { enum: values, ...(open !== undefined && { open }) } : undefined;
  }
  const branches = anyOf ?? oneOf;
  if (branches !== undefined) {
    if (type !== undefined || items !== undefined || additionalProperties !== undefined) return undefined;
    if (branches.length > MAX_BRANCHES || (anyOf !== undefined && oneOf !== undefined)) return undefined;
    const inner = branches.flatMap((branch) => simpleSchema(branch, depth + 1) ?? []);
    return inner.length === branches.length ? { anyOf: inner } : undefined;
  }
  const element = items && simpleSchema(items, depth + 1);
  if (items !== undefined && element === undefined) return undefined;
  const rest =
    typeof additionalProperties === 'object'
      ? simpleSchema(additionalProperties, depth + 1)
      : additionalProperties;
  if (additionalProperties !== undefined && rest === undefined) return undefined;
  return {
    ...(type !== undefined && { type }),
    ...(as !== undefined && { as }),
    ...(element !== undefined && { items: element }),
    ...(rest !== undefined && { additionalProperties: rest }),
  };
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
