import type { JsonValue } from '../../model.ts';

/** JSON as it is sent: with integers of any size, and with properties that are left out. */
export type WireValue = JsonValue | bigint | readonly WireValue[] | WireObject;

export type WireObject = { readonly [key: string]: WireValue | undefined };

/** The text of a value. `indent` spaces a level; none and it is one line. */
export function wireText(value: WireValue, indent = 0, margin = ''): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = margin + ' '.repeat(indent);
  const isList = isWireList(value);
  const parts = isList
    ? value.map((item) => wireText(item, indent, inner))
    : Object.entries(value).flatMap(([key, child]) =>
        child === undefined
          ? []
          : [`${JSON.stringify(key)}:${indent > 0 ? ' ' : ''}${wireText(child, indent, inner)}`],
      );
  const [open, close] = isList ? '[]' : '{}';
  if (indent === 0 || parts.length === 0) return `${open}${parts.join(',')}${close}`;
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${margin}${close}`;
}

/** The value as a parser without big integers has it: what a schema is checked against. */
export function plainJson(value: WireValue): JsonValue {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isWireList(value)) return value.map(plainJson);
  const entries = Object.entries(value).flatMap(([key, child]) =>
    child === undefined ? [] : [[key, plainJson(child)] as const],
  );
  return Object.fromEntries(entries);
}

/** `Array.isArray` does not narrow a readonly array. */
function isWireList(value: object): value is readonly WireValue[] {
  return Array.isArray(value);
}

/** JSON in which integers of 16 digits and more are strings of their digits, so that none is lost. */
export function withExactIntegers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^\d{16,}$/.test(token) ? `"${token}"` : token,
  );
}
