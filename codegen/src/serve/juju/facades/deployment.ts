import { isObject, type JsonObject } from '../../core/schemas.ts';
import type { Methods, Model } from '../controller.ts';
import { asFailure, Failure, failureJson, notFound } from '../failures.ts';
import { refuseBlocked } from '../model/blocks.ts';
import { applicationIn, isLeader, machineIn, unitIn } from '../model/find.ts';
import { addUnits, deploy, removeApplication, removeUnit } from '../model/life.ts';
import type { Base } from '../model/model.ts';
import { setWorkload } from '../model/statuses.ts';
import { each } from '../rpc/bulk.ts';
import { parseTag, tagOf } from '../tags.ts';
import { flag, list, number, object, objects, text, textMap } from '../values.ts';

export const deploymentMethods: Methods = {
  async 'Application.Deploy'({ model, params }) {
    const results = await each(objects(params, 'applications'), (one) => {
      refuseBlocked(model, 'BlockChange');
      if (text(one, 'charm-url') === '') throw new Failure('charm url "" not valid', 'not valid');
      deploy(model, {
        name: text(one, 'application'),
        charmUrl: text(one, 'charm-url'),
        origin: object(one, 'charm-origin'),
        channel: text(one, 'channel') || 'stable',
        units: number(one, 'num-units'),
        constraints: object(one, 'constraints'),
        config: textMap(one, 'config'),
        bindings: textMap(one, 'endpoint-bindings'),
        machines: placements(model, one, 'placement'),
        ...baseIn(object(one, 'charm-origin')),
      });
      return {};
    });
    return { results };
  },

  async 'Application.DeployFromRepository'({ model, params }) {
    const Results: JsonObject[] = [];
    for (const one of objects(params, 'Args')) {
      const charm = text(one, 'CharmName');
      const info = {
        name: text(one, 'ApplicationName') || charm,
        channel: text(one, 'channel') || 'stable',
        architecture: 'amd64',
        base: { name: 'ubuntu', channel: '24.04/stable', ...object(one, 'base') },
        revision: number(one, 'revision') || 1,
      };
      try {
        if (charm === '') throw new Failure('charm name "" not valid', 'not valid');
        if (!flag(one, 'DryRun')) {
          deploy(model, {
            name: info.name,
            charmUrl: `ch:amd64/${charm}-${info.revision}`,
            channel: info.channel,
            base: info.base,
            units: one['num-units'] === undefined ? 1 : number(one, 'num-units'),
            constraints: object(one, 'Cons'),
            machines: placements(model, one, 'Placement'),
          });
        }
        Results.push({ Errors: [], Info: info, PendingResourceUploads: [] });
      } catch (error) {
        Results.push({ Errors: [failureJson(asFailure(error))], Info: info, PendingResourceUploads: [] });
      }
    }
    return { Results };
  },

  'Application.AddUnits'({ model, params }) {
    refuseBlocked(model, 'BlockChange');
    const count = number(params, 'num-units');
    if (count < 1) throw new Failure('must add at least one unit');
    const machines = placements(model, params, 'placement');
    return { units: addUnits(model, text(params, 'application'), count, machines).map(({ name }) => name) };
  },

  async 'Application.DestroyApplication'({ model, params }) {
    const results = await each(objects(params, 'applications'), (one) => {
      refuseBlocked(model, 'BlockRemove');
      const application = applicationIn(model, parseTag(text(one, 'application-tag'), 'application').id);
      const units = [...application.units.keys()].map((name) => ({ tag: tagOf('unit', name) }));
      if (!flag(one, 'dry-run')) removeApplication(model, application.name);
      return { info: { 'destroyed-units': units } };
    });
    return { results };
  },

  async 'Application.DestroyUnit'({ model, params }) {
    const results = await each(objects(params, 'units'), (one) => {
      refuseBlocked(model, 'BlockRemove');
      const unit = unitIn(model, parseTag(text(one, 'unit-tag'), 'unit').id);
      if (!flag(one, 'dry-run')) removeUnit(model, unit.name);
      return { info: {} };
    });
    return { results };
  },

  async 'Application.ScaleApplications'({ model, params }) {
    const results = await each(objects(params, 'applications'), (one) => {
      const application = applicationIn(model, parseTag(text(one, 'application-tag'), 'application').id);
      const change = number(one, 'scale-change');
      const wanted = change === 0 ? number(one, 'scale') : application.units.size + change;
      if (wanted < 0) throw new Failure(`scale ${wanted} not valid`, 'not valid');
      const surplus = [...application.units.keys()].slice(wanted);
      for (const name of surplus) removeUnit(model, name);
      addUnits(model, application.name, Math.max(0, wanted - application.units.size));
      return { info: { 'num-units': wanted } };
    });
    return { results };
  },

  async 'Application.UnitsInfo'({ model, params }) {
    const results: JsonObject[] = [];
    for (const { tag } of objects(params, 'entities').map((one) => ({ tag: text(one, 'tag') }))) {
      // An application stands for its units.
      const names = tag.startsWith('application-')
        ? [...(model.applications.get(parseTag(tag).id)?.units.keys() ?? [])].map((name) =>
            tagOf('unit', name),
          )
        : [tag];
      results.push(
        ...(await each(
          names.map((name) => ({ tag: name })),
          (one) => unitInfo(model, text(one, 'tag')),
        )),
      );
    }
    return { results };
  },

  'Application.Leader'({ model, params }) {
    const application = applicationIn(model, parseTag(text(params, 'tag'), 'application').id);
    const [first] = application.units.keys();
    if (first === undefined)
      return { result: '', error: failureJson(notFound(`leader for ${application.name}`)) };
    return { result: first };
  },

  async 'Application.ResolveUnitErrors'({ model, params }) {
    const results = await each(objects(object(params, 'tags'), 'entities'), (one) => {
      const unit = unitIn(model, parseTag(text(one, 'tag'), 'unit').id);
      if (unit.workload.status !== 'error')
        throw new Failure(`unit ${JSON.stringify(unit.name)} is not in an error state`);
      setWorkload(model, unit, 'active', 'ready');
      return {};
    });
    return { results };
  },
};

function unitInfo(model: Model, tag: string): JsonObject {
  const unit = unitIn(model, parseTag(tag, 'unit').id);
  const { address } = machineIn(model, unit.machine);
  return {
    result: {
      tag,
      charm: model.applications.get(unit.application)?.charmUrl ?? '',
      machine: unit.machine,
      leader: isLeader(model, unit),
      life: unit.life,
      'opened-ports': [...unit.ports],
      'public-address': address,
      address,
      'workload-version': '',
      'relation-data': [],
    },
  };
}

/** The machines that units are to be put on, where they are told by number. */
function placements(model: Model, from: JsonObject, name: string): readonly string[] {
  return list(from, name)
    .filter(isObject)
    .filter((placement) => text(placement, 'scope') === '#')
    .map((placement) => machineIn(model, text(placement, 'directive')).id);
}

function baseIn(origin: JsonObject): { readonly base?: Base } {
  const { name, channel } = object(origin, 'base');
  return typeof name === 'string' && typeof channel === 'string' ? { base: { name, channel } } : {};
}
