import { InputError } from '../errors.ts';
import { type Documents, loadDocuments, loadService } from '../read/index.ts';
import { storedSchemas } from '../read/stored.ts';
import { type AclSettings, consul } from './consul.ts';
import { type Server, startServer } from './core/server.ts';
import type { Call, Service } from './core/service.ts';
import type { JujuControl } from './juju/control.ts';
import { factsOf, type JujuFacts, type JujuOptions as JujuSettings, settingsOf } from './juju/stand-in.ts';
import { writeStore } from './juju/store.ts';
import { juju } from './juju.ts';
import { clientNames } from './salt/clients.ts';
import { type MinionSetup, type Netapi, salt, type UserSetup } from './salt.ts';
import { type ClientSetup, taskcluster } from './taskcluster.ts';

export type { AclSettings } from './consul.ts';
export type { FaultMatch, FaultRule } from './core/fault-rule.ts';
export type { Fault } from './core/faults.ts';
export type { RecordedRequest } from './core/recorded.ts';
export type { InModel, JujuControl, LogLine } from './juju/control.ts';
export type {
  AgentSetup,
  AgentUserSetup,
  Interaction,
  JaasSetup,
  ModelSetup,
  Redirect,
  RedirectServer,
  UserSetup as JujuUserSetup,
} from './juju/controller.ts';
export type { Release as JujuRelease } from './juju/schema/facades.ts';
export type { CommandResult, MinionSetup, Netapi, Permission, StateSetup, UserSetup } from './salt.ts';
export type { ClientSetup } from './taskcluster.ts';

/** A stand-in that is listening, until it is closed. */
export interface StandIn<Credentials = TaskclusterCredentials> extends Server {
  /** The same as `url`: what a client's session is made with. */
  readonly rootUrl: string;
  /** Those that may do everything unless told otherwise. */
  readonly credentials: Credentials;
  /** What a shell needs so that a client finds the stand-in by itself: `CONSUL_HTTP_ADDR`, … */
  readonly environment: Readonly<Record<string, string>>;
}

/** Those of the first client. */
export interface TaskclusterCredentials {
  readonly clientId: string;
  readonly accessToken: string;
}

export interface ConsulCredentials {
  /** Absent where access control is off, or has no management token yet. */
  readonly token?: string;
}

export interface SaltCredentials {
  readonly username: string;
  readonly password: string;
  /** The backend that knows them. */
  readonly eauth: string;
}

/** Those of the first user. */
export interface JujuCredentials {
  readonly username: string;
  readonly password: string;
}

/** A controller that is listening. */
export interface JujuStandIn extends StandIn<JujuCredentials>, JujuFacts {
  /** What a test makes happen. */
  readonly control: JujuControl;
}

type Credentials = TaskclusterCredentials | ConsulCredentials | SaltCredentials | JujuCredentials;

interface CommonOptions {
  /** 0 by default: one that is free. */
  readonly port?: number;
  /** A folder like `schemas/taskcluster`. By default the one that comes with this package. */
  readonly schemas?: string;
}

export interface ServeOptions extends CommonOptions {
  /** The clients that there are from the start. By default one with the scope `*`. */
  readonly credentials?: ClientSetup | readonly [ClientSetup, ...ClientSetup[]];
  /** The largest page, and the size of a page for which no limit was given. 1,000 by default. */
  readonly pageSize?: number;
  /** How far the stand-in's clock is ahead of the machine's, in milliseconds. 0 by default. */
  readonly clockOffsetMs?: number;
  /** How long the URLs of files are good, in milliseconds. 45 minutes by default; negative ones have expired. */
  readonly storageUrlTtlMs?: number;
}

export interface ConsulOptions extends CommonOptions {
  /** Who may do what. Off by default; what is given turns it on, unless it says that it is not `enabled`. */
  readonly acl?: AclSettings & { readonly enabled?: boolean };
  /** `dc1` by default. */
  readonly datacenter?: string;
  /** What the agent's own node is called. `node1` by default. */
  readonly nodeName?: string;
  /** Which Consul it behaves like. `1.21.4` by default; what was found out from a real one is of `1.10.11`. */
  readonly version?: string;
  /** Ends blocking reads up to a sixteenth of their wait late, at random. True by default, as with the real ones. */
  readonly jitter?: boolean;
  /** Between two objects of `/agent/metrics/stream`, in milliseconds. 10,000 by default. */
  readonly metricsIntervalMs?: number;
}

