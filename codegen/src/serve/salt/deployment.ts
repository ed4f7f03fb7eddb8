import type { JsonValue } from '../../model.ts';
import type { Group, Signature } from '../../read/salt/functions.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/schemas.ts';
import type { Call } from '../core/service.ts';
import type { Bus } from './bus.ts';

/** The three HTTP interfaces of Salt. */
export type Netapi = 'cherrypy' | 'tornado' | 'wsgi';

/** Somebody whom an authentication backend knows. */
export interface UserSetup {
  readonly username: string;
  readonly password: string;
  /** The backend: `sharedsecret` by default. With `auto` any password is good. */
  readonly eauth?: string;
  /** As in `external_auth`. Everything by default: `['.*', '@jobs', '@runner', '@wheel']`. */
  readonly permissions?: readonly Permission[];
}

/** A pattern of functions; `@runner`, `@wheel` or `@jobs`; or patterns by a glob of minions or one of those. */
export type Permission = string | { readonly [of: string]: readonly string[] };

/** A minion whose key is accepted. */
export interface MinionSetup {
  readonly id: string;
  /** Added to those that every minion has. */
  readonly grains?: { readonly [name: string]: JsonValue };
  readonly pillar?: { readonly [name: string]: JsonValue };
  /** Never answers. */
  readonly silent?: boolean;
  /** What each job takes, by the clock of the stand-in. 0 by default. */
  readonly delayMs?: number;
  /** Versions by package. */
  readonly packages?: { readonly [name: string]: string };
  /** Whether it runs, by service. */
  readonly services?: { readonly [name: string]: boolean };
  /** What commands say, instead of the few that every minion knows. No command is ever run. */
  readonly commands?: { readonly [command: string]: CommandResult };
  /** What there is to apply, by the name of the sls file. */
  readonly states?: { readonly [sls: string]: readonly StateSetup[] };
  /** What other functions return, or these instead of what the stand-in would. */
  readonly returns?: { readonly [fun: string]: JsonValue };
}

export interface CommandResult {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly retcode?: number;
}

/** A state and what comes of it. */
export interface StateSetup {
  readonly id: string;
  /** `file.managed` */
  readonly state: string;
  /** The same as `id` by default. */
  readonly name?: string;
  /** True by default. */
  readonly result?: boolean;
  readonly changes?: { readonly [what: string]: JsonValue };
  readonly comment?: string;
}

export interface Settings {
  readonly netapi: Netapi;
  readonly users: readonly UserSetup[];
  readonly minions: readonly MinionSetup[];
  /** Minions whose keys nobody has decided about yet. */
  readonly pendingKeys: readonly string[];
  /** `netapi_enable_clients`. */
  readonly enabledClients: readonly string[];
  readonly version: string;
}

/** By function. */
export type Signatures = ReadonlyMap<string, Signature>;

/** What introspection found, by where functions run. */
export interface Known extends Readonly<Record<Group, Signatures>> {
  /** What a function may return, as far as anything is known of that. */
  example(group: Group, fun: string): JsonValue;
}

/** A token of the master's own. */
export interface Token {
  readonly token: string;
  readonly name: string;
  readonly eauth: string;
  /** In milliseconds since 1970. */
  readonly start: number;
  readonly expire: number;
}

/** A session of rest_cherrypy. */
export interface Session {
  readonly token: Token;
  /** Moves on with each use. */
  until: number;
}

/** Names by what was decided about a key. */
export type KeyState = 'minions' | 'minions_pre' | 'minions_rejected' | 'minions_denied';

/** What minions are to do. */
export interface Order {
  /** One function, or several, whose `arg` is a list of lists. */
  readonly fun: string | readonly string[];
  readonly arg: readonly JsonValue[];
  readonly tgt: JsonValue;
  readonly tgtType: string;
  readonly delimiter?: string | undefined;
  readonly user: string;
  readonly ret: string;
  readonly jid?: string | undefined;
}

/** An order that was published, or a function of the master that ran. */
export interface Job extends Order {
  readonly jid: string;
  /** Those that are to do it, sorted. */
  readonly minions: readonly string[];
  /** By minion, as they return. */
  readonly returned: Map<string, Returned>;
  /** When all who will ever return have returned. */
  readonly done: Promise<void>;
}

/** What came back from a minion. Several functions have a code and a success each. */
export interface Returned {
  readonly value: JsonValue;
  readonly retcode: number | JsonObject;
  readonly success: boolean | JsonObject;
  /** What prints it. */
  readonly out?: string;
  /** It holds something of Python's that no answer can: the value is not the whole of it. */
  readonly unserializable?: true;
}

export interface Master {
  readonly settings: Settings;
  readonly known: Known;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly minions: ReadonlyMap<string, MinionSetup>;
  readonly keys: Map<string, KeyState>;
  readonly jobs: Map<string, Job>;
  readonly tokens: Map<string, Token>;
  readonly sessions: Map<string, Session>;
  /** In microseconds since 1970, so that no two jobs have the same id. */
  lastJid: number;
  /** What was changed by functions, by minion. */
  readonly packages: Map<string, Map<string, string>>;
  readonly services: Map<string, Map<string, boolean>>;
}

export interface SaltCall extends Call {
  readonly master: Master;
  /** Present where the route wants a session, and there is one. */
  readonly token: Token | undefined;
}
