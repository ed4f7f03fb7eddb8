import type { JsonValue } from '../../../model.ts';
import type { Group, Signature } from '../../../read/salt/functions.ts';
import type { JsonObject } from '../../core/schemas.ts';
import type { MinionCall, MinionFunction } from '../calls.ts';
import type { Signatures } from '../deployment.ts';
import { glob } from '../targets.ts';

export const sysFunctions: Readonly<Record<string, MinionFunction>> = {
  'sys.list_modules': modules('modules'),
  'sys.list_runners': modules('runners'),
  'sys.list_functions': functions('modules'),
  'sys.list_runner_functions': functions('runners'),
  'sys.argspec': argspec('modules'),
  'sys.runner_argspec': argspec('runners'),
  'sys.state_argspec': () => ({ value: {} }),
  'sys.returner_argspec': () => ({ value: {} }),
  'sys.doc': (call) => ({ value: docs(call.master.known.modules, call.rest) }),
  'sys.runner_doc': (call) => ({ value: docs(call.master.known.runners, call.rest) }),
  'sys.reload_modules': () => ({ value: true }),
};

function modules(group: Group): MinionFunction {
  return ({ master, rest }) => {
    const all = new Set([...master.known[group].keys()].map((fun) => fun.replace(/\..*/, '')));
    const wanted = rest.map((one) => glob(String(one)));
    return {
      value: [...all].filter((one) => wanted.length === 0 || wanted.some((is) => is.test(one))).sort(),
    };
  };
}

function functions(group: Group): MinionFunction {
  return ({ master, rest }: MinionCall) => ({ value: chosen(master.known[group], rest).sort() });
}

/** All without a word; otherwise by module, by function, or by a pattern of functions. */
function chosen(known: Signatures, rest: readonly JsonValue[]): string[] {
  const all = [...known.keys()];
  if (rest.length === 0) return all;
  return all.filter((fun) => rest.some((one) => isMeant(fun, String(one))));
}

function isMeant(fun: string, wanted: string): boolean {
  return wanted.includes('*') ? glob(wanted).test(fun) : fun === wanted || fun.startsWith(`${wanted}.`);
}

/** Without a word nothing. Defaults that JSON has no text for spoil the whole answer. */
function argspec(group: Group): MinionFunction {
  return ({ master, named }) => {
    const wanted = String(named['module'] ?? '');
    if (wanted === '') return { value: {} };
    const known = master.known[group];
    const found = chosen(known, [wanted]).map((fun): [string, Signature] => [fun, known.get(fun) ?? {}]);
    const isSpoilt = found.some(([, { defaults = [] }]) => defaults.some(isOfPython));
    return {
      value: Object.fromEntries(found.map(([fun, signature]) => [fun, specOf(signature)])),
      ...(isSpoilt ? { unserializable: true } : {}),
    };
  };
}

/** Stored in angle brackets. */
function isOfPython(value: JsonValue): boolean {
  return typeof value === 'string' && /^<[\w.]+>$/.test(value);
}

function specOf({ args, defaults, varargs, kwargs }: Signature): JsonObject {
  return {
    args: args ?? null,
    defaults: defaults ?? null,
    varargs: varargs ?? null,
    kwargs: kwargs ?? null,
  };
}

/** The real ones say what stands in their sources. */
export function docs(known: Signatures, rest: readonly JsonValue[] = []): JsonObject {
  return Object.fromEntries(
    chosen(known, rest)
      .sort()
      .map((fun) => [fun, `\n    The function ${fun}.\n    `]),
  );
}
