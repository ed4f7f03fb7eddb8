import type { RequestOptions } from '../../options.ts';
import type { CacheOptions, Consistency } from './call-options.ts';
import { durationText } from './duration.ts';

/** What a session says of each of its calls. */
export interface CallDefaults {
  readonly token: string | undefined;
  readonly tokenIn: 'header' | 'query';
  readonly datacenter: string | undefined;
  readonly namespace: string | undefined;
  readonly partition: string | undefined;
}

/** The options of a call that only Consul knows: those of `ReadOptions` and of `WriteOptions`. */
interface ConsulCallOptions extends RequestOptions {
  readonly consistency?: Consistency | undefined;
  readonly maxStaleMs?: number | undefined;
  readonly cached?: boolean | CacheOptions | undefined;
  readonly datacenter?: string | undefined;
  readonly namespace?: string | undefined;
  readonly partition?: string | undefined;
  readonly peer?: string | undefined;
  readonly samenessGroup?: string | undefined;
  readonly token?: string | undefined;
}

/** What the options of a call are on the wire. */
interface Expanded {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string>>;
  /** `false`: the call must not be repeated when nobody knows whether it was done. */
  readonly safe: false | undefined;
}

/**
 * The options of a call, and those of its session, as query and headers. What isn't asked for isn't sent: the open edition
 * refuses a namespace, even the default one.
 *
 * @throws TypeError on `consistent` together with `cached`, on `maxStaleMs` without `stale`, on two places to read from, and on what is none of the values that an option has
 * @throws RangeError on `flags` and `cas` that aren't of 64 bits: Consul wouldn't say of which of them it complains
 */
export function expand(options: ConsulCallOptions, defaults: CallDefaults): Expanded {
  checkIntegers(options.query);
  const token = options.token ?? defaults.token;
  const inQuery = defaults.tokenIn === 'query';
  const { cached = false } = options;
  if (cached !== false && options.consistency === 'consistent') {
    throw new TypeError('consistency "consistent" and cached exclude each other: leave one of them out');
  }
  if (options.peer !== undefined && options.samenessGroup !== undefined) {
    throw new TypeError('peer and samenessGroup exclude each other: leave one of them out');
  }
  return {
    query: {
      dc: options.datacenter ?? defaults.datacenter,
      ns: options.namespace ?? defaults.namespace,
      partition: options.partition ?? defaults.partition,
      peer: options.peer,
      'sameness-group': options.samenessGroup,
      ...consistencyFlag(options.consistency),
      ...maxStale(options),
      ...(cached !== false && { cached: '1' }),
      ...(inQuery && token && { token }),
    },
    headers: {
      ...(!inQuery && token && { 'x-consul-token': token }),
      ...(typeof cached === 'object' && cacheControl(cached)),
    },
    safe: isConditional(options.query) ? false : undefined,
  };
}

function consistencyFlag(consistency: Consistency | undefined): Readonly<Record<string, string>> {
  switch (consistency) {
    case undefined:
    case 'default':
      return {};
    case 'consistent':
    case 'stale':
    case 'leader':
      return { [consistency]: '1' };
    default:
      throw new TypeError(`consistency must be default, consistent, stale or leader, not ${consistency}`);
  }
}

/** By itself it would have any server answer. */
function maxStale({ maxStaleMs, consistency }: ConsulCallOptions): Readonly<Record<string, string>> {
  if (maxStaleMs === undefined) return {};
  if (consistency !== 'stale') throw new TypeError('maxStaleMs goes only with consistency "stale"');
  if (Number.isFinite(maxStaleMs) && maxStaleMs > 0) return { max_stale: durationText(maxStaleMs) };
  throw new TypeError(`maxStaleMs must be a number of milliseconds above 0, not ${maxStaleMs}`);
}

function cacheControl(options: CacheOptions): Readonly<Record<string, string>> {
  const { maxAgeSeconds, staleIfErrorSeconds, mustRevalidate } = options;
  const words = [
    ...(maxAgeSeconds === undefined ? [] : [`max-age=${wholeSeconds('maxAgeSeconds', maxAgeSeconds)}`]),
    ...(staleIfErrorSeconds === undefined
      ? []
      : [`stale-if-error=${wholeSeconds('staleIfErrorSeconds', staleIfErrorSeconds)}`]),
    ...(mustRevalidate === true ? ['must-revalidate'] : []),
  ];
  return words.length === 0 ? {} : { 'cache-control': words.join(', ') };
}

function wholeSeconds(name: string, seconds: number): number {
  if (Number.isFinite(seconds) && seconds >= 0) return Math.floor(seconds);
  throw new TypeError(`cached.${name} must be a number of seconds of at least 0, not ${seconds}`);
}

function checkIntegers(query: object = {}): void {
  for (const name of ['flags', 'cas']) {
    const value: unknown = Reflect.get(query, name);
    if (typeof value === 'bigint' ? BigInt.asUintN(64, value) === value : isCount(value)) continue;
    throw new RangeError(`${name} must be an integer from 0 to 2^64 - 1, above 2^53 a bigint, not ${value}`);
  }
}

/** Of what isn't a number nothing is known. */
function isCount(value: unknown): boolean {
  return typeof value !== 'number' || (Number.isSafeInteger(value) && value >= 0);
}

/**
 * Whether a call is done only if something is so before it, and makes it not so: done twice, the second answer would be
 * that of a call that failed.
 */
function isConditional(query: object | undefined): boolean {
  if (query === undefined) return false;
  return ['cas', 'acquire', 'release'].some((name) => {
    const value: unknown = Reflect.get(query, name);
    return value !== undefined && value !== null;
  });
}
