import { unquote } from './unquote.ts';

/** A filter that was understood. `!=`, `not in` and their like are a comparison within `not`. */
export type Expression =
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] }
  | { readonly not: Expression }
  | Comparison;

export interface Comparison {
  readonly selector: readonly string[];
  readonly operator: '==' | 'in' | 'empty' | 'matches';
  /** `''` for what compares with nothing. */
  readonly value: string;
}

interface Token {
  readonly kind: 'word' | 'text' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

/**
 * Parses an expression of Consul's filter language: comparisons (`==`, `!=`, `in`, `not in`, `contains`,
 * `is empty`, `matches` and their opposites) joined by `and`, `or`, `not` and parentheses. Throws an `Error` that
 * tells the place.
 */
export function parseFilter(source: string): Expression {
  const tokens = tokensOf(source);
  let next = 0;
  const peek = (): Token => tokens[next] ?? { kind: 'end', text: '', at: source.length };
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };
  const takeIf = (text: string): boolean => {
    const { kind } = peek();
    if (kind === 'text' || peek().text !== text) return false;
    next += 1;
    return true;
  };
  const expect = (text: string): void => {
    if (!takeIf(text)) throw noMatch(peek().at);
  };

  function either(): Expression {
    const any = [both()];
    while (takeIf('or')) any.push(both());
    const [only] = any;
    return any.length === 1 && only !== undefined ? only : { any };
  }
  function both(): Expression {
    const all = [one()];
    while (takeIf('and')) all.push(one());
    const [only] = all;
    return all.length === 1 && only !== undefined ? only : { all };
  }
  function one(): Expression {
    if (takeIf('not')) return { not: one() };
    if (!takeIf('(')) return comparison();
    const inner = either();
    expect(')');
    return inner;
  }
  function comparison(): Expression {
    const first = take();
    if (first.kind !== 'word' && first.kind !== 'text') throw noMatch(first.at);
    const isReversed = peek().kind === 'word' && ['in', 'not'].includes(peek().text);
    const selector = first.kind === 'word' ? pathAfter(first.text) : [];
    if (isReversed && selector.length < 2) {
      const negated = takeIf('not');
      if (takeIf('in')) return negate(negated, { selector: path(), operator: 'in', value: first.text });
      return relation(selector, negated);
    }
    if (first.kind === 'text') throw noMatch(peek().at);
    return relation(selector, takeIf('not'));
  }
  function relation(selector: readonly string[], negated: boolean): Expression {
    const sign = take();
    switch (sign.text) {
      case '==':
      case '!=':
        return negate(sign.text === '!=', { selector, operator: '==', value: value() });
      case 'contains':
        return negate(negated, { selector, operator: 'in', value: value() });
      case 'matches':
        return negate(negated, { selector, operator: 'matches', value: value() });
      case 'is': {
        const isNot = takeIf('not');
        expect('empty');
        return negate(isNot, { selector, operator: 'empty', value: '' });
      }
      case 'in':
        throw noMatch(sign.at);
      default:
        throw noMatch(sign.at);
    }
  }
  function value(): string {
    const token = take();
    if (token.kind !== 'word' && token.kind !== 'text') throw noMatch(token.at);
    return token.text;
  }
  function path(): readonly string[] {
    const token = take();
    if (token.kind !== 'word') throw noMatch(token.at);
    return pathAfter(token.text);
  }
  /** A selector goes on in brackets: `Meta["a key"]`. */
  function pathAfter(word: string): readonly string[] {
    const parts = word.split('.');
    while (takeIf('[')) {
      parts.push(value());
      expect(']');
      const { kind, text } = peek();
      if (kind === 'word' && text.startsWith('.')) parts.push(...take().text.slice(1).split('.'));
    }
    return parts;
  }

  const expression = either();
  if (peek().kind !== 'end') throw noMatch(peek().at);
  return expression;
}

function negate(negated: boolean, comparison: Comparison): Expression {
  return negated ? { not: comparison } : comparison;
}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  // No quote can be escaped: a text ends at the first one.
  const pattern = /\s+|"[^"]*"|`[^`]*`|==|!=|[()[\]]|[\w.*/-]+|./gy;
  for (const { 0: text, index: at } of source.matchAll(pattern)) {
    if (/^\s/.test(text)) continue;
    if (/^["`].*["`]$/s.test(text)) {
      const meant = unquote(text);
      if (meant === undefined) throw new Error(`1:${at + 1} (${at}): rule "string": invalid syntax`);
      tokens.push({ kind: 'text', text: meant, at });
    } else tokens.push({ kind: /^[\w.*/-]/.test(text) ? 'word' : 'sign', text, at });
  }
  return tokens;
}

function noMatch(at: number): Error {
  return new Error(`1:${at + 1} (${at}): no match found`);
}
