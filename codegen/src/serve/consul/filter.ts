import type { WireObject, WireValue } from '../core/wire.ts';
import type { ConsulCall } from './deployment.ts';
import { badRequest, failed } from './errors.ts';
import { type Expression, parseFilter } from './filter-parser.ts';

/** The items that the call's `filter` lets through. `selectors` are the names with which one may begin. */
export function filtered<T>(
  call: ConsulCall,
  items: readonly T[],
  shown: (item: T) => WireObject,
  selectors: readonly string[],
): readonly T[] {
  const source = call.request.query.get('filter') ?? '';
  if (source === '') return items;
  try {
    const expression = parseFilter(source);
    checkSelectors(expression, selectors);
    return items.filter((item) => holds(expression, shown(item)));
  } catch (error) {
    const why = `Failed to create boolean expression evaluator: ${error instanceof Error ? error.message : ''}`;
    throw call.consul.modern ? badRequest(why) : failed(why);
  }
}

function checkSelectors(expression: Expression, selectors: readonly string[]): void {
  if ('all' in expression) for (const one of expression.all) checkSelectors(one, selectors);
  else if ('any' in expression) for (const one of expression.any) checkSelectors(one, selectors);
  else if ('not' in expression) checkSelectors(expression.not, selectors);
  else if (!selectors.includes(expression.selector[0] ?? ''))
    throw new Error(`Selector ${JSON.stringify(expression.selector.join('.'))} is not valid`);
}

function holds(expression: Expression, item: WireObject): boolean {
  if ('all' in expression) return expression.all.every((one) => holds(one, item));
  if ('any' in expression) return expression.any.some((one) => holds(one, item));
  if ('not' in expression) return !holds(expression.not, item);
  const { selector, operator, value } = expression;
  // A property that isn't told is empty, but a key that a map hasn't equals nothing.
  const isKey = /(Meta|TaggedAddresses)$/.test(selector.at(-2) ?? '');
  // Through a list, a selector means each of its items.
  return valuesAt(item, selector).some((found) =>
    found === undefined && isKey && operator === '==' ? false : compare(found, operator, value),
  );
}

function compare(found: WireValue | undefined, operator: string, value: string): boolean {
  switch (operator) {
    case '==':
      return textOf(found) === value;
    case 'in':
      return has(found, value);
    case 'empty':
      return isEmpty(found);
    default:
      return new RegExp(value).test(textOf(found));
  }
}

function valuesAt(value: WireValue | undefined, path: readonly string[]): readonly (WireValue | undefined)[] {
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  if (isList(value)) return value.flatMap((item) => valuesAt(item, path));
  if (!isMap(value) || !Object.hasOwn(value, name)) return [undefined];
  return valuesAt(value[name], rest);
}

function has(found: WireValue | undefined, value: string): boolean {
  if (typeof found === 'string') return found.includes(value);
  if (isList(found)) return found.some((item) => textOf(item) === value);
  return isMap(found) && Object.hasOwn(found, value);
}

function isEmpty(found: WireValue | undefined): boolean {
  if (found === undefined || found === null || found === '') return true;
  if (isList(found)) return found.length === 0;
  return isMap(found) && Object.keys(found).length === 0;
}

function textOf(value: WireValue | undefined): string {
  return typeof value === 'object' || value === undefined ? '' : String(value);
}

function isList(value: WireValue | undefined): value is readonly WireValue[] {
  return Array.isArray(value);
}

export function isMap(value: WireValue | undefined): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
