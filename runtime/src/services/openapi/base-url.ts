/**
 * The address of an API without a slash at its end.
 *
 * @throws TypeError when it isn't an http or https URL, or has more to it than host and path; doesn't show it
 */
export function normalBaseUrl(address: string): string {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TypeError('baseUrl must be an absolute URL that begins with http:// or https://');
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('baseUrl must not hold a user name or a password: give credentials');
  }
  if (url.search !== '' || url.hash !== '') throw new TypeError('baseUrl must end with its path');
  return url.href.replace(/\/+$/, '');
}
