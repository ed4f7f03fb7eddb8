import { randomUUID } from 'node:crypto';
import type { Documents } from '../../read/index.ts';
import { createCertificates } from './certificate.ts';
import type {
  AgentSetup,
  AgentUserSetup,
  Controller,
  Interaction,
  JaasSetup,
  ModelSetup,
  Settings,
  UserSetup,
} from './controller.ts';
import { jaasFacade } from './login/jaas.ts';
import { offerOf, type Release } from './schema/facades.ts';

export interface JujuOptions {
  /** Which Juju it behaves like: its facades, and what is gone or not yet there. `4.0` by default. */
  readonly release?: Release;
  /** Whether it is served over TLS, with a CA of its own. True by default. */
  readonly tls?: boolean;
  /** What the controller is called. `test` by default. */
  readonly name?: string;
  readonly controllerUuid?: string;
  /** Who may log in. By default `admin`, a superuser. The first one's are the credentials; it owns the models. */
  readonly users?: readonly [UserSetup, ...UserSetup[]];
  /** Machines and units that may log in. None by default. */
  readonly agents?: readonly AgentSetup[];
  /** Those that there are from the start, besides the controller's own. By default `default`, with nothing in it. */
  readonly models?: readonly [ModelSetup, ...ModelSetup[]];
  /** How the built-in discharger wants to know who somebody is, best first. By default `juju_userpass` only. */
  readonly interactions?: readonly Interaction[];
  /** Users whom keys speak for, where `agent` is one of the interactions. */
  readonly agentUsers?: readonly AgentUserSetup[];
  /** Answers as JAAS: sessions, devices and clients in the place of passwords and macaroons. */
  readonly jaas?: JaasSetup;
  /** A folder to write what Juju's own client keeps, so that clients find the controller there. None by default. */
  readonly store?: string;
  /** Versions of facades that logins tell in the place of those that there are. */
  readonly facades?: Readonly<Record<string, readonly number[]>>;
}

/** What a client wants to know of a controller. */
export interface JujuFacts {
  /** Where it is: `127.0.0.1:17070`; with `ws://` before it where it is served without TLS. */
  readonly addresses: readonly string[];
  /** PEM of the CA that its certificate is of, which was made when it was started. Absent without TLS. */
  readonly caCert: string | undefined;
  readonly controllerUuid: string;
  /** The UUID of the first model that isn't the controller's own. */
  readonly model: string;
  /** UUIDs by name, of the models that there are from the start, the controller's own included. */
  readonly models: Readonly<Record<string, string>>;
}

const defaultUser: UserSetup = {
  username: 'admin',
  password: 'not-a-secret-but-good-enough-for-tests-00000',
};

export function settingsOf(documents: Documents, options: JujuOptions): Settings {
  const { release = '4.0', tls = true, name = 'test', jaas } = options;
  const { version, facades } = offerOf(documents, release);
  const admin = facades.filter((facade) => facade.name === 'Admin');
  return {
    release,
    version,
    facades: jaas === undefined ? facades : [...facades, ...admin.map(jaasFacade)],
    offers: options.facades ?? {},
    name,
    uuid: options.controllerUuid ?? randomUUID(),
    users: options.users ?? [defaultUser],
    agents: options.agents ?? [],
    // A reset brings back the same models.
    models: (options.models ?? [{ name: 'default' }]).map((model) => ({ uuid: randomUUID(), ...model })),
    interactions: options.interactions ?? ['juju_userpass'],
    agentUsers: options.agentUsers ?? [],
    jaas,
    certificates: tls ? createCertificates() : undefined,
  };
}

export function factsOf(url: string, settings: Settings, controller: Controller): JujuFacts {
  const { host } = new URL(url);
  const { certificates, uuid, models } = settings;
  return {
    addresses: [certificates === undefined ? `ws://${host}` : host],
    caCert: certificates?.caCert,
    controllerUuid: uuid,
    model: models[0]?.uuid ?? '',
    models: Object.fromEntries([...controller.models.values()].map((model) => [model.name, model.uuid])),
  };
}
