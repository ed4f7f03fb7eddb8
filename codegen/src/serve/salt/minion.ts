import type { JsonValue } from '../../model.ts';
import { isObject } from '../core/schemas.ts';
import { bind, type Given, received } from './arguments.ts';
import type { Outcome } from './calls.ts';
import type { Job, Master, MinionSetup, Returned } from './deployment.ts';
import { PythonError } from './failures.ts';
import { minionFunctions } from './modules/index.ts';

/** Does a job on one minion. */
export async function perform(master: Master, minion: MinionSetup, job: Job): Promise<Returned> {
  if (typeof job.fun === 'string') {
    const { retcode = 0, failed: _, ...given } = await outcome(master, minion, job, job.fun, job.arg);
    return { ...given, retcode, success: retcode === 0 };
  }
  const outcomes: [string, Outcome][] = [];
  for (const [index, fun] of job.fun.entries()) {
    const own = job.arg[index];
    outcomes.push([fun, await outcome(master, minion, job, fun, Array.isArray(own) ? own : [])]);
  }
  const each = (tell: (outcome: Outcome) => JsonValue) =>
    Object.fromEntries(outcomes.map(([fun, one]) => [fun, tell(one)]));
  return {
    value: each(({ value }) => value),
    // One that failed has no code.
    retcode: Object.fromEntries(
      outcomes.flatMap(([fun, { retcode = 0, failed }]) => (failed ? [] : [[fun, retcode] as const])),
    ),
    success: each(({ retcode = 0, failed }) => retcode === 0 && failed !== true),
  };
}

async function outcome(
  master: Master,
  minion: MinionSetup,
  job: Job,
  fun: string,
  arg: readonly JsonValue[],
): Promise<Outcome> {
  const signature = master.known.modules.get(fun);
  const told = minion.returns?.[fun];
  const own = minionFunctions[fun];
  if (signature === undefined && told === undefined) return failed(`'${fun}' is not available.`);
  try {
    const given = await received(arg);
    const wrong = signature?.kwargs === true ? undefined : notTaken(given, signature?.args ?? []);
    if (wrong !== undefined && told === undefined) {
      return failed(`ERROR executing '${fun}': The following keyword arguments are not valid: ${wrong}`);
    }
    if (told !== undefined) return { value: told };
    const bound = bind(fun, signature ?? {}, given);
    if (own === undefined) return { value: master.known.example('modules', fun) };
    return await own({ ...bound, master, minion, job });
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    return failed(
      error.type === 'TypeError'
        ? `Passed invalid arguments to ${fun}: ${error.message}`
        : `The minion function caused an exception: ${error.traceback}`,
    );
  }
}

function notTaken({ kwargs }: Given, names: readonly string[]): string | undefined {
  const [first] = Object.entries(kwargs).filter(([name]) => !names.includes(name));
  if (first === undefined) return undefined;
  const [name, value] = first;
  return `${name}=${isObject(value) ? JSON.stringify(value) : String(value)}`;
}

function failed(value: string): Outcome {
  return { value, retcode: 1, out: 'nested', failed: true };
}
