import { type HawkKey, hawkMac } from './hawk.ts';

/**
 * A URL that whoever has it may GET until it expires: `url` with a signature at the end of its query, which is what
 * Hawk calls a bewit.
 *
 * @param url absolute and encoded; must be asked for byte for byte
 * @param expires seconds since the epoch
 */
export function withBewit(key: HawkKey, url: string, expires: number): string {
  return `${url}${url.includes('?') ? '&' : '?'}bewit=${bewit(key, url, expires)}`;
}

/** The signature alone: base64url without padding, outside of a MAC in standard base64. */
export function bewit(key: HawkKey, url: string, expires: number): string {
  const mac = hawkMac('bewit', key, { method: 'GET', url }, { timestamp: expires, nonce: '' });
  return Buffer.from(`${key.id}\\${expires}\\${mac}\\${key.ext ?? ''}`).toString('base64url');
}
