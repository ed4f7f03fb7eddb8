import type { JsonValue } from '../../../model.ts';
import { isObject, type JsonObject } from '../../core/schemas.ts';
import type { Failure } from '../failures.ts';
import { exactText, isLargeInteger, parseExactly } from './numbers.ts';

export interface Request {
  readonly requestId: number | string;
  /** Asked without a number, as clients of the first protocol did: the answer has their names. */
  readonly isFirst: boolean;
  readonly facade: string;
  readonly version: number;
  readonly id: string;
  readonly method: string;
  readonly params: JsonValue | undefined;
}

/** Nobody can make sense of it, and the connection is dropped. */
export class Nonsense extends Error {
  override readonly name = 'Nonsense';
}

/**
 * What a message asks; `undefined` when it is no request but an answer. Names match in any case, and nothing after the
 * first value of a message counts.
 */
export function requestIn(text: string): Request | undefined {
  const message = firstObject(text);
  const field = (...names: readonly string[]) => fieldOf(message, names);
  const requestId = field('request-id') ?? 0;
  const isFirst = requestId === 0;
  const given = isFirst ? (field('requestid') ?? 0) : requestId;
  if (!isId(given)) throw new Nonsense('a request has a number');
  const facade = texted(field('type'));
  const method = texted(field('request'));
  if (facade === '' && method === '') return undefined;
  const version = field('version') ?? 0;
  if (typeof version !== 'number' || !Number.isInteger(version)) throw new Nonsense('a version is a number');
  return {
    requestId: given,
    isFirst,
    facade,
    version,
    id: texted(field('id')),
    method,
    params: field('params'),
  };
}

export function replyText({ requestId, isFirst }: Request, response: JsonValue): string {
  return `${exactText(isFirst ? { RequestId: requestId, Response: response } : { 'request-id': requestId, response })}\n`;
}

/** Says no, and has an empty answer nevertheless. */
export function refusalText({ requestId, isFirst }: Request, { message, code, info }: Failure): string {
  const told: JsonObject = isFirst
    ? { RequestId: requestId, Error: message, ...(code !== '' && { ErrorCode: code }), Response: {} }
    : {
        'request-id': requestId,
        error: message,
        ...(code !== '' && { 'error-code': code }),
        ...(info && { 'error-info': info }),
        response: {},
      };
  return `${exactText(told)}\n`;
}

function firstObject(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = parseExactly(text);
  } catch {
    value = parsedFirst(text);
  }
  if (!isObject(value)) throw new Nonsense('a message is an object');
  return value;
}

/** The object at the beginning, when there is more behind it. */
function parsedFirst(text: string): JsonValue {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') depth += 1;
    if (token !== '}') continue;
    depth -= 1;
    if (depth > 0) continue;
    try {
      return parseExactly(text.slice(0, index + 1));
    } catch {
      break;
    }
  }
  throw new Nonsense('a message is JSON');
}

function fieldOf(message: JsonObject, names: readonly string[]): JsonValue | undefined {
  const found = Object.keys(message).findLast((key) => names.includes(key.toLowerCase()));
  return found === undefined ? undefined : (message[found] ?? undefined);
}

/** A whole number that isn't negative, of 64 bits. */
function isId(value: JsonValue): value is number | string {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0;
  return isLargeInteger(value) && !value.includes('-');
}

function texted(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') throw new Nonsense('a name is a text');
  return value;
}
