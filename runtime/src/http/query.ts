import { encode, type Path, scalarText } from './path.ts';

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
    text = withPairs(text, name, value);
  }
  return text;
}

/** `text` and a pair for `value`, or for each of its elements. */
export function withPairs(text: string, name: string, value: unknown, encoded = encode): string {
  if (!Array.isArray(value)) return withPair(text, name, value, encoded);
  return value.reduce((all: string, each) => withPair(all, name, each, encoded), text);
}

function withPair(text: string, name: string, value: unknown, encoded: typeof encode): string {
  if (value === undefined || value === null) return text;
  return `${text}${text === '' ? '?' : '&'}${encode(name)}=${encoded(valueText(name, value))}`;
}

/** What a value is as text, before it is encoded. `whole` is what it is a part of, for errors. */
export function valueText(name: string, value: unknown, whole = 'query'): string {
  return scalarText(value, (what) => new TypeError(`${name} of the ${whole} ${what}`));
}
