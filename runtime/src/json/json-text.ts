/**
 * A body as JSON: a `bigint` is an integer with all its digits, a `Date` is ISO 8601, a `Uint8Array` is base64.
 *
 * @throws TypeError on what JSON has no word for
 */
export function jsonText(value: unknown): string {
  let text: string | undefined;
  try {
    // A replacer takes several times as long as looking for what needs one.
    text = isPlain(value, 0) ? JSON.stringify(value) : JSON.stringify(value, replaced);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TypeError(`the body can't be sent as JSON: ${why}`, { cause: error });
  }
  if (text !== undefined) return text;
  throw new TypeError(`the body is ${typeof value}, which JSON has no word for`);
}

/** Beyond this the stack might not do, and what holds itself would never end. */
const deepest = 100;

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'bigint') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (depth === deepest || value instanceof Uint8Array || value instanceof Date || isUnspeakable(value))
    return false;
  for (const each of Array.isArray(value) ? value : Object.values(value)) {
    if (!isPlain(each, depth + 1)) return false;
  }
  return true;
}

/** What JSON.stringify would make an empty object of, or one that nobody expects. */
function isUnspeakable(value: unknown): value is object {
  return (
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Blob ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value)
  );
}

/** `value` is what a `toJSON` made of it; `this` still holds what it was. */
function replaced(this: unknown, key: string, value: unknown): unknown {
  const own = typeof this === 'object' && this !== null ? Reflect.get(this, key) : value;
  if (typeof own === 'bigint') return rawJson(String(own));
  if (own instanceof Uint8Array) {
    return Buffer.from(own.buffer, own.byteOffset, own.byteLength).toString('base64');
  }
  if (isUnspeakable(own)) {
    const what = key === '' ? 'it' : JSON.stringify(key);
    throw new TypeError(`${what} is a ${own.constructor.name}, which JSON has no word for`);
  }
  if (own instanceof Date && Number.isNaN(own.getTime())) throw new TypeError(`"${key}" is an invalid Date`);
  return value;
}

/** In every Node that we run on, though not yet in TypeScript's library. */
function rawJson(text: string): unknown {
  const raw: unknown = Reflect.get(JSON, 'rawJSON');
  return isMaker(raw) ? raw(text) : Number(text);
}

function isMaker(value: unknown): value is (text: string) => unknown {
  return typeof value === 'function';
}
