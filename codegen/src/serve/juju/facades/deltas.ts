import type { JsonValue } from '../../../model.ts';
import type { JsonObject } from '../../core/schemas.ts';
import type { Controller, Model } from '../controller.ts';
import { allUnits, isLeader } from '../model/find.ts';
import type { Change, Status } from '../model/model.ts';
import { statusOfApplication } from '../model/statuses.ts';
import { tagOf } from '../tags.ts';
import { time } from '../values.ts';

/** One change as the watchers of Juju 3 tell it: what kind, how, and the thing itself. */
export function delta(
  model: Model,
  { kind, id, removed = false }: Change,
  { settings }: Controller,
): JsonValue {
  const identity = { 'model-uuid': model.uuid, ...identityOf(kind, id, settings.uuid) };
  return [kind, removed ? 'remove' : 'change', { ...identity, ...(removed ? {} : told(model, kind, id)) }];
}

/** How a model does, in few words. */
export function modelAbstract({ settings }: Controller, model: Model, removed = false): JsonObject {
  const machines = [...model.machines.values()];
  const troubled = allUnits(model).filter(
    ({ workload }) => workload.status === 'error' || workload.status === 'blocked',
  );
  return {
    uuid: model.uuid,
    removed,
    controller: settings.name,
    name: model.name,
    admins: [...model.access].filter(([, access]) => access === 'admin').map(([user]) => user),
    cloud: model.cloud,
    region: model.region,
    credential: model.credential,
    size: {
      machines: machines.filter(({ id }) => !id.includes('/')).length,
      containers: machines.filter(({ id }) => id.includes('/')).length,
      applications: model.applications.size,
      units: allUnits(model).length,
      relations: model.relations.size,
    },
    status: troubled.some(({ workload }) => workload.status === 'error')
      ? 'red'
      : troubled.length > 0
        ? 'yellow'
        : 'green',
    messages: troubled.map(({ name, workload }) => ({ agent: name, message: workload.message })),
    annotations: Object.fromEntries(model.annotations.get(tagOf('model', model.uuid)) ?? []),
  };
}

function identityOf(kind: Change['kind'], id: string, controllerUuid: string): JsonObject {
  switch (kind) {
    case 'machine':
    case 'action':
      return { id };
    case 'annotation':
      return { tag: id };
    case 'charm':
      return { 'charm-url': id };
    case 'relation':
      return { key: id };
    case 'model':
      return { 'controller-uuid': controllerUuid };
    default:
      return { name: id };
  }
}

function told(model: Model, kind: Change['kind'], id: string): JsonObject {
  switch (kind) {
    case 'application': {
      const application = model.applications.get(id);
      if (application === undefined) return {};
      const { charmUrl, exposed, life, constraints, config } = application;
      return {
        exposed: exposed.size > 0,
        'charm-url': charmUrl,
        'owner-tag': '',
        life,
        'min-units': 0,
        constraints,
        config: Object.fromEntries(config),
        subordinate: false,
        status: statusInfo(statusOfApplication(model, application)),
        'workload-version': '',
      };
    }
    case 'unit': {
      const unit = allUnits(model).find(({ name }) => name === id);
      if (unit === undefined) return {};
      const address = model.machines.get(unit.machine)?.address ?? '';
      return {
        application: unit.application,
        'charm-url': model.applications.get(unit.application)?.charmUrl ?? '',
        life: unit.life,
        'public-address': address,
        'private-address': address,
        'machine-id': unit.machine,
        ports: [],
        'port-ranges': [],
        principal: '',
        subordinate: false,
        leader: isLeader(model, unit),
        'workload-status': statusInfo(unit.workload),
        'agent-status': statusInfo(unit.agent),
      };
    }
    case 'machine': {
      const machine = model.machines.get(id);
      if (machine === undefined) return {};
      const { instanceId, agent, status, life, base, address } = machine;
      return {
        'instance-id': instanceId,
        'agent-status': statusInfo(agent),
        'instance-status': statusInfo(status),
        life,
        base: `${base.name}@${base.channel.replace(/\/.*$/, '')}`,
        'supported-containers': ['lxd'],
        'supported-containers-known': true,
        addresses: [{ value: address, type: 'ipv4', scope: 'local-cloud' }],
        'has-vote': false,
        'wants-vote': false,
      };
    }
    case 'model':
      return {
        name: model.name,
        life: model.life,
        owner: model.owner,
        'is-controller': model.isController,
        config: Object.fromEntries(model.config),
        status: statusInfo(model.status),
        constraints: model.constraints,
        sla: { level: 'unsupported', owner: '' },
      };
    case 'relation': {
      const relation = [...model.relations.values()].find(({ endpoints }) => endpoints.join(' ') === id);
      return {
        id: relation?.id ?? 0,
        endpoints: (relation?.endpoints ?? []).map((endpoint) => ({
          'application-name': endpoint.replace(/:.*$/, ''),
          relation: { name: endpoint.replace(/^.*:/, '') },
        })),
      };
    }
    case 'annotation':
      return { annotations: Object.fromEntries(model.annotations.get(id) ?? []) };
    case 'action': {
      const task = model.tasks.get(id);
      if (task === undefined) return {};
      const { receiver, name, parameters, status, message, output, enqueued } = task;
      return { receiver, name, parameters, status, message, results: output, enqueued: time(enqueued) };
    }
    case 'charm':
      return { 'charm-version': '', life: 'alive', config: {} };
  }
}

function statusInfo({ status, message, since, data }: Status): JsonObject {
  return { current: status, message, since: time(since), version: '', data };
}
