/** Where a URL points to, cut out of it byte for byte: a URL parser would write some of it anew. */
export interface Target {
  /** `https://tc.example.com:8080` */
  readonly origin: string;
  /** `tc.example.com:8080`, for messages. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
}

const parts = /^https?:\/\/([^/?#]+)([^#]*)/i;

export function targetOf(url: string): Target {
  const found = parts.exec(url);
  const host = found?.[1];
  const path = found?.[2] ?? '';
  if (host === undefined) throw new TypeError('a URL must be absolute and begin with http:// or https://');
  return {
    origin: url.slice(0, url.indexOf('//') + 2 + host.length),
    host,
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

/** Whether Node, which parses a URL before it sends it, would send something else than what is written. */
export function isChangedByParsing(url: string, { path }: Target): boolean {
  const parsed = new URL(url);
  return parsed.pathname + parsed.search !== path;
}
