import type { JsonSchema, JsonValue } from '../model.ts';
import { code, docText } from './doc.ts';
import { CONVERTED } from './inline.ts';
import { propertyKey, quote } from './literal.ts';
import type { Draft, Patterns } from './patterns.ts';
import type { Literal, PrintableSchema } from './print.ts';
import { referenceType, type Scope } from './reference.ts';
import { isRequirement, requirements } from './required.ts';
import type { Member } from './tree.ts';

/** What the type of a schema depends on beside the schema. */
export interface TypeContext {
  readonly scope: Scope;
  readonly patterns: Patterns;
  /**
   * Whether an object has further properties where its schema doesn't say. By the letter it has; descriptions of APIs
   * rarely say that it hasn't, and mean it.
   */
  readonly isOpen: boolean;
  /** Schemas whose `as` is void, as nothing tells when it applies. */
  readonly given: ReadonlySet<JsonSchema>;
}

/** The type of a schema, independent of the order of its properties. */
export function typeOf(schema: JsonSchema, context: TypeContext): Draft {
  const own = ownType(schema, context);
  if (own !== undefined) return own;
  const isObject = schema.type === 'object' || schema.properties !== undefined;
  const { properties, additionalProperties, required, type, ...others } = schema;
  if (!isObject) return asked(schema, context);
  return isEmpty(others) ? objectType(schema, context) : asked(schema, context);
}

/** What stands in the doc comment of a schema. */
export function schemaDoc(schema: JsonSchema): string {
  const { description } = schema;
  if (description === undefined && schema.format === undefined && schema.default === undefined) return '';
  return docText({ ...(description !== undefined && { text: description }), facts: facts(schema) }) ?? '';
}

/** What json-schema-to-typescript has no word for, and what needs none. */
function ownType(schema: JsonSchema, context: TypeContext): Draft | undefined {
  if (schema.$ref !== undefined) return text(referenceType(schema.$ref, context.scope));
  if (schema.as !== undefined && !context.given.has(schema)) return union(CONVERTED[schema.as].map(text));
  if (schema.open === true && schema.enum !== undefined) {
    return {
      kind: 'generic',
      name: 'Open',
      members: [union(schema.enum.map((value) => literalType(value)))],
    };
  }
  if (schema.enum?.length === 0) return text('never');
  if (isEmptyObject(schema)) return text('Record<string, never>');
  if (schema.prefixItems !== undefined) {
    return { kind: 'tuple', members: schema.prefixItems.map((item) => typeOf(item, context)) };
  }
  return isEmpty(schema) ? text('unknown') : undefined;
}

function text(type: string): Draft {
  return { kind: 'text', text: type };
}

function union(members: readonly Draft[]): Draft {
  const [only] = members;
  return only !== undefined && members.length === 1 ? only : { kind: 'union', members };
}

function literalType(value: JsonValue): Draft {
  return text(typeof value === 'string' ? quote(value) : JSON.stringify(value));
}

/** Whether a schema says nothing that has to do with its type. */
function isEmpty({ description, default: preset, format, open, ...rest }: JsonSchema): boolean {
  return Object.values(rest).every((keyword) => keyword === undefined);
}

function isEmptyObject({ type, additionalProperties, properties = {} }: JsonSchema): boolean {
  return type === 'object' && additionalProperties === false && Object.keys(properties).length === 0;
}

function objectType(schema: JsonSchema, context: TypeContext): Draft {
  const { properties = {}, required = [], additionalProperties } = schema;
  const members = Object.keys(properties)
    .sort()
    .map((name): Member<Draft> => {
      const property = properties[name] ?? {};
      const key = `${propertyKey(name)}${required.includes(name) ? '' : '?'}:`;
      return { doc: schemaDoc(property), key, node: typeOf(property, context) };
    });
  if (additionalProperties === false) return { kind: 'object', members };
  if (additionalProperties === undefined && !context.isOpen && members.length > 0)
    return { kind: 'object', members };
  const rest = typeof additionalProperties === 'object' ? typeOf(additionalProperties, context) : UNKNOWN;
  return { kind: 'object', members: [...members, indexSignature(rest, members)] };
}

const UNKNOWN: Draft = { kind: 'text', text: 'unknown' };

