import { pointerOf, segmentsOf } from '../../json/pointer.ts';
import { isArray, isObject, type JsonObject } from '../../json/values.ts';
import type { JsonSchema, JsonValue } from '../../model.ts';
import type { Documents } from '../documents.ts';
import type { ReadSettings } from '../reader.ts';
import { reduceSchema } from '../schema.ts';
import type { View } from '../views.ts';
import { discriminated, type Links } from './discriminators.ts';
import type { Node } from './node.ts';
import { resolve } from './references.ts';
import type { Warnings } from './warnings.ts';

/** What schemas are read with. */
export interface SchemaReading {
  readonly documents: Documents;
  readonly settings: ReadSettings;
  readonly warnings: Warnings;
}

/**
 * Reduces a schema of OpenAPI as one view sees it: what is read only is no part of a request, what is written only
 * none of an answer.
 */
export function schemaInView(node: Node, view: View, reading: SchemaReading, links: Links): JsonSchema {
  const { documents, settings, warnings } = reading;
  const { path } = node;
  const at = (steps: Steps, value: JsonValue): Node => new SchemaNode(path, steps, value);
  const context = {
    file: path,
    resolve: (ref: string, steps: Steps) => {
      const from = at(steps, ref);
      return links.refer(resolve(documents, ref, from), from);
    },
    keeps: (property: JsonValue, name: string, steps: Steps) =>
      !isObject(property) ||
      (property['$ref'] === undefined
        ? property[HIDDEN[view]] !== true
        : !isHidden(at([...steps, 'properties', name], property), view, documents)),
    finish: (reduced: JsonSchema, raw: JsonObject, steps: Steps) => {
      const here = at(steps, raw);
      warnings.unknownKeys(raw, here, 'schema');
      for (const type of [raw['type']].flat()) {
        if (typeof type === 'string' && !TYPES.has(type)) {
          warnings.add(here, `the type ${JSON.stringify(type)} is not known and was ignored`);
        }
      }
      const typed = discriminated(marked(reduced, raw, view, settings), raw, here, {
        documents,
        warnings,
        heirs: links.heirs,
      });
      return withNull(simplified(view === 'answer' ? opened(typed) : typed), raw);
    },
  };
  return reduceSchema(node.value, context, segmentsOf(node.pointer) ?? []);
}

/** Of JSON; `file` was one of Swagger 2.0. */
const TYPES: ReadonlySet<string> = new Set([
  'array',
  'boolean',
  'integer',
  'null',
  'number',
  'object',
  'string',
]);

type Steps = readonly (string | number)[];

/** Writes its pointer only for those who ask: a large document has a hundred thousand schemas. */
class SchemaNode implements Node {
  readonly path: string;
  readonly value: JsonValue;
  readonly #steps: Steps;

  constructor(path: string, steps: Steps, value: JsonValue) {
    this.path = path;
    this.value = value;
    this.#steps = steps;
  }

  get pointer(): string {
    return pointerOf(this.#steps);
  }
}

/** What one view doesn't see. */
const HIDDEN = { request: 'readOnly', answer: 'writeOnly' } as const;

/** How many references a property may lead through before it is known whether it is read only. */
const MAX_STEPS = 10;

function isHidden(property: Node, view: View, documents: Documents): boolean {
  const keyword = HIDDEN[view];
  let node = property;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const { value, path } = node;
    if (!isObject(value)) return false;
    if (value[keyword] === true) return true;
    const { $ref } = value;
    if (typeof $ref !== 'string') return false;
    const { pointer } = node;
    node = resolve(documents, $ref, { path, value: $ref, pointer: `${pointer}/$ref` });
  }
  return false;
}

/** What TypeScript has for what JSON writes as a number or a text. Several types are marked one by one. */
function marked(schema: JsonSchema, raw: JsonObject, view: View, settings: ReadSettings): JsonSchema {
  const { anyOf } = schema;
  if (isArray(raw['type']) && anyOf !== undefined) {
    return {
      ...schema,
      anyOf: anyOf.map((branch) => marked(branch, { ...raw, type: branch.type ?? null }, view, settings)),
    };
  }
  const as = markOf(schema, raw, view, settings);
  return as === undefined ? schema : { ...schema, as };
}

