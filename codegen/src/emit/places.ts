import type { JsonSchema } from '../model.ts';
import { resolved, type Scope } from './reference.ts';

/** The schemas of which one, or several, describe the value at one place of an answer. */
export type Place = readonly JsonSchema[];

/** The places directly below a place, by how one gets there. */
export interface Below {
  readonly props: ReadonlyMap<string, Place>;
  readonly items: Place;
  /** Of the properties that aren't named. */
  readonly values: Place;
}

/** A union whose discriminator tells which of the alternatives a value is. */
export type Told = JsonSchema & Required<Pick<JsonSchema, 'oneOf' | 'discriminator'>>;

/**
 * What the value at a place can be: with references followed, unions opened and parts taken apart. A union that
 * tells its alternatives apart stays closed where it is the only thing that has properties.
 */
export function alternatives(place: Place, scope: Scope): { readonly parts: Place; readonly told?: Told } {
  const closed = opened(place, scope, true);
  const [told, ...more] = closed.filter(isTold);
  const others = closed.filter((schema) => schema !== told);
  if (told !== undefined && more.length === 0 && others.every(isScalar)) return { parts: others, told };
  return { parts: opened(place, scope, false) };
}

function opened(place: Place, scope: Scope, keepsTold: boolean): Place {
  const found = new Set<JsonSchema>();
  const seen = new Set<JsonSchema>();
  const open = (schema: JsonSchema): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    const { $ref, allOf = [], anyOf = [], oneOf = [], as } = schema;
    if ($ref !== undefined) {
      open(resolved(schema, scope) ?? {});
      return;
    }
    const parts = (keepsTold && isTold(schema)) || as !== undefined ? [] : [...allOf, ...anyOf, ...oneOf];
    if (parts.length === 0 || schema.properties !== undefined) found.add(schema);
    for (const part of parts) open(part);
  };
  for (const schema of place) open(schema);
  return [...found];
}

function isTold(schema: JsonSchema): schema is Told {
  return schema.discriminator !== undefined && schema.oneOf !== undefined;
}

function isScalar({ type, enum: values, const: value, as }: JsonSchema): boolean {
  if (as !== undefined) return false;
  return (
    values !== undefined ||
    value !== undefined ||
    (type !== undefined && type !== 'object' && type !== 'array')
  );
}

/** What lies below alternatives. */
export function below(place: Place): Below {
  const names = new Set(place.flatMap(({ properties = {} }) => Object.keys(properties)));
  const other = ({ additionalProperties }: JsonSchema): Place =>
    typeof additionalProperties === 'object' ? [additionalProperties] : [];
  const named = (name: string): Place =>
    place.flatMap((schema) => {
      const { properties = {} } = schema;
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return property === undefined ? other(schema) : [property];
    });
  return {
    props: new Map([...names].sort().map((name) => [name, named(name)])),
    items: place.flatMap(({ items, prefixItems = [] }) => [
      ...prefixItems,
      ...(items === undefined ? [] : [items]),
    ]),
    values: place.flatMap(other),
  };
}

/** Tells places apart: schemas that refer to the same are the same. */
export class PlaceKeys {
  readonly #ids = new Map<JsonSchema | string, number>();

  of(place: Place): string {
    const ids = place.map((schema) => {
      const what = schema.$ref ?? schema;
      const id = this.#ids.get(what) ?? this.#ids.size;
      this.#ids.set(what, id);
      return id;
    });
    return [...new Set(ids)].sort((a, b) => a - b).join(' ');
  }
}
