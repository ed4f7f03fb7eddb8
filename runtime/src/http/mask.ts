import type { Headers } from './headers.ts';

const mask = '***';

const secretHeaders = new Set([
  'api-key',
  'authorization',
  'cookie',
  'proxy-authorization',
  'server-authorization',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'x-consul-token',
  'x-subject-token',
]);

/** Headers as they may be shown. `proof`: those that a signer gave, none of which is shown. */
export function shownHeaders(headers: Headers, proof: Headers = {}): Headers {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (isSecret(name, proof)) shown[name] = mask;
    else shown[name] = name === 'location' ? shownLocation(value) : value;
  }
  return shown;
}

function isSecret(name: string, proof: Headers): boolean {
  return secretHeaders.has(name) || Object.hasOwn(proof, name);
}

/** What is shorter is found in many an innocent word. */
const shortestSecret = 8;

/** What a service says, as it may be shown: some repeat the token that they don't like. */
export function withoutSecrets(text: string, headers: Headers, proof: Headers): string {
  return (
    Object.entries(headers)
      // A signature may cover what says how long the body is: that others repeat.
      .filter(([name]) => isSecret(name, proof) && !name.startsWith('content-'))
      .flatMap(([name, value]) =>
        name === 'cookie' ? cookieValues(value) : value.replace(/^\S+ (?=\S+$)/, ''),
      )
      .filter((secret) => secret.length >= shortestSecret)
      .reduce((hidden, secret) => hidden.replaceAll(secret, mask), text)
  );
}

function cookieValues(cookies: string): string[] {
  return cookies.split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1));
}

/** A query, or a URL with one, as it may be shown: without the values that let someone in. */
export function shownQuery(text: string): string {
  return text.replace(
    /([?&](?:bewit|token|access_token|api[-_]?key|password|secret|client_secret|signature|sig)=)[^&#]*/gi,
    `$1${mask}`,
  );
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
