import type { JobOptions, RunnerOptions, WheelOptions } from './call-options.ts';
import { masterChunk, runnerChunk } from './chunk.ts';
import type { Doing } from './doing.ts';
import { httpOptions } from './http-options.ts';
import type { MasterJob } from './master-job.ts';
import { Call, masterStep } from './step.ts';

/** A function, and how. */
interface MasterWhat<O> {
  readonly fun: string;
  readonly args: object;
  readonly options: O;
}

/**
 * A runner function on the master. Nothing is sent before it is used: `await` runs it and gives what it returns.
 *
 * Throws a SaltFunctionError when it fails.
 */
export class RunnerCall<T> extends Call<T> {
  readonly #doing: Doing;
  readonly #what: MasterWhat<RunnerOptions>;

  constructor(doing: Doing, what: MasterWhat<RunnerOptions>) {
    const { fun, args, options } = what;
    super(doing.perform, masterStep(runnerChunk(fun, args, options, true), httpOptions(options)));
    this.#doing = doing;
    this.#what = what;
  }

  /** Starts it as a job, which is not waited for. */
  start(job: JobOptions = {}): Promise<MasterJob<T>> {
    const { fun, args, options } = this.#what;
    const chunk = masterChunk('runner_async', fun, args, options);
    return this.#doing.jobs.startMaster<T>(chunk, { ...options, ...job });
  }

  override get [Symbol.toStringTag](): string {
    return 'RunnerCall';
  }
}

/** A wheel function on the master, in the same way. */
export class WheelCall<T> extends Call<T> {
  readonly #doing: Doing;
  readonly #what: MasterWhat<WheelOptions>;

  constructor(doing: Doing, what: MasterWhat<WheelOptions>) {
    const { fun, args, options } = what;
    super(doing.perform, masterStep(masterChunk('wheel', fun, args, options), httpOptions(options)));
    this.#doing = doing;
    this.#what = what;
  }

  /** Starts it as a job, which is not waited for. */
  start(job: JobOptions = {}): Promise<MasterJob<T>> {
    const { fun, args, options } = this.#what;
    const chunk = masterChunk('wheel_async', fun, args, options);
    return this.#doing.jobs.startMaster<T>(chunk, { ...options, ...job });
  }

  override get [Symbol.toStringTag](): string {
    return 'WheelCall';
  }
}
