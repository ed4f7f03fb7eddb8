import type {
  FunctionOptions,
  LocalBatchOptions,
  LocalOptions,
  LocalSubsetOptions,
  NotInBatches,
  RunnerOptions,
  SshOptions,
} from './call-options.ts';
import { type Target, wireTarget } from './target.ts';

/** The ways in which Salt runs a function. */
export type Client =
  | 'local'
  | 'local_async'
  | 'local_subset'
  | 'local_batch'
  | 'ssh'
  | 'runner'
  | 'runner_async'
  | 'wheel'
  | 'wheel_async';

/** One thing to do, as it is sent, but for who asks. */
export interface Chunk {
  readonly client: Client;
  readonly fun: string | readonly string[];
  readonly [field: string]: unknown;
}

/** `local test.ping`: what is asked, for errors. */
export function nameOf(chunk: Chunk): string {
  return `${chunk.client} ${functionOf(chunk)}`.trim();
}

/** What several chunks ask, for errors. */
export function namesOf(chunks: readonly Chunk[]): string {
  const more = chunks.length - 3;
  const names = chunks.slice(0, 3).map(nameOf).join(', ');
  return more > 0 ? `${names} and ${more} more` : names || 'nothing';
}

/** Of a chunk that nobody checked, no more than what is a name. */
export function functionOf({ fun, raw_shell: isCommand }: Chunk): string {
  // That may hold a secret.
  if (isCommand === true) return 'a command';
  const names = [fun].flat().filter((name) => typeof name === 'string' && /^[\w.-]+$/.test(name));
  return names.join(',');
}

/** A function on minions. `full` asks for the return codes, too. */
export function localChunk(
  fun: string,
  target: Target,
  args: object,
  options: LocalOptions,
  full: boolean,
): Chunk {
  return {
    client: 'local',
    ...onMinions(fun, target, args, options),
    ...given({ timeout: options.timeoutSeconds, jid: options.jid }),
    ...(full && { full_return: true }),
  };
}

/** A function on minions, not waited for. */
export function localAsyncChunk(fun: string, target: Target, args: object, options: LocalOptions): Chunk {
  return {
    client: 'local_async',
    ...onMinions(fun, target, args, options),
    ...given({ timeout: options.timeoutSeconds, jid: options.jid }),
  };
}

/** A function on a few of the minions. */
export function localSubsetChunk(
  fun: string,
  target: Target,
  args: object,
  options: LocalSubsetOptions,
): Chunk {
  return {
    client: 'local_subset',
    ...onMinions(fun, target, args, options),
    ...given({ subset: options.subset }),
    full_return: true,
  };
}

const notInBatches: ReadonlySet<string> = new Set<NotInBatches>([
  'jid',
  'metadata',
  'moduleExecutors',
  'executorOptions',
  'delimiter',
]);

/** A function on some minions at a time. Without `failHard` asks for the return codes, too. */
export function localBatchChunk(
  fun: string,
  target: Target,
  args: object,
  options: LocalBatchOptions,
): Chunk {
  const lost = Object.keys(given({ ...options })).find((name) => notInBatches.has(name));
  // A target may mean other minions without its delimiter.
  if (lost !== undefined) throw new TypeError(`${fun}: a batch takes no ${lost}, since Salt passes over it`);
  const { batch } = options;
  const isShare = typeof batch === 'string' && /^\d+(\.\d+)?%$/.test(batch);
  if (!isShare && !(Number.isSafeInteger(batch) && Number(batch) > 0)) {
    throw new TypeError(`batch must be a number of minions above 0 or a share like '10%', not ${batch}`);
  }
  return {
    client: 'local_batch',
    ...onMinions(fun, target, args, options),
    ...given({
      // Some releases take a number for a text without looking.
      batch: String(batch),
      batch_wait: options.batchWaitSeconds,
      failhard: options.failHard,
      timeout: options.timeoutSeconds,
      batch_presence_ping_timeout: options.batchPresencePingTimeoutSeconds,
    }),
    // Until 3008 a master that gives the codes doesn't look at them itself, and so never stops.
    ...(options.failHard !== true && { raw: true }),
  };
}

