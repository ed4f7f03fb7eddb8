import type { ErrorFacts } from '../../../http/error-facts.ts';
import { excerpt } from '../../../http/excerpt.ts';
import type { Headers } from '../../../http/headers.ts';
import { isObject } from '../../../json/is-object.ts';
import { categoryOfCode, codeOfMessage } from '../../../rpc/error-codes.ts';
import type { WireError } from '../../../rpc/rpc-error.ts';
import type { DischargeInfo } from '../stream-host.ts';

/** What a status means where nothing else says it: Juju's own client reads these four so. */
const codeOfStatus: Readonly<Record<number, string>> = {
  401: 'unauthorized access',
  403: 'forbidden',
  404: 'not found',
  405: 'method not allowed',
};

/**
 * Controllers answer over HTTP with an error in one of three forms, or with a text where something in front of them, or
 * their router, says no.
 */
export function readJujuError(status: number, headers: Headers, body: unknown): ErrorFacts {
  const said = isJson(headers) ? wireErrorOf(body) : undefined;
  if (said === undefined) return textFacts(status, body);
  const message = textOf(said.message);
  const code = codeOfMessage(message, textOf(said.code)) ?? codeOfStatus[status];
  const category = code === undefined ? undefined : categoryOfCode(code, message);
  return {
    message: message === '' ? (code ?? 'the answer does not say why') : excerpt(message),
    ...(code !== undefined && { code }),
    ...(category !== undefined && { category }),
    // 500 is what any error without a status of its own comes with: asking again would give the same.
    ...(status === 500 && category !== 'unavailable' && { lasting: true }),
  };
}

/**
 * The error in a body: `{ error: { message, code, info } }`, `{ error: 'text', 'error-code', 'error-info' }` of charms, or
 * the error itself; `undefined` when there is none.
 */
export function wireErrorOf(body: unknown): WireError | undefined {
  if (!isObject(body)) return undefined;
  const error = own(body, 'error');
  if (isObject(error)) return error;
  if (typeof error === 'string') {
    return error === ''
      ? undefined
      : { message: error, code: own(body, 'error-code'), info: own(body, 'error-info') };
  }
  return typeof own(body, 'message') === 'string' ? body : undefined;
}

/** The macaroons that an answer with 401 asks to be discharged; `undefined` when it asks for none. */
export function dischargeInfoOf(body: unknown): DischargeInfo | undefined {
  return dischargeOf(wireErrorOf(body));
}

/** The macaroons that an error asks to be discharged; `undefined` when it asks for none. */
export function dischargeOf(said: WireError | undefined): DischargeInfo | undefined {
  if (said?.code !== 'macaroon discharge required' || !isObject(said.info)) return undefined;
  const macaroon = own(said.info, 'macaroon');
  const bakery = own(said.info, 'bakery-macaroon');
  if (!isObject(macaroon) && !isObject(bakery)) return undefined;
  return { ...(isObject(macaroon) && { macaroon }), ...(isObject(bakery) && { 'bakery-macaroon': bakery }) };
}

function textFacts(status: number, body: unknown): ErrorFacts {
  const code = codeOfStatus[status];
  const text = typeof body === 'string' ? body : jsonOf(body);
  return {
    message: text.trim() === '' ? 'the answer does not say why' : excerpt(text),
    ...(code !== undefined && { code }),
  };
}

function jsonOf(body: unknown): string {
  try {
    return JSON.stringify(body) ?? '';
  } catch {
    // Nested so deeply that it can be read, and not written.
    return '';
  }
}

function isJson(headers: Headers): boolean {
  return /^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '');
}

function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
