import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Credentials, checkCredentials, shielded } from './credentials.ts';
import { checkScopes } from './options.ts';
import { normalRootUrl } from './root-url.ts';
import { slugid } from './slugid.ts';
import { taskclusterUrls } from './urls.ts';

/** How somebody signs in. */
export interface SignInOptions {
  /** The address of the deployment. */
  readonly rootUrl: string;
  /** Shows a URL to the person who is to sign in: in a browser on this machine, which can reach its loopback. */
  readonly open: (url: string) => unknown;
  /** What the new client is called, after the person's own name and before six random characters. Default `cli`. */
  readonly name?: string | undefined;
  /** What the new client is for; shown to the person. Default: for use on the command line. */
  readonly description?: string | undefined;
  /** What it may do; as much of it as the person may do is granted. Default `['*']`. */
  readonly scopes?: readonly string[] | undefined;
  /** How long it lasts, as `fromNow` reads it. Default `1 day`. */
  readonly expires?: string | undefined;
  /** How long the person may take, in milliseconds. Default 300,000. */
  readonly timeoutMs?: number | undefined;
  /** An abort rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** Of the loopback server that the browser is sent to afterwards. Default 0: any that is free. */
  readonly port?: number | undefined;
}

/**
 * Has a person sign in with a browser, and gives the credentials of a client made for the purpose. `inspect` doesn't
 * show their token.
 *
 * The deployment's page for a new client is opened; when the person has saved it, the page sends the browser to a server
 * on the loopback interface, under a path that nobody else knows.
 *
 * @throws TypeError when an option can't be used, and Error when nobody signs in in time; what `open` throws passes
 */
export async function signIn(options: SignInOptions): Promise<Credentials> {
  const { scopes = ['*'], name = 'cli', timeoutMs = 300_000, port = 0 } = options;
  const rootUrl = normalRootUrl(options.rootUrl, 'rootUrl');
  checkScopes(scopes, 'scopes');
  if (!/^[A-Za-z0-9!@/:.+|_-]+$/.test(name)) {
    throw new TypeError('name becomes part of a client id: only letters, digits and !@/:.+|_- are allowed');
  }
  options.signal?.throwIfAborted();

  // Loaded here, since hardly any program signs anybody in.
  const [{ randomBytes }, { createServer }] = await Promise.all([import('node:crypto'), import('node:http')]);
  const secretPath = `/${randomBytes(18).toString('base64url')}`;
  const outcome = Promise.withResolvers<Credentials>();
  // Until it is awaited below, a failure of `open` may come first.
  outcome.promise.catch(() => undefined);
  const server = createServer((request, response) => {
    const credentials = request.method === 'GET' ? readCallback(request, secretPath) : undefined;
    answer(response, credentials !== undefined);
    if (credentials !== undefined) response.once('close', () => outcome.resolve(credentials));
  });
  const abort = () => outcome.reject(options.signal?.reason);
  options.signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => {
    outcome.reject(new Error(`signIn: nobody signed in to ${rootUrl} within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    // The page accepts no other host than `localhost` for the way back.
    const callback = `http://localhost:${await listening(server, port)}${secretPath}`;
    await options.open(signInUrl(rootUrl, callback, scopes, name, options));
    return await outcome.promise;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
    server.close();
    server.closeAllConnections();
  }
}

function signInUrl(
  rootUrl: string,
  callback: string,
  scopes: readonly string[],
  name: string,
  { expires = '1 day', description = 'For use on the command line' }: SignInOptions,
): string {
  const query = new URLSearchParams([
    ...scopes.map((scope): [string, string] => ['scope', scope]),
    ['name', `${name}-${slugid().slice(0, 6)}`],
    ['expires', expires],
    ['callback_url', callback],
    ['description', description],
  ]);
  return `${taskclusterUrls(rootUrl).ui('auth/clients/create')}?${query}`;
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** The credentials that the page sent the browser here with; `undefined` for any other request. */
function readCallback(request: IncomingMessage, secretPath: string): Credentials | undefined {
  const [path, query = ''] = (request.url ?? '').split('?', 2);
  if (path !== secretPath) return undefined;
  try {
    // Not URLSearchParams: the page writes a client id as it is, and a `+` in it means itself.
    const values = new Map(
      query
        .split('&')
        .map((pair) => pair.split('=', 2).map(decodeURIComponent))
        .map(named),
    );
    const credentials = {
      clientId: values.get('clientId') ?? '',
      accessToken: values.get('accessToken') ?? '',
    };
    checkCredentials(credentials, 'the callback');
    return shielded(credentials);
  } catch {
    return undefined;
  }
}

function named([name = '', value = '']: readonly string[]): readonly [string, string] {
  return [name, value];
}

function answer(response: ServerResponse, signedIn: boolean): void {
  const title = signedIn ? 'Signed in' : 'Nothing here';
  const text = signedIn ? 'You are signed in and can close this page.' : 'This page is only for signing in.';
  response.writeHead(signedIn ? 200 : 404, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  // The token must not stay in the address bar, nor in the history of the browser.
  response.end(`<!doctype html>
<html lang="en">
<title>${title}</title>
<script>history.replaceState(null, '', '/');</script>
<p>${text}
`);
}
