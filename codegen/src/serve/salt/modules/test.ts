import { createHash, randomBytes } from 'node:crypto';
import type { JsonValue } from '../../../model.ts';
import type { JsonObject } from '../../core/schemas.ts';
import type { MinionCall, MinionFunction } from '../calls.ts';
import { PythonError } from '../failures.ts';
import { pause } from '../pause.ts';

const yes = () => ({ value: true });
const versions = ({ master }: MinionCall) => ({ value: `Salt: ${master.settings.version}` });
const hash: MinionFunction = () => ({ value: createHash('sha512').update(randomBytes(32)).digest('hex') });

export const testFunctions: Readonly<Record<string, MinionFunction>> = {
  'test.ping': yes,
  'test.true': yes,
  'test.false': () => ({ value: false }),
  'test.echo': ({ named }) => ({ value: named['text'] ?? null }),
  'test.outputter': ({ named }) => ({ value: named['data'] ?? null }),
  'test.arg': (call) => ({ value: { args: call.rest, kwargs: { ...call.extra, ...published(call) } } }),
  'test.arg_clean': ({ rest, extra }) => ({ value: { args: rest, kwargs: extra } }),
  'test.arg_type': (call) => ({
    value: {
      args: call.rest.map(pythonType),
      kwargs: mapped({ ...call.extra, ...published(call) }, pythonType),
    },
  }),
  'test.arg_repr': (call) => ({
    value: {
      args: `(${call.rest.map(repr).join(', ')}${call.rest.length === 1 ? ',' : ''})`,
      kwargs: repr({ ...call.extra, ...published(call) }),
    },
  }),
  'test.kwarg': (call) => ({ value: { ...call.extra, ...published(call) } }),
  'test.fib': ({ named }) => ({ value: [fibonacci(Number(named['num'])), 0.00001] }),
  'test.collatz': ({ named }) => ({ value: [collatz(Number(named['start'])), 0.00001] }),
  'test.retcode': ({ named }) => ({ value: true, retcode: Number(named['code']) }),
  'test.exception': ({ named }) => {
    throw new PythonError('Exception', String(named['message']));
  },
  'test.assertion': ({ named }) => {
    if (named['assertion']) return { value: null };
    throw new PythonError('AssertionError', '');
  },
  'test.sleep': async ({ master, named }) => {
    await pause(master, Number(named['length']) * 1000);
    return { value: true };
  },
  'test.rand_sleep': async ({ master, named }) => {
    await pause(master, Math.random() * Number(named['max']) * 1000);
    return { value: true };
  },
  'test.rand_str': hash,
  'test.random_hash': hash,
  'test.version': ({ master }) => ({ value: master.settings.version }),
  'test.versions': versions,
  'test.versions_report': versions,
  'test.versions_information': ({ master }) => ({
    value: { 'Salt Version': { Salt: master.settings.version } },
  }),
};

/** What Salt adds to what a function gets that takes any name. */
function published({ job }: MinionCall): JsonObject {
  return {
    __pub_fun: job.fun,
    __pub_arg: job.arg.map((one) => (typeof one === 'object' ? withoutMark(one) : one)),
    __pub_tgt: job.tgt,
    __pub_jid: job.jid,
    __pub_ret: job.ret,
    __pub_tgt_type: job.tgtType,
    __pub_user: job.user,
  };
}

function withoutMark(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== '__kwarg__'));
}

function mapped(object: JsonObject, tell: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, tell(value)]));
}

function pythonType(value: JsonValue): string {
  const name = value === null ? 'NoneType' : (pythonNames[typeof value] ?? 'dict');
  const exact = typeof value === 'number' && !Number.isInteger(value) ? 'float' : name;
  return `<class '${Array.isArray(value) ? 'list' : exact}'>`;
}

const pythonNames: Readonly<Record<string, string>> = { string: 'str', number: 'int', boolean: 'bool' };

function fibonacci(count: number): number {
  let [a, b] = [0, 1];
  for (let left = Math.min(count, 1000); left > 0; left -= 1) [a, b] = [b, a + b];
  return a;
}

function collatz(start: number): number[] {
  const steps: number[] = [];
  for (let at = start; at > 1 && steps.length < 10_000; at = at % 2 === 0 ? at / 2 : at * 3 + 1)
    steps.push(at);
  return [...steps, 1];
}

/** As Python writes a value down. */
function repr(value: JsonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  return `{${Object.entries(value)
    .map(([key, one]) => `${repr(key)}: ${repr(one)}`)
    .join(', ')}}`;
}
