/**
 * The rootUrl of a deployment, without a slash at its end.
 *
 * @param source where it was given, for the error: `rootUrl`, `TASKCLUSTER_ROOT_URL`
 * @throws TypeError when it isn't the absolute http(s) URL of a deployment
 */
export function normalRootUrl(rootUrl: string | undefined, source: string): string {
  const example = 'give the address of the deployment, like https://tc.example.com';
  if (typeof rootUrl !== 'string' || rootUrl === '') throw new TypeError(`${source} is missing: ${example}`);
  const url = URL.parse(rootUrl);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError(`${source} is ${shown(rootUrl)}, which is no http or https URL: ${example}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`${source} has a user or password in it: take them out, and give credentials`);
  }
  if (rootUrl.includes('?') || rootUrl.includes('#')) {
    throw new TypeError(`${source} has a query or a fragment, where only a host belongs: ${example}`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** What stands before an `@` may be a password, also in what `URL` can't read. */
function shown(text: string): string {
  return JSON.stringify(text.replace(/^.*@/s, '***@'));
}
