import { jsonIn } from '../../core/http.ts';
import { isObject, type JsonObject } from '../../core/schemas.ts';
import type { ReceivedRequest, Reply } from '../../core/service.ts';
import { openCaveat } from '../bakery/caveat.ts';
import { macaroonJson, macaroonsInBinary } from '../bakery/formats.ts';
import { conditionsOf, mint, withCondition } from '../bakery/macaroon.ts';
import type { Controller, Interaction } from '../controller.ts';
import { bakeryVersion, checked, mintFor, timeBefore } from '../login/bakery.ts';
import { openToken, openVisit, userOfToken, visitOf } from '../login/visits.ts';
import { object, text } from '../values.ts';
import { answered, fieldsOf, type Routes } from './reply.ts';

/** How long a discharge is good, in milliseconds. */
const dischargeMs = 24 * 60 * 60_000;

const declared = 'declared username ';

/** The discharger that comes with a controller: it says who local users are, once they have shown their password. */
export const authRoutes: Routes = {
  publicKey: ({ controller }) => publicKey(controller),
  offerPublicKey: ({ controller }) => publicKey(controller),

  async discharge({ controller, request }) {
    const fields = fieldsOf(request);
    const user = await userOfProof(controller, fields);
    if (user !== undefined) return await discharged(controller, request, fields, user);
    const caveat = await openCaveat(controller.keys, caveatIn(fields));
    if (caveat === undefined)
      return bakeryError(400, 'bad request', 'cannot discharge: cannot decode caveat');
    return interactionRequired(controller, request, fields);
  },

  /** Whoever holds the caveat of an offer may use that: the controller that made it has looked already. */
  offerDischarge: async ({ controller, request }) =>
    await discharged(controller, request, fieldsOf(request), undefined),

  formSchema: () =>
    answered({
      schema: {
        user: { description: 'username', type: 'string', mandatory: true, group: 'account' },
        password: {
          description: 'password',
          type: 'string',
          mandatory: true,
          secret: true,
          group: 'account',
        },
      },
    }),

  form({ controller, request }) {
    const given = formIn(request);
    const user = controller.users.get(text(given, 'user'));
    if (user === undefined || user.password !== text(given, 'password') || user.isDisabled)
      return bakeryError(401, 'unauthorized access', 'invalid entity name or password');
    const waiting = request.query.get('waitid');
    if (waiting !== null) visitOf(controller, waiting)?.finish(user.name);
    const value = Buffer.from(openToken(controller, user.name)).toString('base64');
    return answered({ token: { kind: 'juju_userpass', value } });
  },

  /** What a browser is sent to. With `user` and `password` in its query it is as good as a form that was filled in. */
  visit({ controller, request }) {
    const { query, headers } = request;
    const waiting = query.get('waitid') ?? '';
    const visit = visitOf(controller, waiting);
    if (visit === undefined) return bakeryError(404, 'not found', 'nobody waits for that login');
    if (/\bapplication\/json\b/.test(headers.accept ?? ''))
      return answered({ juju_userpass: `${request.rootUrl}/auth/form?waitid=${waiting}` });
    const user = controller.users.get(query.get('user') ?? '');
    const page = { 'content-type': 'text/html; charset=utf-8' };
    if (user === undefined || user.password !== query.get('password')) {
      const fields = '<input name="user"><input name="password" type="password"><button>Log in</button>';
      const hidden = `<input name="waitid" type="hidden" value="${encodeURIComponent(waiting)}">`;
      return { headers: page, data: `<!doctype html><form>${hidden}${fields}</form>` };
    }
    visit.finish(user.name);
    return { headers: page, data: '<!doctype html><p>You are logged in.</p>' };
  },

  /** Of JAAS: where somebody types the code of a device, and says who he is. */
  device({ controller, request: { query } }) {
    const visit = visitOf(controller, query.get('code') ?? '');
    const user = query.get('user') ?? '';
    if (visit === undefined || user === '')
      return bakeryError(404, 'not found', 'give a code that waits, and a user');
    visit.finish(user);
    return { headers: { 'content-type': 'text/plain; charset=utf-8' }, data: 'You are logged in.\n' };
  },

  /** Until somebody has logged in: the discharge, as clients of the first protocols wait for it. */
  async wait({ controller, request }) {
    const user = await visitor(controller, request);
    const fields = visitOf(controller, request.query.get('waitid') ?? '')?.fields;
    if (user === undefined || fields === undefined)
      return bakeryError(404, 'not found', 'nobody waits for that login');
    return await discharged(controller, request, fields, user);
  },

  async waitToken({ controller, request }) {
    const user = await visitor(controller, request);
    if (user === undefined) return bakeryError(404, 'not found', 'nobody waits for that login');
    return answered({ kind: 'juju_userpass', token: openToken(controller, user) });
  },

  async agentLogin({ controller, request }) {
    const username = request.query.get('username') ?? '';
    const publicKey = request.query.get('public-key') ?? '';
    const known = controller.settings.agentUsers.some(
      (agent) => agent.username === username && sameBytes(agent.publicKey, publicKey),
    );
    if (!known) return bakeryError(401, 'unauthorized', `no agent ${JSON.stringify(username)} has that key`);
    const { wrapped } = await mintFor(controller, {
      location: 'local',
      version: bakeryVersion(Number(request.headers['bakery-protocol-version'] ?? 0)),
      condition: 'true',
      publicKey: Buffer.from(publicKey, 'base64'),
      declares: username,
    });
    return answered({ macaroon: wrapped });
  },
};

