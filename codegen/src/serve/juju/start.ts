import { createClock } from '../core/clock.ts';
import type { JsonObject } from '../core/schemas.ts';
import { createKeyPair } from './bakery/box.ts';
import type { Controller, Settings, User } from './controller.ts';
import { createFeed } from './feed.ts';
import { deploy } from './model/life.ts';
import { createModel, type Model, stopModel } from './model/model.ts';

/** The cloud that a controller is in. */
const cloud = {
  name: 'localhost',
  region: 'localhost',
  credential: 'cloudcred-localhost_admin_default',
} as const;

/** A controller as it is in the beginning: its own model, and those of the settings. */
export function startController(settings: Settings): Controller {
  const clock = createClock();
  const controller: Controller = {
    settings,
    clock,
    users: new Map(settings.users.map((user) => [user.username, createUser(user, clock.now())])),
    models: new Map(),
    clouds: new Map([[cloud.name, { name: cloud.name, told: cloudJson(), access: new Map() }]]),
    credentials: new Map([[cloud.credential, { 'auth-type': 'certificate', attrs: {} }]]),
    config: new Map(Object.entries(controllerConfig(settings))),
    modelDefaults: new Map(),
    secretBackends: new Map(),
    offers: new Map(),
    connections: new Set(),
    streams: new Set(),
    keys: createKeyPair(),
    rootKeys: new Map(),
    tokens: new Map(),
    visits: new Map(),
    sessionTokens: new Map(
      Object.entries(settings.jaas?.sessionTokens ?? {}).map(([token, user]) => [
        token,
        { user, expires: Number.POSITIVE_INFINITY },
      ]),
    ),
    modelChanges: createFeed(),
    redirect: undefined,
    health: 'running',
    files: new Map(),
    nextWatcher: 0,
  };
  const owner = settings.users[0].username;
  addModel(controller, { name: 'controller', owner, isController: true });
  for (const { name, uuid, applications = {} } of settings.models) {
    const model = addModel(controller, { name, owner, ...(uuid !== undefined && { uuid }) });
    for (const [application, units] of Object.entries(applications))
      deploy(model, { name: application, charmUrl: `ch:amd64/${application}-1`, units });
  }
  return controller;
}

/** Adds a model, whose changes the controller's watchers are told from then on. */
export function addModel(
  controller: Controller,
  setup: {
    readonly name: string;
    readonly owner: string;
    readonly uuid?: string;
    readonly isController?: boolean;
    readonly config?: JsonObject;
  },
): Model {
  const { clock, settings, models, modelChanges } = controller;
  const { region, credential } = cloud;
  const version = settings.version;
  const model = createModel({ ...setup, cloud: cloud.name, region, credential, version, clock });
  models.set(model.uuid, model);
  model.changes.listen((change) => modelChanges.tell({ model, change }));
  modelChanges.tell({ model });
  return model;
}

export function removeModel(controller: Controller, model: Model): void {
  stopModel(model);
  model.life = 'dead';
  controller.models.delete(model.uuid);
  controller.modelChanges.tell({ model, removed: true });
}

/** Ends all that it has begun. */
export function stopController(controller: Controller): void {
  for (const socket of [...controller.connections, ...controller.streams]) socket.close(1001);
  for (const model of controller.models.values()) stopModel(model);
  controller.clock.clear();
}

export function createUser(
  { username: name, password, access = 'superuser' }: Settings['users'][number],
  now: number,
  more: Partial<Pick<User, 'displayName' | 'createdBy' | 'secretKey'>> = {},
): User {
  return {
    name,
    displayName: more.displayName ?? name,
    password,
    access,
    isDisabled: false,
    createdBy: more.createdBy ?? 'admin',
    created: now,
    lastConnection: undefined,
    secretKey: more.secretKey,
  };
}

function cloudJson(): JsonObject {
  return {
    type: 'lxd',
    'auth-types': ['certificate', 'interactive'],
    endpoint: 'https://192.0.2.1:8443',
    regions: [{ name: cloud.region, endpoint: 'https://192.0.2.1:8443' }],
    'is-controller-cloud': true,
  };
}

function controllerConfig({ name, uuid, certificates }: Settings): JsonObject {
  return {
    'controller-name': name,
    'controller-uuid': uuid,
    'api-port': 17070,
    'ca-cert': certificates?.caCert ?? '',
    'auditing-enabled': true,
    'identity-url': '',
    'max-debug-log-duration': '24h0m0s',
    features: [],
  };
}
