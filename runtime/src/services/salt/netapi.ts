import type { HttpEndpoint } from '../../http/endpoint.ts';
import { type Path, path } from '../../http/path.ts';
import { isObject } from '../../json/is-object.ts';
import { NetapiError } from './errors.ts';

/** The three HTTP interfaces of Salt. */
export type Netapi = 'cherrypy' | 'tornado' | 'wsgi';

/** What one can do that another can't. */
interface NetapiFacts {
  /** What Salt calls it. */
  readonly name: string;
  /** Whether it has a login. */
  readonly sessions: boolean;
  /** Whether it has a stream of events. */
  readonly events: boolean;
  /** Whether it makes keys of minions. */
  readonly keys: boolean;
  /** Whether one chunk that fails takes the results of the others with it. */
  readonly allOrNothing: boolean;
  /** Whether it answers with return codes where they are asked for. */
  readonly fullReturn: boolean;
  /** The clients that it can't run. */
  readonly without: readonly string[];
}

export const netapis: Readonly<Record<Netapi, NetapiFacts>> = {
  cherrypy: {
    name: 'rest_cherrypy',
    sessions: true,
    events: true,
    keys: true,
    allOrNothing: true,
    fullReturn: true,
    without: [],
  },
  tornado: {
    name: 'rest_tornado',
    sessions: true,
    events: true,
    keys: false,
    allOrNothing: false,
    fullReturn: false,
    without: ['local_subset', 'local_batch', 'ssh', 'wheel', 'wheel_async'],
  },
  wsgi: {
    name: 'rest_wsgi',
    sessions: false,
    events: false,
    keys: false,
    allOrNothing: true,
    fullReturn: true,
    without: ['local_batch'],
  },
};

/**
 * Which netapi answers at an address. `GET /login` tells as a rule, and `GET /` where there are no sessions; neither
 * does anything.
 *
 * @throws NetapiError when something else answers
 */
export async function detectNetapi(endpoint: HttpEndpoint): Promise<Netapi> {
  const login = await ask(endpoint, path`/login`);
  return byLogin(login) ?? byRoot(await ask(endpoint, path`/`)) ?? refuse(login);
}

interface Shape {
  readonly status: number;
  readonly body: unknown;
}

async function ask(endpoint: HttpEndpoint, route: Path): Promise<Shape> {
  const { value, status } = await endpoint
    .text('get', route, { accept: 'application/json', data: [400, 401, 403, 404, 405] })
    .withResponse();
  return { status, body: parsed(value) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function byLogin({ status, body }: Shape): Netapi | undefined {
  if (!isObject(body)) return undefined;
  // rest_wsgi answers any GET with a sentence, taken apart into characters.
  if (Array.isArray(body['return'])) return 'wsgi';
  if (body['return'] !== 'Please log in') return undefined;
  return status === 401 ? 'tornado' : 'cherrypy';
}

function byRoot({ body }: Shape): Netapi | undefined {
  if (!isObject(body)) return undefined;
  const { return: said, clients } = body;
  if (said !== 'Welcome' || !Array.isArray(clients)) return undefined;
  return clients.includes('wheel') ? 'cherrypy' : 'tornado';
}

function refuse({ status }: Shape): never {
  throw new NetapiError(
    `no netapi of Salt answers at this url: GET /login gave ${status} and nothing that one of them says; if one is there all the same, name it with the option netapi`,
  );
}