/** A function over SSH. */
export function sshChunk(fun: string, target: Target, args: object, options: SshOptions): Chunk {
  return {
    client: 'ssh',
    ...wireTarget(target),
    ...whatToDo(fun, args, options, options.rawShell),
    ...given({
      timeout: options.timeoutSeconds,
      roster: options.roster,
      roster_file: options.rosterFile,
      rosters: options.rosters,
      ssh_user: options.user,
      ssh_passwd: options.password,
      ssh_priv: options.privateKeyFile,
      ssh_port: options.port,
      ssh_sudo: options.sudo,
      ignore_host_keys: options.ignoreHostKeys,
      raw_shell: options.rawShell,
      refresh_cache: options.refreshCache,
      ssh_wipe: options.wipe,
      extra_filerefs: options.extraFileRefs,
    }),
  };
}

/** A runner function. `full` asks whether it worked, too. */
export function runnerChunk(fun: string, args: object, options: RunnerOptions, full: boolean): Chunk {
  return {
    client: 'runner',
    ...whatToDo(fun, args, options),
    ...given({ timeout: options.timeoutSeconds }),
    ...(full && { full_return: true }),
  };
}

/** A function on the master, as other clients run it. */
export function masterChunk(
  client: 'runner_async' | 'wheel' | 'wheel_async',
  fun: string,
  args: object,
  options: FunctionOptions,
): Chunk {
  // A wheel function is given nothing unless both are there, and takes what it is called by for its parameters.
  const both = client === 'runner_async' ? {} : { arg: [], kwarg: {} };
  return { client, ...both, ...whatToDo(fun, args, options) };
}

function onMinions(fun: string, target: Target, args: object, options: LocalOptions) {
  return {
    ...wireTarget(target),
    ...whatToDo(fun, args, options),
    ...given({
      ret: options.returner,
      gather_job_timeout: options.gatherJobTimeoutSeconds,
      metadata: options.metadata,
      module_executors: options.moduleExecutors,
      executor_opts: options.executorOptions,
      delimiter: options.delimiter,
    }),
  };
}

/**
 * Named parameters are always nested in `kwarg`: a text among the others may be taken for a named parameter, and a name
 * beside them may be one that the API itself takes.
 */
function whatToDo(fun: string, args: object, { arg = [] }: FunctionOptions, isCommand = false) {
  if (typeof fun !== 'string' || !(isCommand || /^[\w-]+(\.[\w-]+)+$/.test(fun))) {
    throw new TypeError(`${JSON.stringify(fun)} is no function: module and name are needed, like test.ping`);
  }
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    throw new TypeError(`${fun}: the named parameters must be an object; others are given as the option arg`);
  }
  return {
    fun,
    ...(arg.length > 0 && { arg: arg.map((value, index) => unnamed(value, index, fun)) }),
    ...(Object.values(args).some((value) => value !== undefined) && { kwarg: args }),
  };
}

/** What Salt takes for a named parameter: `.` doesn't match the end of a line, and `$` may stand before one. */
const named = /^[\p{L}_][\p{L}\p{N}_.-]*=(?!=)[^\n]*\n?$/u;

function unnamed(value: unknown, index: number, fun: string): unknown {
  if (typeof value === 'string' && named.test(value)) {
    throw new TypeError(
      `${fun}: element ${index} of arg looks like name=value, which Salt would take for a named parameter: name the parameter that it is for`,
    );
  }
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__kwarg__')) {
    throw new TypeError(
      `${fun}: element ${index} of arg has the key __kwarg__, which Salt would take for named parameters: name the parameter that it is for`,
    );
  }
  return value;
}

/** What isn't left open. */
function given(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
