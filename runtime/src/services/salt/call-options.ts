import type { CallOptions } from '../../options.ts';

/** What a call of any function takes. */
export interface FunctionOptions extends CallOptions {
  /**
   * Values for parameters that have no name of their own. A string that looks like `name=value` is refused: Salt would
   * take it for a named parameter.
   */
  readonly arg?: readonly unknown[] | undefined;
}

/** What a call of an execution function takes. */
export interface LocalOptions extends FunctionOptions {
  /** How long the master waits for answers before it asks who still works, in seconds. Default: the master's, 5. */
  readonly timeoutSeconds?: number | undefined;
  /** How long the master waits for an answer to that, in seconds. Default: the master's, 10. */
  readonly gatherJobTimeoutSeconds?: number | undefined;
  /** Where minions also send what they return: the name of a returner, or several joined by commas. */
  readonly returner?: string | undefined;
  /** The id of the job, 20 digits, in place of one that the master makes. */
  readonly jid?: string | undefined;
  /** Kept with the job, for who looks it up later. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** What runs the function on the minion: `['sudo']`. */
  readonly moduleExecutors?: readonly string[] | undefined;
  readonly executorOptions?: Readonly<Record<string, unknown>> | undefined;
  /** What separates the levels of a grain or a pillar value in the target. Default `:`. */
  readonly delimiter?: string | undefined;
}

/** What a call of an execution function on a few of many minions takes. */
export interface LocalSubsetOptions extends Omit<LocalOptions, 'timeoutSeconds' | 'jid'> {
  /** How many, chosen at random among those that have the function. Default 3. */
  readonly subset?: number | undefined;
}

/** How many minions at a time: a number, or a share of all: `'10%'`. */
export type BatchSize = number | `${number}%`;

/** What a call takes and a batch doesn't: Salt passes over it. */
export type NotInBatches = 'jid' | 'metadata' | 'moduleExecutors' | 'executorOptions' | 'delimiter';

/** What a call of an execution function on some minions at a time takes. */
export interface LocalBatchOptions extends Omit<LocalOptions, NotInBatches> {
  readonly batch: BatchSize;
  /** How long a place stays empty after a minion answered, in seconds. Default 0. */
  readonly batchWaitSeconds?: number | undefined;
  /** Whether to stop at the first minion that fails. The results have no return codes then. Default false. */
  readonly failHard?: boolean | undefined;
  /** How long the master waits to see who is there, in seconds. Known to SUSE's builds only. */
  readonly batchPresencePingTimeoutSeconds?: number | undefined;
}

/** What a call of a runner function takes. */
export interface RunnerOptions extends FunctionOptions {
  /** How long the API waits for the runner, in seconds. Default: the master's `rest_timeout`, 300. */
  readonly timeoutSeconds?: number | undefined;
}

/** What a call of a wheel function takes. */
export interface WheelOptions extends FunctionOptions {}

/** What a call over SSH takes. */
export interface SshOptions extends FunctionOptions {
  readonly timeoutSeconds?: number | undefined;
  /** The roster's kind: `flat`, `ansible`. */
  readonly roster?: string | undefined;
  /** Its file, on the master. */
  readonly rosterFile?: string | undefined;
  /** Folders of rosters, on the master. */
  readonly rosters?: readonly string[] | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** The file of the private key, on the master; `agent-forwarding` for the agent's. */
  readonly privateKeyFile?: string | undefined;
  readonly port?: number | undefined;
  readonly sudo?: boolean | undefined;
  /** Accepts the key of any host. Default false. */
  readonly ignoreHostKeys?: boolean | undefined;
  /** The function is a command for the shell. The master must allow it: `netapi_allow_raw_shell`. */
  readonly rawShell?: boolean | undefined;
  readonly refreshCache?: boolean | undefined;
  /** Removes what Salt put on the host when the call is over. Default false. */
  readonly wipe?: boolean | undefined;
  /** Further files to take along: `salt://…`, joined by commas. */
  readonly extraFileRefs?: string | undefined;
}

/** How a job that was started is followed. */
export interface JobOptions {
  /**
   * `events` (default): by the stream of events, and by asking about what that may have missed. `polling`: by asking
   * only, which is all that rest_wsgi allows.
   */
  readonly follow?: 'events' | 'polling' | undefined;
  /** When what hasn't returned counts as no answer, in milliseconds after the start. Default 300,000. */
  readonly jobTimeoutMs?: number | undefined;
  /** How often the master is asked, in milliseconds. Default 15,000 with events and 2,000 without. */
  readonly pollMs?: number | undefined;
}
