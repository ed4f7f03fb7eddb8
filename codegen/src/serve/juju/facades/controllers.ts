import type { Methods } from '../controller.ts';
import { denied, Failure, notFound } from '../failures.ts';
import { each } from '../rpc/bulk.ts';
import { parseTag, tagOf } from '../tags.ts';
import { object, objects, text } from '../values.ts';
import { changeAccess, isSuperuser, modelIn } from './models.ts';

export const controllerMethods: Methods = {
  'Controller.ControllerConfig': ({ controller }) => ({ config: Object.fromEntries(controller.config) }),
  'Controller.ConfigSet'(call) {
    if (!isSuperuser(call)) throw denied();
    for (const [name, value] of Object.entries(object(call.params, 'config')))
      call.controller.config.set(name, value);
    return {};
  },
  'Controller.ControllerVersion': ({ controller }) => ({
    version: controller.settings.version,
    'git-commit': '0000000000000000000000000000000000000000',
  }),
  'Controller.MongoVersion': () => ({ result: '4.4.30' }),
  'Controller.IdentityProviderURL': () => ({ result: '' }),
  'Controller.ControllerAPIInfoForModels': async ({ controller, connection, params }) => {
    const { host } = new URL(connection.rootUrl);
    const results = await each(objects(params, 'entities'), (one) => {
      modelIn(controller, text(one, 'tag'));
      return { addresses: [host], cacert: controller.settings.certificates?.caCert ?? '' };
    });
    return { results };
  },
  'Controller.ListBlockedModels': ({ controller }) => ({
    models: [...controller.models.values()]
      .filter(({ blocks }) => blocks.size > 0)
      .map(({ uuid, name, owner, blocks }) => ({
        'model-uuid': uuid,
        name,
        'owner-tag': tagOf('user', owner),
        qualifier: owner,
        blocks: [...blocks.keys()],
      })),
  }),
  'Controller.RemoveBlocks'({ controller, params }) {
    if (params['all'] !== true) throw new Failure('not supported');
    for (const { blocks } of controller.models.values()) blocks.clear();
    return {};
  },
  'Controller.HostedModelConfigs': ({ controller }) => ({
    models: [...controller.models.values()]
      .filter(({ isController }) => !isController)
      .map(({ name, owner, config, cloud, region }) => ({
        name,
        owner: tagOf('user', owner),
        qualifier: owner,
        config: Object.fromEntries(config),
        'cloud-spec': { type: 'lxd', name: cloud, region },
      })),
  }),
  async 'Controller.GetControllerAccess'({ controller, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const tag = text(one, 'tag');
      const user = controller.users.get(parseTag(tag, 'user').id);
      if (user === undefined) throw notFound(`user ${JSON.stringify(parseTag(tag).id)}`);
      return { result: { 'user-tag': tag, access: user.access } };
    });
    return { results };
  },
  async 'Controller.ModifyControllerAccess'(call) {
    const results = await each(objects(call.params, 'changes'), (one) => {
      if (!isSuperuser(call)) throw denied();
      const { id } = parseTag(text(one, 'user-tag'), 'user');
      const user = call.controller.users.get(id);
      if (user === undefined) throw notFound(`user ${JSON.stringify(id)}`);
      const access = text(one, 'access');
      if (access !== 'superuser' && access !== 'login')
        throw new Failure(`${JSON.stringify(access)} controller access not valid`, 'not valid');
      user.access = text(one, 'action') === 'grant' ? access : 'login';
      return {};
    });
    return { results };
  },

  'Cloud.Clouds': ({ controller }) => ({
    clouds: Object.fromEntries(
      [...controller.clouds.values()].map(({ name, told }) => [tagOf('cloud', name), told]),
    ),
  }),
  async 'Cloud.Cloud'({ controller, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const { id } = parseTag(text(one, 'tag'), 'cloud');
      const cloud = controller.clouds.get(id);
      if (cloud === undefined) throw notFound(`cloud ${JSON.stringify(id)}`);
      return { cloud: cloud.told };
    });
    return { results };
  },
  async 'Cloud.CloudInfo'({ controller, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const { id } = parseTag(text(one, 'tag'), 'cloud');
      const cloud = controller.clouds.get(id);
      if (cloud === undefined) throw notFound(`cloud ${JSON.stringify(id)}`);
      const users = [...cloud.access].map(([user, access]) => ({ user, access, 'display-name': user }));
      return { result: { CloudDetails: cloud.told, users } };
    });
    return { results };
  },
  'Cloud.ListCloudInfo': ({ controller }) => ({
    results: [...controller.clouds.values()].map(({ told }) => ({
      result: { CloudDetails: told, 'user-access': 'admin' },
    })),
  }),
  'Cloud.AddCloud'({ controller, params, caller }) {
    const name = text(params, 'name');
    if (controller.clouds.has(name))
      throw new Failure(`cloud ${JSON.stringify(name)} already exists`, 'already exists');
    controller.clouds.set(name, {
      name,
      told: object(params, 'cloud'),
      access: new Map([[caller, 'admin']]),
    });
    return {};
  },
  async 'Cloud.UpdateCloud'({ controller, params }) {
    const results = await each(objects(params, 'clouds'), (one) => {
      const name = text(one, 'name');
      const cloud = controller.clouds.get(name);
      if (cloud === undefined) throw notFound(`cloud ${JSON.stringify(name)}`);
      controller.clouds.set(name, { ...cloud, told: object(one, 'cloud') });
      return {};
    });
    return { results };
  },
  async 'Cloud.RemoveClouds'({ controller, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const { id } = parseTag(text(one, 'tag'), 'cloud');
      const used = [...controller.models.values()].some(({ cloud }) => cloud === id);
      if (used) throw new Failure('cloud is used by 1 model');
      if (!controller.clouds.delete(id)) throw notFound(`cloud ${JSON.stringify(id)}`);
      return {};
    });
    return { results };
  },
  async 'Cloud.ModifyCloudAccess'({ controller, params }) {
    const results = await each(objects(params, 'changes'), (one) => {
      const { id } = parseTag(text(one, 'cloud-tag'), 'cloud');
      const cloud = controller.clouds.get(id);
      if (cloud === undefined) throw notFound(`cloud ${JSON.stringify(id)}`);
      const user = parseTag(text(one, 'user-tag'), 'user').id;
      changeAccess(cloud.access, user, text(one, 'action'), text(one, 'access'), 'cloud');
      return {};
    });
    return { results };
  },
  async 'Cloud.AddCredentials'({ controller, params }) {
    const results = await each(objects(params, 'credentials'), (one) => {
      const { kind } = parseTag(text(one, 'tag'), 'cloudcred');
      controller.credentials.set(text(one, 'tag'), { kind, ...object(one, 'credential') });
      return {};
    });
    return { results };
  },
  async 'Cloud.UpdateCredentialsCheckModels'({ controller, params }) {
    const results = await each(objects(params, 'credentials'), (one) => {
      const tag = text(one, 'tag');
      parseTag(tag, 'cloudcred');
      controller.credentials.set(tag, object(one, 'credential'));
      return { tag };
    });
    return {
      results: results.map((result, index) => ({
        tag: text(objects(params, 'credentials')[index] ?? {}, 'tag'),
        ...result,
      })),
    };
  },
  async 'Cloud.Credential'({ controller, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const tag = text(one, 'tag');
      const credential = controller.credentials.get(tag);
      if (credential === undefined) throw notFound(`credential ${JSON.stringify(parseTag(tag).id)}`);
      return { result: { ...credential, redacted: Object.keys(object(credential, 'attrs')), attrs: {} } };
    });
    return { results };
  },
  'Cloud.UserCredentials': ({ controller, params }) => ({
    results: objects(params, 'user-clouds').map((one) => {
      const cloud = parseTag(text(one, 'cloud-tag'), 'cloud').id;
      const user = parseTag(text(one, 'user-tag'), 'user').id;
      return {
        result: [...controller.credentials.keys()].filter((tag) =>
          tag.startsWith(`cloudcred-${cloud}_${user}_`),
        ),
      };
    }),
  }),
  async 'Cloud.RevokeCredentialsCheckModels'({ controller, params }) {
    const results = await each(objects(params, 'credentials'), (one) => {
      const tag = text(one, 'tag');
      if (!controller.credentials.delete(tag))
        throw notFound(`credential ${JSON.stringify(parseTag(tag).id)}`);
      return {};
    });
    return { results };
  },
};
