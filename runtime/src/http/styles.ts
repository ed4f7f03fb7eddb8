import { jsonText } from '../json/json-text.ts';
import type { Headers } from './headers.ts';
import { encode, encodeReserved } from './path.ts';
import { valueText, withPairs } from './query.ts';

/**
 * How a parameter is written, where it isn't one pair an element in the query. What it says of lists and objects holds where
 * the value is one: one that is neither is written as it always is.
 *
 * - `comma`, `space`, `pipe`: elements in one pair, with that between them; of an object its names and values in turn.
 * - `deepObject`: `name[property]=value`; of a list in it `name[property]` once an element, and of one whose elements are
 *   objects `name[property][0][inner]`. `exploded`: each property is a pair of its own.
 * - `json`: as JSON. `flag`: `name=true` or nothing. `choice`: the value is the name of a flag, `default` is none.
 * - `header`, `cookie`: not in the query; elements, or names and values in turn, with `,` between them. `headerExploded`:
 *   of an object `property=value`, with `,` between them. `cookieExploded`: each element is a cookie of the same name, each
 *   property one of its own. `headerJson`, `cookieJson`: as JSON.
 */
export type ParamStyle =
  | 'comma'
  | 'space'
  | 'pipe'
  | 'deepObject'
  | 'exploded'
  | 'json'
  | 'flag'
  | 'choice'
  | 'header'
  | 'headerExploded'
  | 'headerJson'
  | 'cookie'
  | 'cookieExploded'
  | 'cookieJson';

/** What parameters add to a request. */
interface Written {
  /** With its `?`, or empty. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Headers;
}

const separators = { comma: ',', space: '%20', pipe: '%7C' } as const;

/**
 * Parameters as their styles say; what has none is a part of the query like any other. In the values of those that are
 * `reserved` most reserved characters of a URL stay as they are.
 *
 * @throws TypeError on what has no text, or can't be in a header
 */
export function written(
  parameters: object,
  styles: Readonly<Record<string, ParamStyle>> = {},
  reserved: readonly string[] = [],
): Written {
  let query = '';
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null) continue;
    const style = Object.hasOwn(styles, name) ? styles[name] : undefined;
    const encoded = reserved.includes(name) ? encodeReserved : encode;
    switch (style) {
      case undefined:
        query = withPairs(query, name, value, encoded);
        break;
      case 'comma':
      case 'space':
      case 'pipe': {
        const list = words(name, value).map(encoded);
        if (list.length > 0) query = appended(query, `${encode(name)}=${list.join(separators[style])}`);
        break;
      }
      case 'deepObject':
        query = deep(query, name, value, encoded);
        break;
      case 'exploded':
        for (const [key, each] of pairs(name, value)) query = withPairs(query, key, each, encoded);
        break;
      case 'json':
        query = withPairs(query, name, jsonText(value), encoded);
        break;
      case 'flag':
        if (value !== false) query = withPairs(query, name, value);
        break;
      case 'choice':
        if (value !== 'default') query = withPairs(query, valueText(name, value), true);
        break;
      case 'header':
      case 'headerExploded':
      case 'headerJson': {
        const parts = headerParts(style, name, value);
        if (parts.length > 0) headers[name.toLowerCase()] = headerText(name, parts.join(','));
        break;
      }
      case 'cookie':
      case 'cookieJson': {
        const list = style === 'cookie' ? words(name, value) : [jsonText(value)];
        if (list.length > 0) cookies.push(`${cookieName(name)}=${list.map(encode).join(',')}`);
        break;
      }
      case 'cookieExploded':
        for (const [key, each] of pairs(name, value)) {
          for (const word of words(key, each)) cookies.push(`${cookieName(key)}=${encode(word)}`);
        }
    }
  }
  return { query, headers: { ...headers, ...(cookies.length > 0 && { cookie: cookies.join('; ') }) } };
}

function appended(query: string, pair: string): string {
  return `${query}${query === '' ? '?' : '&'}${pair}`;
}

function headerParts(
  style: 'header' | 'headerExploded' | 'headerJson',
  name: string,
  value: unknown,
): string[] {
  if (style === 'headerJson') return [jsonText(value)];
  if (style === 'header' || !isObject(value)) return words(name, value);
  return properties(value).map(([key, each]) => `${key}=${valueText(name, each)}`);
}

/** The elements of a list, the names and values of an object in turn, or the one value that it is. */
function words(name: string, value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.filter((each) => each !== undefined && each !== null).map((each) => valueText(name, each));
  }
  if (!isObject(value)) return [valueText(name, value)];
  return properties(value).flatMap(([key, each]) => [key, valueText(name, each)]);
}

/** The properties of an object, or what isn't one under its own name: an element of a list at a time. */
function pairs(name: string, value: unknown): [string, unknown][] {
  if (isObject(value)) return properties(value);
  return Array.isArray(value) ? value.map((each) => [name, each]) : [[name, value]];
}

function properties(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, each]) => each !== undefined && each !== null);
}

function deep(query: string, name: string, value: unknown, encoded: typeof encode): string {
  const isNested = isObject(value) || (Array.isArray(value) && value.some(isObject));
  if (!isNested) return withPairs(query, name, value, encoded);
  return properties(value).reduce((text, [key, each]) => deep(text, `${name}[${key}]`, each, encoded), query);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** RFC 9110, 5.5; never shows the value. */
function headerText(name: string, text: string): string {
  if (/^[\t\x20-\x7e]*$/.test(text)) return text;
  throw new TypeError(`${name} is sent as a header, and must be one line of printable ASCII`);
}

/** RFC 6265, 4.1.1. */
function cookieName(name: string): string {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return name;
  throw new TypeError(`${JSON.stringify(name)} is no name for a cookie`);
}
