/** Cookies, and which of them go with a request (RFC 6265, section 5). */

export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Lower case. */
  readonly domain: string;
  /** For this very host, and not for those below it. */
  readonly isHostOnly: boolean;
  readonly path: string;
  /** For HTTPS only. */
  readonly isSecure: boolean;
  readonly isHttpOnly: boolean;
  /** Milliseconds since the epoch; absent: as long as the program runs. */
  readonly expiresAt?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

/** Of two cookies with the same key the later one counts. */
export function keyOf({ domain, path, name }: Cookie): string {
  return JSON.stringify([domain, path, name]);
}

export function isOver({ expiresAt }: Cookie, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

export function goesWith(cookie: Cookie, { protocol, hostname, pathname }: URL): boolean {
  if (cookie.isSecure && protocol !== 'https:' && protocol !== 'wss:') return false;
  const isThere =
    hostname === cookie.domain || (!cookie.isHostOnly && hostname.endsWith(`.${cookie.domain}`));
  return isThere && isBelow(pathname, cookie.path);
}

function isBelow(path: string, folder: string): boolean {
  if (path === folder) return true;
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** The order in which they are sent: the longest path first, then the oldest. */
export function before(a: Cookie, b: Cookie): number {
  return b.path.length - a.path.length || a.createdAt - b.createdAt;
}
