import { randomUUID } from 'node:crypto';
import type { Cancel, Clock } from '../../core/clock.ts';
import type { JsonObject } from '../../core/schemas.ts';
import { createFeed, type Feed } from '../feed.ts';

/** How something does, since when. */
export interface Status {
  readonly status: string;
  readonly message: string;
  /** In milliseconds since 1970. */
  readonly since: number;
  readonly data: JsonObject;
}

/** What is watched: one thing of a model has changed, or is gone. */
export interface Change {
  /** As the deltas of Juju 3 call it. */
  readonly kind:
    | 'application'
    | 'unit'
    | 'machine'
    | 'model'
    | 'relation'
    | 'annotation'
    | 'action'
    | 'charm';
  readonly id: string;
  readonly removed?: boolean;
}

export type Life = 'alive' | 'dying' | 'dead';

export interface Base {
  readonly name: string;
  readonly channel: string;
}

export interface Machine {
  readonly id: string;
  readonly base: Base;
  readonly instanceId: string;
  readonly address: string;
  readonly constraints: JsonObject;
  status: Status;
  agent: Status;
  life: Life;
}

export interface Unit {
  readonly name: string;
  readonly application: string;
  readonly machine: string;
  workload: Status;
  agent: Status;
  life: Life;
  readonly ports: Set<string>;
}

export interface Application {
  readonly name: string;
  charmUrl: string;
  origin: JsonObject;
  base: Base;
  channel: string;
  constraints: JsonObject;
  readonly config: Map<string, string>;
  readonly bindings: Map<string, string>;
  readonly resources: Map<string, Resource>;
  /** By endpoint; `''` is all of them. */
  readonly exposed: Map<string, JsonObject>;
  readonly units: Map<string, Unit>;
  nextUnit: number;
  /** What was set, where that isn't what its units make of it. */
  status: Status | undefined;
  life: Life;
}

export interface Resource {
  readonly name: string;
  readonly content: Uint8Array;
  readonly timestamp: number;
}

export interface Relation {
  readonly id: number;
  /** `application:endpoint`, two of them, or one of a peer. */
  readonly endpoints: readonly string[];
  readonly since: number;
  suspended: boolean;
}

/** Something that a unit or a machine was asked to do. */
export interface Task {
  readonly id: string;
  readonly operation: string;
  readonly receiver: string;
  readonly name: string;
  readonly parameters: JsonObject;
  readonly enqueued: number;
  status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled' | 'aborting';
  started: number | undefined;
  completed: number | undefined;
  message: string;
  output: JsonObject;
  readonly log: { readonly message: string; readonly timestamp: number }[];
}

export interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly enqueued: number;
  readonly tasks: readonly string[];
}

export interface Secret {
  readonly id: string;
  readonly owner: string;
  label: string;
  description: string;
  readonly created: number;
  updated: number;
  /** Of each revision, the first one first. */
  readonly revisions: { readonly number: number; readonly data: JsonObject; readonly created: number }[];
  readonly grants: Set<string>;
}

export interface LogRecord {
  readonly entity: string;
  readonly module: string;
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  readonly message: string;
  readonly location: string;
  /** In milliseconds since 1970. */
  readonly timestamp: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Model {
  readonly uuid: string;
  readonly name: string;
  /** A user. */
  readonly owner: string;
  readonly cloud: string;
  readonly region: string;
  readonly credential: string;
  readonly created: number;
  readonly isController: boolean;
  life: Life;
  status: Status;
  constraints: JsonObject;
  readonly config: Map<string, JsonObject[string]>;
  readonly applications: Map<string, Application>;
  readonly machines: Map<string, Machine>;
  readonly relations: Map<number, Relation>;
  /** By tag. */
  readonly annotations: Map<string, Map<string, string>>;
  /** By tag, the oldest first. */
  readonly history: Map<string, { readonly kind: string; readonly status: Status }[]>;
  readonly tasks: Map<string, Task>;
  readonly operations: Map<string, Operation>;
  readonly secrets: Map<string, Secret>;
  readonly spaces: Map<string, readonly string[]>;
  readonly pools: Map<string, JsonObject>;
  /** Messages by kind of block. */
  readonly blocks: Map<string, string>;
  readonly keys: string[];
  /** By user: `read`, `write` or `admin`. */
  readonly access: Map<string, string>;
  readonly charms: Map<string, Uint8Array>;
  readonly log: LogRecord[];
  readonly nextIds: Map<string, number>;
  readonly changes: Feed<Change>;
  readonly logged: Feed<LogRecord>;
  readonly clock: Clock;
  /** What is still to happen. */
  readonly pending: Set<Cancel>;
}

export interface ModelSetup {
  readonly name: string;
  readonly owner: string;
  readonly cloud: string;
  readonly region: string;
  readonly credential: string;
  readonly version: string;
  readonly clock: Clock;
  readonly uuid?: string;
  readonly isController?: boolean;
  readonly config?: JsonObject;
}

export function createModel(setup: ModelSetup): Model {
  const { clock, name, owner, cloud, region, credential, version } = setup;
  const uuid = setup.uuid ?? randomUUID();
  const now = clock.now();
  return {
    uuid,
    name,
    owner,
    cloud,
    region,
    credential,
    created: now,
    isController: setup.isController === true,
    life: 'alive',
    status: { status: 'available', message: '', since: now, data: {} },
    constraints: {},
    config: new Map(
      Object.entries({
        name,
        uuid,
        type: cloud,
        'agent-version': version,
        'default-base': 'ubuntu@24.04',
        'logging-config': '<root>=INFO',
        'automatically-retry-hooks': true,
        'firewall-mode': 'instance',
        ...setup.config,
      }),
    ),
    applications: new Map(),
    machines: new Map(),
    relations: new Map(),
    annotations: new Map(),
    history: new Map(),
    tasks: new Map(),
    operations: new Map(),
    secrets: new Map(),
    spaces: new Map([['alpha', ['192.0.2.0/24']]]),
    pools: new Map(),
    blocks: new Map(),
    keys: [],
    access: new Map([[owner, 'admin']]),
    charms: new Map(),
    log: [],
    nextIds: new Map(),
    changes: createFeed(),
    logged: createFeed(),
    clock,
    pending: new Set(),
  };
}

/** Counts from 0: machines, relations, operations each have numbers of their own. */
export function nextId(model: Model, of: string): number {
  const id = model.nextIds.get(of) ?? 0;
  model.nextIds.set(of, id + 1);
  return id;
}

/** Nothing happens in it any more by itself. */
export function stopModel(model: Model): void {
  for (const cancel of model.pending) cancel();
  model.pending.clear();
}
