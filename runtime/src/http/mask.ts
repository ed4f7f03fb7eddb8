import { isSecretHeader, mask } from '../mask.ts';
import type { Headers } from './headers.ts';

/** Headers as they may be shown. `proof`: those that a signer gave, none of which is shown. */
export function shownHeaders(headers: Headers, proof: Headers = {}): Headers {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (isSecretHeader(name, proof)) shown[name] = mask;
    else shown[name] = name === 'location' ? shownLocation(value) : value;
  }
  return shown;
}

const secretPair =
  /([?&](?:bewit|token|access_token|api[-_]?key|password|secret|client_secret|signature|sig)=)([^&#]*)/gi;

/** A query, or a URL with one, as it may be shown: without the values that let someone in. */
export function shownQuery(text: string): string {
  return text.replace(secretPair, `$1${mask}`);
}

/** What {@link shownQuery} doesn't show of a query, encoded and not. */
export function secretsOfQuery(query: string): string[] {
  return Array.from(query.matchAll(secretPair), ([, , value = '']) => [value, decoded(value)]).flat();
}

/** A query that the caller wrote may be no encoding of anything. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** A URL as it may be shown when others signed it, in a way that we don't know. */
export function withoutQuery(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : `${url.slice(0, query)}?${mask}`;
}

/** Where a redirect points to, as it may be shown: it may be a signed URL, or repeat a secret of the path that was asked for. */
export function shownLocation(location: string): string {
  const url = URL.parse(location);
  return url === null ? mask : `${url.origin}/${mask}`;
}
