/** How messages of the bakery's protocol are read. Names are compared without case, as Go does, since not all write them alike. */
import { isObject } from '../../json/is-object.ts';
import { fromBase64, utf8 } from '../macaroon/bytes.ts';
import { BakeryMacaroon } from './bakery-macaroon.ts';
import type { SendAnswer } from './send.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What is under a name, `null` being nothing. */
export function field(object: Fields, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name] ?? undefined;
  const lower = name.toLowerCase();
  const [, value] = Object.entries(object).find(([key]) => key.toLowerCase() === lower) ?? [];
  return value ?? undefined;
}

export function textField(object: Fields, name: string): string | undefined {
  const value = field(object, name);
  return typeof value === 'string' ? value : undefined;
}

export function objectField(object: Fields, name: string): Fields | undefined {
  const value = field(object, name);
  return isObject(value) ? value : undefined;
}

/** The object of JSON that an answer is; `undefined` when it is none. */
export function jsonOf(answer: SendAnswer): Fields | undefined {
  try {
    const value: unknown = JSON.parse(answer.text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The error that an answer is. */
interface BakeryRefusal {
  /** `macaroon discharge required`, `interaction required` or anything else; empty when there is none. */
  readonly code: string;
  readonly message: string;
  readonly info: Fields;
}

export function refusalOf(answer: SendAnswer): BakeryRefusal | undefined {
  return refusalIn(jsonOf(answer));
}

function refusalIn(body: unknown): BakeryRefusal | undefined {
  if (!isObject(body)) return undefined;
  const [code, message] = [textField(body, 'Code'), textField(body, 'Message')];
  if (code === undefined && message === undefined) return undefined;
  return { code: code ?? '', message: message ?? '', info: objectField(body, 'Info') ?? {} };
}

/** What a service asks for before it answers. */
export interface DischargeInfo {
  readonly macaroon: BakeryMacaroon;
  /** Where the discharged macaroon belongs, relative to what was asked; absent: everywhere on that host. */
  readonly path: string | undefined;
  /** What follows `macaroon-` in the name of its cookie. */
  readonly suffix: string | undefined;
}

/**
 * What an answer asks for; `undefined` when it is no such answer. 407 is the status for clients that tell no version.
 *
 * @throws MacaroonError when what it gives is no macaroon
 */
export function dischargeInfoOf(status: number, body: unknown): DischargeInfo | undefined {
  if (status !== 401 && status !== 407) return undefined;
  const refusal = refusalIn(body);
  if (refusal?.code !== 'macaroon discharge required') return undefined;
  const macaroon = field(refusal.info, 'Macaroon');
  if (macaroon === undefined) return undefined;
  return {
    macaroon: BakeryMacaroon.from(macaroon),
    path: textField(refusal.info, 'MacaroonPath'),
    suffix: textField(refusal.info, 'CookieNameSuffix'),
  };
}

/** What an interaction gives: it shows the third party that the person or program is who they say. */
export interface DischargeToken {
  readonly kind: string;
  readonly value: Uint8Array;
}

/** Reads `{kind, value}` with base64, or `{kind, token}` and `{kind, token64}`; `undefined` when it is none. */
export function tokenOf(json: unknown): DischargeToken | undefined {
  if (!isObject(json)) return undefined;
  const [kind, token] = [textField(json, 'kind'), textField(json, 'token')];
  const encoded = textField(json, 'value') ?? textField(json, 'token64');
  const value = token === undefined ? fromBase64(encoded ?? '') : utf8(token);
  return kind === undefined || value === undefined || value.length === 0 ? undefined : { kind, value };
}
