import { isObject, type JsonObject } from '../../core/schemas.ts';
import type { Methods } from '../controller.ts';
import { refuseBlocked } from '../model/blocks.ts';
import { machineIn } from '../model/find.ts';
import { addMachine, removeMachine } from '../model/life.ts';
import type { Base } from '../model/model.ts';
import { each } from '../rpc/bulk.ts';
import { parseTag } from '../tags.ts';
import { flag, object, objects, text, texts } from '../values.ts';
import { unitTags } from './status.ts';

export const machineMethods: Methods = {
  async 'MachineManager.AddMachines'({ model, params }) {
    const machines = await each(objects(params, 'params'), (one) => {
      refuseBlocked(model, 'BlockChange');
      const placement = object(one, 'placement');
      const parent =
        text(one, 'parent-id') || (text(placement, 'scope') === 'lxd' ? text(placement, 'directive') : '');
      const container = text(one, 'container-type') || (text(placement, 'scope') === 'lxd' ? 'lxd' : '');
      const { id } = addMachine(model, {
        parent,
        container,
        constraints: object(one, 'constraints'),
        ...baseIn(one),
      });
      return { machine: id };
    });
    return { machines };
  },

  async 'MachineManager.DestroyMachineWithParams'({ model, params }) {
    const tags = texts(params, 'machine-tags').map((tag) => ({ tag }));
    const results = await each(tags, (one) => {
      refuseBlocked(model, 'BlockRemove');
      const { id } = machineIn(model, parseTag(text(one, 'tag'), 'machine').id);
      const units = unitTags(model, id);
      if (!flag(params, 'dry-run')) removeMachine(model, id, flag(params, 'force'));
      return { info: { 'machine-id': id, 'destroyed-units': [...units] } };
    });
    return { results };
  },

  async 'MachineManager.RetryProvisioning'({ model, params }) {
    const tags = texts(params, 'machines').map((tag) => ({ tag }));
    const results = await each(tags, (one) => {
      machineIn(model, parseTag(text(one, 'tag'), 'machine').id);
      return {};
    });
    return { results };
  },

  'MachineManager.ProvisioningScript'({ model, params }) {
    const { id } = machineIn(model, text(params, 'machine-id'));
    return { script: `#!/bin/bash\n# Would make machine ${id} one of ${model.name}.\n` };
  },

  'MachineManager.InstanceTypes'({ params }) {
    const types: readonly JsonObject[] = [
      { name: 'small', arches: ['amd64'], 'cpu-cores': 1, memory: 2048 },
      { name: 'large', arches: ['amd64'], 'cpu-cores': 8, memory: 16_384 },
    ];
    return {
      results: objects(params, 'constraints').map(() => ({
        'instance-types': types,
        'cost-unit': 'USD',
        'cost-currency': 'USD',
      })),
    };
  },
};

function baseIn(from: JsonObject): { readonly base?: Base } {
  const { base } = from;
  if (!isObject(base)) return {};
  return { base: { name: text(base, 'name'), channel: text(base, 'channel') } };
}
