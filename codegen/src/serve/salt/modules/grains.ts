import type { JsonValue } from '../../../model.ts';
import type { MinionCall, MinionFunction } from '../calls.ts';
import { grainsOf } from '../grains.ts';
import { traverse } from '../targets.ts';

export const grainsFunctions: Readonly<Record<string, MinionFunction>> = {
  'grains.items': ({ master, minion }) => ({ value: grainsOf(master, minion) }),
  'grains.ls': ({ master, minion }) => ({ value: Object.keys(grainsOf(master, minion)).sort() }),
  'grains.item': (call) => {
    const delimiter = String(call.extra['delimiter'] ?? ':');
    const names = call.rest.map(String);
    return {
      value: Object.fromEntries(names.map((name) => [name, found(call, name, delimiter) ?? ''])),
      out: 'nested',
    };
  },
  'grains.get': (call) => ({ value: grain(call) ?? call.named['default'] ?? '' }),
  'grains.fetch': (call) => ({ value: grain(call) ?? call.named['default'] ?? '' }),
  'grains.has_value': (call) => ({ value: Boolean(found(call, String(call.named['key']), ':')) }),
  'grains.equals': (call) => ({
    value: String(found(call, String(call.named['key']), ':') ?? '') === String(call.named['value']),
  }),
};

function grain(call: MinionCall): JsonValue | undefined {
  return found(call, String(call.named['key']), String(call.named['delimiter'] ?? ':'));
}

function found({ master, minion }: MinionCall, name: string, delimiter: string): JsonValue | undefined {
  return traverse(grainsOf(master, minion), name.split(delimiter));
}
