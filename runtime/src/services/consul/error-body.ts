import type { Category } from '../../errors.ts';
import type { ErrorFacts, ReadError } from '../../http/error-facts.ts';
import { excerpt, isPage } from '../../http/excerpt.ts';
import type { Headers } from '../../http/headers.ts';

/** Lists of errors are longer than other sentences; a page of a proxy may be much longer than any of them. */
const longest = 2000;

/** Consul says what was wrong in plain text; a status of 500 may mean anything from a typing error to a lost leader. */
export const readConsulError: ReadError = (status, headers, body, call = '') => {
  if (status === 301 && headers['location']?.startsWith('/') === true) return elsewhere;
  const message = messageOf(status, body);
  const category = categoryOf(status, message, call);
  const lasting = status === 500 && category !== 'unavailable';
  return {
    message,
    ...(category !== undefined && { category }),
    ...(lasting && { lasting }),
  } satisfies ErrorFacts;
};

/** Go's router cleans a path, of which it undoes the encoding first. */
const elsewhere: ErrorFacts = {
  category: 'invalid',
  message:
    "Consul takes this path for another one: a name in it begins with a slash, or holds '//' or a segment '.' or '..': " +
    'name it otherwise',
};

/** Every answer of an agent's API tells its default policy, since 1.9, or an index; that of a proxy tells neither. */
export function isOfConsul(headers: Headers): boolean {
  return 'x-consul-default-acl-policy' in headers || 'x-consul-index' in headers;
}

function messageOf(status: number, body: unknown): string {
  const text = (typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)).trim();
  if (text === '') return status === 404 ? 'not found' : 'the answer does not say why';
  if (isPage(text)) return excerpt(text);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** What one server passes on of another. */
const passedOn = /^(?:rpc error making call: |rpc error: code = \w+ desc = )+/;

/** What is over as soon as there is a leader, or a way to it. */
const passing =
  /no cluster leader|no path to datacenter|no known consul servers|leadership lost|node is not the leader|not ready to serve|rpc error getting client|code = unavailable|failed to get conn|connection refused|connection reset|broken pipe|i\/o timeout|deadline exceeded|stream closed|session shutdown|rate limit/i;

/** What was asked for in a wrong way, so that asking again would give the same. */
const wrong =
  /^(?:invalid|missing|must |bad request|unknown|duplicate|cannot |failed to (?:create boolean expression|parse|decompress)|required )|must (?:be|provide|specify|have|contain)|is not valid|invalid (?:session|syntax)|does not exist|already exists|not permitted|was not found|cannot find|no node found/i;

/** `undefined`: the status says enough. */
function categoryOf(status: number, message: string, call: string): Category | undefined {
  const said = message.replace(passedOn, '');
  if (/\bdoes not exist: ACL not found$/.test(said)) {
    // Who asks for the token that they have is told in the same words that it isn't known.
    return /\/acl\/token\/self$/.test(call) ? 'unauthorized' : 'not-found';
  }
  // With 404 it is a policy or the like that isn't there, otherwise the token.
  if (status !== 404 && /^ACL not found|\bACL not found$/.test(said)) return 'unauthorized';
  if (/^\w+ support disabled/.test(said)) return 'invalid';
  if (/^Permission denied/.test(said)) return 'forbidden';
  if (status !== 500) return undefined;
  if (passing.test(message)) return 'unavailable';
  if (wrong.test(said.replace(/^raft apply failed: /, ''))) return 'invalid';
  // Of a connection between servers, unless it is what was sent that ended too early.
  return /\bEOF$/.test(said) ? 'unavailable' : undefined;
}