export interface SaltOptions extends CommonOptions {
  /** Which of Salt's HTTP interfaces answers. `cherrypy` by default; one a stand-in. */
  readonly netapi?: Netapi;
  /** Who may log in. By default one, by `sharedsecret`, who may run everything. The first one's are the credentials. */
  readonly users?: readonly [UserSetup, ...UserSetup[]];
  /** The minions whose keys are accepted. By default `web1`, `web2` and `old1`, of which the last never answers. */
  readonly minions?: readonly MinionSetup[];
  /** Minions whose keys nobody has decided about yet. `new1` by default. */
  readonly pendingKeys?: readonly string[];
  /** What `netapi_enable_clients` lists: all of them by default, none with a real master. */
  readonly enabledClients?: readonly string[];
  /** Which Salt the master and its minions say that they are. By default that of the schemas. */
  readonly version?: string;
}

export interface JujuOptions extends CommonOptions, JujuSettings {}

/** What can be served. */
export const services = ['taskcluster', 'consul', 'salt', 'juju'] as const;

export type ServiceName = (typeof services)[number];

const defaultClient: ClientSetup = {
  clientId: 'static/fairlead/everything',
  accessToken: 'not-a-secret-but-good-enough-for-tests-00000',
};

const defaultUser: UserSetup = {
  username: 'tester',
  password: 'not-a-secret-but-good-enough-for-tests-00000',
};

/** As on a small Debian. */
const software = {
  packages: { bash: '5.2.15-2+b8', curl: '7.88.1-10+deb12u8', openssl: '3.0.15-1~deb12u1' },
  services: { cron: true, nginx: false, ssh: true },
};

const defaultMinions: readonly MinionSetup[] = [
  {
    id: 'web1',
    grains: { roles: ['web'] },
    pillar: { site: 'example.com' },
    ...software,
    states: {
      motd: [
        {
          id: '/etc/motd',
          state: 'file.managed',
          changes: { diff: 'New file' },
          comment: 'File /etc/motd updated',
        },
      ],
      broken: [
        { id: 'nginx', state: 'service.running', result: false, comment: 'Service nginx is not there' },
      ],
    },
  },
  { id: 'web2', grains: { roles: ['web'] }, pillar: { site: 'example.com' }, ...software },
  { id: 'old1', silent: true },
];

/** The largest file that can be put, in bytes: it is kept in memory. */
const maxUploadBytes = 1024 ** 3;

/**
 * Starts a stand-in for a service, on 127.0.0.1.
 *
 * It checks authentication, permissions and requests as the real service does, keeps what is put, and answers all
 * that its reference offers. Nothing outlives it: close it, or declare it with `await using`.
 */
export async function serve(service: 'taskcluster', options?: ServeOptions): Promise<StandIn>;
export async function serve(service: 'consul', options?: ConsulOptions): Promise<StandIn<ConsulCredentials>>;
export async function serve(service: 'salt', options?: SaltOptions): Promise<StandIn<SaltCredentials>>;
export async function serve(service: 'juju', options?: JujuOptions): Promise<JujuStandIn>;
/** With what all services have in common; a `pageSize` is for those that have pages. */
export async function serve(
  service: ServiceName,
  options?: CommonOptions & Pick<ServeOptions, 'pageSize'>,
): Promise<StandIn<Credentials>>;
export async function serve(
  service: ServiceName,
  options: ServeOptions & ConsulOptions & SaltOptions & JujuOptions = {},
): Promise<StandIn<Credentials>> {
  if (!services.includes(service)) {
    throw new InputError(`${JSON.stringify(service)} can not be served`, {
      hint: `Serve one of: ${services.join(', ')}`,
    });
  }
  const folder = options.schemas ?? ownSchemas(service);
  // Corrects its facades by rules of its own, so that nothing needs to be made of the others.
  if (service === 'juju') return await serveJuju(await loadDocuments(folder, { format: 'juju' }), options);
  const { documents, version } = await loadService(folder);
  switch (service) {
    case 'taskcluster':
      return await serveTaskcluster(documents, options);
    case 'consul':
      return await serveConsul(documents, options);
    case 'salt':
      return await serveSalt(documents, { ...(version === undefined ? {} : { version }), ...options });
  }
}

