import type { JsonValue } from '../../model.ts';
import { parseDocument } from '../../read/files.ts';
import type { Signature } from '../../read/salt/functions.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import { invalidArguments } from './failures.ts';

/** What a function is called with, as it came. */
export interface Given {
  readonly args: readonly JsonValue[];
  readonly kwargs: JsonObject;
}

/** Arguments by the names that the function's signature has for them. */
export interface Bound {
  readonly named: JsonObject;
  /** What has no name. */
  readonly rest: readonly JsonValue[];
  /** What has a name that the signature doesn't know. */
  readonly extra: JsonObject;
}

/** A text that begins with a name and one `=` is an argument with a name, wherever it comes from. */
const hijacked = /^([^\d\W][\w.-]*)=(?!=)(.*)$/s;

/**
 * Arguments as Salt takes them off the wire: texts like `name=value` get the name, and an object that says
 * `__kwarg__` is nothing but names.
 */
export async function received(list: readonly JsonValue[], kwargs: JsonObject = {}): Promise<Given> {
  const args: JsonValue[] = [];
  const named: [string, JsonValue][] = [];
  for (const item of list) {
    const found = typeof item === 'string' ? hijacked.exec(item) : null;
    if (found !== null) named.push([found[1] ?? '', await yamlValue(found[2] ?? '')]);
    else if (isObject(item) && item['__kwarg__'] === true) named.push(...namesOf(item));
    else args.push(item);
  }
  return { args, kwargs: Object.fromEntries([...named, ...Object.entries(kwargs)]) };
}

function namesOf({ __kwarg__: _, ...names }: JsonObject): [string, JsonValue][] {
  return Object.entries(names);
}

/** What a text means on Salt's command line; a text that is no YAML is itself. */
export async function yamlValue(text: string): Promise<JsonValue> {
  if (text.trim() === '') return text;
  try {
    return await parseDocument(new TextEncoder().encode(text), 'argument.yaml');
  } catch {
    return text;
  }
}

/** Throws Python's own complaint when they don't suit the signature. */
export function bind(fun: string, signature: Signature, { args, kwargs }: Given): Bound {
  const { args: names = [], defaults = [], varargs = false, kwargs: open = false } = signature;
  const own = `${fun.slice(fun.indexOf('.') + 1)}()`;
  if (args.length > names.length && !varargs) {
    const count = `${names.length} positional argument${names.length === 1 ? '' : 's'}`;
    throw invalidArguments(
      `${own} takes ${count} but ${args.length} ${args.length === 1 ? 'was' : 'were'} given`,
    );
  }
  const bound = new Map<string, JsonValue>();
  for (const [index, name] of names.entries()) {
    const preset = defaults[index - (names.length - defaults.length)];
    const placed = args[index];
    if (placed !== undefined && Object.hasOwn(kwargs, name))
      throw invalidArguments(`${own} got multiple values for argument '${name}'`);
    const value = placed ?? (Object.hasOwn(kwargs, name) ? kwargs[name] : preset);
    if (value !== undefined) bound.set(name, value);
  }
  const missing = names.filter((name) => !bound.has(name));
  if (missing.length > 0) throw invalidArguments(`${own} missing ${listed(missing)}`);
  const extra = Object.entries(kwargs).filter(([name]) => !names.includes(name));
  const [unknown] = extra;
  if (unknown !== undefined && !open)
    throw invalidArguments(`${own} got an unexpected keyword argument '${unknown[0]}'`);
  return {
    named: Object.fromEntries(bound),
    rest: args.slice(names.length),
    extra: Object.fromEntries(extra),
  };
}

/** `1 required positional argument: 'text'` */
function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.pop() ?? '';
  const many = quoted.length > 0;
  const comma = quoted.length > 1 ? ',' : '';
  const all = many ? `${quoted.join(', ')}${comma} and ${last}` : last;
  return `${names.length} required positional argument${many ? 's' : ''}: ${all}`;
}
