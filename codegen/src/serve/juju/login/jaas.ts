import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../core/schemas.ts';
import type { Controller, MethodCall, Methods } from '../controller.ts';
import { badCredentials, Failure } from '../failures.ts';
import { type Facade, facadeOf } from '../schema/facades.ts';
import { text } from '../values.ts';
import { logIn } from './admin.ts';
import { openVisit, visitOf } from './visits.ts';

/** How long a session of JAAS is good, in milliseconds. */
const sessionMs = 24 * 60 * 60_000;

const cookieName = 'jimm-browser-session';

/** The logins of JAAS, which no schema of Juju tells. */
export const jaasMethods: Methods = {
  'Admin.LoginDevice'(call) {
    const { controller, connection } = call;
    const code = randomBytes(4).toString('hex').toUpperCase().replace(/^.{4}/, '$&-');
    openVisit(controller, { id: code });
    connection.device = visitOf(controller, code);
    return { 'user-code': code, 'verification-uri': `${connection.rootUrl}/device` };
  },
  async 'Admin.GetDeviceSessionToken'({ controller, connection }) {
    const done = connection.device?.done;
    if (done === undefined) throw new Failure('device login not started', 'bad request');
    const gone = Promise.withResolvers<never>();
    connection.signal.addEventListener('abort', () => gone.reject(new Failure('connection is shut down')), {
      once: true,
    });
    const user = await Promise.race([done, gone.promise]);
    return { 'session-token': openSession(controller, user) };
  },
  'Admin.LoginWithSessionToken'(call) {
    const token = text(call.params, 'session-token');
    const session = call.controller.sessionTokens.get(token);
    if (session === undefined || session.expires <= call.now())
      throw new Failure('session token invalid', 'session token invalid');
    return enter(call, session.user);
  },
  'Admin.LoginWithClientCredentials'(call) {
    const id = text(call.params, 'client-id');
    const secret = text(call.params, 'client-secret');
    if (secret === '' || call.controller.settings.jaas?.clients?.[id] !== secret)
      throw new Failure('invalid client credentials', 'unauthorized access');
    return enter(call, `${id}@serviceaccount`);
  },
  'Admin.LoginWithSessionCookie'(call) {
    const { cookie } = call.connection.headers;
    const [, value = ''] = new RegExp(`(?:^|;\\s*)${cookieName}=([^;]*)`).exec(String(cookie ?? '')) ?? [];
    const user = call.controller.settings.jaas?.sessionCookies?.[value];
    if (user === undefined) throw new Failure('no cookie session', 'unauthorized access');
    return enter(call, user);
  },
};

export function openSession({ sessionTokens, clock }: Controller, user: string): string {
  const token = randomBytes(24).toString('base64url');
  sessionTokens.set(token, { user, expires: clock.now() + sessionMs });
  return token;
}

function enter(call: MethodCall, name: string): JsonObject {
  if (call.connection.identity !== undefined) throw new Failure('already logged in');
  if (name === '') throw badCredentials();
  return logIn(call, { kind: 'user', name });
}

/** The facade of these methods: what a login answers is that of `admin`, the third version. */
export function jaasFacade(admin: Facade): Facade {
  return facadeOf({
    Name: 'Admin',
    Version: 4,
    Schema: {
      properties: {
        LoginDevice: method(undefined, 'DeviceLogin'),
        GetDeviceSessionToken: method(undefined, 'SessionToken'),
        LoginWithSessionToken: method('SessionToken', 'LoginResult'),
        LoginWithSessionCookie: method(undefined, 'LoginResult'),
        LoginWithClientCredentials: method('ClientCredentials', 'LoginResult'),
      },
      definitions: {
        ...admin.definitions,
        DeviceLogin: texts('user-code', 'verification-uri'),
        SessionToken: texts('session-token'),
        ClientCredentials: texts('client-id', 'client-secret'),
      },
    },
  });
}

function method(params: string | undefined, result: string): JsonObject {
  const to = (name: string) => ({ $ref: `#/definitions/${name}` });
  return { properties: { ...(params !== undefined && { Params: to(params) }), Result: to(result) } };
}

function texts(...names: readonly string[]): JsonObject {
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  return { type: 'object', properties, required: [...names], additionalProperties: false };
}
