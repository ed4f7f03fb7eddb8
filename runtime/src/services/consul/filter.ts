/** What a value of a filter may be. */
export type FilterValue = string | number | bigint | boolean;

/** Makes the `filter` of a query: a tag for templates, and three ways to put filters together. */
export interface Filter {
  /**
   * A filter, with each value quoted so that it stays one value whatever is in it:
   *
   * `` filter`Service == ${name} and ${tag} in Tags and Meta[${key}] matches ${expression}` ``
   *
   * Selectors and operators are written as they are; they can't be values.
   *
   * @throws TypeError on a value that a filter has no word for
   */
  (text: TemplateStringsArray, ...values: readonly FilterValue[]): string;
  /** What all of these let pass. */
  and(...filters: readonly [string, ...string[]]): string;
  /** What any of these lets pass. */
  or(...filters: readonly [string, ...string[]]): string;
  /** What this one doesn't let pass. */
  not(filter: string): string;
}

export const filter: Filter = Object.assign(
  (text: TemplateStringsArray, ...values: readonly FilterValue[]) =>
    text.reduce((all, piece, index) => all + quoted(values[index - 1]) + piece),
  {
    and: (...filters: readonly string[]) => joined('and', filters),
    or: (...filters: readonly string[]) => joined('or', filters),
    not: (inner: string) => `not (${inner})`,
  },
);

function joined(word: string, filters: readonly string[]): string {
  if (filters.length === 0) throw new TypeError(`filter.${word} needs at least one filter`);
  return filters.map((each) => `(${each})`).join(` ${word} `);
}

function quoted(value: FilterValue | undefined): string {
  switch (typeof value) {
    case 'string':
      if (value.isWellFormed()) return quotedText(value);
      throw new TypeError('a value of a filter holds half of a surrogate pair');
    case 'number':
      if (Number.isFinite(value)) return quotedText(String(value));
      throw new TypeError(`a value of a filter is ${value}, and must be finite`);
    case 'bigint':
    case 'boolean':
      return quotedText(String(value));
    default:
      throw new TypeError(
        `a value of a filter is ${value === null ? 'null' : typeof value}, and must be a string, a number or a boolean`,
      );
  }
}

/**
 * As Go unquotes it, though the grammar lets no quote be inside, not even an escaped one. Newer agents take a
 * quoted text that begins with a slash, or is empty, for a selector.
 */
function quotedText(text: string): string {
  if (text === '') return '``';
  const escaped = text.replace(/["\\]|\p{Cc}|^\//gu, escapeOf);
  return `"${escaped}"`;
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
