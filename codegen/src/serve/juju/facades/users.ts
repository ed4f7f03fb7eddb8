import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../core/schemas.ts';
import type { Controller, Methods, User } from '../controller.ts';
import { alreadyExists, denied, Failure, notFound } from '../failures.ts';
import { each } from '../rpc/bulk.ts';
import { createUser } from '../start.ts';
import { parseTag, tagOf } from '../tags.ts';
import { flag, objects, text, time } from '../values.ts';
import { isSuperuser, modelIn } from './models.ts';

export const userMethods: Methods = {
  async 'UserManager.AddUser'(call) {
    const { controller, params, caller } = call;
    const results = await each(objects(params, 'users'), (one) => {
      if (!isSuperuser(call)) throw denied();
      const username = text(one, 'username');
      if (!/^[a-zA-Z0-9][a-zA-Z0-9.+-]*$/.test(username))
        throw new Failure(`invalid user name ${JSON.stringify(username)}`, 'invalid user name');
      if (controller.users.has(username)) throw alreadyExists(`user ${JSON.stringify(username)}`);
      const password = text(one, 'password');
      const secretKey = password === '' ? randomBytes(32) : undefined;
      const more = { displayName: text(one, 'display-name'), createdBy: caller, secretKey };
      controller.users.set(username, createUser({ username, password, access: 'login' }, call.now(), more));
      return {
        tag: tagOf('user', username),
        ...(secretKey && { 'secret-key': secretKey.toString('base64') }),
      };
    });
    return { results };
  },

  'UserManager.UserInfo': async ({ controller, params }) => {
    const wanted = objects(params, 'entities');
    const all = [...controller.users.values()]
      .filter(({ isDisabled }) => !isDisabled || flag(params, 'include-disabled'))
      .map(({ name }) => ({ tag: tagOf('user', name) }));
    const results = await each(wanted.length === 0 ? all : wanted, (one) => ({
      result: userJson(userIn(controller, text(one, 'tag'))),
    }));
    return { results };
  },

  async 'UserManager.ModelUserInfo'({ controller, params }) {
    const results: JsonObject[] = [];
    for (const one of objects(params, 'entities')) {
      const [failed] = await each([one], () => {
        const model = modelIn(controller, text(one, 'tag'));
        for (const [user, access] of model.access) {
          const known = controller.users.get(user);
          results.push({
            result: {
              user,
              access,
              'model-tag': text(one, 'tag'),
              'display-name': known?.displayName ?? '',
              'last-connection': time(known?.lastConnection ?? model.created),
            },
          });
        }
        return {};
      });
      if (failed !== undefined && 'error' in failed) results.push(failed);
    }
    return { results };
  },

  async 'UserManager.RemoveUser'({ controller, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const { name } = userIn(controller, text(one, 'tag'));
      controller.users.delete(name);
      return {};
    });
    return { results };
  },
  async 'UserManager.EnableUser'({ controller, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      userIn(controller, text(one, 'tag')).isDisabled = false;
      return {};
    });
    return { results };
  },
  async 'UserManager.DisableUser'({ controller, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      userIn(controller, text(one, 'tag')).isDisabled = true;
      return {};
    });
    return { results };
  },
  async 'UserManager.SetPassword'(call) {
    const results = await each(objects(call.params, 'changes'), (one) => {
      const user = userIn(call.controller, text(one, 'tag'));
      if (user.name !== call.caller && !isSuperuser(call)) throw denied();
      if (text(one, 'password') === '') throw new Failure('cannot use an empty password');
      user.password = text(one, 'password');
      return {};
    });
    return { results };
  },
  async 'UserManager.ResetPassword'(call) {
    const results = await each(objects(call.params, 'entities'), (one) => {
      if (!isSuperuser(call)) throw denied();
      const user = userIn(call.controller, text(one, 'tag'));
      user.password = '';
      user.secretKey = randomBytes(32);
      return { tag: text(one, 'tag'), 'secret-key': Buffer.from(user.secretKey).toString('base64') };
    });
    return { results };
  },
};

function userIn({ users }: Controller, tag: string): User {
  const { id } = parseTag(tag, 'user');
  const user = users.get(id.replace(/@local$/, ''));
  if (user === undefined) throw notFound(`user ${JSON.stringify(id)}`);
  return user;
}

function userJson(user: User): JsonObject {
  const { name, displayName, access, createdBy, created, lastConnection, isDisabled } = user;
  return {
    username: name,
    'display-name': displayName,
    access,
    'created-by': createdBy,
    'date-created': time(created),
    ...(lastConnection !== undefined && { 'last-connection': time(lastConnection) }),
    disabled: isDisabled,
  };
}
