import { jsonText } from '../json/json-text.ts';
import { formText } from './form.ts';
import { isJsonType } from './media-type.ts';
import { multipartBody } from './multipart.ts';
import { type Body, isStream } from './sendable.ts';

/** What is sent as it is: a text as UTF-8; a function gives a stream for each attempt. */
export type Bytes = string | Uint8Array | AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>);

const noBody = Symbol('no body');

/** A body that may be left out: `undefined` is none. */
export function optional(body: unknown): unknown {
  return body === undefined ? noBody : body;
}

/**
 * See `RequestOptions.body` and `.contentType`. Absent is no body, not even an empty one.
 *
 * @throws TypeError when it is given and can't be sent
 */
export function bodyOf(options: {
  readonly body?: unknown;
  readonly contentType?: string | undefined;
}): Body | undefined {
  if (!('body' in options) || options.body === noBody) return undefined;
  const { body: value, contentType } = options;
  const bytesType = contentType ?? 'application/octet-stream';
  if (value instanceof Uint8Array) return wholeBody(value, bytesType);
  if (isFactory(value)) return factoryBody(value, bytesType);
  if (isStream(value)) {
    return { type: bytesType, whole: undefined, repeatable: false, open: () => value };
  }
  if (value instanceof Blob) {
    return { type: bytesType, whole: undefined, repeatable: true, open: () => value.stream() };
  }
  if (contentType === undefined) return wholeBody(jsonText(value), 'application/json');
  if (isJsonType(contentType)) return wholeBody(jsonText(value), contentType);
  switch (contentType) {
    case 'application/x-www-form-urlencoded':
      return wholeBody(formText(value), contentType);
    case 'multipart/form-data':
      return multipartBody(value);
  }
  if (typeof value === 'string') return wholeBody(value, contentType);
  throw new TypeError(
    `the body is ${value === null ? 'null' : typeof value}, and as ${contentType} it must be a text, bytes or a stream`,
  );
}

/** `application/json`, `application/merge-patch+json; charset=utf-8` */
function wholeBody(whole: string | Uint8Array, type: string): Body {
  return { type, whole, repeatable: true, open: () => whole };
}

function factoryBody(make: () => unknown, type: string): Body {
  return {
    type,
    whole: undefined,
    repeatable: true,
    open() {
      const made = make();
      if (made instanceof Uint8Array || isStream(made)) return made;
      throw new TypeError(
        'a function given as body must return an AsyncIterable<Uint8Array> or a Uint8Array',
      );
    },
  };
}

function isFactory(value: unknown): value is () => unknown {
  return typeof value === 'function';
}
