import type { JsonValue, Result, Verb } from '../../model.ts';
import type { Documents } from '../documents.ts';
import { kindOf } from './arrange.ts';

/**
 * The reference files, as their meta schemas describe them. `x-` keywords are ours: no reference has them, a
 * correction may add them.
 */
export interface ApiReference {
  readonly serviceName: string;
  readonly apiVersion: string;
  readonly description?: string;
  readonly entries: readonly ApiEntry[];
}

export interface ApiEntry {
  readonly name: string;
  readonly method: Verb;
  /** Its parameters look like `<name>`. */
  readonly route: string;
  /** The names of the parameters of the route. */
  readonly args: readonly string[];
  readonly query?: readonly string[];
  readonly stability: 'stable' | 'experimental' | 'deprecated';
  readonly scopes?: JsonValue;
  /** Relative to the schemas of the service. */
  readonly input?: string;
  /** Likewise, or `blob`. */
  readonly output?: string;
  readonly description?: string;
  /** What comes back, where neither `output` nor the verb tells. */
  readonly 'x-result'?: Exclude<Result['kind'], 'json' | 'values' | 'forms'>;
  /** Repeating the call does no harm, although its verb says nothing about that. */
  readonly 'x-safe'?: boolean;
  /** Parameters of the route that are secrets. */
  readonly 'x-secret'?: readonly string[];
  /** Of a paginated answer with several arrays, the one that holds the items. */
  readonly 'x-items'?: string;
}

export interface ExchangesReference {
  readonly serviceName: string;
  readonly apiVersion: string;
  readonly description?: string;
  readonly exchangePrefix: string;
  readonly entries: readonly ExchangeEntry[];
}

export interface ExchangeEntry {
  readonly name: string;
  readonly exchange: string;
  readonly schema: string;
  readonly routingKey: readonly RoutingKeyEntry[];
  readonly description?: string;
}

export interface RoutingKeyEntry {
  readonly name: string;
  readonly multipleWords: boolean;
  readonly required: boolean;
  readonly constant?: string;
  readonly summary?: string;
}

export interface Found<T> {
  readonly path: string;
  readonly reference: T;
}

// The meta schemas have been checked before anything is read: `check` in index.ts. This is the boundary at which
// that knowledge becomes a type.
function isApi(content: JsonValue): content is JsonValue & ApiReference {
  return kindOf(content) === 'api';
}

function isExchanges(content: JsonValue): content is JsonValue & ExchangesReference {
  return kindOf(content) === 'exchanges';
}

export function apiReferences({ files }: Documents): readonly Found<ApiReference>[] {
  return [...files].flatMap(([path, content]) => (isApi(content) ? [{ path, reference: content }] : []));
}

export function exchangesReferences({ files }: Documents): readonly Found<ExchangesReference>[] {
  return [...files].flatMap(([path, content]) =>
    isExchanges(content) ? [{ path, reference: content }] : [],
  );
}
