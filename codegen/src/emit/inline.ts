import type { JsonSchema, JsonValue } from '../model.ts';
import { quote } from './literal.ts';
import { referenceType, type Scope } from './reference.ts';

/** What a type that stands in a signature depends on. */
export interface InlineContext {
  readonly scope: Scope;
  /** Schemas whose `as` is void. */
  readonly given: ReadonlySet<JsonSchema>;
}

/**
 * The type of a schema that is simple enough to stand in a signature: a name, a primitive, an enum, a list, a map or
 * one of several such. A reader gives everything else a name.
 */
export function inlineType(schema: JsonSchema, context: InlineContext): string {
  return operands(schema, context).join(' | ');
}

/** As an operand of `[]`. */
function grouped(schema: JsonSchema, context: InlineContext): string {
  const members = operands(schema, context);
  return members.length === 1 ? members.join('') : `(${members.join(' | ')})`;
}

function operands(schema: JsonSchema, context: InlineContext): readonly string[] {
  const { $ref, as, type, items, additionalProperties, anyOf, oneOf } = schema;
  if ($ref !== undefined) return [referenceType($ref, context.scope)];
  if (as !== undefined && !context.given.has(schema)) return CONVERTED[as];
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (values !== undefined) return enumerated(values, schema.open === true);
  const alternatives = anyOf ?? oneOf;
  if (alternatives !== undefined) {
    const all = new Set(alternatives.flatMap((each) => operands(each, context)));
    return all.has('unknown') ? ['unknown'] : [...all];
  }
  switch (type) {
    case undefined:
      return ['unknown'];
    case 'array':
      return [items === undefined ? 'unknown[]' : `${grouped(items, context)}[]`];
    case 'object':
      return [mapType(additionalProperties, context)];
    case 'integer':
      return ['number'];
    default:
      return [type];
  }
}

/** What TypeScript has where JSON has a number or a text. */
export const CONVERTED: Readonly<Record<NonNullable<JsonSchema['as']>, readonly string[]>> = {
  bigint: ['bigint'],
  date: ['Date'],
  bytes: ['Uint8Array'],
  file: ['FormFile'],
  time: ['string'],
  integer: ['number', 'bigint'],
  instant: ['Date', 'string'],
};

function mapType(values: JsonSchema['additionalProperties'], context: InlineContext): string {
  if (values === false) return 'Record<string, never>';
  return `{ [key: string]: ${typeof values === 'object' ? inlineType(values, context) : 'unknown'} }`;
}

function enumerated(values: readonly JsonValue[], isOpen: boolean): readonly string[] {
  const literals = values.map((value) => (typeof value === 'string' ? quote(value) : JSON.stringify(value)));
  if (literals.length === 0) return ['never'];
  return isOpen ? [`Open<${literals.join(' | ')}>`] : literals;
}
