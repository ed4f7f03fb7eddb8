import type { JsonValue } from '../../../model.ts';

/*
 * Integers of Go have 64 bits, of which a number of JavaScript keeps 53. Larger ones are kept as texts of their digits
 * with a mark before them that no other text has.
 */

const mark = '\u0000';

/** Throws where it isn't JSON. */
export function parseExactly(text: string): JsonValue {
  const value: JsonValue = JSON.parse(
    /\d{16}/.test(text)
      ? text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
          /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))
            ? JSON.stringify(mark + token)
            : token,
        )
      : text,
  );
  return value;
}

/** The text of a value that may hold such integers. */
export function exactText(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.includes('"\\u0000') ? text.replace(/"\\u0000(-?\d+)"/g, '$1') : text;
}

export function isLargeInteger(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.startsWith(mark) && /^-?\d+$/.test(value.slice(1));
}
