import type { JsonValue } from '../../model.ts';
import { assertJson } from '../../read/bounds.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import { withExactIntegers } from '../core/wire.ts';
import type { ConsulCall } from './deployment.ts';
import { badRequest } from './errors.ts';

/** The body as JSON, integers that a number can't hold as their digits; `undefined` for no body at all. */
export function jsonBody({ request }: ConsulCall): JsonValue | undefined {
  const source = Buffer.from(request.body).toString();
  if (source.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(withExactIntegers(source));
    assertJson(value, 'the body');
    return value;
  } catch (error) {
    throw undecoded(error instanceof Error ? error.message : String(error));
  }
}

/** The body as an object, under the names that `fields` gives: Consul takes `tagged_addresses` for them too. */
export function objectBody(call: ConsulCall, fields: readonly string[]): JsonObject {
  return known(jsonBody(call) ?? {}, fields);
}

/** An object with its properties under the names that `fields` gives. What has none is refused. */
export function known(value: JsonValue | undefined, fields: readonly string[]): JsonObject {
  if (!isObject(value)) throw undecoded('json: cannot unmarshal the value into an object');
  const names = new Map(fields.map((name) => [plain(name), name]));
  const entries = Object.entries(value).map(([key, child]) => {
    const name = names.get(plain(key));
    if (name === undefined) throw undecoded(`json: unknown field ${JSON.stringify(key)}`);
    return [name, child] as const;
  });
  return Object.fromEntries(entries);
}

export function undecoded(why: string) {
  return badRequest(`Request decode failed: ${why}`);
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

/** Go has no absent text: it is the empty one. */
export function textAt(object: JsonObject, name: string): string {
  const value = object[name];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw undecoded(`json: cannot unmarshal ${typeof value} into ${name} of type string`);
}

export function numberAt(object: JsonObject, name: string, otherwise = 0): number {
  const value = object[name];
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'number') return value;
  throw undecoded(`json: cannot unmarshal ${typeof value} into ${name} of type int`);
}

export function flagAt(object: JsonObject, name: string): boolean {
  return object[name] === true;
}

export function textsAt(object: JsonObject, name: string): readonly string[] {
  const value = object[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** A map of texts; `undefined` where there is none. */
export function textMapAt(object: JsonObject, name: string): Readonly<Record<string, string>> | undefined {
  const value = object[name];
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)]));
}

export function objectsAt(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}
