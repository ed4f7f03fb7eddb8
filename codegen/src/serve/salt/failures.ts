import { Refusal } from '../core/service.ts';

/** What a function throws: Python's name for it, and its words. */
export class PythonError extends Error {
  override readonly name = 'PythonError';
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }

  /** As Python prints it. */
  get traceback(): string {
    const end = this.message === '' ? this.type : `${this.type}: ${this.message}`;
    return `Traceback (most recent call last):\n  File "salt/loader/lazy.py", line 1, in run\n${end}\n`;
  }
}

/** A function that was given what it doesn't take. */
export function invalidArguments(message: string): PythonError {
  return new PythonError('TypeError', message);
}

/** `401` in rest_cherrypy, a text in rest_tornado, `500` in rest_wsgi, but for one that brought no credentials. */
export const failures = {
  noCredentials: () => new Refusal(401, 'EauthAuthenticationError', 'No authentication credentials given'),
  unauthenticated: () => new Refusal(401, 'AuthenticationError', 'Authentication error occurred.'),
  unauthorized: () => new Refusal(401, 'AuthorizationError', 'Authorization error occurred.'),
  invalidToken: () => new Refusal(401, 'InvalidToken', 'Invalid token'),
  /** Of runners, of wheels and of tokens, which say more than the others. */
  unproven: (user: string) =>
    new Refusal(
      401,
      'EauthAuthenticationError',
      `Authentication failure of type "eauth" occurred for user ${user}.`,
    ),
  invalid: (message: string) => new Refusal(400, 'SaltInvocationError', message),
  unknownClient: (client: string) =>
    new Refusal(400, 'SaltInvocationError', `Invalid client specified: '${client}'`),
  disabledClient: (client: string) =>
    new Refusal(
      400,
      'SaltInvocationError',
      `Client disabled: '${client}'. Add to 'netapi_enable_clients' master config option to enable.`,
    ),
  /** What nobody foresaw; only rest_cherrypy doesn't say what it was. */
  unexpected: (message: string) => new Refusal(500, 'Exception', message),
  /** Something that JSON can't hold. */
  unserializable: (type: string) =>
    new Refusal(500, 'Unserializable', `Object of type ${type} is not JSON serializable`),
} as const;
