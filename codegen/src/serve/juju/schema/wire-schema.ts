import type { JsonValue } from '../../../model.ts';
import { isObject, type JsonObject } from '../../core/schemas.ts';

/*
 * The definitions of a facade as they are on the wire. Upstream makes them from Go's types, and is wrong wherever a
 * type writes its JSON itself: this is what is really sent.
 */

/** Whose definitions a property may have without being an answer: they say that there is none. */
const failures = new Set(['Error', 'ErrorResult']);

/** Bytes, which are told as arrays of integers and sent as base64. */
const bytes: Readonly<Record<string, readonly string[]>> = {
  AddUserResult: ['secret-key'],
  ApplicationMetricCredential: ['metrics-credentials'],
  BytesResult: ['result'],
  CAASUnitIntroduction: ['agent-conf'],
  CharmResource: ['fingerprint'],
  CharmResourceResult: ['fingerprint'],
  ModelSLA: ['creds'],
  Resource: ['fingerprint'],
  SerializedModel: ['bytes'],
};

const base64 = { type: 'string' };

/** Types that write themselves. */
const written: Readonly<Record<string, JsonObject>> = {
  Number: { type: 'string', pattern: '^\\d' },
  Binary: { type: 'string', pattern: '^\\d' },
  Macaroon: { type: 'object' },
  Delta: { type: 'array', minItems: 3, maxItems: 3, items: {} },
};

/** What stands for those in examples, where a text of any other kind would be none. */
const shown: Readonly<Record<string, JsonObject>> = {
  Number: { const: '4.0.0' },
  Binary: { const: '4.0.0-ubuntu-amd64' },
  Delta: { const: ['model', 'change', {}] },
};

/** What is answered and sent. */
export function wireDefinitions(definitions: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      const itself = written[name];
      if (itself !== undefined) return [name, itself];
      return [name, isObject(definition) ? wireObject(name, definition, definitions) : definition];
    }),
  );
}

/** For examples, which succeed: nothing in them says that it failed. */
export function withoutFailures(definitions: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      const itself = shown[name];
      if (itself !== undefined) return [name, itself];
      if (!isObject(definition) || name === 'Error') return [name, definition];
      const required = new Set(requiredOf(definition));
      const properties = Object.entries(propertiesOf(definition)).flatMap(([property, schema]) => {
        if (!isFailure(schema)) return [[property, schema]];
        return required.has(property) ? [[property, none]] : [];
      });
      return [name, { ...definition, properties: Object.fromEntries(properties) }];
    }),
  );
}

/** What stands where an error must, when there is none. */
const none = { const: null };

/** An error, or a list of them. */
function isFailure(schema: JsonValue): boolean {
  return failures.has(referred(schema) ?? '') || referred(itemsOf(schema)) === 'Error';
}

function wireObject(name: string, definition: JsonObject, all: JsonObject): JsonObject {
  const required = new Set(requiredOf(definition));
  const properties = Object.entries(propertiesOf(definition)).filter(
    ([property, schema]) => !isEmbedded(property, schema, definition, all),
  );
  const left = new Set(properties.map(([property]) => property));
  return {
    ...definition,
    properties: Object.fromEntries(
      properties.map(([property, schema]) => {
        if (bytes[name]?.includes(property) === true) return [property, base64];
        const told = wireType(schema);
        return [property, required.has(property) ? nullable(told) : told];
      }),
    ),
    required: [...required].filter((property) => left.has(property)),
  };
}

/** A struct that is embedded in another one shows as a property, too, which is never sent. */
function isEmbedded(property: string, schema: JsonValue, parent: JsonObject, all: JsonObject): boolean {
  const embedded = all[property];
  if (!/^[A-Z]/.test(property) || referred(schema) !== property || !isObject(embedded)) return false;
  const own = propertiesOf(parent);
  return Object.keys(propertiesOf(embedded)).every((name) => Object.hasOwn(own, name));
}

function wireType(schema: JsonValue): JsonValue {
  if (!isObject(schema)) return schema;
  const { patternProperties, items } = schema;
  if (isObject(patternProperties)) {
    const [of = {}] = Object.values(patternProperties);
    return { type: 'object', additionalProperties: wireType(of) };
  }
  if (items !== undefined) return { ...schema, items: wireType(items) };
  // Go's `interface{}`: any value at all.
  return isAny(schema) ? {} : schema;
}

function isAny({ type, additionalProperties, properties }: JsonObject): boolean {
  return type === 'object' && additionalProperties === true && properties === undefined;
}

/** Go writes a list or a map that was never made as `null`, and a pointer to nothing. */
function nullable(schema: JsonValue): JsonValue {
  if (!isObject(schema)) return schema;
  if (schema['type'] === 'array' || schema['type'] === 'object')
    return { ...schema, type: [schema['type'], 'null'] };
  return failures.has(referred(schema) ?? '') ? { anyOf: [schema, { type: 'null' }] } : schema;
}

function referred(schema: JsonValue | undefined): string | undefined {
  if (!isObject(schema)) return undefined;
  const { $ref, anyOf } = schema;
  if (Array.isArray(anyOf)) return referred(anyOf[0]);
  return typeof $ref === 'string' ? $ref.replace(/^.*\//, '') : undefined;
}

function itemsOf(schema: JsonValue): JsonValue | undefined {
  return isObject(schema) ? schema['items'] : undefined;
}

export function propertiesOf(schema: JsonValue | undefined): JsonObject {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  return isObject(properties) ? properties : {};
}

function requiredOf(schema: JsonObject): readonly string[] {
  const { required } = schema;
  return Array.isArray(required) ? required.map(String) : [];
}
