import type { Headers } from './headers.ts';
import { encode } from './path.ts';
import { valueText, withPairs } from './query.ts';

/**
 * How a parameter is written, where it isn't one pair an element in the query.
 *
 * - `comma`, `space`, `pipe`: elements in one pair, with that between them; of an object its names and values in turn.
 * - `deepObject`: `name[property]=value`. `exploded`: each property is a pair of its own.
 * - `json`: as JSON. `flag`: `name=true` or nothing. `choice`: the value is the name of a flag, `default` is none.
 * - `header`, `cookie`: not in the query; elements with `,` between them.
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
  | 'cookie';

/** What parameters add to a request. */
interface Written {
  /** With its `?`, or empty. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Headers;
}

const separators = { comma: ',', space: '%20', pipe: '%7C' } as const;

/**
 * Parameters as their styles say; what has none is a part of the query like any other.
 *
 * @throws TypeError on what has no text, or can't be in a header
 */
export function written(parameters: object, styles: Readonly<Record<string, ParamStyle>>): Written {
  let query = '';
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null) continue;
    const style = Object.hasOwn(styles, name) ? styles[name] : undefined;
    switch (style) {
      case undefined:
        query = withPairs(query, name, value);
        break;
      case 'comma':
      case 'space':
      case 'pipe': {
        const list = words(name, value).map(encode);
        if (list.length > 0) query = appended(query, `${encode(name)}=${list.join(separators[style])}`);
        break;
      }
      case 'deepObject':
        query = deep(query, name, value);
        break;
      case 'exploded':
        for (const [key, each] of properties(name, value)) query = withPairs(query, key, each);
        break;
      case 'json':
        query = withPairs(query, name, JSON.stringify(value));
        break;
      case 'flag':
        if (value !== false) query = withPairs(query, name, value);
        break;
      case 'choice':
        if (value !== 'default') query = withPairs(query, valueText(name, value), true);
        break;
      case 'header':
        headers[name.toLowerCase()] = headerText(name, words(name, value).join(','));
        break;
      case 'cookie': {
        const pair = `${cookieName(name)}=${words(name, value).map(encode).join(',')}`;
        headers['cookie'] = headers['cookie'] === undefined ? pair : `${headers['cookie']}; ${pair}`;
      }
    }
  }
  return { query, headers };
}

function appended(query: string, pair: string): string {
  return `${query}${query === '' ? '?' : '&'}${pair}`;
}

/** The elements of a list, the names and values of an object in turn, or the one value that it is. */
function words(name: string, value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.filter((each) => each !== undefined && each !== null).map((each) => valueText(name, each));
  }
  if (!isObject(value)) return [valueText(name, value)];
  return properties(name, value).flatMap(([key, each]) => [key, valueText(name, each)]);
}

function properties(name: string, value: unknown): [string, unknown][] {
  if (!isObject(value)) throw new TypeError(`${name} of the query is ${typeof value}, and must be an object`);
  return Object.entries(value).filter(([, each]) => each !== undefined && each !== null);
}

function deep(query: string, name: string, value: unknown): string {
  if (!isObject(value)) return withPairs(query, name, value);
  return properties(name, value).reduce((text, [key, each]) => deep(text, `${name}[${key}]`, each), query);
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
