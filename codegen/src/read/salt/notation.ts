import { InputError } from '../../errors.ts';
import { isArray, isObject } from '../../json/values.ts';
import type { JsonSchema, JsonValue } from '../../model.ts';

/** Where a type was written, for messages. */
export interface TypeContext {
  readonly file: string;
  readonly pointer: string;
  /** The types that may be named. */
  readonly names: ReadonlySet<string>;
}

/**
 * A type as our overlays write it: `string`, `integer[]`, `Stats{}` (a mapping to it), alternatives joined by `|`; a
 * list of texts is an enumeration, and a mapping an object, in which `name?` may be missing and `...` stands for
 * properties of any other name.
 */
export function typeOf(written: JsonValue, context: TypeContext): JsonSchema {
  if (typeof written === 'string') return alternatives(written, context);
  if (isArray(written)) return { type: 'string', enum: written, open: true };
  if (isObject(written)) return object(written, context);
  throw wrong(JSON.stringify(written), context);
}

function object(written: Readonly<Record<string, JsonValue>>, context: TypeContext): JsonSchema {
  const { '...': others, ...named } = written;
  const entries = Object.entries(named).map(([key, type]) => ({
    name: key.replace(/\?$/, ''),
    required: !key.endsWith('?'),
    schema: typeOf(type, { ...context, pointer: `${context.pointer}/${key}` }),
  }));
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(({ name, schema }) => [name, schema])),
    required: entries.flatMap(({ name, required }) => (required ? [name] : [])),
    additionalProperties: others === undefined ? false : typeOf(others, context),
  };
}

function alternatives(text: string, context: TypeContext): JsonSchema {
  const parts = text.split('|').map((part) => single(part.trim(), context));
  const [first = {}] = parts;
  return parts.length === 1 ? first : { anyOf: parts };
}

function single(text: string, context: TypeContext): JsonSchema {
  if (text.endsWith('[]')) return { type: 'array', items: single(text.slice(0, -2), context) };
  if (text.endsWith('{}'))
    return { type: 'object', additionalProperties: single(text.slice(0, -2), context) };
  if (context.names.has(text)) return { $ref: text };
  const primitive = Object.hasOwn(PRIMITIVES, text) ? PRIMITIVES[text] : undefined;
  if (primitive === undefined) throw wrong(JSON.stringify(text), context);
  return primitive;
}

const PRIMITIVES: Readonly<Record<string, JsonSchema>> = {
  any: {},
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  null: { type: 'null' },
  number: { type: 'number' },
  string: { type: 'string' },
};

function wrong(what: string, { file, pointer }: TypeContext): InputError {
  return new InputError(`${what} is no type`, {
    file,
    pointer,
    hint: 'Write a name of "types", any, boolean, integer, number, string or null, with [] or {} behind it',
  });
}
