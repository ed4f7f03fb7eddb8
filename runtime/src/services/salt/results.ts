import { type CallRecord, ServiceError } from '../../errors.ts';

/** The minion did it, as far as is told: see `retcode`. */
export interface MinionOk<T> {
  readonly kind: 'ok';
  readonly minion: string;
  readonly value: T;
  /**
   * Absent where no code came: from rest_tornado, from a batch with `failHard`, and of a job where the user may not ask for
   * more than values. The value is then none of those that are known to say that it failed; a command may still have ended
   * with another code than 0.
   */
  readonly retcode: 0 | undefined;
}

/** The minion tried, or has no such function, and says so. */
export interface MinionFailed {
  readonly kind: 'failed';
  readonly minion: string;
  /** Not 0. A state that failed gives 2. Absent where no code came, and the value tells that it failed. */
  readonly retcode: number | undefined;
  /** What it returned: a text, a list of texts when states don't compile, or what the function returns as a rule. */
  readonly value: unknown;
  /** Why, in words, as far as the value tells. */
  readonly message: string;
}

/** Nothing came from the minion, in the time that the master waits. It may still do it. */
export interface MinionSilent {
  readonly kind: 'no-answer';
  readonly minion: string;
  readonly message: string;
}

/** What became of a call on one minion. */
export type MinionResult<T> = MinionOk<T> | MinionFailed | MinionSilent;

/**
 * What became of a call on each minion, by the minion's id. Empty when no minion is there that the target means.
 */
export class MinionResults<T> extends Map<string, MinionResult<T>> {
  readonly #call: string;
  readonly #record: CallRecord;

  constructor(results: Iterable<MinionResult<T>>, call: string, record: CallRecord) {
    super(Array.from(results, (result) => [result.minion, result]));
    this.#call = call;
    this.#record = record;
  }

  // The entries of a copy are given by Map itself.
  static override get [Symbol.species](): MapConstructor {
    return Map;
  }

  /** What the minions that did it returned. */
  get ok(): ReadonlyMap<string, T> {
    const values = new Map<string, T>();
    for (const result of this.values()) if (result.kind === 'ok') values.set(result.minion, result.value);
    return values;
  }

  /** The minions that failed. */
  get failed(): ReadonlyMap<string, MinionFailed> {
    const failed = new Map<string, MinionFailed>();
    for (const result of this.values()) if (result.kind === 'failed') failed.set(result.minion, result);
    return failed;
  }

  /** The ids of the minions that didn't answer. */
  get silent(): readonly string[] {
    return Array.from(this.values())
      .filter((result) => result.kind === 'no-answer')
      .map(({ minion }) => minion);
  }

  /**
   * What the minions returned, when all of them did it.
   *
   * @throws MinionsError when one failed or didn't answer; it holds all results
   */
  throwIfFailed(): ReadonlyMap<string, T> {
    const { ok } = this;
    if (ok.size === this.size) return ok;
    throw new MinionsError(this, this.#call, this.#record);
  }
}

/** A call that some minions didn't do. What the others returned is in `results`. */
export class MinionsError extends ServiceError {
  readonly #results: MinionResults<unknown>;

  constructor(results: MinionResults<unknown>, call: string, record: CallRecord) {
    const category = results.failed.size === 0 ? 'unavailable' : 'failed';
    super(category, summaryOf(results), { call, record });
    this.#results = results;
  }

  override get name(): string {
    return 'MinionsError';
  }

  /** What became of the call on each minion, also on those that did it. */
  get results(): MinionResults<unknown> {
    return this.#results;
  }
}

const shown = 3;

function summaryOf(results: MinionResults<unknown>): string {
  const bad = Array.from(results.values()).filter((result) => result.kind !== 'ok');
  const some = bad.slice(0, shown).map((result) => `${result.minion}: ${oneLine(result.message)}`);
  const more = bad.length > shown ? [`and ${bad.length - shown} more`] : [];
  return `${bad.length} of ${results.size} minions did not do it: ${[...some, ...more].join('; ')}`;
}

function oneLine(text: string): string {
  const line = text.slice(0, 1000).replace(/\s+/g, ' ').trim();
  return line.length > 150 ? `${line.slice(0, 150)}…` : line;
}
