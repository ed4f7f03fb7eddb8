import type { JsonObject } from '../../core/schemas.ts';
import type { Controller, Identity, MethodCall, Methods, Redirect } from '../controller.ts';
import { denied, Failure, notSupported } from '../failures.ts';
import { offered } from '../rpc/offered.ts';
import { tagOf } from '../tags.ts';
import { list, number, text, time } from '../values.ts';
import { bakeryVersion, demand, slicesIn } from './bakery.ts';
import { identify, MacaroonNeeded } from './identify.ts';

/** The facade that answers before a login, as every controller has it. */
export const adminMethods: Methods = {
  async 'Admin.Login'(call) {
    const { controller, connection, params } = call;
    if (connection.identity !== undefined) throw new Failure('already logged in');
    if (controller.settings.jaas !== undefined)
      throw notSupported('JIMM does not support login from old clients');
    refuseRedirected(controller);
    const claim = {
      tag: text(params, 'auth-tag'),
      password: text(params, 'credentials'),
      nonce: text(params, 'nonce'),
      macaroons: slicesIn(list(params, 'macaroons')),
    };
    try {
      return logIn(call, await identify(controller, claim));
    } catch (error) {
      if (!(error instanceof MacaroonNeeded)) throw error;
      const version = bakeryVersion(number(params, 'bakery-version'));
      const { plain, wrapped } = await demand(controller, `${connection.rootUrl}/auth`, version, error.user);
      return {
        'discharge-required': plain,
        'bakery-discharge-required': wrapped,
        'discharge-required-error': error.message,
      };
    }
  },

  'Admin.RedirectInfo'({ controller }) {
    const { redirect } = controller;
    if (redirect?.kind !== 'jaas') throw new Failure('not redirected');
    return { servers: serversOf(redirect), 'ca-cert': redirect.caCert };
  },
};

/** Takes somebody in, and tells what there is. */
export function logIn({ controller, connection }: MethodCall, identity: Identity): JsonObject {
  const { settings, clock } = controller;
  const model = controller.models.get(connection.modelUuid);
  const user = identity.kind === 'user' ? controller.users.get(identity.name) : undefined;
  const access = user?.access ?? 'login';
  const modelAccess = model && (access === 'superuser' ? 'admin' : model.access.get(user?.name ?? ''));
  if (identity.kind === 'user' && model !== undefined && modelAccess === undefined) throw denied();
  connection.identity = identity;
  connection.alive();
  const [host = '', port = '443'] = new URL(connection.rootUrl).host.split(/:(?=\d+$)/);
  const told: JsonObject = {
    servers: [[hostPort({ value: host, port: Number(port) })]],
    'controller-tag': tagOf('controller', settings.uuid),
    ...(model !== undefined && { 'model-tag': tagOf('model', model.uuid) }),
    'server-version': settings.version,
    facades: offered(controller, connection, identity).map(({ name, versions }) => ({
      name,
      versions: [...versions],
    })),
  };
  if (identity.kind !== 'user') return told;
  const last = user?.lastConnection;
  if (user !== undefined) user.lastConnection = clock.now();
  return {
    ...told,
    'user-info': {
      'display-name': user?.displayName ?? '',
      identity: tagOf('user', identity.name),
      ...(last !== undefined && { 'last-connection': time(last) }),
      'controller-access': access,
      'model-access': modelAccess ?? '',
    },
  };
}

function refuseRedirected({ redirect }: Controller): void {
  if (redirect === undefined) return;
  const info: JsonObject = {
    servers: serversOf(redirect),
    'ca-cert': redirect.caCert,
    ...(redirect.controllerTag !== undefined && { 'controller-tag': redirect.controllerTag }),
    ...(redirect.controllerAlias !== undefined && { 'controller-alias': redirect.controllerAlias }),
  };
  throw new Failure(
    'redirection to alternative server required',
    'redirection required',
    redirect.kind === 'migrated' ? info : undefined,
  );
}

function serversOf({ servers }: Redirect): readonly (readonly JsonObject[])[] {
  return servers.map((server) => server.map(hostPort));
}

function hostPort({ value, port, type, scope }: Redirect['servers'][number][number]): JsonObject {
  const guessed = /^\d+(\.\d+){3}$/.test(value) ? 'ipv4' : value.includes(':') ? 'ipv6' : 'hostname';
  return { value, type: type ?? guessed, scope: scope ?? 'local-cloud', port };
}
