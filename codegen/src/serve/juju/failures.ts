import type { JsonObject } from '../core/schemas.ts';

/** What a controller says no with: to a call, to one of several things in it, or to an HTTP request. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** One of Juju's own; `''` where there is none. */
  readonly code: string;
  readonly info: JsonObject | undefined;

  constructor(message: string, code = '', info?: JsonObject) {
    super(message);
    this.code = code;
    this.info = info;
  }
}

export const notFound = (what: string) => new Failure(`${what} not found`, 'not found');
export const alreadyExists = (what: string) => new Failure(`${what} already exists`, 'already exists');
export const denied = () => new Failure('permission denied', 'unauthorized access');
export const badCredentials = () => new Failure('invalid entity name or password', 'unauthorized access');
export const notValid = (message: string) => new Failure(message, 'not valid');
export const notSupported = (message: string) => new Failure(message, 'not supported');
export const notImplemented = (message: string) => new Failure(message, 'not implemented');

/** As it stands in a result. */
export function failureJson({ message, code, info }: Failure): JsonObject {
  return { message, code, ...(info && { info }) };
}

/** What went wrong in any case: what isn't a failure is one without a code. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure(error instanceof Error ? error.message : String(error));
}

/** The status of an HTTP answer that says so. */
export function statusOf({ code }: Failure): number {
  if (code.endsWith('not found')) return 404;
  return statuses[code] ?? 500;
}

const statuses: Readonly<Record<string, number>> = {
  'unauthorized access': 401,
  'macaroon discharge required': 401,
  'bad request': 400,
  'operation is blocked': 400,
  forbidden: 403,
  'method not allowed': 405,
  'redirection required': 301,
  'not yet available; try again later': 409,
  'not leader': 307,
};