function publicKey({ keys }: Controller): Reply {
  return answered({ PublicKey: Buffer.from(keys.publicKey).toString('base64') });
}

async function discharged(
  controller: Controller,
  request: ReceivedRequest,
  fields: URLSearchParams,
  user: string | undefined,
): Promise<Reply> {
  const caveat = await openCaveat(controller.keys, caveatIn(fields));
  if (caveat === undefined) return bakeryError(400, 'bad request', 'cannot discharge: cannot decode caveat');
  const condition = caveat.condition.replace(/^need-declared \S+ /, '');
  const [kind, wanted] = condition.split(' ');
  if (user !== undefined && kind !== 'is-authenticated-user')
    return bakeryError(400, 'bad request', 'cannot discharge: caveat not recognized');
  if (user !== undefined && wanted !== undefined && wanted.replace(/@local$/, '') !== user)
    return bakeryError(403, 'forbidden', `cannot discharge: not logged in as ${JSON.stringify(wanted)}`);
  const fresh = mint(caveat.rootKey, idIn(fields), '', caveat.version === 1 ? 1 : 2);
  const named = user === undefined ? fresh : withCondition(fresh, declared + user);
  const macaroon = macaroonJson(withCondition(named, timeBefore(controller.clock.now() + dischargeMs)));
  const isWrapped =
    caveat.version === 3 && bakeryVersion(Number(request.headers['bakery-protocol-version'] ?? 0)) === 3;
  return answered({ Macaroon: isWrapped ? { m: macaroon, v: 3, ns: 'std:' } : macaroon });
}

/** Who a token speaks for, if one was sent. */
async function userOfProof(controller: Controller, fields: URLSearchParams): Promise<string | undefined> {
  const encoded = fields.get('token64');
  const token = encoded === null ? Buffer.from(fields.get('token') ?? '') : Buffer.from(encoded, 'base64');
  if (token.length === 0) return undefined;
  if (fields.get('token-kind') !== 'agent') return userOfToken(controller, token.toString());
  const macaroons = macaroonsInBinary(token) ?? [];
  if ((await checked(controller, macaroons)) !== undefined) return undefined;
  return conditionsOf(macaroons)
    .find((one) => one.startsWith(declared))
    ?.slice(declared.length);
}

function interactionRequired(
  controller: Controller,
  request: ReceivedRequest,
  fields: URLSearchParams,
): Reply {
  const id = openVisit(controller, { fields });
  const methods: Readonly<Record<Interaction, JsonObject>> = {
    juju_userpass: { url: '/auth/form' },
    form: { url: '/auth/form' },
    'browser-window': { VisitURL: `/auth/login?waitid=${id}`, WaitTokenURL: `/auth/wait-token?waitid=${id}` },
    agent: { 'login-url': '/auth/agent' },
  };
  const version = Number(request.headers['bakery-protocol-version'] ?? 0);
  // 407 is what clients without the header expect.
  return bakeryError(
    version > 0 ? 401 : 407,
    'interaction required',
    'macaroon discharge required: authentication required',
    {
      VisitURL: `${request.rootUrl}/auth/login?waitid=${id}`,
      WaitURL: `${request.rootUrl}/auth/wait?waitid=${id}`,
      InteractionMethods: Object.fromEntries(
        controller.settings.interactions.map((kind) => [kind, methods[kind]]),
      ),
    },
  );
}

/** Who has logged in, when somebody has; `undefined` when the visit was forgotten, or nobody waits any more. */
async function visitor(
  controller: Controller,
  { query, signal }: ReceivedRequest,
): Promise<string | undefined> {
  const visit = visitOf(controller, query.get('waitid') ?? '');
  if (visit === undefined) return undefined;
  const left = Promise.withResolvers<undefined>();
  const leave = () => left.resolve(undefined);
  const cancel = controller.clock.after(visit.expires - controller.clock.now(), leave);
  signal.addEventListener('abort', leave, { once: true });
  const user = await Promise.race([visit.done, left.promise]);
  cancel();
  signal.removeEventListener('abort', leave);
  return user;
}

function bakeryError(status: number, Code: string, Message: string, Info?: JsonObject): Reply {
  const headers: Readonly<Record<string, string>> = status === 401 ? { 'www-authenticate': 'Macaroon' } : {};
  return answered({ Code, Message, ...(Info && { Info }) }, status, headers);
}

function idIn(fields: URLSearchParams): Uint8Array {
  const encoded = fields.get('id64');
  return encoded === null ? Buffer.from(fields.get('id') ?? '') : Buffer.from(encoded, 'base64');
}

/** What is to be discharged: apart from its id, or that itself. */
function caveatIn(fields: URLSearchParams): Uint8Array {
  const apart = fields.get('caveat64');
  return apart === null ? idIn(fields) : Buffer.from(apart, 'base64');
}

function formIn(request: ReceivedRequest): JsonObject {
  try {
    const value = jsonIn(request);
    return isObject(value) ? object(value, 'form') : {};
  } catch {
    return {};
  }
}

function sameBytes(a: string, b: string): boolean {
  return Buffer.from(a, 'base64').equals(Buffer.from(b, 'base64'));
}
