import type { Documents } from '../read/index.ts';
import { createValidator } from '../validate.ts';
import { schemasOf } from './core/schemas.ts';
import { type Handler, operationKey, type Service } from './core/service.ts';
import { admit, type Rules } from './taskcluster/admit.ts';
import { artifactContent } from './taskcluster/artifact-content.ts';
import { artifacts } from './taskcluster/artifacts.ts';
import { auth } from './taskcluster/auth.ts';
import { claims } from './taskcluster/claims.ts';
import { clients } from './taskcluster/clients.ts';
import {
  type Deployment,
  iso,
  type Model,
  type Settings,
  type TaskclusterCall,
} from './taskcluster/deployment.ts';
import { github } from './taskcluster/github.ts';
import { hooks } from './taskcluster/hooks.ts';
import { indexing } from './taskcluster/indexing.ts';
import { monitoring } from './taskcluster/monitoring.ts';
import { notify } from './taskcluster/notify.ts';
import { objects } from './taskcluster/objects.ts';
import { operationsOf } from './taskcluster/operations.ts';
import { serveReferences } from './taskcluster/published.ts';
import { purgeCache } from './taskcluster/purge-cache.ts';
import { queue } from './taskcluster/queue.ts';
import { roles } from './taskcluster/roles.ts';
import { secrets } from './taskcluster/secrets.ts';
import { createState } from './taskcluster/state.ts';
import { serveStorage } from './taskcluster/storage.ts';
import { webServer } from './taskcluster/web-server.ts';
import { headers, refusal } from './taskcluster/wire.ts';
import { workerManager } from './taskcluster/worker-manager.ts';

/** A client that exists from the start. */
export interface ClientSetup {
  readonly clientId: string;
  readonly accessToken: string;
  /** All of them (`*`) by default. */
  readonly scopes?: readonly string[];
}

export interface TaskclusterSettings extends Settings {
  readonly clients: readonly [ClientSetup, ...ClientSetup[]];
}

const models: readonly Model[] = [
  artifactContent,
  artifacts,
  auth,
  claims,
  clients,
  github,
  hooks,
  indexing,
  notify,
  objects,
  purgeCache,
  queue,
  roles,
  secrets,
  webServer,
  workerManager,
];

/** What holds a `/` in practice: names of things, and identifiers made of two parts. */
const splats = new Set([
  'clientId',
  'entityId',
  'hookId',
  'name',
  'prefix',
  'roleId',
  'taskQueueId',
  'workerPoolId',
]);

const maxBodyBytes = 10 * 1024 * 1024;

/** A deployment of Taskcluster that offers what `documents` say. */
export async function taskcluster(
  documents: Documents,
  settings: TaskclusterSettings,
): Promise<Service<TaskclusterCall>> {
  const published = new Map([...documents.files].filter(([path]) => path.startsWith('schemas/')));
  const schemas = schemasOf(published);
  const validator = await createValidator(published);
  const operations = operationsOf(documents.files, schemas);
  const rules = new Map<string, Rules>(
    operations.map((operation) => [
      operationKey(operation),
      { template: operation.scopes, scopeValues: modelled(operation)?.scopeValues?.[operation.name] },
    ]),
  );
  const deployment: Deployment = {
    state: createState(),
    validator,
    settings,
    root: settings.clients[0],
    now: () => Date.now() + settings.clockOffsetMs,
  };
  populate(deployment, settings);

  return {
    name: 'taskcluster',
    operations,
    splats,
    schemas,
    validator,
    maxBodyBytes,
    handlers: handlersOf(operations),
    async admit(call) {
      const own = rules.get(operationKey(call.operation)) ?? { template: undefined, scopeValues: undefined };
      return await admit(call, own, deployment, schemas);
    },
    elsewhere: async (request) =>
      request.verb === 'OPTIONS'
        ? { status: 200 }
        : (serveStorage(deployment, request) ?? serveReferences(documents, request)),
    refusal: (error, _request, call) => refusal(error, call, deployment.now()),
    headers: (request) => headers(request, deployment.now()),
    reset() {
      for (const kept of Object.values(deployment.state)) {
        if (Array.isArray(kept)) kept.length = 0;
        else kept.clear();
      }
      populate(deployment, settings);
    },
  };
}

function modelled({ service, name }: { readonly service: string; readonly name: string }): Model | undefined {
  const own = models.filter((model) => model.service === service);
  return own.find((model) => model.handlers[name] !== undefined || model.scopeValues?.[name] !== undefined);
}

function handlersOf(operations: Service['operations']): ReadonlyMap<string, Handler<TaskclusterCall>> {
  const handlers = new Map<string, Handler<TaskclusterCall>>();
  const watched: Model['handlers'] = monitoring;
  for (const operation of operations) {
    const handler = modelled(operation)?.handlers[operation.name] ?? watched[operation.name];
    if (handler !== undefined) handlers.set(operationKey(operation), handler);
  }
  return handlers;
}

/** What there is from the start: the clients, and what everybody may do. */
function populate({ state, now }: Deployment, { clients }: TaskclusterSettings): void {
  const moment = iso(now());
  const always = {
    description: '',
    expires: '3000-01-01T00:00:00.000Z',
    created: moment,
    lastModified: moment,
    lastDateUsed: moment,
    lastRotated: moment,
    deleteOnExpiration: false,
    disabled: false,
  };
  for (const { clientId, accessToken, scopes = ['*'] } of clients) {
    state.clients.set(clientId, { clientId, accessToken, scopes, ...always });
  }
  state.roles.set('anonymous', {
    roleId: 'anonymous',
    description: 'What everybody may do, without credentials too.',
    scopes: ['queue:get-artifact:public/*'],
    created: moment,
    lastModified: moment,
  });
}
