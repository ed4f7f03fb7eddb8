import type { JsonValue } from '../../model.ts';
import type { Validator } from '../../validate.ts';
import { page } from '../core/pages.ts';
import { type Call, json, Refusal, type Reply } from '../core/service.ts';
import type { ScopeValues } from './scopes.ts';
import { expandScopes } from './scopes.ts';
import type { State } from './state.ts';

/** A deployment of Taskcluster: what it knows, and how it was set up. */
export interface Deployment {
  readonly state: State;
  readonly validator: Validator;
  readonly settings: Settings;
  /** The client that the deployment itself acts as, and the first one that there is. */
  readonly root: { readonly clientId: string; readonly accessToken: string };
  /** Its own clock, in milliseconds since 1970. */
  readonly now: () => number;
}

export interface Settings {
  /** How far the deployment's clock is ahead of the machine's, in milliseconds. */
  readonly clockOffsetMs: number;
  readonly pageSize: number;
  /** How long the URLs of files that are stored or fetched are good, in milliseconds. */
  readonly storageUrlTtlMs: number;
}

/** Who calls. */
export interface Caller {
  /** Absent for a call without credentials. */
  readonly clientId?: string;
  /** Expanded. */
  readonly scopes: readonly string[];
}

/** A call that was let in. */
export interface TaskclusterCall extends Call {
  readonly deployment: Deployment;
  readonly caller: Caller;
}

/** What one of the deployment's services does. */
export interface Model {
  readonly service: string;
  readonly handlers: Readonly<Record<string, (call: TaskclusterCall) => Reply | Promise<Reply>>>;
  /** Values for the scopes of a method that are neither in its path nor in its body. */
  readonly scopeValues?: Readonly<Record<string, (call: TaskclusterCall) => ScopeValues>>;
}

/** A parameter of the route, which the router has matched. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`${call.operation.route} has no <${name}>`);
  return value;
}

/** The answer to a method that lists: one page of `items`, sorted by whoever calls. */
export function paged(
  call: TaskclusterCall,
  items: readonly JsonValue[],
  extra: { readonly [key: string]: JsonValue } = {},
): Reply {
  const { pages } = call.operation;
  if (pages === undefined) throw new Error(`${call.operation.name} doesn't come in pages`);
  const { query } = call.request;
  const { pageSize } = call.deployment.settings;
  const shown = page(items, { limit: query.get('limit'), token: query.get(pages.key), pageSize });
  return json({
    ...extra,
    [pages.items]: shown.items,
    ...(shown.next === undefined ? {} : { [pages.key]: shown.next }),
  });
}

export function notFound(message: string): Refusal {
  return new Refusal(404, 'ResourceNotFound', message);
}

export function conflict(message: string): Refusal {
  return new Refusal(409, 'RequestConflict', message);
}

export function inputError(message: string): Refusal {
  return new Refusal(400, 'InputError', message);
}

/** A moment as the services write it: UTC, with milliseconds. */
export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** All that scopes allow, roles included. */
export function expanded(state: State, scopes: readonly string[]): readonly string[] {
  return expandScopes(scopes, state.roles.values());
}

/** In the order of their names, as services list things. */
export function sorted<T>(items: Iterable<T>, name: (item: T) => string): readonly T[] {
  return [...items].sort((a, b) => (name(a) < name(b) ? -1 : 1));
}
