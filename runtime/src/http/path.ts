import { mask } from '../mask.ts';

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

  /** The values that are secret, encoded and not. */
  get secrets(): readonly string[] {
    return this.#secrets;
  }

  toString(): string {
    return this.#shown;
  }
}

/** A value of a path: one segment, or with {@link slashes} several. Elements of an array are joined by `,`. */
type PathValue = Scalar | readonly Scalar[];

type Scalar = string | number | bigint | boolean | Date;

/** A value whose slashes stay. Made by {@link slashes}. */
class Slashes {
  readonly value: string;

  constructor(value: string) {
    this.value = value;
  }

  toString(): string {
    return this.value;
  }
}

/** How an object, or a list whose elements stand apart, is written: the words of OpenAPI for RFC 6570. */
interface Expansion {
  /** `simple`: nothing before it. `label`: `.` before it. `matrix`: `;name=` before it. */
  readonly style: 'simple' | 'label' | 'matrix';
  /** Whether each element or property stands for itself: `;name=1;name=2`, `.x=1.y=2`. Default: not, with `,` between them. */
  readonly explode?: boolean;
  /** As the service calls it; only `matrix` says it. */
  readonly name: string;
}

/** A value with its expansion. Made by {@link expand}. */
class Expanded {
  readonly value: unknown;
  readonly how: Expansion;

  constructor(value: unknown, how: Expansion) {
    this.value = value;
    this.how = how;
  }

  toString(): string {
    return String(this.value);
  }
}

/** A value that must not be shown. Made by {@link secret}. */
class Secret {
  readonly #value: PathValue | Slashes | Expanded;

  constructor(value: PathValue | Slashes | Expanded) {
    this.#value = value;
  }

  get value(): PathValue | Slashes | Expanded {
    return this.#value;
  }
}

/** Marks a value of a path that is sent as it is but shown as `***` in errors, records and logs. */
export function secret(value: PathValue | Slashes | Expanded): Secret {
  return new Secret(value);
}

/**
 * Marks a value of a path that may be several segments: its `/` stay. It may be empty, as the beginning of all keys is, and
 * may end in `/`; an empty segment elsewhere, `.` and `..` are refused as in any other value: services take them away, encoded
 * or not, and answer for another key.
 */
export function slashes(value: string): Slashes {
  return new Slashes(value);
}

/** Marks a value of a path, of any shape, that is written with whatever its style has before it and between its parts. */
export function expand(value: unknown, how: Expansion): Expanded {
  return new Expanded(value, how);
}

/**
 * A tag for paths: each value is percent-encoded once and becomes exactly one segment, unless it has {@link slashes}.
 *
 * Throws a `TypeError` on `''`, `'.'` and `'..'`, which would silently name another route (URL parsers treat `%2e`
 * as a dot too, so that encoding doesn't help), on lone surrogates, and on what is neither a string, a finite number, a
 * boolean, a valid `Date` nor a list of these.
 */
export function path(
  route: TemplateStringsArray,
  ...values: readonly (PathValue | Secret | Slashes | Expanded)[]
): Path {
  let text = route[0] ?? '';
  let shown = text;
  const secrets: string[] = [];
  for (const [index, value] of values.entries()) {
    const literal = route[index + 1] ?? '';
    const plain = value instanceof Secret ? value.value : value;
    const encoded = encodedValue(plain, (what) => refused(what, index, route));
    text += encoded + literal;
    shown += (value instanceof Secret ? mask : encoded) + literal;
    if (value instanceof Secret) secrets.push(encoded, String(value.value));
  }
  return new Path(text, shown, secrets);
}

type Refuse = (what: string) => TypeError;

function encodedValue(value: PathValue | Slashes | Expanded, refuse: Refuse): string {
  if (typeof value === 'string') return segment(value, refuse);
  if (value instanceof Slashes) return segments(value.value, refuse);
  if (value instanceof Expanded) return expanded(value, refuse);
  if (!isList(value)) return encode(scalarText(value, refuse));
  const elements = value.map((each) => scalarText(each, refuse));
  // One element is the whole segment, and no element would be an empty one.
  const [only = ''] = elements;
  return elements.length < 2 ? segment(only, refuse) : elements.map(encode).join(',');
}

function expanded({ value, how: { style, explode = false, name } }: Expanded, refuse: Refuse): string {
  const text = (each: unknown) => encode(scalarText(each, refuse));
  const isThere = (each: unknown) => each !== undefined && each !== null;
  const each = explode && style === 'matrix' ? `${encode(name)}=` : '';
  const parts = isRecord(value)
    ? Object.entries(value)
        .filter(([, inner]) => isThere(inner))
        .map(([key, inner]) => `${encode(key)}${explode ? '=' : ','}${text(inner)}`)
    : [value]
        .flat()
        .filter(isThere)
        .map((inner) => each + text(inner));
  if (parts.length === 0) throw refuse('holds nothing, which would name another route');
  const before = { simple: '', label: '.', matrix: explode ? ';' : `;${encode(name)}=` }[style];
  const between = explode ? { simple: ',', label: '.', matrix: ';' }[style] : ',';
  const whole = before + parts.join(between);
  if (/^\.*$/.test(whole)) throw refuse(`is '${whole}', which would name another route`);
  return whole;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function segments(value: unknown, refuse: Refuse): string {
  if (typeof value !== 'string') throw refuse(`is ${kindOf(value)}, and must be a string`);
  if (value === '') return '';
  const inner = value.endsWith('/') ? value.slice(0, -1) : value;
  const encoded = inner.split('/').map((each) => segment(each, () => refuse(trouble(value))));
  return encoded.join('/') + value.slice(inner.length);
}

/** What is wrong with a value of several segments. */
function trouble(value: string): string {
  const elsewhere = 'which would name another route';
  if (!value.isWellFormed()) return halfAPair;
  if (value.startsWith('/')) return `begins with a slash, ${elsewhere}: leave it out`;
  if (value.includes('//')) return `has two slashes in a row, ${elsewhere}: leave one of them out`;
  return `has a segment '.' or '..', ${elsewhere}: name it otherwise`;
}

function segment(value: string, refuse: Refuse): string {
  if (value === '' || value === '.' || value === '..') {
    throw refuse(`is '${value}', which would name another route`);
  }
  return encode(scalarText(value, refuse));
}

const halfAPair = 'holds half of a surrogate pair';

/** What a value is in a URL, before it is encoded. */
export function scalarText(value: unknown, refuse: Refuse): string {
  switch (typeof value) {
    case 'string':
      if (value.isWellFormed()) return value;
      throw refuse(halfAPair);
    case 'number':
      if (Number.isFinite(value)) return String(value);
      throw refuse(`is ${value}, and must be finite`);
    case 'boolean':
    case 'bigint':
      return String(value);
  }
  if (!(value instanceof Date)) {
    throw refuse(
      `is ${kindOf(value)}, and must be a string, a number, a boolean, a Date or an array of these`,
    );
  }
  if (Number.isNaN(value.getTime())) throw refuse('is an invalid Date');
  return value.toISOString();
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function isList(value: PathValue): value is readonly Scalar[] {
  return Array.isArray(value);
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

/**
 * As {@link encode}, with the reserved characters left that may stand in a value of a query: not `&`, `#` and `+`, which would
 * make another query of it, and not the brackets, which no query may have.
 */
export function encodeReserved(text: string): string {
  return encode(text).replace(/%(?:21|24|2[789AC]|2F|3[ABDF]|40)/g, decodeURIComponent);
}
