import { InteractionError } from './errors.ts';

/** Whether a URL that a server gave may be used though the rules say no. */
export type Trusts = (url: URL) => boolean;

const loopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Servers say who is to be asked next, so they could send us anywhere: only HTTPS is taken, or HTTP to this machine, and
 * never a URL with credentials in it.
 */
export function mayAsk(url: URL, trusts: Trusts): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return false;
  return url.protocol === 'https:' || loopback.test(url.hostname) || trusts(url);
}

/**
 * Where a third party is; its path ends with a slash, so that relative URLs are below it.
 *
 * @throws InteractionError when it isn't to be asked
 */
export function locationOf(text: string, trusts: Trusts): URL {
  const url = URL.parse(text);
  if (url === null || !mayAsk(url, trusts)) {
    const shown = url === null ? 'something that is no URL' : `${url.protocol}//${url.host}`;
    throw new InteractionError(
      'only third parties at https://, or http:// on this machine, are asked; allow others with `trusts`',
      shown,
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  url.search = '';
  url.hash = '';
  return url;
}

/** A URL below a location, as people write it: without the slash at its end. */
export function shownLocation(location: URL): string {
  return `${location.origin}${location.pathname.replace(/\/$/, '')}`;
}
