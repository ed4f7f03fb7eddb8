import type { CallRecord } from '../../errors.ts';
import type { Follower } from './follower.ts';
import { returnedResult, silent } from './read-minions.ts';
import { type MinionResult, MinionResults } from './results.ts';

/** What a job is made of. */
interface LocalJobParts {
  readonly jid: string;
  readonly minions: readonly string[];
  readonly fun: string;
  readonly name: string;
  readonly record: CallRecord;
  readonly follower: Follower;
}

/**
 * A function that runs on minions, and is followed from its start on. `for await` gives what became of it on each minion
 * as it comes, from the first on also in a second loop; `result()` gives all of it. Where nothing has come when the time
 * of the job is over, that is `no-answer`. Neither stops the job itself: `saltutil.kill_job` does.
 */
export class LocalJob<T> implements AsyncIterable<MinionResult<T>>, AsyncDisposable {
  readonly #parts: LocalJobParts;
  /** The id of the job; empty when no minion is there that the target means, since there is no job then. */
  readonly jid: string;
  /** The minions that the master expects to answer. */
  readonly minions: readonly string[];

  constructor(parts: LocalJobParts) {
    this.#parts = parts;
    this.jid = parts.jid;
    this.minions = parts.minions;
  }

  /** How many minions are expected to answer. */
  get expected(): number {
    return this.minions.length;
  }

  /** How many have answered so far. */
  get returned(): number {
    return this.#parts.follower.returned.length;
  }

  /** What became of it on all minions, when that is known or the time of the job is over. */
  async result(): Promise<MinionResults<T>> {
    const { name, record } = this.#parts;
    const results: MinionResult<T>[] = [];
    for await (const result of this) results.push(result);
    return new MinionResults(results, name, record);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<MinionResult<T>, void, undefined> {
    const { follower } = this.#parts;
    let isLeft = false;
    const results = this.#results(() => isLeft);
    const iterator: AsyncIterableIterator<MinionResult<T>, void, undefined> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => results.next(),
      // A generator alone would wait for the next result before it returns.
      return: async () => {
        isLeft = true;
        follower.leave();
        return await results.return();
      },
    };
    return iterator;
  }

  async *#results(isLeft: () => boolean): AsyncGenerator<MinionResult<T>, void, undefined> {
    const { follower, fun } = this.#parts;
    for (let count = 0; await follower.hasMoreThan(count, isLeft); count += 1) {
      const returned = follower.returned[count];
      if (returned !== undefined) yield returnedResult<T>(fun, returned);
    }
    if (isLeft()) return;
    for (const minion of follower.missing) yield silent<T>(minion, undefined);
  }

  /** Stops following, so that loops end; the job itself goes on. */
  async close(): Promise<void> {
    this.#parts.follower.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
