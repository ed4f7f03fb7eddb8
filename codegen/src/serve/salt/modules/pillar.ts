import type { JsonValue } from '../../../model.ts';
import type { MinionFunction } from '../calls.ts';
import { traverse } from '../targets.ts';

export const pillarFunctions: Readonly<Record<string, MinionFunction>> = {
  'pillar.items': ({ minion }) => ({ value: minion.pillar ?? {} }),
  'pillar.ls': ({ minion }) => ({ value: Object.keys(minion.pillar ?? {}).sort() }),
  'pillar.get': ({ minion, named }) => ({
    value: traverse(minion.pillar ?? {}, String(named['key']).split(':')) ?? preset(named['default']),
  }),
};

/** The default of `pillar.get` is something that only Python has: nothing. */
function preset(given: JsonValue | undefined): JsonValue {
  return given === undefined || given === '<Constant.NOT_SET>' ? '' : given;
}
