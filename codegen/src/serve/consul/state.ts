import { randomUUID } from 'node:crypto';
import type { WireObject, WireValue } from '../core/wire.ts';

/** What has an index of its own: a read waits for changes of these only. */
export type Table =
  | 'kv'
  | 'sessions'
  | 'nodes'
  | 'services'
  | 'checks'
  | 'coordinates'
  | 'acl-tokens'
  | 'acl-policies'
  | 'acl-roles'
  | 'acl-auth-methods'
  | 'acl-binding-rules'
  | 'config'
  | 'intentions'
  | 'operator'
  | 'queries'
  | 'peerings';

/** The indexes at which a thing was made and last changed. */
export interface Indexed {
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

export interface KvEntry extends Indexed {
  readonly Key: string;
  readonly Value: Uint8Array;
  readonly Flags: bigint;
  readonly LockIndex: number;
  /** Of the session that holds it; absent when none does. */
  readonly Session?: string;
}

export interface Session extends Indexed {
  readonly ID: string;
  readonly Name: string;
  readonly Node: string;
  readonly lockDelayMs: number;
  readonly Behavior: 'release' | 'delete';
  /** As it was given; `''` for one that never expires. */
  readonly TTL: string;
  readonly NodeChecks: readonly string[];
  readonly ServiceChecks: readonly { readonly ID: string; readonly Namespace: string }[] | null;
}

export interface Node extends Indexed {
  readonly ID: string;
  readonly Node: string;
  readonly Address: string;
  readonly TaggedAddresses: Readonly<Record<string, string>> | null;
  readonly Meta: Readonly<Record<string, string>> | null;
}

export type ServiceAddresses = Readonly<Record<string, { readonly Address: string; readonly Port: number }>>;

/** An instance of a service, as an agent or a registration told it. */
export interface Instance {
  readonly Kind: string;
  readonly ID: string;
  readonly Service: string;
  readonly Tags: readonly string[];
  readonly Address: string;
  readonly TaggedAddresses: ServiceAddresses | null;
  readonly Meta: Readonly<Record<string, string>>;
  readonly Port: number;
  readonly SocketPath: string;
  readonly Weights: { readonly Passing: number; readonly Warning: number };
  readonly EnableTagOverride: boolean;
  readonly Proxy: WireObject | null;
  readonly Connect: WireObject | null;
}

export interface ServiceRow extends Indexed {
  readonly node: string;
  readonly instance: Instance;
}

export type Health = 'passing' | 'warning' | 'critical';

export interface Check extends Indexed {
  readonly Node: string;
  readonly CheckID: string;
  readonly Name: string;
  readonly Status: string;
  readonly Notes: string;
  readonly Output: string;
  readonly ServiceID: string;
  readonly ServiceName: string;
  readonly ServiceTags: readonly string[];
  readonly Type: string;
}

export interface UserEvent {
  readonly ID: string;
  readonly Name: string;
  readonly Payload: Uint8Array;
  readonly NodeFilter: string;
  readonly ServiceFilter: string;
  readonly TagFilter: string;
  readonly LTime: number;
}

/** A thing that is kept as it was put, under an identity: a policy, a role, a prepared query, a config entry. */
export interface Document extends Indexed {
  readonly body: WireObject;
}

/** All that the servers of a datacenter keep. Entries are never changed in place: a copy of the maps is a copy of all. */
export interface State {
  /** Of the last write, whether or not it changed anything. */
  index: number;
  readonly tables: Map<Table, number>;
  readonly kv: Map<string, KvEntry>;
  /** Keys that were deleted, and when: a list under a prefix moves on when its newest entry goes. */
  readonly tombstones: Map<string, number>;
  /** Until when, in milliseconds, a key can't be locked. */
  readonly lockDelays: Map<string, number>;
  readonly sessions: Map<string, Session>;
  readonly nodes: Map<string, Node>;
  /** By {@link under}. */
  readonly services: Map<string, ServiceRow>;
  /** By {@link under}. */
  readonly checks: Map<string, Check>;
  /** The last change of anything that a service's answers tell, by its name. */
  readonly serviceIndexes: Map<string, number>;
  readonly documents: Map<Table, Map<string, Document>>;
  readonly coordinates: Map<string, WireValue>;
  readonly events: UserEvent[];
  readonly waiting: Set<() => void>;
}

export function createState(): State {
  return {
    index: 3,
    tables: new Map(),
    kv: new Map(),
    tombstones: new Map(),
    lockDelays: new Map(),
    sessions: new Map(),
    nodes: new Map(),
    services: new Map(),
    checks: new Map(),
    serviceIndexes: new Map(),
    documents: new Map(),
    coordinates: new Map(),
    events: [],
    waiting: new Set(),
  };
}

/** The key of something that belongs to a node. */
export function under(node: string, id: string): string {
  return `${node.toLowerCase()}\0${id}`;
}

/** The index of the next write. Also one that changes nothing has one. */
export function nextIndex(state: State): number {
  state.index += 1;
  return state.index;
}

/** Says that tables changed, and wakes those who wait once all of the change is done. */
export function touch(state: State, index: number, ...tables: readonly Table[]): void {
  for (const table of tables) state.tables.set(table, index);
  wake(state);
}

export function wake(state: State): void {
  queueMicrotask(() => {
    for (const look of [...state.waiting]) look();
  });
}

/** The last write to any of these tables; 1 when there was none. */
export function tableIndex(state: State, ...tables: readonly Table[]): number {
  return Math.max(1, ...tables.map((table) => state.tables.get(table) ?? 0));
}

export function documents(state: State, table: Table): Map<string, Document> {
  const known = state.documents.get(table);
  if (known !== undefined) return known;
  const made = new Map<string, Document>();
  state.documents.set(table, made);
  return made;
}

/** Keeps a document, with the index at which it was first put. */
export function putDocument(state: State, table: Table, id: string, body: Document['body']): Document {
  const index = nextIndex(state);
  const known = documents(state, table).get(id);
  const document = { body, CreateIndex: known?.CreateIndex ?? index, ModifyIndex: index };
  documents(state, table).set(id, document);
  touch(state, index, table);
  return document;
}

export function deleteDocument(state: State, table: Table, id: string): boolean {
  const index = nextIndex(state);
  if (!documents(state, table).delete(id)) return false;
  touch(state, index, table);
  return true;
}

/** A document as it is told, its indexes last. */
export function told({ body, CreateIndex, ModifyIndex }: Document): Document['body'] {
  return { ...body, CreateIndex, ModifyIndex };
}

/** Takes back what is done to keys, sessions and the catalog after this moment, when it is called. */
export function restorePoint(state: State): () => void {
  const undo = [
    keep(state.kv),
    keep(state.tombstones),
    keep(state.sessions),
    keep(state.nodes),
    keep(state.services),
    keep(state.checks),
    keep(state.serviceIndexes),
    keep(state.tables),
  ];
  return () => {
    for (const one of undo) one();
  };
}

function keep<K, V>(map: Map<K, V>): () => void {
  const copy = [...map];
  return () => {
    map.clear();
    for (const [key, value] of copy) map.set(key, value);
  };
}

export function newId(): string {
  return randomUUID();
}
