import { jsonText } from '../json/json-text.ts';
import { encode } from './path.ts';
import { valueText } from './query.ts';

/**
 * `application/x-www-form-urlencoded`: one pair a property, or an element of it when it is a list; `undefined` and `null`
 * are left out. What is itself an object is JSON.
 *
 * @throws TypeError on what isn't an object, or has no text
 */
export function formText(value: unknown): string {
  return fieldsOf(value, 'application/x-www-form-urlencoded')
    .map(([name, field]) => `${encode(name)}=${encode(fieldText(name, field))}`)
    .join('&');
}

/** The fields of a form, each with one value. */
export function fieldsOf(value: unknown, contentType: string): [string, unknown][] {
  if (value instanceof FormData || value instanceof URLSearchParams) return [...value.entries()];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`the body must be an object, to be sent as ${contentType}`);
  }
  return Object.entries(value)
    .flatMap(([name, field]): [string, unknown][] =>
      Array.isArray(field) ? field.map((each) => [name, each]) : [[name, field]],
    )
    .filter(([, field]) => field !== undefined && field !== null);
}

/** What a field that is neither bytes nor a file is in a form. */
export function fieldText(name: string, field: unknown): string {
  return isStructured(field) ? jsonText(field) : valueText(name, field, 'body');
}

export function isStructured(field: unknown): field is object {
  return typeof field === 'object' && field !== null && !(field instanceof Date);
}
