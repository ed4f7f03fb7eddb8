import type { Documents } from '../read/index.ts';
import { createValidator } from '../validate.ts';
import { createClock } from './core/clock.ts';
import { openApiOperations } from './core/openapi.ts';
import { isObject, schemasOf } from './core/schemas.ts';
import { type Handler, type Operation, operationKey, type Service } from './core/service.ts';
import { createBus } from './salt/bus.ts';
import { cherrypy } from './salt/cherrypy.ts';
import type { Known, Master, Netapi, SaltCall, Settings } from './salt/deployment.ts';
import { knownFrom } from './salt/known.ts';
import type { Wire } from './salt/netapi.ts';
import { tornado } from './salt/tornado.ts';
import { wsgi } from './salt/wsgi.ts';

export type {
  CommandResult,
  MinionSetup,
  Netapi,
  Permission,
  Settings,
  StateSetup,
  UserSetup,
} from './salt/deployment.ts';

const wires: Readonly<Record<Netapi, Wire>> = { cherrypy, tornado, wsgi };

/** A master with its minions, behind one of its HTTP interfaces. Which functions there are is what `documents` say. */
export async function salt(documents: Documents, settings: Settings): Promise<Service<SaltCall>> {
  const wire = wires[settings.netapi];
  const described = new Map([...documents.files].filter(([, file]) => isObject(file) && 'openapi' in file));
  const schemas = schemasOf(described);
  const validator = await createValidator(described);
  const operations = openApiOperations(schemas, '')
    .filter(({ service }) => service === wire.tag)
    .map((operation) => served(operation, wire));
  const handlers = new Map<string, Handler<SaltCall>>();
  for (const operation of operations) {
    const handler = wire.routes[operation.name];
    if (handler !== undefined) handlers.set(operationKey(operation), handler);
  }
  const known = knownFrom(documents);
  let master = start(settings, known);

  return {
    name: 'salt',
    operations,
    splats: new Set(['path']),
    schemas,
    validator,
    maxBodyBytes: wire.maxBodyBytes,
    handlers,
    admit: async (call) => wire.admit(master, call),
    elsewhere: async (request, verbs) => await wire.elsewhere(master, request, verbs),
    refusal: (error, request, call) => wire.refusal(master, error, request, call),
    headers: (request) => wire.headers(request),
    upgrade: (head, socket) => {
      if (wire.upgrade === undefined) socket.destroy();
      else wire.upgrade(master, head, socket);
    },
    reset() {
      stop(master);
      master = start(settings, known);
    },
    advance: (milliseconds) => master.clock.advance(milliseconds),
    close: () => stop(master),
  };
}

/** Without the schema of its answer where a real one answers otherwise. */
function served({ output, ...operation }: Operation, wire: Wire): Operation {
  return output === undefined || wire.unchecked.has(operation.name) ? operation : { ...operation, output };
}

function start(settings: Settings, known: Known): Master {
  const clock = createClock();
  return {
    settings,
    known,
    clock,
    bus: createBus(clock),
    minions: new Map(settings.minions.map((minion) => [minion.id, minion])),
    keys: new Map([
      ...settings.minions.map(({ id }) => [id, 'minions'] as const),
      ...settings.pendingKeys.map((id) => [id, 'minions_pre'] as const),
    ]),
    jobs: new Map(),
    tokens: new Map(),
    sessions: new Map(),
    lastJid: 0,
    packages: new Map(),
    services: new Map(),
  };
}

function stop(master: Master): void {
  master.bus.close();
  master.clock.clear();
}
