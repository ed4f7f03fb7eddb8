import type { JsonValue } from '../../model.ts';

export type JsonObject = { readonly [key: string]: JsonValue };

/** Schemas by canonical path. Every `$ref` in them is a whole path, so that a schema can be used where it stands. */
export type Schemas = ReadonlyMap<string, JsonValue>;

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Documents as they are published, references relative, into {@link Schemas}. */
export function schemasOf(documents: ReadonlyMap<string, JsonValue>): Schemas {
  return new Map([...documents].map(([path, document]) => [path, withWholeReferences(path, document)]));
}

function withWholeReferences(path: string, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => withWholeReferences(path, item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, child]) => [
    key,
    key === '$ref' && typeof child === 'string'
      ? wholeReference(path, child)
      : withWholeReferences(path, child),
  ]);
  return Object.fromEntries(entries);
}

function wholeReference(path: string, reference: string): string {
  const { pathname, hash } = new URL(reference, `file:///${path}`);
  return `${pathname.slice(1)}${hash}`;
}

/** The schema at a path such as `schemas/queue/v1/task.json#/properties/payload`. */
export function schemaAt(schemas: Schemas, path: string): JsonValue {
  const [document = '', fragment = ''] = path.split('#');
  let schema: JsonValue | undefined = schemas.get(document);
  for (const token of fragment.split('/').slice(1)) {
    const key = decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(schema)) schema = schema[Number(key)];
    else schema = isObject(schema) && Object.hasOwn(schema, key) ? schema[key] : undefined;
  }
  if (schema === undefined) throw new Error(`${path}: there is no such schema among those that are served`);
  return schema;
}

/** Follows `$ref` until there is none. */
export function resolved(schemas: Schemas, schema: JsonValue): JsonValue {
  const reference = isObject(schema) ? schema['$ref'] : undefined;
  return typeof reference === 'string' ? resolved(schemas, schemaAt(schemas, reference)) : schema;
}

/** The path of a schema's child: `x.json` and `items` give `x.json#/items`; references are followed first. */
export function childPath(schemas: Schemas, path: string, ...tokens: readonly string[]): string {
  const schema = schemaAt(schemas, path);
  const reference = isObject(schema) ? schema['$ref'] : undefined;
  if (typeof reference === 'string') return childPath(schemas, reference, ...tokens);
  return [path.includes('#') ? path : `${path}#`, ...tokens].join('/');
}

/** A copy of a valid value in which what was left out has the default of its schema. */
export function withDefaults(schemas: Schemas, schema: JsonValue, value: JsonValue): JsonValue {
  const shape = resolved(schemas, schema);
  if (!isObject(shape)) return value;
  if (Array.isArray(value)) {
    const { items } = shape;
    return items === undefined ? value : value.map((item) => withDefaults(schemas, items, item));
  }
  const { properties } = shape;
  if (!isObject(value) || !isObject(properties)) return value;

  const filled = new Map(Object.entries(value));
  for (const [name, property] of Object.entries(properties)) {
    const given = filled.get(name);
    if (given !== undefined) filled.set(name, withDefaults(schemas, property, given));
    else if (isObject(property) && property['default'] !== undefined) filled.set(name, property['default']);
  }
  return Object.fromEntries(filled);
}
