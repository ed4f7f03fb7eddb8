/** Where an agent is, taken apart. */
export interface Address {
  /** What comes before `/v1/…`: `http://localhost:8500/prefix`, without a slash at its end. */
  readonly baseUrl: string;
  /** The Unix socket that it listens on, in place of a port. */
  readonly socketPath?: string;
}

interface AddressParts {
  readonly address?: string | undefined;
  readonly scheme?: 'http' | 'https' | undefined;
  readonly pathPrefix?: string | undefined;
}

const unix = 'unix://';

/** @throws TypeError when there can be no agent at the address */
export function addressOf({ address = 'localhost:8500', scheme, pathPrefix }: AddressParts): Address {
  if (typeof address !== 'string') throw refused('must be a string');
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    throw new TypeError(`scheme must be "http" or "https", not ${JSON.stringify(scheme)}`);
  }
  if (address.startsWith(unix)) {
    const socketPath = address.slice(unix.length);
    if (!socketPath.startsWith('/'))
      throw refused('must name a socket by its whole path: unix:///run/consul.sock');
    return { baseUrl: `${scheme ?? 'http'}://localhost${prefixOf(pathPrefix)}`, socketPath };
  }
  const [, said, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/i.exec(address.trim()) ?? [];
  const own = said?.toLowerCase();
  if (own !== undefined && own !== 'http' && own !== 'https') {
    throw refused(`has the scheme ${own}, and must have http, https or unix`);
  }
  // A URL parser takes a number for an IPv4 address.
  if (/^\d+(?:\/|$)/.test(rest)) throw refused('is a port without a host: say localhost:8500');
  // As Go reads it: the port alone is one of this machine.
  const host = rest.startsWith(':') ? `localhost${rest}` : rest;
  const url = URL.parse(`${scheme === 'https' ? 'https' : (own ?? 'http')}://${host}`);
  if (url === null || url.hostname === '')
    throw refused('must be like localhost:8500 or https://consul.example.com');
  if (url.username !== '' || url.password !== '') throw refused('holds a password: give basicAuth instead');
  if (url.search !== '' || url.hash !== '') throw refused('must have no query and no fragment');
  return { baseUrl: url.origin + prefixOf(pathPrefix ?? url.pathname) };
}

/** With a slash at its beginning and none at its end, or nothing. */
function prefixOf(prefix = ''): string {
  const bare = prefix.replace(/^\/+|\/+$/g, '');
  if (bare === '') return '';
  const path = `/${bare}`;
  if (URL.parse(`http://localhost${path}`)?.pathname === path) return path;
  throw new TypeError(`pathPrefix must be a path as it is sent: ${JSON.stringify(prefix)} isn't one`);
}

/** The address isn't shown: it may hold a password. */
function refused(what: string): TypeError {
  return new TypeError(`address ${what}`);
}
