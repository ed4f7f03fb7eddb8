import type { BasicAuth } from './options.ts';

/** RFC 7617, in UTF-8. A text is split at its first colon. */
export function basicAuthHeader(auth: string | BasicAuth | undefined): Readonly<Record<string, string>> {
  if (auth === undefined || auth === '') return {};
  const { username, password = '' } = typeof auth === 'string' ? partsOf(auth) : auth;
  if (typeof username !== 'string' || username.includes(':')) {
    throw new TypeError('basicAuth.username must be a text without a colon');
  }
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

function partsOf(text: string): BasicAuth {
  const colon = text.indexOf(':');
  return colon < 0 ? { username: text } : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
