import type { Category } from '../../errors.ts';
import type { ErrorFacts, ReadError } from '../../http/endpoint.ts';
import { excerpt, isPage, titleOf } from '../../http/excerpt.ts';
import { shownLocation } from '../../http/mask.ts';

/** The code of a worker pool that can't be set up as it is configured, which comes with a 503. */
const misconfigured = 'ProviderSetupFailed';

/** Codes whose status says less, or something else. */
const categories: Readonly<Record<string, Category>> = {
  AuthenticationFailed: 'unauthorized',
  DenylistedAddress: 'forbidden',
  ForbiddenByGithub: 'forbidden',
  InsufficientScopes: 'forbidden',
  InternalServerError: 'failed',
  [misconfigured]: 'failed',
  RequestConflict: 'conflict',
  ResourceExpired: 'not-found',
  ResourceNotFound: 'not-found',
  TooManyRequests: 'rate-limited',
};

/** What services put between a message and a repetition of the facts of the call. */
const separator = '\n\n---\n';

/** The message of an error's body, without the facts that a service appends to it. */
export function errorMessage(body: unknown): string | undefined {
  const message = property(body, 'message');
  return typeof message === 'string' ? message.split(separator, 1)[0] : undefined;
}

/**
 * How Taskcluster words its errors: `{ code, message, requestInfo }` from a method; `{ error }` when there is no such
 * route; `{ reason, message }` with 424 for an artifact that its task failed to make; and whatever a proxy in between
 * has to say, such as that the deployment is at https and not at http.
 */
export const readTaskclusterError: ReadError = (status, { location }, body): ErrorFacts => {
  const message = errorMessage(body);
  const code = text(property(body, 'code'));
  if (message !== undefined && code !== undefined) {
    return {
      code,
      message,
      category: Object.hasOwn(categories, code) ? categories[code] : undefined,
      lasting: code === misconfigured,
      requestInfo: property(body, 'requestInfo'),
    };
  }
  const reason = text(property(body, 'reason'));
  if (status === 424 && reason !== undefined) {
    return { code: reason, message: message ?? 'the task could not make this artifact', category: 'failed' };
  }
  if (status < 400 && location !== undefined) {
    return {
      message: `a redirect to ${shownLocation(location)}, which is not followed: is the rootUrl right?`,
    };
  }
  return { message: message ?? text(property(body, 'error')) ?? foreign(body) };
};

/** What comes from something that isn't Taskcluster, such as a load balancer's page. */
function foreign(body: unknown): string {
  if (typeof body !== 'string' || body.trim() === '') return 'the answer does not say why';
  if (!isPage(body)) return excerpt(body);
  const title = titleOf(body);
  const named = title === undefined ? '' : ` called "${title}"`;
  return `the answer is an HTML page${named}, probably of a proxy in front of the service`;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