/** TypeScript wants the type of each property to be among those of the index signature. */
function indexSignature(rest: Draft, members: readonly Member<Draft>[]): Member<Draft> {
  const isOptional = members.some(({ key }) => key.endsWith('?:'));
  const types = [rest, ...members.map(({ node }) => node), ...(isOptional ? [text('undefined')] : [])]
    .flatMap((type) => (type.kind === 'union' ? type.members : [type]))
    .filter((type) => type.kind !== 'text' || type.text !== 'never');
  const distinct = [...new Map(types.map((type) => [JSON.stringify(type), type])).values()];
  const isUnknown = distinct.some((type) => type.kind === 'text' && type.text === 'unknown');
  return {
    doc: '',
    key: '[key: string]:',
    node: isUnknown ? UNKNOWN : members.length === 0 ? rest : union(distinct),
  };
}

/** Whatever is not an object and nothing else: its keywords as a pattern, what they hold as parts of it. */
function asked(schema: JsonSchema, context: TypeContext): Draft {
  const parts = new Map<string, Draft>();
  const part = (draft: Draft): PrintableSchema => {
    const key = JSON.stringify(draft);
    if (!parts.has(key)) parts.set(key, draft);
    return { tsType: `$${[...parts.keys()].indexOf(key)}` };
  };
  const inner = (child: JsonSchema): PrintableSchema => {
    const own = ownType(child, context);
    return own === undefined && !isObjectLike(child) ? pattern(child) : part(own ?? typeOf(child, context));
  };
  const pattern = (of: JsonSchema): PrintableSchema => {
    const result: PrintableSchema = {};
    if (of.type !== undefined) result.type = of.type;
    if (of.enum !== undefined) result.enum = of.enum.map(literal);
    if (of.const !== undefined) result.enum = [literal(of.const)];
    if (of.items !== undefined) result.items = inner(of.items);
    if (of.oneOf !== undefined) result.oneOf = alternatives(of.oneOf).map(inner);
    if (of.anyOf !== undefined) result.anyOf = alternatives(of.anyOf).map(inner);
    if (of.allOf !== undefined) {
      const parts = of.allOf.filter((each) => !isRequirement(each)).map(inner);
      result.allOf = [
        ...parts,
        ...requirements(of.allOf, context.scope, (each) => typeOf(each, context)).map(part),
      ];
    }
    if (!isObjectLike(of)) return result;
    // An object that is also one of several: what it has itself is a part like the others.
    const { type, ...others } = result;
    const { properties, required, additionalProperties } = of;
    const itself = objectType(
      {
        ...(properties !== undefined && { properties }),
        ...(required !== undefined && { required }),
        ...(additionalProperties !== undefined && { additionalProperties }),
      },
      context,
    );
    return { allOf: [...(others.allOf ?? []), part(itself), ...withoutAllOf(others)] };
  };
  return context.patterns.ask(pattern(schema), [...parts.values()]);
}

function isObjectLike({ type, properties }: JsonSchema): boolean {
  return type === 'object' || properties !== undefined;
}

function withoutAllOf({ allOf, ...others }: PrintableSchema): PrintableSchema[] {
  return Object.entries(others).map(([keyword, value]) => ({ [keyword]: value }));
}

/**
 * Beside `{ taskId: string }`, an object without any property is told as `{ taskId?: never }`: of a bare `{}`
 * TypeScript would assume that it may have any property of any type.
 */
function alternatives(schemas: readonly JsonSchema[]): readonly JsonSchema[] {
  const names = [...new Set(schemas.flatMap(({ required = [] }) => required))];
  const absent = Object.fromEntries(names.map((name) => [name, NEVER] as const));
  return schemas.map((schema) => (isEmptyObject(schema) ? { ...schema, properties: absent } : schema));
}

/** No value is of this type. */
const NEVER: JsonSchema = { enum: [] };

/** A copy whose keys are in a fixed order. */
function literal(value: JsonValue): Literal {
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return value.map(literal);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, literal(inner)]));
}

// `Array.isArray` doesn't know arrays that are readonly.
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** What a property's comment tells beside its description. */
function facts(schema: JsonSchema): string[] {
  const { format } = schema;
  const preset = schema.default === undefined ? undefined : code(literal(schema.default));
  const told = [
    ...(format === undefined ? [] : [`format \`${format.replaceAll('`', '')}\``]),
    ...(preset === undefined || preset.length > LONGEST_DEFAULT ? [] : [`default ${preset}`]),
  ];
  return told.length === 0 ? [] : [told.join(' · ')];
}

/** A default that is longer tells nothing that could be taken in at a glance. */
const LONGEST_DEFAULT = 60;
