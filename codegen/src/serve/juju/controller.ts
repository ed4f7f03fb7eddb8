import type { JsonValue } from '../../model.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/schemas.ts';
import type { KeyPair } from './bakery/box.ts';
import type { Certificates } from './certificate.ts';
import type { Feed } from './feed.ts';
import type { Change, Model } from './model/model.ts';
import type { Facade, Release } from './schema/facades.ts';
import type { Watchers } from './watchers.ts';

/** Somebody who may log in. */
export interface UserSetup {
  /** `admin`, or one of elsewhere: `bob@example.com`. */
  readonly username: string;
  readonly password: string;
  /** `superuser` by default. */
  readonly access?: 'login' | 'add-model' | 'superuser';
}

/** A machine or a unit that logs in. */
export interface AgentSetup {
  /** `machine-0` */
  readonly tag: string;
  readonly password: string;
  readonly nonce: string;
}

/** How the built-in discharger wants to know who it is. */
export type Interaction = 'juju_userpass' | 'form' | 'browser-window' | 'agent';

/** A user whom a key speaks for. */
export interface AgentUserSetup {
  readonly username: string;
  /** Base64. */
  readonly publicKey: string;
}

/** What JAAS has in the place of a controller's logins. */
export interface JaasSetup {
  /** Secrets by client. */
  readonly clients?: Readonly<Record<string, string>>;
  /** Session tokens that are good from the start, with the user of each. */
  readonly sessionTokens?: Readonly<Record<string, string>>;
  /** Values of the cookie `jimm-browser-session` that are good, with the user of each. */
  readonly sessionCookies?: Readonly<Record<string, string>>;
}

/** Where a controller sends whoever logs in. */
export interface Redirect {
  readonly servers: readonly (readonly RedirectServer[])[];
  /** PEM. */
  readonly caCert: string;
  /** `migrated`: told with the error; the caller decides. `jaas`: asked for by `RedirectInfo`. */
  readonly kind: 'migrated' | 'jaas';
  readonly controllerTag?: string;
  readonly controllerAlias?: string;
}

export interface RedirectServer {
  readonly value: string;
  readonly port: number;
  readonly type?: 'ipv4' | 'ipv6' | 'hostname';
  readonly scope?: 'public' | 'local-cloud' | 'local-machine' | 'link-local';
}

/** A model that there is from the start. */
export interface ModelSetup {
  readonly name: string;
  readonly uuid?: string;
  /** Applications, with the number of units of each. */
  readonly applications?: Readonly<Record<string, number>>;
}

export interface Settings {
  readonly release: Release;
  /** `4.0.15` */
  readonly version: string;
  readonly facades: readonly Facade[];
  /** Versions that the login tells in the place of those that there are. */
  readonly offers: Readonly<Record<string, readonly number[]>>;
  readonly name: string;
  readonly uuid: string;
  /** The first one owns the models. */
  readonly users: readonly [UserSetup, ...UserSetup[]];
  readonly agents: readonly AgentSetup[];
  readonly models: readonly ModelSetup[];
  readonly interactions: readonly Interaction[];
  readonly agentUsers: readonly AgentUserSetup[];
  readonly jaas: JaasSetup | undefined;
  readonly certificates: Certificates | undefined;
}

export interface User {
  readonly name: string;
  readonly displayName: string;
  password: string;
  access: string;
  isDisabled: boolean;
  readonly createdBy: string;
  readonly created: number;
  lastConnection: number | undefined;
  /** By which a new user registers, until then. */
  secretKey: Uint8Array | undefined;
}

/** Who has logged in. */
export type Identity =
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'agent'; readonly tag: string }
  | { readonly kind: 'anonymous' };

export interface Cloud {
  readonly name: string;
  readonly told: JsonObject;
  /** By user. */
  readonly access: Map<string, string>;
}

/** All that a controller knows, from its start or from when it was reset. */
export interface Controller {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly users: Map<string, User>;
  readonly models: Map<string, Model>;
  readonly clouds: Map<string, Cloud>;
  /** By tag. */
  readonly credentials: Map<string, JsonObject>;
  readonly config: Map<string, JsonValue>;
  readonly modelDefaults: Map<string, JsonValue>;
  readonly secretBackends: Map<string, JsonObject>;
  readonly offers: Map<string, JsonObject>;
  readonly connections: Set<Connection>;
  /** The WebSockets that don't speak RPC: logs, commands. */
  readonly streams: Set<Ending>;
  /** Of the bakery and of the discharger, which is the same. */
  readonly keys: KeyPair;
  /** Of the macaroons that were minted, by their ids. */
  readonly rootKeys: Map<string, { readonly rootKey: Uint8Array; readonly expires: number }>;
  /** What proves who it is to the discharger, for a short while. */
  readonly tokens: Map<string, { readonly user: string; readonly expires: number }>;
  /** Logins that somebody is to finish elsewhere: in a browser, or on another device. */
  readonly visits: Map<string, Visit>;
  /** Of JAAS: users by the tokens of their sessions. */
  readonly sessionTokens: Map<string, { readonly user: string; readonly expires: number }>;
  readonly modelChanges: Feed<{
    readonly model: Model;
    readonly change?: Change;
    readonly removed?: boolean;
  }>;
  redirect: Redirect | undefined;
  /** What `/health` says: `running`. */
  health: string;
  /** Any file that was uploaded and is none of a charm or a resource, by its path. */
  readonly files: Map<string, Uint8Array>;
  nextWatcher: number;
}

/** A login that is to be finished elsewhere. */
export interface Visit {
  /** Resolves to the user once it is done. */
  readonly done: Promise<string>;
  finish(user: string): void;
  readonly expires: number;
  /** What is to be discharged then. */
  readonly fields: URLSearchParams | undefined;
}

/** How a WebSocket is ended. */
export interface Ending {
  close(code: number, reason?: string): void;
  /** Without a word. */
  drop(): void;
  /** As if the network had failed. */
  reset(): void;
}

/** A WebSocket that speaks RPC. */
export interface Connection extends Ending {
  /** Of the path: `''` for the controller itself. */
  readonly modelUuid: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Of the server, as the caller has reached it: `https://127.0.0.1:17070`. */
  readonly rootUrl: string;
  identity: Identity | undefined;
  readonly watchers: Watchers;
  /** Of JAAS: the login on another device that began here. */
  device: Visit | undefined;
  /** Aborted when it has ended. */
  readonly signal: AbortSignal;
  /** Whoever must say now and then that it is there is cut off when it doesn't. */
  alive(): void;
  send(text: string): void;
}

/** One call of a facade's method. */
export interface MethodCall {
  readonly controller: Controller;
  readonly connection: Connection;
  readonly facade: Facade;
  /** `Application.Deploy` */
  readonly name: string;
  /** Of the object, where the facade has several. */
  readonly id: string;
  readonly params: JsonObject;
  /** The model of the connection; throws on a connection to the controller itself. */
  readonly model: Model;
  /** Who calls: a user's name, or an agent's tag. */
  readonly caller: string;
  now(): number;
}

export type Method = (call: MethodCall) => JsonValue | Promise<JsonValue>;

/** By `Facade.Method`. */
export type Methods = Readonly<Record<string, Method>>;

export type { Model };
