import type { JsonObject } from '../../core/schemas.ts';
import type { Controller, MethodCall, Methods, Model } from '../controller.ts';
import { alreadyExists, denied, Failure, notFound, notValid } from '../failures.ts';
import { allUnits } from '../model/find.ts';
import { each } from '../rpc/bulk.ts';
import { addModel, removeModel } from '../start.ts';
import { parseTag, tagOf } from '../tags.ts';
import { flag, object, objects, text, texts, time } from '../values.ts';

/** How long a model takes to be gone, by the clock of the stand-in, in milliseconds. */
const destroyMs = 1000;

export const modelMethods: Methods = {
  'ModelManager.CreateModel'(call) {
    const { controller, params, caller } = call;
    const name = text(params, 'name');
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) throw notValid(`model name ${JSON.stringify(name)}: not valid`);
    const owner = text(params, 'qualifier') || userIn(params, 'owner-tag') || caller;
    if ([...controller.models.values()].some((one) => one.name === name && one.owner === owner))
      throw alreadyExists(`model ${JSON.stringify(name)} for ${owner}`);
    const access = controller.users.get(caller)?.access;
    if (access !== 'superuser' && access !== 'add-model') throw denied();
    return modelInfo(controller, addModel(controller, { name, owner, config: object(params, 'config') }));
  },

  'ModelManager.ListModelSummaries'(call) {
    const { controller, params } = call;
    const isAll = flag(params, 'all') && isSuperuser(call);
    const user = parseTag(text(params, 'user-tag'), 'user').id;
    const seen = [...controller.models.values()].filter((model) => isAll || model.access.has(user));
    return { results: seen.map((model) => ({ result: modelSummary(controller, model, user) })) };
  },

  'ModelManager.ListModels': (call) => listModels(call, parseTag(text(call.params, 'tag'), 'user').id),
  'Controller.AllModels': (call) => listModels(call, undefined),

  async 'ModelManager.ModelInfo'(call) {
    const { controller, params } = call;
    const results = await each(objects(params, 'entities'), (one) => {
      const model = modelIn(controller, text(one, 'tag'));
      if (!isSuperuser(call) && !model.access.has(call.caller)) throw denied();
      return { result: modelInfo(controller, model) };
    });
    return { results };
  },

  'ModelManager.ModelStatus': modelStatuses,
  'Controller.ModelStatus': modelStatuses,

  async 'ModelManager.DestroyModels'({ controller, params }) {
    const results = await each(objects(params, 'models'), (one) => {
      const model = modelIn(controller, text(one, 'model-tag'));
      if (model.isController) throw new Failure('cannot destroy the controller model');
      const blocked = ['BlockDestroy', 'BlockRemove', 'BlockChange'].find((kind) => model.blocks.has(kind));
      if (blocked !== undefined) throw new Failure(model.blocks.get(blocked) ?? '', 'operation is blocked');
      model.life = 'dying';
      model.changes.tell({ kind: 'model', id: model.uuid });
      const cancel = controller.clock.after(destroyMs, () => removeModel(controller, model));
      model.pending.add(cancel);
      return {};
    });
    return { results };
  },

  async 'ModelManager.ModifyModelAccess'({ controller, params }) {
    const results = await each(objects(params, 'changes'), (one) => {
      const model = modelIn(controller, text(one, 'model-tag'));
      const { id: user } = parseTag(text(one, 'user-tag'), 'user');
      changeAccess(model.access, user, text(one, 'action'), text(one, 'access'), 'model');
      return {};
    });
    return { results };
  },

  async 'ModelManager.ChangeModelCredential'({ controller, params }) {
    const results = await each(objects(params, 'model-credentials'), (one) => {
      const tag = text(one, 'credential-tag');
      modelIn(controller, text(one, 'model-tag'));
      if (!controller.credentials.has(tag)) throw notFound(`credential ${JSON.stringify(tag)}`);
      return {};
    });
    return { results };
  },

  async 'ModelManager.ModelDefaultsForClouds'({ controller, params }) {
    const results = await each(objects(params, 'entities'), () => ({
      config: Object.fromEntries(
        [...controller.modelDefaults].map(([name, value]) => [name, { controller: value }]),
      ),
    }));
    return { results };
  },

  async 'ModelManager.SetModelDefaults'({ controller, params }) {
    const results = await each(objects(params, 'config'), (one) => {
      for (const [name, value] of Object.entries(object(one, 'config')))
        controller.modelDefaults.set(name, value);
      return {};
    });
    return { results };
  },

  async 'ModelManager.UnsetModelDefaults'({ controller, params }) {
    const results = await each(objects(params, 'keys'), (one) => {
      for (const name of texts(one, 'keys')) controller.modelDefaults.delete(name);
      return {};
    });
    return { results };
  },
};

