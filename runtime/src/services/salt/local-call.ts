import type {
  BatchSize,
  JobOptions,
  LocalBatchOptions,
  LocalOptions,
  LocalSubsetOptions,
} from './call-options.ts';
import { localAsyncChunk, localBatchChunk, localChunk, localSubsetChunk } from './chunk.ts';
import type { Doing } from './doing.ts';
import { httpOptions } from './http-options.ts';
import type { LocalJob } from './local-job.ts';
import type { MinionResults } from './results.ts';
import { bareStep, Call, minionsStep } from './step.ts';
import type { Target } from './target.ts';

/** What the API says by minion: what the function returned, or `false` or a text where there is nothing. */
export type BareResults<T> = Readonly<Record<string, T | string | false>>;

/** A function, the minions it is for, and how. */
interface LocalWhat {
  readonly fun: string;
  readonly target: Target;
  readonly args: object;
  readonly options: LocalOptions;
}

/**
 * A function on minions. Nothing is sent before it is used: `await` runs it and gives what became of it on each minion;
 * the methods run it in other ways.
 */
export class LocalCall<T> extends Call<MinionResults<T>> {
  readonly #doing: Doing;
  readonly #what: LocalWhat;

  constructor(doing: Doing, what: LocalWhat) {
    const { fun, target, args, options } = what;
    super(doing.perform, minionsStep(localChunk(fun, target, args, options, true), httpOptions(options)));
    this.#doing = doing;
    this.#what = what;
  }

  /** As the API gives it without return codes: a minion that failed gives a text, one that is silent `false` or a text. */
  bare(): Promise<BareResults<T>> {
    const { fun, target, args, options } = this.#what;
    const chunk = localChunk(fun, target, args, options, false);
    return this.#doing.perform(bareStep<BareResults<T>>(chunk, httpOptions(options)));
  }

  /** Starts it as a job, which is not waited for: what minions return comes as they return it. */
  start(job: JobOptions = {}): Promise<LocalJob<T>> {
    const { fun, target, args, options } = this.#what;
    return this.#doing.jobs.startLocal<T>(localAsyncChunk(fun, target, args, options), {
      ...options,
      ...job,
    });
  }

  /** On so many minions at a time, or on such a share. The answer comes when all have done it. */
  batch(batch: BatchSize, further: Omit<LocalBatchOptions, 'batch'> = {}): Call<MinionResults<T>> {
    const { fun, target, args, options } = this.#what;
    const chunk = localBatchChunk(fun, target, args, { ...options, ...further, batch });
    return new Call(this.#doing.perform, minionsStep(chunk, httpOptions(options)));
  }

  /** On so many of the minions, chosen at random. */
  subset(subset: number, further: Omit<LocalSubsetOptions, 'subset'> = {}): Call<MinionResults<T>> {
    const { fun, target, args, options } = this.#what;
    const chunk = localSubsetChunk(fun, target, args, { ...options, ...further, subset });
    return new Call(this.#doing.perform, minionsStep(chunk, httpOptions(options)));
  }

  override get [Symbol.toStringTag](): string {
    return 'LocalCall';
  }
}
