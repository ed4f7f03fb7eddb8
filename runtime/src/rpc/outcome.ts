import { type CallRecord, type Category, ServiceError } from '../errors.ts';
import type { RpcError } from './rpc-error.ts';

/** What became of one item of a bulk call. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: RpcError };

/** How many failures a message spells out. */
const mostSpelled = 5;

/**
 * Some items of a bulk call failed: `Application.Deploy: 1 of 3 failed: [1] not found: charm "x"`. What was done for the
 * others is done. The category is that of the failures where they agree, else `failed`.
 */
export class BulkError<T = unknown> extends ServiceError {
  readonly #outcomes: readonly Outcome<T>[];

  constructor(outcomes: readonly Outcome<T>[], call: string, record: CallRecord) {
    const errors = errorsOf(outcomes);
    super(categoryOf(errors), sentence(outcomes, errors), { call, record, cause: errors[0] });
    this.#outcomes = outcomes;
  }

  override get name(): string {
    return 'BulkError';
  }

  /** What became of each item, in the order in which they were sent. Not shown by inspect(): values may be secrets. */
  get outcomes(): readonly Outcome<T>[] {
    return this.#outcomes;
  }

  /** The failures, in that order. */
  get errors(): readonly RpcError[] {
    return errorsOf(this.#outcomes);
  }

  /** The values of the items that succeeded, in that order. */
  get values(): readonly T[] {
    return this.#outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  }
}

function errorsOf(outcomes: readonly Outcome<unknown>[]): readonly RpcError[] {
  return outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
}

function categoryOf(errors: readonly RpcError[]): Category {
  const categories = new Set(errors.map(({ category }) => category));
  const [only] = categories;
  return only !== undefined && categories.size === 1 ? only : 'failed';
}

function sentence(outcomes: readonly Outcome<unknown>[], errors: readonly RpcError[]): string {
  const said = outcomes.flatMap((outcome, index) => (outcome.ok ? [] : [`[${index}] ${outcome.error.said}`]));
  const spelled = said.slice(0, mostSpelled).join('; ');
  const more = said.length > mostSpelled ? `; and ${said.length - mostSpelled} more` : '';
  return `${errors.length} of ${outcomes.length} failed: ${spelled}${more}`;
}
