import { isObject } from '../json/is-object.ts';
import { BulkError, type Outcome } from './outcome.ts';
import { rpcErrorOf, wireErrorIn } from './rpc-error.ts';
import { type Answered, type Asked, RpcReply } from './rpc-reply.ts';

/** An item of the list that an answer has as `K`. */
export type ItemOf<T, K extends keyof T> = NonNullable<T[K]> extends readonly (infer Item)[] ? Item : never;

/** An item of a bulk call that succeeded: without the property that would have said how it failed. */
export type ValueOf<T, K extends keyof T, E extends string> = Omit<ItemOf<T, K>, E>;

/**
 * The answer of a bulk call, each item of which may fail by itself.
 *
 * `await` gives it as it came, failures in their places. `values()` gives what succeeded, and throws when anything
 * failed; `outcomes()` gives both. All of these share one call.
 *
 * Most methods give a result for each item that was sent, in that order. No schema says which, so that results are not counted:
 * `Application.UnitsInfo` gives one for each unit of an application, and `Annotations.Set` for what failed alone.
 */
export class BulkReply<T, K extends keyof T, E extends string = 'error'> extends RpcReply<T> {
  readonly #items: K;
  readonly #error: string;

  constructor(asked: Readonly<Asked>, ask: () => Promise<Answered<T>>, items: K, error: string) {
    super(asked, ask);
    this.#items = items;
    this.#error = error;
  }

  override get [Symbol.toStringTag](): string {
    return 'BulkReply';
  }

  /** What became of each item, in the order in which the service tells it. Where it gave no list, none. */
  async outcomes(): Promise<readonly Outcome<ValueOf<T, K, E>>[]> {
    return this.#outcomes(await this.answered());
  }

  /**
   * The value of each item, in the order in which the service gives them.
   *
   * @throws BulkError when any failed; it has the values of the others
   */
  async values(): Promise<readonly ValueOf<T, K, E>[]> {
    const answered = await this.answered();
    const outcomes = this.#outcomes(answered);
    const values = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
    if (values.length === outcomes.length) return values;
    throw new BulkError(outcomes, answered.pending.call, answered.pending.record);
  }

  #outcomes({ value, pending }: Answered<T>): readonly Outcome<ValueOf<T, K, E>>[] {
    return listIn<ItemOf<T, K>>(value, this.#items).map((item, index) => {
      const said = wireErrorIn(item, this.#error);
      if (said === undefined) return { ok: true, value: without(item, this.#error) };
      return {
        ok: false,
        error: rpcErrorOf(said, itemCall(pending.call, this.#items, index), pending.record),
      };
    });
  }
}

/** What was asked for one item: `Application.Deploy results[1]`. */
export function itemCall(call: string, items: PropertyKey, index: number): string {
  return `${call} ${String(items)}[${index}]`;
}

/** A list in an answer, whose items are believed to be what the schema says. Go says `null` for one that is empty. */
export function listIn<Item>(answer: unknown, property: PropertyKey): readonly Item[] {
  const list: unknown = isObject(answer) ? Reflect.get(answer, property) : undefined;
  return Array.isArray(list) ? list : [];
}

/** An item that succeeded may still say that its error is `null`. */
function without<Item, E extends string>(item: Item, property: string): Omit<Item, E> {
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, property)) return item;
  const copy = { ...item };
  Reflect.deleteProperty(copy, property);
  return copy;
}
