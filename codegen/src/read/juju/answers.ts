import type { RpcCall } from '../../model.ts';
import { definitionNamed, nameIn } from './definitions.ts';
import type { Facade, FacadeSchema } from './facades.ts';
import type { MergedFacade, MethodEntry } from './merge.ts';
import { isIdentified, watcherOf } from './watchers.ts';

/** How an answer tells that something failed, and what it makes: where versions differ, what they agree on. */
export function answerOf(
  method: string,
  entries: readonly MethodEntry[],
  { name, methods }: MergedFacade,
): Pick<RpcCall, 'items' | 'error' | 'watcher'> {
  const answers = entries.map((entry) => {
    const $ref = entry.method.properties?.Result?.$ref;
    return $ref === undefined ? {} : answerIn($ref, entry.facade);
  });
  const [first = {}] = answers;
  const isSame = answers.every(({ items, error }) => items === first.items && error === first.error);
  if (!isSame) return {};
  const { items, error, type } = first;
  const isWatcher = isIdentified(name, methods);
  const watcher = type === undefined || isWatcher ? undefined : watcherOf(name, method, type);
  return {
    ...(items !== undefined && { items }),
    ...(error !== undefined && { error }),
    ...(watcher !== undefined && { watcher }),
  };
}

interface Answer {
  readonly items?: string;
  readonly error?: string;
  /** The name of what is answered, or of each item. */
  readonly type?: string;
}

function answerIn($ref: string, facade: Facade): Answer {
  const properties = Object.entries(definitionNamed($ref, facade)?.properties ?? {});
  const own = errorKey(properties);
  if (own !== undefined) return { error: own, type: nameIn($ref) };
  // Beside the list may stand how many there are; what has more to it is no list of results.
  const [only, ...more] = properties.filter(([, schema]) => !isScalar(schema));
  const [items, list] = only ?? [];
  const item = list?.type === 'array' ? list.items?.$ref : undefined;
  if (items === undefined || item === undefined || more.length > 0) return { type: nameIn($ref) };
  const error = errorKey(Object.entries(definitionNamed(item, facade)?.properties ?? {}));
  return error === undefined ? { type: nameIn($ref) } : { items, error, type: nameIn(item) };
}

function isScalar({ type }: FacadeSchema): boolean {
  return type === 'string' || type === 'boolean' || type === 'integer' || type === 'number';
}

/** The property that says what went wrong: `error`, and sometimes `err` or `Error`. */
function errorKey(properties: readonly (readonly [string, FacadeSchema])[]): string | undefined {
  return properties.find(
    ([name, { $ref }]) => /^err(or)?$/i.test(name) && $ref !== undefined && nameIn($ref) === 'Error',
  )?.[0];
}
