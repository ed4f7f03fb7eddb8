/** The JSON of Go's `persistent-cookiejar`, which `juju` and other clients of the bakery keep their cookies in. */
import { isObject } from '../../json/is-object.ts';
import { MacaroonError } from '../macaroon/error.ts';
import type { Cookie } from './cookie.ts';

/** One cookie of the file. */
export interface StoredCookie {
  readonly Name: string;
  readonly Value: string;
  readonly Domain: string;
  readonly Path: string;
  readonly Secure: boolean;
  readonly HttpOnly: boolean;
  readonly Persistent: boolean;
  readonly HostOnly: boolean;
  /** RFC 3339. */
  readonly Expires: string;
  /** RFC 3339. */
  readonly Creation: string;
  /** RFC 3339. */
  readonly LastAccess: string;
  /** RFC 3339. Of two cookies alike the later one counts. */
  readonly Updated: string;
  readonly CanonicalHost: string;
}

/** How Go writes a time that isn't known. */
const zeroTime = '0001-01-01T00:00:00Z';

/**
 * The cookies of a file. Those without a value were deleted, and remembered so that nobody brings them back.
 *
 * @throws MacaroonError when it isn't such a file
 */
export function readCookies(file: unknown): readonly Cookie[] {
  const list = typeof file === 'string' ? parsed(file) : file;
  if (list === null) return [];
  if (!Array.isArray(list)) throw wrong('a list of cookies is due');
  return list.map(cookieOf).filter(({ value }) => value !== '');
}

function parsed(text: string): unknown {
  if (text.trim() === '') return [];
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would repeat some of the cookies.
    throw wrong('it is not JSON');
  }
}

function cookieOf(entry: unknown): Cookie {
  if (!isObject(entry)) throw wrong('a cookie is no object');
  const text = (name: string, otherwise?: string): string => {
    const value = Object.hasOwn(entry, name) ? entry[name] : otherwise;
    if (typeof value === 'string') return value;
    throw wrong(`the ${name} of a cookie is not a text`);
  };
  const time = (name: string): number | undefined => {
    const value = text(name, zeroTime);
    const at = Date.parse(value);
    if (Number.isNaN(at)) throw wrong(`the ${name} of a cookie is not a time`);
    return value.startsWith('0001-') ? undefined : at;
  };
  return {
    name: text('Name'),
    value: text('Value', ''),
    domain: text('Domain').toLowerCase(),
    isHostOnly: entry['HostOnly'] === true,
    path: text('Path', '/'),
    isSecure: entry['Secure'] === true,
    isHttpOnly: entry['HttpOnly'] === true,
    expiresAt: entry['Persistent'] === true ? time('Expires') : undefined,
    createdAt: time('Creation') ?? 0,
    updatedAt: time('Updated') ?? time('Creation') ?? 0,
  };
}

/** Only those that outlive the program belong into a file. */
export function writeCookies(cookies: readonly Cookie[]): readonly StoredCookie[] {
  return cookies.flatMap((cookie) => {
    const { expiresAt } = cookie;
    if (expiresAt === undefined) return [];
    return {
      Name: cookie.name,
      Value: cookie.value,
      Domain: cookie.domain,
      Path: cookie.path,
      Secure: cookie.isSecure,
      HttpOnly: cookie.isHttpOnly,
      Persistent: true,
      HostOnly: cookie.isHostOnly,
      Expires: written(expiresAt),
      Creation: written(cookie.createdAt),
      LastAccess: written(cookie.updatedAt),
      Updated: written(cookie.updatedAt),
      CanonicalHost: cookie.domain,
    };
  });
}

function written(time: number): string {
  return new Date(time).toISOString();
}

function wrong(why: string): MacaroonError {
  return new MacaroonError(`a file of cookies: ${why}`);
}
