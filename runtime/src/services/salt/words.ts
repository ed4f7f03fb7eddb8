import type { Category } from '../../errors.ts';

/** What a text of Salt's means: the same words come with several statuses, and with 200. */
interface Meaning {
  readonly code: string;
  readonly category: Category;
  /** What to do about it; follows the text. */
  readonly hint?: string;
  /** Asking again gives the same. */
  readonly lasting: boolean;
}

/** The first row whose pattern is found in a text is its meaning. */
const meanings: readonly (Meaning & { readonly words: RegExp })[] = [
  {
    words: /client disabled|netapi_enable_clients/i,
    code: 'ClientDisabled',
    category: 'forbidden',
    hint: "add the client to netapi_enable_clients in the master's configuration: since 3006 none is enabled by default, and a login works all the same",
    lasting: true,
  },
  {
    words: /invalid client/i,
    code: 'InvalidClient',
    category: 'invalid',
    hint: 'this netapi has no such client',
    lasting: true,
  },
  {
    words: /^raw shell /i,
    code: 'RawShellDisabled',
    category: 'forbidden',
    hint: "netapi_allow_raw_shell in the master's configuration allows it",
    lasting: true,
  },
  {
    // Of runners and wheels; where somebody isn't known, it names no user.
    words: /authorization error|not authorized|authentication failure of type "\w+" occurred for user/i,
    code: 'Forbidden',
    category: 'forbidden',
    lasting: true,
  },
  {
    words: /no permission -- see authorization schemes/i,
    code: 'NoPermission',
    category: 'unauthorized',
    hint: 'the session is not accepted, or its user has no right to this',
    lasting: true,
  },
  {
    words: /^failed to authenticate/i,
    code: 'Unauthenticated',
    category: 'unauthorized',
    hint: 'rest_tornado also says so when the user has no right to this',
    lasting: true,
  },
  {
    words: /timeout waiting for runner/i,
    code: 'Timeout',
    category: 'unavailable',
    hint: 'start() runs the call as a job, without waiting',
    lasting: false,
  },
  {
    words:
      /authentication error|authentication failure of type|could not authenticate|no authentication credentials|invalid token|please log in/i,
    code: 'Unauthenticated',
    category: 'unauthorized',
    lasting: true,
  },
  {
    words: /salt master (must be running|is not|could not be)|master is not (running|available|responding)/i,
    code: 'MasterDown',
    category: 'unavailable',
    lasting: false,
  },
  {
    words: /generator is not JSON serializable/i,
    code: 'NoBatches',
    category: 'invalid',
    hint: 'rest_wsgi cannot answer with batches: use rest_cherrypy, or call without batches',
    lasting: true,
  },
  {
    words:
      /missing \d+ required positional argument|passed invalid arguments|lowstates must be a list|invalid json/i,
    code: 'InvalidArguments',
    category: 'invalid',
    lasting: true,
  },
  {
    words: /^a server error occurred/i,
    code: 'BrokenServer',
    category: 'failed',
    hint: 'this is how rest_wsgi answers on Python 3 behind wsgiref, whatever was asked: it gives text where the server wants bytes. Put a wrapper that encodes around it, or use rest_cherrypy',
    lasting: true,
  },
];

/** What a text of Salt's means; `undefined` when it is none of the known ones. */
export function meaningOf(text: string): Meaning | undefined {
  return meanings.find(({ words }) => words.test(text));
}

/** A text of Salt's as the end of a sentence, with what to do about it. */
export function explained(text: string, meaning: Meaning | undefined): string {
  return meaning?.hint === undefined ? text : `${text} (${meaning.hint})`;
}

/** What the texts begin with that stand in for a value when a function didn't do it. */
const failures =
  /^(The minion function caused an exception: |Passed invalid arguments to |Exception occurred in (runner|wheel) |Unexpected exception while handling request: |Minion did not return\. )|^'[^'\n]+' is not available\.|^(Failed to authenticate$|Timeout waiting for runner to execute$|ERROR executing )/;

/** Whether a value is a text that says that there is none. Only where nothing better tells: a function may return it. */
export function isFailureText(value: unknown): value is string {
  return typeof value === 'string' && failures.test(value);
}

/** Whether a value is the text that stands in for a minion that didn't return. */
export function isSilenceText(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('Minion did not return. ');
}

/** Whether a text stands in for an answer of no minions, as rest_tornado has it. */
export function isNobodyText(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('No minions matched the target.');
}
