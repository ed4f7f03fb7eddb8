/** A path whose parts are encoded: what a generated method asks for. Made by {@link path} only. */
export class Path {
  readonly #text: string;
  readonly #shown: string;
  readonly #secrets: readonly string[];

  constructor(text: string, shown: string, secrets: readonly string[]) {
    this.#text = text;
    this.#shown = shown;
    this.#secrets = secrets;
  }

  /** As sent. */
  get text(): string {
    return this.#text;
  }

  /** As shown to people: each secret is `***`. */
  get shown(): string {
    return this.#shown;
  }

  /** What others say of this path, such as that there is none like it, with each secret as `***`. */
  hide(text: string): string {
    return this.#secrets.reduce((hidden, each) => hidden.replaceAll(each, '***'), text);
  }

  toString(): string {
    return this.#shown;
  }
}

/** A value that must not be shown. Made by {@link secret}. */
export class Secret {
  readonly #value: string | number;

  constructor(value: string | number) {
    this.#value = value;
  }

  get value(): string | number {
    return this.#value;
  }
}

/** Marks a value of a path that is sent as it is but shown as `***` in errors, records and logs. */
export function secret(value: string | number): Secret {
  return new Secret(value);
}

/**
 * A tag for paths: each value is percent-encoded once and becomes exactly one segment.
 *
 * Throws a `TypeError` on `''`, `'.'` and `'..'`, which would silently name another route (URL parsers treat `%2e`
 * as a dot too, so that encoding doesn't help), on lone surrogates, and on what is neither a string nor a finite
 * number.
 */
export function path(route: TemplateStringsArray, ...values: readonly (string | number | Secret)[]): Path {
  let text = route[0] ?? '';
  let shown = text;
  const secrets: string[] = [];
  for (const [index, value] of values.entries()) {
    const literal = route[index + 1] ?? '';
    const encoded = segment(value instanceof Secret ? value.value : value, index, route);
    text += encoded + literal;
    shown += (value instanceof Secret ? '***' : encoded) + literal;
    if (value instanceof Secret) secrets.push(encoded, String(value.value));
  }
  return new Path(text, shown, secrets);
}

function segment(value: string | number, index: number, route: TemplateStringsArray): string {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value);
    throw refused(`is ${value}, and must be finite`, index, route);
  }
  if (typeof value !== 'string') {
    throw refused(
      `is ${value === null ? 'null' : typeof value}, and must be a string or a number`,
      index,
      route,
    );
  }
  if (value === '' || value === '.' || value === '..') {
    throw refused(`is '${value}', which would name another route`, index, route);
  }
  if (!value.isWellFormed()) throw refused('holds half of a surrogate pair', index, route);
  return encode(value);
}

function refused(what: string, index: number, route: TemplateStringsArray): TypeError {
  return new TypeError(`parameter ${index + 1} of the path ${route.join('{}')} ${what}`);
}

const unreserved = /^[A-Za-z0-9_.~-]*$/;

/**
 * Percent-encodes everything but the unreserved characters of RFC 3986, so also the `!'()*` that
 * `encodeURIComponent` leaves and that some servers and URL parsers rewrite, which breaks a signature.
 */
export function encode(text: string): string {
  if (unreserved.test(text)) return text;
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
