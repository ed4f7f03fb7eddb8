import { isObject } from '../json/is-object.ts';
import { reviveJson, type Shape, ShapeError } from '../json/shape.ts';
import type { WireError } from './rpc-error.ts';

/** A message that answers a request. */
export interface WireReply {
  readonly id: number;
  /** Present when the service said no; there may be a response as well then, which says nothing. */
  readonly error?: WireError;
  readonly response?: unknown;
}

/** A message that can't be read. Says what is wrong with it, and nothing of what is in it. */
export class UnreadableReply extends Error {
  /** The request that it answers; absent when not even that can be told. */
  readonly id: number | undefined;

  constructor(what: string, id?: number) {
    super(what);
    this.id = id;
  }
}

/** @throws UnreadableReply */
export function readReply(text: string, shapeOf: (id: number) => Shape | undefined): WireReply {
  const message = parsed(text);
  if (!isObject(message)) throw new UnreadableReply('a message that is no JSON object');
  const id = message['request-id'];
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || 'request' in message || 'type' in message)
    throw new UnreadableReply('a message that answers no request');
  const { error } = message;
  if (typeof error === 'string' && error !== '')
    return { id, error: { message: error, code: message['error-code'], info: message['error-info'] } };
  if (error !== undefined && error !== null && error !== '')
    throw new UnreadableReply('an answer whose error is no text', id);
  const shape = shapeOf(id);
  const { response } = shape === undefined ? message : shaped(message, text, shape, id);
  // As in Go, where it leaves the answer as empty as it was made.
  return { id, response: response ?? {} };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What JSON.parse says quotes the text.
    throw new UnreadableReply('a message that is not JSON');
  }
}

function shaped(message: object, text: string, shape: Shape, id: number): { readonly response?: unknown } {
  try {
    const revived = reviveJson(message, text, { props: { response: () => shape } });
    return isObject(revived) ? revived : {};
  } catch (error) {
    if (error instanceof ShapeError) throw new UnreadableReply(`an answer in which ${error.message}`, id);
    if (error instanceof RangeError) throw new UnreadableReply('an answer that nests too deeply', id);
    throw error;
  }
}
