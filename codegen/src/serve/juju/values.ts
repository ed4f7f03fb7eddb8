import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';

/* What decoded parameters hold; what is missing is Go's zero. */

export function text(from: JsonObject, name: string): string {
  const value = from[name];
  return typeof value === 'string' ? value : '';
}

export function number(from: JsonObject, name: string): number {
  const value = from[name];
  return typeof value === 'number' ? value : 0;
}

export function flag(from: JsonObject, name: string): boolean {
  return from[name] === true;
}

export function object(from: JsonObject, name: string): JsonObject {
  const value = from[name];
  return isObject(value) ? value : {};
}

export function list(from: JsonObject, name: string): readonly JsonValue[] {
  const value = from[name];
  return Array.isArray(value) ? value : [];
}

export function objects(from: JsonObject, name: string): readonly JsonObject[] {
  return list(from, name).map((item) => (isObject(item) ? item : {}));
}

export function texts(from: JsonObject, name: string): readonly string[] {
  return list(from, name).filter((item) => typeof item === 'string');
}

/** A map whose values are text, without what isn't. */
export function textMap(from: JsonObject, name: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(object(from, name)).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value] as const] : [],
    ),
  );
}

/** As Go writes a time. */
export function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.?0*Z$/, 'Z');
}