function markOf({ type }: JsonSchema, raw: JsonObject, view: View, settings: ReadSettings): JsonSchema['as'] {
  const { format, contentEncoding, contentMediaType, 'x-bigint': own } = raw;
  if (type === 'integer') {
    if (typeof own === 'boolean') return own ? 'bigint' : undefined;
    const isLong = format === 'int64' || format === 'uint64';
    return isLong && settings.int64 === 'bigint' ? 'bigint' : undefined;
  }
  if (type !== 'string') return undefined;
  if (format === 'date-time') return settings.dates === 'date' ? 'date' : undefined;
  if (format === 'byte' || contentEncoding === 'base64')
    return settings.bytes === 'uint8array' ? 'bytes' : undefined;
  const isRaw = contentMediaType === 'application/octet-stream' && contentEncoding === undefined;
  if (format !== 'binary' && !isRaw) return undefined;
  // Only a form has a place for it.
  return view === 'request' ? 'file' : 'bytes';
}

/** In an answer several values are what a service knew when it was described; a single one is how 3.0 writes `const`. */
function opened(schema: JsonSchema): JsonSchema {
  const values = schema.enum?.filter((value) => value !== null) ?? [];
  const isOpen = values.length > 1 && values.every((value) => typeof value !== 'object');
  // There is no third boolean.
  return isOpen && !values.every((value) => typeof value === 'boolean') ? { ...schema, open: true } : schema;
}

/** Without what says the same twice, which would make a simple type look like a combined one. */
function simplified(schema: JsonSchema): JsonSchema {
  const combined = [schema.allOf, schema.anyOf, schema.oneOf].filter((list) => list !== undefined);
  if (combined.length === 0) return schema;
  const { description, default: preset, format, type, ...rest } = schema;
  const { allOf, anyOf, oneOf, discriminator, ...others } = rest;
  const said = {
    ...(description !== undefined && { description }),
    ...(preset !== undefined && { default: preset }),
    ...(format !== undefined && { format }),
  };
  const isBare = Object.keys(others).length === 0;
  const [only] = combined;
  const [first] = only ?? [];
  if (
    isBare &&
    combined.length === 1 &&
    only?.length === 1 &&
    first !== undefined &&
    discriminator === undefined
  ) {
    return { ...first, ...said };
  }
  // `type: object` beside schemas that all are objects.
  if (isBare) return { ...said, ...rest };
  const onlyObjects = (list: readonly JsonSchema[]) => list.every((branch) => isObjectAtMost(branch));
  return {
    ...said,
    ...(type !== undefined && { type }),
    ...others,
    ...(discriminator !== undefined && { discriminator }),
    ...(allOf !== undefined && !onlyObjects(allOf) && { allOf }),
    ...(anyOf !== undefined && !onlyObjects(anyOf) && { anyOf }),
    ...(oneOf !== undefined && !onlyObjects(oneOf) && { oneOf }),
  };
}

function isObjectAtMost({ type, description, default: preset, ...rest }: JsonSchema): boolean {
  return type === 'object' && Object.keys(rest).length === 0;
}

/** `nullable` of OpenAPI 3.0, and `null` among the values of an enum, become an alternative like that of 3.1. */
function withNull(schema: JsonSchema, raw: JsonObject): JsonSchema {
  const values = schema.enum ?? [];
  const hasNull = values.includes(null);
  if (!hasNull && raw['nullable'] !== true) return schema;
  const { description, default: preset, format, ...rest } = schema;
  if (hasNull && values.length === 1) return { ...schema, enum: [null] };
  // Whatever may be anything may be null.
  if (Object.keys(rest).length === 0) return schema;
  const isUnion = rest.anyOf !== undefined && Object.keys(rest).length === 1;
  const branches =
    isUnion && rest.anyOf !== undefined
      ? rest.anyOf
      : [{ ...rest, ...(hasNull && { enum: values.filter((value) => value !== null) }) }];
  return {
    ...(description !== undefined && { description }),
    ...(preset !== undefined && { default: preset }),
    ...(format !== undefined && { format }),
    anyOf: branches.some(({ type }) => type === 'null') ? branches : [...branches, { type: 'null' }],
  };
}
