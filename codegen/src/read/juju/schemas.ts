import type { JsonSchema } from '../../model.ts';
import type { ReadSettings } from '../reader.ts';
import type { View } from '../views.ts';
import { nameIn } from './definitions.ts';
import type { FacadeSchema } from './facades.ts';
import type { Merged, MergedProperty, MergedType } from './merge.ts';

/** What the type of a schema depends on beside the schema. */
export interface SchemaContext {
  readonly merged: Merged;
  readonly view: View;
  readonly settings: ReadSettings;
  /** What a definition is called in this view. */
  readonly name: (definition: string) => string;
}

/** A type that stands under its own name. */
export function typeSchema({ properties, others }: MergedType, context: SchemaContext): JsonSchema {
  if (properties === undefined) return either(others.map((schema) => schemaIn(schema, context)));
  const entries = [...properties];
  const isOnly = entries.filter(([, property]) => property.required).length === 1;
  const required = entries.filter(([, property]) => isThere(property, isOnly, context)).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, property]) => [name, propertySchema(property, context)]),
    ),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/**
 * Whether a property is sure to be in an answer, or has to be in a request. That upstream requires it means only that Go
 * always writes it: a time that was never set isn't one, and whoever leaves out what is empty sends it empty. Where
 * nothing else is required it is the point of the request.
 */
function isThere({ required, schemas }: MergedProperty, isOnly: boolean, context: SchemaContext): boolean {
  if (!required) return false;
  if (context.view === 'answer') return !schemas.some(isTime);
  return isOnly || !schemas.every((schema) => mayBeEmpty(schema, context.merged));
}

/** A list, a map, a flag, a time, what is said to be optional, or an object all of whose properties may be left out. */
function mayBeEmpty(schema: FacadeSchema, { definitions }: Merged): boolean {
  if (schema.optional === true || schema.type === 'boolean' || isTime(schema) || mayBeNull(schema))
    return true;
  const parts = schema.$ref === undefined ? undefined : definitions.get(nameIn(schema.$ref))?.properties;
  return parts !== undefined && [...parts.values()].every(({ required }) => !required);
}

function isTime({ format }: FacadeSchema): boolean {
  return format === 'date-time';
}

function propertySchema({ schemas, written, releases }: MergedProperty, context: SchemaContext): JsonSchema {
  const isNull =
    context.view === 'answer' && written && schemas.some((schema) => mayBeNull(schema) || isTime(schema));
  const { description, format, ...type } = either(schemas.map((schema) => schemaIn(schema, context)));
  const where = releases === undefined ? undefined : `In ${listed(releases)}.`;
  const told = [description, where].filter((text) => text !== undefined).join(' ');
  return {
    ...(isNull ? either([type, NULL]) : type),
    // What a doc comment tells belongs to the property, whatever else it may be.
    ...(told !== '' && { description: told }),
    ...(format !== undefined && { format }),
  };
}

function listed(words: readonly string[]): string {
  return words.join(', ').replace(/, ([^,]*)$/, ' and $1');
}

const NULL: JsonSchema = { type: 'null' };

/** In Go, what is nothing is written as null unless it is left out: a slice, a map, a pointer. */
function mayBeNull(schema: FacadeSchema): boolean {
  const { nullable, format, $ref } = schema;
  return (
    nullable === true ||
    isCollection(schema) ||
    format === 'byte' ||
    ($ref !== undefined && nameIn($ref) === 'Error')
  );
}

function isCollection({ type, patternProperties, prefixItems }: FacadeSchema): boolean {
  return (type === 'array' && prefixItems === undefined) || patternProperties !== undefined;
}

/** A schema anywhere in a type, or in the signature of a method. */
export function schemaIn(schema: FacadeSchema, context: SchemaContext): JsonSchema {
  const { description } = schema;
  const type = bare(schema, context);
  return description === undefined ? type : { ...type, description };
}

function bare(schema: FacadeSchema, context: SchemaContext): JsonSchema {
  const { type, $ref, items = {}, patternProperties, properties, additionalProperties } = schema;
  if ($ref !== undefined) return reference(nameIn($ref), context);
  if (schema.prefixItems !== undefined) {
    return { type: 'array', prefixItems: schema.prefixItems.map((item) => schemaIn(item, context)) };
  }
  switch (type) {
    case undefined:
      return {};
    case 'array':
      return { type, items: inside(items, context) };
    case 'object':
      // Go's `interface{}`: whatever JSON has.
      if (additionalProperties === true) return {};
      if (patternProperties !== undefined)
        return { type, additionalProperties: inside(patternProperties['.*'], context) };
      return record(properties ?? {}, schema.required ?? [], context);
    case 'string':
      return textual(schema, context);
    case 'integer':
      return integer(schema, context);
    default:
      return { type };
  }
}

/** What is in a list or a map has no name that could be left out, so an empty list among others is null. */
function inside(schema: FacadeSchema, context: SchemaContext): JsonSchema {
  const type = schemaIn(schema, context);
  return context.view === 'answer' && isCollection(schema) ? either([type, NULL]) : type;
}

function record(
  properties: Readonly<Record<string, FacadeSchema>>,
  required: readonly string[],
  context: SchemaContext,
): JsonSchema {
  const described = Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]): [string, MergedProperty] => {
      const isRequired = required.includes(name);
      return [name, { schemas: [schema], required: isRequired, written: isRequired }];
    });
  return typeSchema({ source: '', others: [], properties: new Map(described) }, context);
}

/** What is a text under another name, such as a version, needs no name in TypeScript. */
function reference(definition: string, context: SchemaContext): JsonSchema {
  const text = textOf(definition, context.merged);
  return text === undefined ? { $ref: context.name(definition) } : schemaIn(text, context);
}

/** The schema of a definition that is nothing but a text. */
export function textOf(definition: string, { definitions }: Merged): FacadeSchema | undefined {
  const [only, ...more] = definitions.get(definition)?.others ?? [];
  return more.length === 0 && only?.type === 'string' ? only : undefined;
}

function textual({ format, enum: values }: FacadeSchema, { view, settings }: SchemaContext): JsonSchema {
  if (values !== undefined) return { type: 'string', enum: values, ...(view === 'answer' && { open: true }) };
  if (format === 'date-time') return { type: 'string', format, ...(view === 'answer' && { as: 'time' }) };
  if (format === 'byte')
    return { type: 'string', ...(settings.bytes === 'uint8array' ? { as: 'bytes' } : { format }) };
  return { type: 'string' };
}

function integer({ format }: FacadeSchema, { view, settings }: SchemaContext): JsonSchema {
  if (format !== 'int64' || settings.int64 !== 'bigint') return { type: 'integer' };
  return { type: 'integer', as: view === 'answer' ? 'bigint' : 'integer' };
}

/** One of several types; those that are alike count once. */
export function either(schemas: readonly JsonSchema[]): JsonSchema {
  const all = schemas.flatMap((schema) => schema.anyOf ?? [schema]);
  const [first = {}, ...others] = new Map(all.map((schema) => [JSON.stringify(schema), schema])).values();
  if (others.length === 0) return first;
  // Whatever may be anything may also be null.
  return [first, ...others].some((schema) => Object.keys(schema).length === 0)
    ? {}
    : { anyOf: [first, ...others] };
}
