import type { JsonValue } from '../../model.ts';
import type { Bound } from './arguments.ts';
import type { Job, Master, MinionSetup, Returned } from './deployment.ts';

/** What a function gives, with what the minion adds. */
export interface Outcome extends Pick<Returned, 'value' | 'out' | 'unserializable'> {
  /** 0 by default. */
  readonly retcode?: number;
  /** It is no value, but says why there is none. */
  readonly failed?: true;
}

/** A function that is being called on a minion. */
export interface MinionCall extends Bound {
  readonly master: Master;
  readonly minion: MinionSetup;
  readonly job: Job;
}

export type MinionFunction = (call: MinionCall) => Outcome | Promise<Outcome>;

/** A function that is being called on the master. */
export interface MasterCall extends Bound {
  readonly master: Master;
}

export type MasterFunction = (call: MasterCall) => JsonValue | Promise<JsonValue>;
