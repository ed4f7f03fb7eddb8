import type { JsonSchema, JsonValue } from '../../model.ts';
import type { Signature } from './functions.ts';

/** A parameter of a function. */
interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** Defaults belong to the last arguments: those before them have to be given. */
export function parametersOf({ args = [], defaults = [] }: Signature): readonly Parameter[] {
  const first = args.length - defaults.length;
  return args.map((name, index) => ({
    name,
    required: index < first,
    schema: index < first ? {} : schemaOf(defaults[index - first] ?? null),
  }));
}

/** Nothing but its default tells what a parameter is; what has no default of a type may be anything. */
function schemaOf(preset: JsonValue): JsonSchema {
  switch (typeof preset) {
    case 'boolean':
      return { type: 'boolean', default: preset };
    case 'number':
      return { type: Number.isInteger(preset) ? 'integer' : 'number', default: preset };
    case 'string':
      return isSentinel(preset) ? {} : { type: 'string', default: preset };
    default:
      return Array.isArray(preset) ? { type: 'array', items: {}, default: preset } : {};
  }
}

/** How introspection writes a Python object that stands for "not given". */
function isSentinel(text: string): boolean {
  return /^<.+>$/.test(text);
}