async function serveTaskcluster(documents: Documents, options: ServeOptions): Promise<StandIn> {
  const { pageSize = 1000, clockOffsetMs = 0, storageUrlTtlMs = 45 * 60_000 } = options;
  if (!Number.isSafeInteger(pageSize) || pageSize < 1) {
    throw new InputError(`a page of ${pageSize} items is none`, { hint: 'Give a pageSize of 1 or more' });
  }
  const clients = clientList(options.credentials ?? defaultClient);
  const settings = { clients, pageSize, clockOffsetMs, storageUrlTtlMs };
  const [{ clientId, accessToken }] = clients;
  const credentials = { clientId, accessToken };
  const server = await listen(await taskcluster(documents, settings), options.port, pageSize, credentials);
  const environment = {
    TASKCLUSTER_ROOT_URL: server.url,
    TASKCLUSTER_CLIENT_ID: clientId,
    TASKCLUSTER_ACCESS_TOKEN: accessToken,
  };
  return { ...server, rootUrl: server.url, credentials, environment };
}

async function serveConsul(
  documents: Documents,
  options: ConsulOptions,
): Promise<StandIn<ConsulCredentials>> {
  const { datacenter = 'dc1', nodeName = 'node1', version = '1.21.4', jitter = true } = options;
  const { metricsIntervalMs = 10_000 } = options;
  const { enabled = options.acl !== undefined, ...acl } = options.acl ?? {};
  const settings = {
    datacenter,
    nodeName,
    version,
    jitter,
    metricsIntervalMs,
    acl: enabled ? acl : undefined,
  };
  const token = enabled ? acl.managementToken : undefined;
  const credentials = token === undefined ? {} : { token };
  // There are no pages.
  const server = await listen(await consul(documents, settings), options.port, Infinity, credentials);
  const environment = {
    CONSUL_HTTP_ADDR: server.url,
    ...(token === undefined ? {} : { CONSUL_HTTP_TOKEN: token }),
  };
  return { ...server, rootUrl: server.url, credentials, environment };
}

async function serveSalt(documents: Documents, options: SaltOptions): Promise<StandIn<SaltCredentials>> {
  const {
    netapi = 'cherrypy',
    users = [defaultUser],
    minions = defaultMinions,
    pendingKeys = ['new1'],
    enabledClients = clientNames,
    version = '3006.0',
  } = options;
  const settings = { netapi, users, minions, pendingKeys, enabledClients, version };
  const [{ username, password, eauth = 'sharedsecret' }] = users;
  const credentials = { username, password, eauth };
  // There are no pages.
  const server = await listen(await salt(documents, settings), options.port, Infinity, credentials);
  const environment = {
    SALTAPI_URL: server.url,
    SALTAPI_USER: username,
    SALTAPI_PASS: password,
    SALTAPI_EAUTH: eauth,
  };
  return { ...server, rootUrl: server.url, credentials, environment };
}

async function serveJuju(documents: Documents, options: JujuOptions): Promise<JujuStandIn> {
  const settings = settingsOf(documents, options);
  const { service, control, controller } = await juju(settings);
  const { name, version, models } = settings;
  const [{ username, password }] = settings.users;
  const credentials = { username, password };
  // There are no pages.
  const told = (url: string) => factsOf(url, settings, controller());
  const server = await listen(service, options.port, Infinity, credentials, told);
  const facts = told(server.url);
  const { store } = options;
  const model = models[0]?.name ?? '';
  if (store !== undefined) await writeStore(store, { ...facts, name, version, username, password, model });
  const environment = store === undefined ? {} : { JUJU_DATA: store };
  return { ...server, ...facts, control, rootUrl: server.url, credentials, environment };
}

async function listen<C extends Call>(
  service: Service<C>,
  port: number | undefined,
  pageSize: number,
  credentials: { readonly [name: string]: string },
  facts?: (url: string) => JujuFacts,
): Promise<Server> {
  return await startServer(service, {
    ...(port === undefined ? {} : { port }),
    pageSize,
    maxUploadBytes,
    about: (url) => ({ service: service.name, credentials, ...facts?.(url) }),
  }).catch((error: unknown) => {
    throw isPortTaken(error)
      ? new InputError(`port ${port} is taken`, { hint: 'Give another one, or none', cause: error })
      : error;
  });
}

function clientList(
  given: ClientSetup | readonly [ClientSetup, ...ClientSetup[]],
): readonly [ClientSetup, ...ClientSetup[]] {
  return 'clientId' in given ? [given] : given;
}

/** Those that come with this package. */
function ownSchemas(service: ServiceName): string {
  const folder = storedSchemas(service);
  if (folder === undefined)
    throw new Error(`the schemas of ${service} are missing: install the package again`);
  return folder;
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
