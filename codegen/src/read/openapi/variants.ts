import { isArray } from '../../json/values.ts';
import type { HttpCall } from '../../model.ts';
import { listAt, member, type Node, objectAt, refuse } from './node.ts';
import type { Parameter } from './parameters.ts';

/** What one of several methods of an operation says itself, in place of its caller. */
export interface Chosen {
  readonly fixed: HttpCall['fixed'];
  readonly omitted: ReadonlySet<string>;
  /** Parameters of the query that this one can't do without. */
  readonly required: ReadonlySet<string>;
}

/** Undefined stands for the only method of an operation. */
export function chosenBy(variant: Node | undefined, all: readonly Parameter[]): Chosen {
  if (variant === undefined) return { fixed: undefined, omitted: new Set(), required: new Set() };
  const fixed = objectAt(variant, 'fixed');
  const pairs = Object.entries(fixed?.value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const values = pairs.map(([name, value]): readonly [string, string | boolean] => {
    if (typeof value === 'string' || typeof value === 'boolean') return [name, value];
    return refuse(
      fixed ?? variant,
      `${JSON.stringify(name)} is fixed to neither a text nor true`,
      'Write a text or true',
    );
  });
  const omitted = new Set([
    ...listAt(variant, 'omit').map(({ value }) => String(value)),
    ...values.map(([name]) => name),
  ]);
  const required = new Set(listAt(variant, 'require').map(({ value }) => String(value)));
  const unknown = [...omitted, ...required].find(
    (name) => !all.some((one) => one.name === name && one.in === 'query'),
  );
  if (unknown !== undefined)
    refuse(variant, `there is no parameter ${JSON.stringify(unknown)} in the query`, 'Correct the variant');
  return { fixed: values.length === 0 ? undefined : Object.fromEntries(values), omitted, required };
}

/** What a variant says in place of the responses, if it does. */
export function statusesAt(
  variant: Node | undefined,
  key: string,
  told: readonly number[],
): readonly number[] {
  const own = variant && member(variant, key);
  if (own === undefined) return told;
  const { value } = own;
  const statuses = isArray(value) ? value.filter((status) => typeof status === 'number') : [];
  if (isArray(value) && statuses.length === value.length) return statuses;
  return refuse(own, 'not a list of statuses', 'Write it like [404]');
}
