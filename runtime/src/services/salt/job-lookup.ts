import { ServiceError } from '../../errors.ts';
import { isObject } from '../../json/is-object.ts';
import type { CallOptions } from '../../options.ts';
import { runnerChunk } from './chunk.ts';
import type { Returned } from './read-minions.ts';
import { masterStep, type Perform } from './step.ts';

/** Asks the master what has come of a job. */
export class JobLookup {
  readonly #perform: Perform;
  readonly #jid: string;
  #plain = false;

  constructor(perform: Perform, jid: string) {
    this.#perform = perform;
    this.#jid = jid;
  }

  /** What was returned so far; with return codes, unless the user may only ask for `jobs.lookup_jid`. */
  async returned(options: CallOptions): Promise<readonly Returned[]> {
    if (!this.#plain) {
      try {
        return listed(await this.#ask('jobs.list_job', options));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.#plain = true;
      }
    }
    return lookedUp(await this.#ask('jobs.lookup_jid', options));
  }

  #ask(fun: string, options: CallOptions): Promise<unknown> {
    return this.#perform(masterStep<unknown>(runnerChunk(fun, { jid: this.#jid }, {}, true), options));
  }
}

/** Whether asking again would give the same. */
export function isRefusal(error: unknown): boolean {
  return (
    error instanceof ServiceError && error.category !== 'unavailable' && error.category !== 'rate-limited'
  );
}

function listed(job: unknown): readonly Returned[] {
  const results = isObject(job) ? job['Result'] : undefined;
  if (!isObject(results)) return [];
  return Object.entries(results).flatMap(([id, result]) =>
    isObject(result) && Object.hasOwn(result, 'return')
      ? [{ id, value: result['return'], retcode: result['retcode'], success: result['success'] }]
      : [],
  );
}

function lookedUp(answer: unknown): readonly Returned[] {
  if (!isObject(answer)) return [];
  // Some values come with the name of what prints them.
  const { outputter, data } = answer;
  const values = typeof outputter === 'string' && isObject(data) ? data : answer;
  return Object.entries(values).map(([id, value]) => ({ id, value, retcode: undefined, success: undefined }));
}
