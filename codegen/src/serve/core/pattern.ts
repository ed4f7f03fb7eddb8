/**
 * Strings that match a regular expression, made without chance.
 *
 * Knows what schemas use: text, escapes, classes, groups, alternatives, repetitions and anchors. Anything else
 * (look-around, back-references) is an error: a wrong guess would only show up as an answer that isn't valid.
 */
export interface SampleOptions {
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Which of the possible strings: 0 is the plainest. */
  readonly variant?: number;
}

/** The plainest string that matches `pattern` and is within the lengths; `undefined` when none was found. */
export function sample(pattern: string, options: SampleOptions = {}): string | undefined {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, variant = 0 } = options;
  const expression = new RegExp(pattern);
  const tree = parse(pattern);
  // More repetitions only where the plainest string is too short: one more each time.
  for (let extra = 0; extra <= minLength + 1; extra += 1) {
    const text = render(tree, extra, variant);
    if (text.length >= minLength && text.length <= maxLength && expression.test(text)) return text;
  }
  return undefined;
}

type Node =
  | { readonly kind: 'characters'; readonly from: readonly string[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number };

function render(node: Node, extra: number, variant: number): string {
  switch (node.kind) {
    case 'characters':
      return node.from[variant % node.from.length] ?? '';
    case 'sequence':
      return node.parts.map((part) => render(part, extra, variant)).join('');
    case 'repeat': {
      const times = Math.min(node.max, node.min + extra);
      return render(node.part, extra, variant).repeat(times);
    }
  }
}

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).sort(
  plainestFirst,
);

function plainestFirst(a: string, b: string): number {
  const rank = (character: string) =>
    /[a-z]/.test(character) ? 0 : /[A-Z]/.test(character) ? 1 : /[0-9]/.test(character) ? 2 : 3;
  return rank(a) - rank(b) || a.charCodeAt(0) - b.charCodeAt(0);
}

const shorthands: Readonly<Record<string, RegExp>> = {
  d: /[0-9]/,
  D: /[^0-9]/,
  w: /[A-Za-z0-9_]/,
  W: /[^A-Za-z0-9_]/,
  s: /[ ]/,
  S: /[^ ]/,
};

function parse(pattern: string): Node {
  let at = 0;
  const peek = () => pattern[at];
  const take = () => pattern[at++] ?? '';
  const fail = (what: string): never => {
    throw new Error(
      `the pattern ${JSON.stringify(pattern)} has ${what} at ${at}, which no example can be made for`,
    );
  };

  const root = alternatives();
  if (at < pattern.length) fail('an unbalanced group');
  return root;

  /** Every alternative must be well formed; the first is the one that is used. */
  function alternatives(): Node {
    const first = sequence();
    while (peek() === '|') {
      take();
      sequence();
    }
    return first;
  }

  function sequence(): Node {
    const parts: Node[] = [];
    for (let next = peek(); next !== undefined && next !== '|' && next !== ')'; next = peek()) {
      if (next === '^' || next === '$') take();
      else parts.push(repetition(atom()));
    }
    return { kind: 'sequence', parts };
  }

  function repetition(part: Node): Node {
    const counted = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(pattern.slice(at));
    if (counted === null) return part;
    at += counted[0].length;
    const [sign = '', from, comma, to] = counted;
    if (from !== undefined) {
      const min = Number(from);
      return {
        kind: 'repeat',
        part,
        min,
        max: comma === '' ? min : to ? Number(to) : Number.POSITIVE_INFINITY,
      };
    }
    const max = sign.startsWith('?') ? 1 : Number.POSITIVE_INFINITY;
    return { kind: 'repeat', part, min: sign.startsWith('+') ? 1 : 0, max };
  }

  function atom(): Node {
    const next = take();
    if (next === '(') {
      if (peek() === '?' && !pattern.startsWith('?:', at)) fail('a special group');
      if (peek() === '?') at += 2;
      const group = alternatives();
      if (take() !== ')') fail('an open group');
      return group;
    }
    if (next === '[') return { kind: 'characters', from: characterClass() };
    if (next === '.') return { kind: 'characters', from: printable };
    if (next === '\\') return { kind: 'characters', from: escapedMember() };
    return { kind: 'characters', from: [next] };
  }

  function escapedMember(): readonly string[] {
    const next = take();
    const shorthand = shorthands[next];
    if (shorthand !== undefined) return printable.filter((character) => shorthand.test(character));
    const hexadecimal = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(next + pattern.slice(at, at + 4));
    if (hexadecimal !== null) {
      at += hexadecimal[0].length - 1;
      return [String.fromCharCode(Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? '', 16))];
    }
    if (/[A-Za-z0-9]/.test(next)) fail(`the escape \\${next}`);
    return [next];
  }

  function characterClass(): readonly string[] {
    const negated = peek() === '^';
    if (negated) take();
    const members = new Set<string>();
    while (peek() !== ']') {
      if (peek() === undefined) fail('an open class');
      const from = member();
      const single = from.length === 1 ? from[0] : undefined;
      const isRange = single !== undefined && peek() === '-' && pattern[at + 1] !== ']';
      if (!isRange) {
        for (const character of from) members.add(character);
        continue;
      }
      take();
      const [last = ''] = member();
      for (let code = single.charCodeAt(0); code <= last.charCodeAt(0); code += 1)
        members.add(String.fromCharCode(code));
    }
    take();
    const chosen = negated ? printable.filter((character) => !members.has(character)) : [...members];
    return chosen.sort(plainestFirst);
  }

  function member(): readonly string[] {
    const next = take();
    return next === '\\' ? escapedMember() : [next];
  }
}