/** Gives somebody a right, or takes it: as models, clouds and offers all do. */
export function changeAccess(
  rights: Map<string, string>,
  user: string,
  action: string,
  access: string,
  what: string,
): void {
  const ranks = ['read', 'consume', 'write', 'add-model', 'admin'];
  const had = rights.get(user);
  if (ranks.indexOf(access) < 0) throw notValid(`${JSON.stringify(access)} ${what} access not valid`);
  if (action === 'grant') {
    if (had !== undefined && ranks.indexOf(had) >= ranks.indexOf(access))
      throw alreadyExists(`user already has ${JSON.stringify(had)} access or greater`);
    rights.set(user, access);
    return;
  }
  if (action !== 'revoke') throw new Failure(`unknown action ${JSON.stringify(action)}`);
  if (had === undefined) throw notFound(`could not revoke: user ${JSON.stringify(user)}`);
  // What is above a right is gone with it.
  const left = ranks[ranks.indexOf(access) - 1];
  if (left === undefined || what !== 'model') rights.delete(user);
  else rights.set(user, left);
}

export function modelIn({ models }: Controller, tag: string): Model {
  const { id } = parseTag(tag, 'model');
  const model = models.get(id);
  if (model === undefined) throw new Failure(`model ${JSON.stringify(id)} not found`, 'not found');
  return model;
}

export function isSuperuser({ controller, caller }: MethodCall): boolean {
  return controller.users.get(caller)?.access === 'superuser';
}

function listModels(call: MethodCall, user: string | undefined): JsonObject {
  const seen = [...call.controller.models.values()].filter(
    (model) => user === undefined || model.access.has(user),
  );
  return {
    'user-models': seen.map(({ name, uuid, owner }) => ({
      model: { name, uuid, type: 'iaas', 'owner-tag': tagOf('user', owner), qualifier: owner },
      'last-connection': time(call.now()),
    })),
  };
}

async function modelStatuses({ controller, params }: MethodCall): Promise<JsonObject> {
  const models = await each(objects(params, 'entities'), (one) => {
    const model = modelIn(controller, text(one, 'tag'));
    return {
      'model-tag': tagOf('model', model.uuid),
      life: model.life,
      type: 'iaas',
      'hosted-machine-count': model.machines.size,
      'application-count': model.applications.size,
      'unit-count': allUnits(model).length,
      'owner-tag': tagOf('user', model.owner),
      qualifier: model.owner,
      applications: [...model.applications.keys()].map((name) => ({ name })),
      machines: [...model.machines.values()].map(({ id, instanceId, agent }) => ({
        id,
        'instance-id': instanceId,
        status: agent.status,
      })),
    };
  });
  return { models };
}

function modelInfo(controller: Controller, model: Model): JsonObject {
  const { settings } = controller;
  return {
    ...identityOf(controller, model),
    users: [...model.access].map(([user, access]) => ({
      'model-tag': tagOf('model', model.uuid),
      user,
      'display-name': controller.users.get(user)?.displayName ?? '',
      'last-connection': time(controller.users.get(user)?.lastConnection ?? model.created),
      access,
    })),
    machines: [...model.machines.values()].map(({ id, instanceId, agent }) => ({
      id,
      'instance-id': instanceId,
      status: agent.status,
      hardware: { arch: 'amd64', cores: 2, mem: 4096 },
    })),
    'secret-backends': [],
    'cloud-credential-validity': true,
    'agent-version': settings.version,
    'supported-features': [
      { name: 'juju', description: 'the version of Juju used by the model', version: settings.version },
    ],
  };
}

function modelSummary(controller: Controller, model: Model, user: string): JsonObject {
  return {
    ...identityOf(controller, model),
    'user-access': model.access.get(user) ?? '',
    'last-connection': time(controller.users.get(user)?.lastConnection ?? model.created),
    counts: [
      { entity: 'machines', count: model.machines.size },
      { entity: 'cores', count: model.machines.size * 2 },
      { entity: 'units', count: allUnits(model).length },
    ],
    'agent-version': controller.settings.version,
  };
}

function identityOf({ settings }: Controller, model: Model): JsonObject {
  const { status, message, since, data } = model.status;
  return {
    name: model.name,
    uuid: model.uuid,
    type: 'iaas',
    'controller-uuid': settings.uuid,
    'is-controller': model.isController,
    'provider-type': 'lxd',
    'cloud-tag': tagOf('cloud', model.cloud),
    'cloud-region': model.region,
    'cloud-credential-tag': model.credential,
    'owner-tag': tagOf('user', model.owner),
    qualifier: model.owner,
    life: model.life,
    status: { status, info: message, since: time(since), data },
  };
}

function userIn(params: JsonObject, name: string): string {
  const tag = text(params, name);
  return tag === '' ? '' : parseTag(tag, 'user').id;
}
