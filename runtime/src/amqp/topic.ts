/** The AMQP limit on a routing key, in bytes. */
const maxKeyBytes = 255;

/** What a publisher writes for a part of the key that it has nothing for. */
const absent = '_';

/** One part of a routing key, in the order of the key. */
export interface KeyPart {
  readonly name: string;
  /** The only value that the part ever has; a pattern need not, and cannot, say another. */
  readonly constant?: string;
  /** The part may be several words with dots between them. At most one in a key. */
  readonly multipleWords?: boolean;
}

/**
 * Which messages of an exchange to take: the parts of the routing key that matter, any value for the others.
 * `'*'` is any one word; `'*'` and `'#'` are wildcards only as whole words.
 *
 * A string is a ready binding key (`primary.*.#`) and is taken as it is.
 */
export type RoutingPattern<R extends object> =
  | string
  | { readonly [K in keyof R]?: string | number | null | undefined };

declare const payload: unique symbol;

/**
 * A choice of the messages of one topic exchange: what `listen` takes.
 *
 * @typeParam P what a message says
 * @typeParam R the named parts of its routing key
 * @typeParam E the name of the exchange; as a literal type it tells the messages of several topics apart
 */
export interface Topic<P = unknown, R extends object = object, E extends string = string> {
  readonly kind: 'topic';
  /** The full name of the exchange: `exchange/taskcluster-queue/v1/task-completed`. */
  readonly exchange: E;
  /** The binding key: `primary.*.*.my-group.#`. */
  readonly pattern: string;
  /**
   * The parts of a routing key by name, as they were on the wire. A part that the publisher had nothing for is
   * `_`; so is one that the key is too short for. `-` is a value like any other.
   */
  routing(routingKey: string): R;
  /** Only for the type checker: carries `P`, is never there. */
  readonly [payload]?: P;
}

/**
 * Makes a {@link Topic}.
 *
 * @throws TypeError when the pattern names a part that the key doesn't have, contradicts a constant, has a dot in
 * a part of one word, or makes a binding key of more than 255 bytes
 */
export function topic<P, R extends object, E extends string>(
  exchange: E,
  key: readonly KeyPart[],
  // The parts are told by the caller's types; a pattern that names some of them must not narrow R to those.
  pattern: NoInfer<RoutingPattern<R>> = {},
): Topic<P, R, E> {
  const binding = typeof pattern === 'string' ? pattern : bindingKey(exchange, key, pattern);
  if (Buffer.byteLength(binding) > maxKeyBytes) {
    throw new TypeError(`${exchange}: the pattern is longer than the ${maxKeyBytes} bytes that AMQP allows`);
  }
  return {
    kind: 'topic',
    exchange,
    pattern: binding,
    // The parts are data, and R is what the generator made of the same parts: only here do the two meet.
    routing: (routingKey) => namedParts(key, routingKey) as R,
  };
}

function bindingKey(exchange: string, key: readonly KeyPart[], pattern: object): string {
  const wanted = new Map<string, unknown>(Object.entries(pattern));
  for (const name of wanted.keys()) {
    if (!key.some((part) => part.name === name)) {
      const names = key.map((part) => part.name).join(', ');
      throw new TypeError(`${exchange}: its routing key has no part "${name}", only: ${names}`);
    }
  }
  return key.map((part) => word(exchange, part, wanted.get(part.name) ?? undefined)).join('.');
}

function word(exchange: string, part: KeyPart, value: unknown): string {
  const where = `${exchange}: "${part.name}" of the pattern`;
  const text = typeof value === 'number' ? String(value) : value;
  if (part.constant !== undefined) {
    if (text !== undefined && text !== part.constant) {
      throw new TypeError(`${where} is always "${part.constant}"; leave it out`);
    }
    return part.constant;
  }
  if (text === undefined) return part.multipleWords ? '#' : '*';
  if (typeof text !== 'string') {
    throw new TypeError(`${where} must be a string or a number, or be left out for any value`);
  }
  const words = text.split('.');
  if (words.length > 1 && !part.multipleWords) {
    throw new TypeError(`${where} is one word of the key and cannot hold a dot`);
  }
  for (const each of words) {
    if (each === '') {
      throw new TypeError(`${where} has an empty word; leave the part out for any value`);
    }
    if (each.length > 1 && /[*#]/.test(each)) {
      throw new TypeError(`${where} is "${text}", but * and # stand for whole words only`);
    }
  }
  return text;
}

function namedParts(key: readonly KeyPart[], routingKey: string): Record<string, string> {
  const words = routingKey.split('.');
  const multiple = key.findIndex((part) => part.multipleWords);
  const spare = multiple < 0 ? 0 : Math.max(0, words.length - key.length + 1);
  let next = 0;
  return Object.fromEntries(
    key.map((part, index) => {
      const count = index === multiple ? spare : 1;
      const value = words.slice(next, next + count).join('.');
      next += count;
      return [part.name, value === '' ? absent : value];
    }),
  );
}
