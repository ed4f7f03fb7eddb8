import { InputError } from '../../errors.ts';
import { child } from '../../json/pointer.ts';
import { isArray, isObject } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';
import { type Signature, signatureOf } from '../../read/salt/functions.ts';
import { merged } from './merge.ts';
import type { Ask, Outcome } from './netapi.ts';

/** By `module.function`. */
export type Signatures = ReadonlyMap<string, Signature>;

/** What the minions told about themselves. */
export interface Minions {
  readonly ids: readonly string[];
  /** `Salt 3006.0 on Debian 12`, once for all minions that are alike. */
  readonly origins: readonly string[];
  /** Present when all have the same. */
  readonly version?: string;
}

interface Asking {
  readonly ask: Ask;
  readonly url: string;
  readonly onProgress: (line: string) => void;
  /** Whether functions of this module are asked about. */
  readonly isWanted: (module: string) => boolean;
}

/** Which minions answer, and what they are. Those that don't are left out of all that follows: each would cost seconds. */
export async function minionsOf({ ask, url, onProgress }: Asking, target: string): Promise<Minions> {
  const answers = must(
    await ask({
      client: 'local',
      tgt: target,
      fun: 'grains.item',
      arg: ['os', 'osmajorrelease', 'saltversion'],
    }),
    url,
  );
  const there = Object.entries(answers).filter(([, grains]) => isObject(grains));
  const silent = Object.keys(answers).filter((id) => !isObject(answers[id]));
  if (there.length === 0) {
    throw new InputError(`no minion answered to ${JSON.stringify(target)}`, {
      file: url,
      hint: 'Check the target, and that a minion is connected',
    });
  }
  for (const id of silent) onProgress(`no answer from ${id}, which is left out`);
  const grain = (grains: JsonValue, name: string) =>
    String(child(grains, name) ?? '').replaceAll(/[^\x20-\x7e]/g, '');
  const origins = there.map(([, grains]) =>
    `Salt ${grain(grains, 'saltversion')} on ${grain(grains, 'os')} ${grain(grains, 'osmajorrelease')}`
      .trim()
      .slice(0, 200),
  );
  const [version, ...others] = new Set(there.map(([, grains]) => grain(grains, 'saltversion')));
  return {
    ids: there.map(([id]) => id),
    origins: [...new Set(origins)].sort(),
    ...(version !== undefined && version !== '' && others.length === 0 && { version }),
  };
}

/** The two kinds of functions that can be asked for, and the functions that tell. */
export const KINDS = {
  modules: { list: 'sys.list_functions', argspec: 'sys.argspec' },
  runners: { list: 'sys.list_runner_functions', argspec: 'sys.runner_argspec' },
} as const;

/**
 * The signatures of all functions of a kind, one module after the other: a minion that is asked for all of them at
 * once answers with nothing when a single one cannot be written as JSON, and several questions at a time are a
 * heavy load for it. A function that cannot tell at all takes what was `known` of it, or else anything.
 */
export async function signaturesOf(
  asking: Asking,
  { ids }: Minions,
  kind: (typeof KINDS)[keyof typeof KINDS],
  known: Signatures,
): Promise<Signatures> {
  const { url, onProgress } = asking;
  const query = async (fun: string, ...arg: readonly string[]) => {
    const outcome = await asking.ask({ client: 'local', tgt: ids, tgt_type: 'list', fun, arg });
    assertAllThere(outcome, ids, url);
    return outcome;
  };
  const names = new Set(
    Object.values(must(await query(kind.list), url)).flatMap((list) => (isArray(list) ? list : [])),
  );
  const functions = [...names]
    .filter((name) => typeof name === 'string' && /^\w+\.\w+$/.test(name))
    .map(String)
    .filter((name) => asking.isWanted(moduleOf(name)));
  const modules = [...Map.groupBy(functions.sort(), moduleOf)];
  const found: [string, Signature][] = [];
  for (const [index, [module, own]] of modules.entries()) {
    onProgress(`${kind.argspec} ${module}.* (${index + 1} of ${modules.length})`);
    const told = signaturesIn(await query(kind.argspec, `${module}.*`), own);
    for (const fun of own) {
      const signature = told.get(fun) ?? signaturesIn(await query(kind.argspec, fun), [fun]).get(fun);
      if (signature === undefined) onProgress(`${fun} cannot tell what it takes`);
      found.push([fun, signature ?? known.get(fun) ?? ANYTHING]);
    }
  }
  return new Map(found);
}

/** `pkg`, of `pkg.install`. */
export function moduleOf(fun: string): string {
  return fun.replace(/\..*/, '');
}

const ANYTHING: Signature = { varargs: true, kwargs: true };

/** What minions say about functions, merged. Whoever fails, or says nothing about one, counts for nothing. */
function signaturesIn(outcome: Outcome, functions: readonly string[]): Signatures {
  const answers = outcome.done && isObject(outcome.value) ? Object.values(outcome.value) : [];
  return new Map(
    functions.flatMap((fun) => {
      const said = answers.flatMap((answer) => signatureOf(child(answer, fun)) ?? []);
      const signature = merged(said);
      return signature === undefined ? [] : [[fun, signature] as const];
    }),
  );
}

/** Without a minion that is gone, its functions would look as if nobody could tell what they take. */
function assertAllThere(outcome: Outcome, ids: readonly string[], url: string): void {
  if (!outcome.done) return;
  const gone = ids.find((id) => {
    const answer = child(outcome.value, id) ?? false;
    return answer === false || (typeof answer === 'string' && answer.startsWith('Minion did not return'));
  });
  if (gone === undefined) return;
  throw new InputError(`${gone} no longer answers`, {
    file: url,
    hint: 'Try again, with --target for other minions if it stays away',
  });
}

/** By minion. Without this answer there is nothing to go on with. */
function must(outcome: Outcome, url: string): Readonly<Record<string, JsonValue>> {
  if (outcome.done && isObject(outcome.value)) return outcome.value;
  throw new InputError(`could not be asked: ${outcome.done ? 'an answer without minions' : outcome.reason}`, {
    file: url,
    hint: 'Check what the user may run: grains.item and sys.* are needed',
  });
}
