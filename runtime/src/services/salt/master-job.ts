import { type CallFacts, ConnectionError } from '../../errors.ts';
import { isObject } from '../../json/is-object.ts';
import type { Chunk } from './chunk.ts';
import type { Follower } from './follower.ts';
import { masterValue } from './step.ts';

/** What a job is made of. */
interface MasterJobParts {
  readonly jid: string;
  readonly chunk: Chunk;
  readonly facts: CallFacts;
  readonly follower: Follower;
  readonly timeoutMs: number;
}

/** A runner or wheel function that runs on the master, and is followed from its start on. */
export class MasterJob<T> implements AsyncDisposable {
  readonly #parts: MasterJobParts;
  /** The id of the job. */
  readonly jid: string;

  constructor(parts: MasterJobParts) {
    this.#parts = parts;
    this.jid = parts.jid;
  }

  /**
   * What the function returns, when it has.
   *
   * Throws a SaltFunctionError when it failed, and a ConnectionError with the code `timeout` when the time of the job is
   * over before.
   */
  async result(): Promise<T> {
    const { chunk, facts, follower, timeoutMs } = this.#parts;
    if (await follower.hasMoreThan(0)) {
      const [returned] = follower.returned;
      return masterValue<T>(
        chunk,
        { tag: this.jid, data: dataOf(returned?.value, returned?.success) },
        facts,
      );
    }
    throw new ConnectionError('timeout', `the job ${this.jid} has not ended within ${timeoutMs} ms`, facts);
  }

  /** Stops following; the job itself goes on. */
  async close(): Promise<void> {
    this.#parts.follower.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The master's cache of jobs has the whole event in the place of its value. */
function dataOf(value: unknown, success: unknown) {
  const isEvent =
    isObject(value) && ['fun', 'jid', 'return', 'success'].every((key) => Object.hasOwn(value, key));
  return isEvent ? value : { return: value, success };
}
