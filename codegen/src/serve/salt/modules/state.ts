import type { JsonValue } from '../../../model.ts';
import type { JsonObject } from '../../core/schemas.ts';
import type { MinionCall, MinionFunction, Outcome } from '../calls.ts';
import type { StateSetup } from '../deployment.ts';

export const stateFunctions: Readonly<Record<string, MinionFunction>> = {
  'state.apply': (call) => (call.named['mods'] ? sls(call) : highstate(call)),
  'state.sls': sls,
  'state.highstate': highstate,
  'state.single': (call) => {
    const { fun, name } = call.named;
    const state = String(fun);
    return applied(call, [[null, { id: String(name), state, ...pretended(state) }]]);
  },
  'state.sls_exists': (call) => ({ value: listed(call.named['mods']).every((one) => one in states(call)) }),
};

type Low = readonly [sls: string | null, state: StateSetup];

function states({ minion }: MinionCall): Readonly<Record<string, readonly StateSetup[]>> {
  return minion.states ?? {};
}

function listed(mods: JsonValue | undefined): readonly string[] {
  if (Array.isArray(mods)) return mods.map(String);
  return String(mods ?? '')
    .split(',')
    .filter(Boolean);
}

/** All of it, or a list of what is wrong with it. */
function sls(call: MinionCall): Outcome {
  const mods = listed(call.named['mods']);
  const env = String(call.extra['saltenv'] ?? 'base');
  const missing = mods.filter((one) => !Object.hasOwn(states(call), one));
  if (missing.length > 0) {
    const value = missing.map((one) => `No matching sls found for '${one}' in env '${env}'`);
    return { value, retcode: 1, out: 'highstate' };
  }
  return applied(
    call,
    mods.flatMap((one) => (states(call)[one] ?? []).map((state): Low => [one, state])),
  );
}

function highstate(call: MinionCall): Outcome {
  const all = Object.entries(states(call));
  if (all.length > 0)
    return applied(
      call,
      all.flatMap(([name, own]) => own.map((state): Low => [name, state])),
    );
  const comment = 'No Top file or master_tops data matches found. Please see master log for details.';
  const none = { changes: {}, comment, name: 'No States', result: false, __run_num__: 0 };
  return { value: { 'no_|-states_|-states_|-None': none }, retcode: 2, out: 'highstate' };
}

/** What the functions of the state module `test` are for. */
function pretended(state: string): Partial<StateSetup> {
  if (state.endsWith('_with_changes'))
    return {
      result: !state.includes('fail'),
      changes: { testing: { old: 'Unchanged', new: 'Something pretended to change' } },
      comment: state.includes('fail') ? 'Failure!' : 'Success!',
    };
  return state.includes('.fail_') ? { result: false, comment: 'Failure!' } : { comment: 'Success!' };
}

function applied(call: MinionCall, lows: readonly Low[]): Outcome {
  const isTrial = (call.named['test'] ?? call.extra['test']) === true;
  const began = new Date(call.master.clock.now()).toISOString().slice(11, 23);
  const results = lows.map(([from, low], index): [string, JsonObject] => {
    const { id, state, name = id, result = true, changes = {}, comment = '' } = low;
    const [module = '', fun = ''] = state.split('.');
    const wouldChange = isTrial && Object.keys(changes).length > 0;
    return [
      `${module}_|-${id}_|-${name}_|-${fun}`,
      {
        name,
        changes,
        result: wouldChange ? null : result,
        comment,
        __sls__: from,
        __run_num__: index,
        start_time: `${began}000`,
        duration: 1.25,
        __id__: id,
      },
    ];
  });
  const isGood = results.every(([, { result }]) => result !== false);
  return { value: Object.fromEntries(results), retcode: isGood ? 0 : 2, out: 'highstate' };
}
