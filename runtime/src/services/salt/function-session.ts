import type { LocalOptions, RunnerOptions, WheelOptions } from './call-options.ts';
import type { LocalCall } from './local-call.ts';
import type { RunnerCall, WheelCall } from './master-call.ts';
import type { Target } from './target.ts';

/** What a class of a module of Salt is constructed with. */
export interface FunctionSession {
  /** A function of an execution module, on minions: `pkg.install`. `args` are named; nothing is sent yet. */
  local<T = unknown>(fun: string, target: Target, args?: object, options?: LocalOptions): LocalCall<T>;
  /** A function of a runner module, on the master: `jobs.list_jobs`. */
  runner<T = unknown>(fun: string, args?: object, options?: RunnerOptions): RunnerCall<T>;
  /** A function of a wheel module, on the master: `key.accept`. */
  wheel<T = unknown>(fun: string, args?: object, options?: WheelOptions): WheelCall<T>;
}
