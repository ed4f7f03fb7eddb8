import { InputError } from '../errors.ts';
import type { JsonValue } from '../model.ts';
import { MAX_BYTES, parseDocument } from '../read/files.ts';

/** How long one answer may take where nobody says otherwise, in milliseconds. */
const TIMEOUT_MS = 30_000;

const MAX_REDIRECTS = 5;

export function isUrl(from: string): boolean {
  return /^https?:\/\//i.test(from);
}

/** Without slashes at its end. Refused when it holds credentials: it is written into a file that is committed. */
export function rootUrlOf(from: string): string {
  const url = URL.parse(from);
  if (url === null)
    throw new InputError('not a URL', { file: from, hint: 'Write it like https://tc.example.com' });
  if (url.username + url.password + url.search + url.hash === '') return url.href.replace(/\/+$/, '');
  throw new InputError('a root URL has no user, password, query or fragment', {
    file: `${url.origin}${url.pathname}`,
    hint: 'Write it like https://tc.example.com',
  });
}

/**
 * Gets one file of JSON; undefined when there is none (404). Redirects are followed within the same origin only.
 *
 * The global fetch is enough here, where a few files are loaded once by a person who waits for them: the clients'
 * own HTTP belongs to the runtime, which the generator doesn't use.
 */
export async function fetchJson(
  from: string,
  signal: AbortSignal | undefined,
): Promise<JsonValue | undefined> {
  let url = new URL(from);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const { status, headers, bytes } = await exchange(
      url,
      { headers: { accept: 'application/json' } },
      { signal },
    );
    const location = headers.get('location');
    if (status === 404) return undefined;
    if (status === 200) return parseDocument(bytes, url.href);
    const target = status >= 300 && status < 400 && location !== null ? URL.parse(location, url.href) : null;
    if (target === null) {
      throw new InputError(`answered ${status}`, {
        file: url.href,
        hint: "Check that this is a deployment's URL",
      });
    }
    if (target.origin !== url.origin) {
      throw new InputError(`redirects to another host, ${target.protocol}//${target.host}`, {
        file: url.href,
        hint: 'Name that host, if you trust it',
      });
    }
    url = target;
  }
  throw new InputError(`redirects more than ${MAX_REDIRECTS} times`, { file: from, hint: 'Check the URL' });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** One request and its whole answer, whatever the status. Redirects are not followed. */
export async function exchange(
  url: URL,
  request: Pick<RequestInit, 'method' | 'headers' | 'body'>,
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number },
): Promise<Answer> {
  const { signal, timeoutMs = TIMEOUT_MS } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      ...request,
      redirect: 'manual',
      signal: AbortSignal.any([timeout, ...(signal === undefined ? [] : [signal])]),
    });
    const bytes = await bodyOf(response, url);
    return { status: response.status, headers: response.headers, bytes };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    signal?.throwIfAborted();
    const reason = timeout.aborted
      ? `no answer within ${timeoutMs / 1000} s`
      : `cannot be reached: ${reasonOf(cause)}`;
    throw new InputError(reason, { file: url.href, hint: 'Check the URL and the network', cause });
  }
}

async function bodyOf(response: Response, url: URL): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new InputError(`has more than ${MAX_BYTES / 1024 / 1024} MB, which is the limit`, {
        file: url.href,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** fetch says "fetch failed" and hides why in its cause. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : undefined;
  return code ?? (inner instanceof Error ? inner.message : String(inner));
}
