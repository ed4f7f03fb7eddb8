declare const payload: unique symbol;

/**
 * A choice of events by their tag: what `listen` takes.
 *
 * @typeParam P what an event says
 * @typeParam N the names of the parts of its tag
 */
export interface Tag<P = unknown, N extends string = string> {
  readonly kind: 'tag';
  /** Literal text and parts in turn: `salt/job/{jid}/ret/{minion}`. */
  readonly pattern: string;
  /** What parts must be; a part that isn't named may be anything. */
  readonly parts: Readonly<Partial<Record<N, string>>>;
  /** Only for the type checker: carries `P`, is never there. */
  readonly [payload]?: P;
}

/**
 * Makes a {@link Tag}. The values of parts are texts or numbers; what is `undefined` may be anything.
 *
 * @throws TypeError when a part that isn't in the pattern is named, or its value is something else
 */
export function tag<P, N extends string = string>(pattern: string, parts: object = {}): Tag<P, N> {
  const known = new Set(Array.from(pattern.matchAll(/\{([^{}]*)\}/g), ([, name]) => name));
  const texts: Partial<Record<string, string>> = {};
  const named: [string, unknown][] = Object.entries(parts);
  for (const [name, value] of named) {
    if (!known.has(name)) {
      throw new TypeError(`${pattern}: the tag has no part "${name}", only: ${[...known].join(', ')}`);
    }
    if (value === undefined) continue;
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new TypeError(`${pattern}: "${name}" is ${typeof value}, and must be a string or a number`);
    }
    texts[name] = String(value);
  }
  // The parts are data, and N is what the generator made of the same pattern: only here do the two meet.
  return { kind: 'tag', pattern, parts: texts as Partial<Record<N, string>> };
}
