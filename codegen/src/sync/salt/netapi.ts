import { InputError } from '../../errors.ts';
import { child } from '../../json/pointer.ts';
import { isArray } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';
import { parseDocument } from '../../read/files.ts';
import { type Answer, exchange } from '../http.ts';

/** Introspection loads every module of a minion: the slowest call of a real one took 9 s on a small machine. */
const TIMEOUT_MS = 120_000;

/** What was asked of the master, and what came of it. */
export type Outcome =
  | { readonly done: true; readonly value: JsonValue }
  /** The master could not do this one thing, and says why. */
  | { readonly done: false; readonly reason: string };

/** One thing to run: a chunk of low state, without credentials. */
export type Ask = (chunk: Readonly<Record<string, JsonValue>>) => Promise<Outcome>;

interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly eauth: string;
}

/**
 * Logs in at any of the three netapis. rest_wsgi, which knows no login and wants credentials in every chunk, is told
 * by how it greets: with a list of characters.
 */
export async function connect(
  rootUrl: string,
  options: {
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly signal?: AbortSignal;
  },
): Promise<Ask> {
  const credentials = credentialsFrom(options.env ?? process.env, rootUrl);
  const call = caller(rootUrl, options.signal);
  const greeting = child(await jsonOf(await call('/'), rootUrl), 'return');
  if (isArray(greeting)) return asker(call, rootUrl, credentials, (chunk) => [{ ...chunk, ...credentials }]);

  const answer = await call('/login', { ...credentials });
  const logins = answer.status === 200 ? child(await jsonOf(answer, rootUrl), 'return') : undefined;
  const token = child(child(logins, '0'), 'token');
  if (typeof token !== 'string') throw refused(answer, rootUrl, credentials);
  return asker(
    (path, body) => call(path, body, { 'X-Auth-Token': token }),
    rootUrl,
    credentials,
    (chunk) => [chunk],
  );
}

function credentialsFrom(env: Readonly<Record<string, string | undefined>>, url: string): Credentials {
  const { SALTAPI_USER: username, SALTAPI_PASS: password, SALTAPI_EAUTH: eauth = 'auto' } = env;
  if (username !== undefined && password !== undefined) return { username, password, eauth };
  throw new InputError('is only asked with credentials', {
    file: url,
    hint: 'Set SALTAPI_USER, SALTAPI_PASS and SALTAPI_EAUTH',
  });
}

type Call = (path: string, body?: JsonValue, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

function caller(rootUrl: string, signal: AbortSignal | undefined): Call {
  return async (path, body, headers = {}) => {
    const answer = await exchange(
      new URL(`${rootUrl}${path}`),
      body === undefined
        ? { headers: { accept: 'application/json' } }
        : {
            method: 'POST',
            // rest_wsgi takes exactly this, without a charset.
            headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
            body: JSON.stringify(body),
          },
      { signal, timeoutMs: TIMEOUT_MS },
    );
    if (answer.status < 300 || answer.status > 399) return answer;
    throw new InputError('redirects, and credentials are sent to nobody else', {
      file: `${rootUrl}${path}`,
      hint: 'Name the URL of the netapi itself',
    });
  };
}

function asker(
  call: Call,
  rootUrl: string,
  credentials: Credentials,
  lowState: (chunk: Readonly<Record<string, JsonValue>>) => JsonValue,
): Ask {
  return async (chunk) => {
    const answer = await call('/', lowState(chunk));
    const text = told(answer, credentials);
    // What rest_cherrypy says with 401, rest_wsgi says with 500.
    const isAboutUs = answer.status !== 500 || /^(Authentication|Authorization) error/.test(text);
    if (answer.status !== 200 && isAboutUs) throw refused(answer, rootUrl, credentials);
    if (answer.status !== 200) return { done: false, reason: text };
    const value = child(child(await jsonOf(answer, rootUrl), 'return'), '0');
    if (value === undefined) throw nonsense(rootUrl);
    return typeof value === 'string' ? { done: false, reason: value } : { done: true, value };
  };
}

async function jsonOf({ status, bytes }: Answer, url: string): Promise<JsonValue> {
  if (status !== 200) throw nonsense(url);
  return parseDocument(bytes, url);
}

function nonsense(url: string): InputError {
  return new InputError('is no netapi of Salt', { file: url, hint: 'Name the URL where salt-api listens' });
}

function refused(answer: Answer, url: string, credentials: Credentials): InputError {
  const text = told(answer, credentials);
  return new InputError(`answered ${answer.status}${text === '' ? '' : `: ${text}`}`, {
    file: url,
    hint: /Client disabled|netapi_enable_clients/.test(text)
      ? 'Add local to netapi_enable_clients in the configuration of the master'
      : 'Check SALTAPI_USER, SALTAPI_PASS and SALTAPI_EAUTH, and what that user may run',
  });
}

/** The sentence in a refusal: a page of CherryPy has it in its first paragraph, the others in `return`. */
function told({ bytes }: Answer, { password }: Credentials): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 20_000));
  const paragraph = /<p>(?<told>[^<]*)<\/p>/.exec(text)?.groups?.['told'];
  const said = paragraph ?? returned(text) ?? text;
  return (password === '' ? said : said.replaceAll(password, '…')).trim();
}

function returned(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const { return: said } = typeof value === 'object' && value !== null && 'return' in value ? value : {};
    return typeof said === 'string' ? said : undefined;
  } catch {
    return undefined;
  }
}
