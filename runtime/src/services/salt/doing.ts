import type { Jobs } from './jobs.ts';
import type { Perform } from './step.ts';

/** What a call is made with. */
export interface Doing {
  readonly perform: Perform;
  readonly jobs: Jobs;
}
