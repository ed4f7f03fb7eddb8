import { type CallRecord, ServiceError } from '../errors.ts';
import { isObject } from '../json/is-object.ts';
import { categoryOfCode, codeOfMessage } from './error-codes.ts';

/** An error as it comes: `params.Error` in results, or the `error…` fields of a reply. */
export interface WireError {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly info?: unknown;
}

/** The service said no. The message is `Application.Deploy: not found: application "x" not found`. */
export class RpcError extends ServiceError {
  /** The service's own code (`not found`), or the one that its text stands for; `undefined` when it gave none. */
  readonly code: string | undefined;
  readonly #said: WireError;

  /** `call` is what was asked: `Application.Deploy`. */
  constructor(said: WireError, call: string, record: CallRecord) {
    const message = typeof said.message === 'string' ? said.message : '';
    const code = codeOfMessage(message, typeof said.code === 'string' ? said.code : '');
    super(categoryOfCode(code, message), spoken(code, message), { call, record });
    this.code = code;
    this.#said = said;
  }

  override get name(): string {
    return 'RpcError';
  }

  /** The service's own words, without what was asked. */
  get said(): string {
    return this.message.slice(this.call.length + 2);
  }

  /**
   * What the service says besides: of `macaroon discharge required` the macaroons, of `redirection required` where to
   * go. Not shown by inspect(): it may hold secrets.
   */
  get info(): Readonly<Record<string, unknown>> {
    return isObject(this.#said.info) ? this.#said.info : {};
  }
}

/** What an error that came means. `call` is what was asked: `Application.Deploy`. */
export function rpcErrorOf(said: WireError, call: string, record: CallRecord): RpcError {
  return new RpcError(said, call, record);
}

/** The error that a part of an answer holds, if it holds one. */
export function wireErrorIn(part: unknown, property: string): WireError | undefined {
  if (!isObject(part) || !Object.hasOwn(part, property)) return undefined;
  const said = part[property];
  if (said === undefined || said === null || said === '') return undefined;
  if (isObject(said)) return said;
  // What can't be read is no success all the same.
  return typeof said === 'string' ? { message: said } : {};
}

function spoken(code: string | undefined, message: string): string {
  if (code === undefined) return message === '' ? 'an error without a word' : message;
  return message === '' || message === code ? code : `${code}: ${message}`;
}
