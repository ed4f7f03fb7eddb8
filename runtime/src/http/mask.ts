import type { Headers } from './headers.ts';

const mask = '***';

const secretHeaders = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'server-authorization',
  'set-cookie',
  'x-auth-token',
  'x-consul-token',
  'x-subject-token',
]);

/** Headers as they may be shown. `proof`: those that a signer gave, none of which is shown. */
export function shownHeaders(headers: Headers, proof: Headers = {}): Headers {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (secretHeaders.has(name) || Object.hasOwn(proof, name)) shown[name] = mask;
    else shown[name] = name === 'location' ? shownLocation(value) : value;
  }
  return shown;
}

/** A query, or a URL with one, as it may be shown: without the values that let someone in. */
export function shownQuery(text: string): string {
  return text.replace(/([?&](?:bewit|token|access_token|signature|sig)=)[^&#]*/gi, `$1${mask}`);
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
