import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import { bind, type Given, received } from './arguments.ts';
import { stamp } from './bus.ts';
import type { MasterCall } from './calls.ts';
import { mayOnMaster } from './credentials.ts';
import type { Master, Token } from './deployment.ts';
import { failures, PythonError } from './failures.ts';
import { nextJid } from './jids.ts';
import { keepMasterJob, masterId } from './jobs.ts';
import { runnerFunctions } from './runners.ts';
import { wheelFunctions } from './wheel.ts';

const functions = { runner: runnerFunctions, wheel: wheelFunctions } as const;

/** What the dispatcher takes for itself; all else that a chunk has is an argument. */
const swallowed = new Set(
  'client fun arg kwarg token username password eauth user key timeout full_return print_event'.split(' '),
);

/** A function of the master that has begun. */
export interface Started {
  readonly jid: string;
  /** `salt/run/20261121191832867818` */
  readonly tag: string;
  /** What its last event tells. */
  readonly data: Promise<JsonObject>;
}

/** Begins a runner or a wheel. Throws where the caller may not, and a runner also where there is none. */
export async function startOnMaster(
  master: Master,
  token: Token,
  client: 'runner' | 'wheel',
  chunk: JsonObject,
  quietly = false,
): Promise<Started> {
  const fun = String(chunk['fun']);
  if (!mayOnMaster(master, token, client, fun)) throw failures.unauthorized();
  const known = client === 'runner' ? master.known.runners : master.known.wheel;
  if (client === 'runner' && !known.has(fun)) throw failures.unexpected(`'${fun}' is not available.`);
  const given = await givenIn(client, chunk);
  const jid = nextJid(master);
  const tag = `salt/${client === 'runner' ? 'run' : 'wheel'}/${jid}`;
  const fun_args = [...given.args, ...(Object.keys(given.kwargs).length > 0 ? [given.kwargs] : [])];
  const about: JsonObject = { fun: `${client}.${fun}`, jid, user: token.name, fun_args };
  if (!quietly) master.bus.fire(`${tag}/new`, about);

  const act = async (): Promise<JsonObject> => {
    const result = await outcome(client, fun, () => {
      const signature = known.get(fun);
      if (signature === undefined) throw new PythonError('KeyError', `'${fun}'`);
      return { ...bind(fun, signature, given), master };
    });
    const data = { ...about, _stamp: stamp(master.clock.now()), ...result };
    const job = keepMasterJob(master, jid, `${client}.${fun}`, token.name, fun_args);
    const { return: value, success } = result;
    job.returned.set(masterId, { value, retcode: success ? 0 : 1, success });
    master.bus.fire(`${tag}/ret`, data);
    return data;
  };
  return { jid, tag, data: act() };
}

/** A wheel takes what `arg` and `kwarg` hold only where both are there, and nothing else then. */
async function givenIn(client: 'runner' | 'wheel', chunk: JsonObject): Promise<Given> {
  const { arg, kwarg } = chunk;
  const list = arg === undefined ? [] : Array.isArray(arg) ? arg : [arg];
  const named = isObject(kwarg) ? kwarg : {};
  const others = Object.fromEntries(
    Object.entries(chunk).filter(([name]) => !swallowed.has(name) && !name.startsWith('__')),
  );
  if (client === 'runner') return await received(list, { ...others, ...named });
  const areBoth = arg !== undefined && kwarg !== undefined;
  return areBoth ? await received(list, named) : { args: [], kwargs: others };
}

async function outcome(
  client: 'runner' | 'wheel',
  fun: string,
  prepare: () => MasterCall,
): Promise<{ readonly return: JsonValue; readonly success: boolean }> {
  // The answer to who started it comes first.
  await new Promise((resolve) => setImmediate(resolve));
  try {
    const call = prepare();
    const own = functions[client][fun];
    const value = own === undefined ? exampleFor(call.master, client, fun) : await own(call);
    return { return: value, success: true };
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    if (client === 'runner' && error.type === 'TypeError') {
      return { return: `\nPassed invalid arguments: ${error.message}\n`, success: false };
    }
    return { return: `Exception occurred in ${client} ${fun}: ${error.traceback}`, success: false };
  }
}

function exampleFor({ known }: Master, client: 'runner' | 'wheel', fun: string): JsonValue {
  return known.example(client === 'runner' ? 'runners' : 'wheel', fun);
}
