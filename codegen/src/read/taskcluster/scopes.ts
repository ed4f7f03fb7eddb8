import { child } from '../../json/pointer.ts';
import { isArray, isObject } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';

/**
 * A scope expression of Taskcluster as lines that can be read: what a caller must hold. `<x>` in a scope stands for
 * a parameter of the route, for a value in the body or for one that the service finds out.
 */
export function scopeFacts(expression: JsonValue): readonly string[] {
  const { word, parts } = expressionOf(expression);
  if (parts.length < 2) return [`scopes: ${inline(expression)}`];
  return [`scopes: ${word}`, ...parts.map((part) => `- ${inline(part)}`)];
}

function expressionOf(expression: JsonValue): {
  readonly word: string;
  readonly parts: readonly JsonValue[];
} {
  const all = child(expression, 'AllOf');
  if (isArray(all)) return { word: 'all of', parts: all };
  const any = child(expression, 'AnyOf');
  return { word: 'any of', parts: isArray(any) ? any : [] };
}

function inline(expression: JsonValue): string {
  if (!isObject(expression)) return code(expression);
  const { if: condition, then, else: otherwise, for: name, each, in: list } = expression;
  if (then !== undefined) {
    const rest = otherwise === undefined ? '' : `, otherwise ${inline(otherwise)}`;
    return `when ${code(condition)}: ${inline(then)}${rest}`;
  }
  if (each !== undefined) return `${code(each)} for each ${code(name)} in ${code(list)}`;
  const { word, parts } = expressionOf(expression);
  const [only] = parts;
  if (only === undefined) return 'none';
  if (parts.length > 1) return `${word} (${parts.map(inline).join(', ')})`;
  return word === 'any of' && child(only, 'each') !== undefined ? `any of ${inline(only)}` : inline(only);
}

function code(text: JsonValue | undefined): string {
  return `\`${String(text)}\``;
}
