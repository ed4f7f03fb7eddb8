import { encode, type Path } from './path.ts';

/** The whole of a URL, byte for byte as it is signed and sent. */
export function requestUrl(baseUrl: string, path: Path, query: object | undefined): string {
  return baseUrl + path.text + queryText(query);
}

/**
 * A query with its `?`, or nothing. `undefined` and `null` are left out, an array gives one pair an element, a `Date`
 * is ISO 8601 in UTC; the same encoding as in paths.
 *
 * @throws TypeError on what has no text: an object, an invalid date, a number that isn't finite
 */
export function queryText(query: object | undefined): string {
  let text = '';
  if (query === undefined) return text;
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each === undefined || each === null) continue;
      text += `${text === '' ? '?' : '&'}${encode(name)}=${encode(valueText(name, each))}`;
    }
  }
  return text;
}

function valueText(name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (value.isWellFormed()) return value;
      throw refused(name, 'holds half of a surrogate pair');
    case 'number':
      if (Number.isFinite(value)) return String(value);
      throw refused(name, `is ${value}, and must be finite`);
    case 'boolean':
    case 'bigint':
      return String(value);
  }
  if (!(value instanceof Date)) {
    throw refused(
      name,
      `is ${typeof value}, and must be a string, a number, a boolean, a Date or an array of these`,
    );
  }
  if (Number.isNaN(value.getTime())) throw refused(name, 'is an invalid Date');
  return value.toISOString();
}

function refused(name: string, what: string): TypeError {
  return new TypeError(`${name} of the query ${what}`);
}
