import type { Api, Event, JsonSchema, Method, Model, NamedType, Result } from '../model.ts';
import { alternatives, below, type Place, PlaceKeys } from './places.ts';
import { resolved, type Scope } from './reference.ts';

/** Where an answer holds what TypeScript has and JSON hasn't. */
export interface Conversions {
  /** Whether a schema holds a conversion, itself or anywhere in the types that it refers to. */
  holds(schema: JsonSchema): boolean;
  /**
   * Schemas whose `as` is void, so that TypeScript gets what JSON has: nobody could tell from an answer whether it
   * applies, as where a text is a date in one alternative and a text in another. It is void wherever the schema is
   * used, as a type is one type.
   */
  readonly given: ReadonlySet<JsonSchema>;
}

export function conversionsOf({ types, apis }: Model, scope: Scope): Conversions {
  if (!types.some(({ schema }) => isConverting(schema)) && !apis.some(isConvertingApi)) return NONE;
  const methods = apis.flatMap((api) => api.methods);
  const events = apis.flatMap((api) => api.events);
  const answers = [
    ...methods.filter(isConverted).flatMap(({ result }) => typesIn(result)),
    ...events.filter(isWebhook).map(({ payload }) => payload),
  ];
  const others = [
    ...methods.filter((method) => !isConverted(method)).flatMap(({ result }) => typesIn(result)),
    ...methods.flatMap(({ errors = [] }) => errors.map(({ type }) => type)),
    ...events.filter((event) => !isWebhook(event)).map(({ payload }) => payload),
    ...apis.flatMap((api) => api.types.map(({ schema }) => schema)),
  ];
  const given = new Set<JsonSchema>();
  const before = holder(types, given);
  for (const schema of reachable(others.filter(before), scope))
    if (schema.as !== undefined) given.add(schema);
  const roots = [...types.map(({ schema }) => schema), ...answers].filter(before);
  for (const schema of contested(roots, before, scope)) given.add(schema);
  return { given, holds: given.size === 0 ? before : holder(types, given) };
}

/** What Salt's functions answer and events bring is as JSON has it. */
function isConverted({ call }: Method): boolean {
  return call.kind !== 'function';
}

function isWebhook({ source }: Event): boolean {
  return source.kind === 'webhook';
}

function typesIn(result: Result): JsonSchema[] {
  if (result.kind === 'forms') return result.forms.flatMap((form) => typesIn(form.result));
  return result.kind === 'json' || result.kind === 'values' ? [result.type] : [];
}

function reachable(roots: readonly JsonSchema[], scope: Scope): ReadonlySet<JsonSchema> {
  const found = new Set<JsonSchema>();
  const waiting = [...roots];
  for (let schema = waiting.pop(); schema !== undefined; schema = waiting.pop()) {
    if (found.has(schema)) continue;
    found.add(schema);
    const target = schema.$ref === undefined ? undefined : resolved(schema, scope);
    waiting.push(...partsOf(schema), ...(target === undefined ? [] : [target]));
  }
  return found;
}

type Holds = (schema: JsonSchema) => boolean;

function holder(types: readonly NamedType[], given: ReadonlySet<JsonSchema>): Holds {
  const holding = new Set<string>();
  const users = new Map<string, string[]>();
  const visit = (schema: JsonSchema, owner: string): boolean => {
    const [name] = schema.$ref?.split('/') ?? [];
    if (name !== undefined) users.set(name, [...(users.get(name) ?? []), owner]);
    if (schema.as !== undefined && !given.has(schema)) return true;
    return partsOf(schema).reduce((found, part) => visit(part, owner) || found, false);
  };
  const waiting = types.filter(({ name, schema }) => visit(schema, name)).map(({ name }) => name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (holding.has(name)) continue;
    holding.add(name);
    waiting.push(...(users.get(name) ?? []));
  }
  const holds = (schema: JsonSchema): boolean =>
    (schema.as !== undefined && !given.has(schema)) ||
    holding.has(schema.$ref?.split('/')[0] ?? '') ||
    partsOf(schema).some(holds);
  return holds;
}

const NONE: Conversions = { given: new Set(), holds: () => false };

function isConvertingApi({ methods, events, types }: Api): boolean {
  return (
    methods.some(({ result }) => typesIn(result).some(isConverting)) ||
    events.some(({ payload }) => isConverting(payload)) ||
    types.some(({ schema }) => isConverting(schema))
  );
}

function isConverting(schema: JsonSchema): boolean {
  return schema.as !== undefined || partsOf(schema).some(isConverting);
}

const LEAF: readonly JsonSchema[] = [];

function partsOf(schema: JsonSchema): readonly JsonSchema[] {
  const { properties, additionalProperties, items, prefixItems, allOf, anyOf, oneOf } = schema;
  const isLeaf =
    (properties ?? additionalProperties ?? items ?? prefixItems ?? allOf ?? anyOf ?? oneOf) === undefined;
  if (isLeaf) return LEAF;
  return [
    ...(properties === undefined ? LEAF : Object.values(properties)),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : LEAF),
    ...(items === undefined ? LEAF : [items]),
    ...[prefixItems, allOf, anyOf, oneOf].flatMap((list) => list ?? LEAF),
  ];
}

function contested(roots: readonly JsonSchema[], holds: Holds, scope: Scope): ReadonlySet<JsonSchema> {
  const given = new Set<JsonSchema>();
  const keys = new PlaceKeys();
  const seen = new Set<string>();
  const waiting: Place[] = roots.map((root) => [root]);
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const key = keys.of(place);
    if (seen.has(key) || !place.some(holds)) continue;
    seen.add(key);
    const { parts, told } = alternatives(place, scope);
    for (const schema of undecided(parts, told !== undefined)) given.add(schema);
    const { props, items, values } = below(parts);
    waiting.push(...props.values(), items, values, ...(told?.oneOf ?? []).map((branch) => [branch]));
  }
  return given;
}

/** The conversions of a place that may or may not apply. */
function undecided(parts: Place, hasOthers: boolean): Place {
  // What is only ever sent is sent as what it is.
  const converted = parts.filter(({ as }) => as !== undefined && !SENT.has(as));
  const kinds = new Set(converted.map(({ as }) => as));
  const others = parts.filter(({ as }) => as === undefined);
  const isDecided =
    kinds.size <= 1 &&
    !hasOthers &&
    others.every((schema) => !mayBe(schema, kinds.has('bigint') ? 'number' : 'string'));
  return isDecided ? [] : converted;
}

const SENT: ReadonlySet<JsonSchema['as']> = new Set(['file', 'integer', 'instant']);

/** Whether a value of a schema may be what another alternative converts. */
function mayBe({ type, enum: values, const: value }: JsonSchema, kind: 'number' | 'string'): boolean {
  const listed = values ?? (value === undefined ? undefined : [value]);
  if (listed !== undefined) return listed.some((each) => typeof each === kind);
  switch (type) {
    case undefined:
      return true;
    case 'integer':
    case 'number':
      return kind === 'number';
    case 'string':
      return kind === 'string';
    default:
      return false;
  }
}
