import type { Clock } from '../core/clock.ts';
import type { Call, Handler } from '../core/service.ts';
import type { Authorizer } from './acl-rules.ts';
import type { Agent } from './agent-state.ts';
import type { State } from './state.ts';

/** Who may do what, when anybody asks. */
export interface AclSettings {
  /** `deny` by default: what holds where no rule says anything. */
  readonly defaultPolicy?: 'allow' | 'deny';
  /** A secret that may do everything. Without one, `PUT /acl/bootstrap` makes one, once. */
  readonly managementToken?: string;
}

export interface Settings {
  readonly datacenter: string;
  readonly nodeName: string;
  /** `1.21.4` by default; up to 1.14 some statuses are older ones. */
  readonly version: string;
  /** `undefined` when access control is off. */
  readonly acl: AclSettings | undefined;
  /** Whether a blocking read ends up to a sixteenth late, at random, as the real ones do. */
  readonly jitter: boolean;
  /** Between two objects of the stream of metrics. */
  readonly metricsIntervalMs: number;
}

/** An agent and the datacenter that it belongs to. */
export interface Consul {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly state: State;
  readonly agent: Agent;
  readonly nodeId: string;
  /** 1.15 and newer: what isn't found is 404, and refusals tell more. */
  readonly modern: boolean;
}

/** A token that was shown, and what it may do. */
export interface Caller extends Authorizer {
  /** `undefined` for a caller without a token. */
  readonly accessor: string | undefined;
  readonly secret: string | undefined;
}

export interface ConsulCall extends Call {
  readonly consul: Consul;
  readonly caller: Caller;
}

/** What is done, by verb and route without `/v1`: `GET /kv/<key*>`. */
export type Routes = Readonly<Record<string, Handler<ConsulCall>>>;
