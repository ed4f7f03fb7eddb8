import { createEndpoint, type HttpEndpoint, type HttpSession } from '../../http/endpoint.ts';
import { lowerCase } from '../../http/headers.ts';
import type { Transport } from '../../http/transport.ts';
import { transportOf } from '../../http/transports.ts';
import { inspectCustom } from '../../inspect.ts';
import { duration, type ResolvedOptions, resolveOptions } from '../../options.ts';
import { type Clock, clock as realClock } from '../../time/clock.ts';
import { type Address, addressOf } from './address.ts';
import { apart } from './apart.ts';
import { basicAuthHeader } from './basic-auth.ts';
import type { Tools } from './contend.ts';
import { isOfConsul, readConsulError } from './error-body.ts';
import { type CallDefaults, expand } from './expand.ts';
import { connectionOf, tokenOf } from './files.ts';
import { Holdings } from './holdings.ts';
import { type KeepSessionOptions, type KeptSession, keepSession } from './keeper.ts';
import { explainingLargeValues } from './large-values.ts';
import { acquireLock, type Lock, type LockOptions } from './lock.ts';
import { LockConflictError } from './lost.ts';
import { type ConsulOptions, checkOptions } from './options.ts';
import { ConsulRaw } from './raw.ts';
import { readConsulMeta } from './read-meta.ts';
import { acquireSlot, type SemaphoreOptions, type SemaphoreSlot } from './semaphore.ts';
import { ConsulWire } from './wire.ts';

/** What sessions with the same agent share. */
interface Shared {
  readonly transport: Transport;
  readonly token: string | undefined;
  readonly clock: Clock;
}

/**
 * One way to call a Consul agent: where it is, who calls, and how calls are made. Given to each class of
 * `@fairlead/consul`. Made by {@link consul}. Not to be confused with the sessions that Consul itself knows: see
 * {@link ConsulSession.keepSession}.
 */
export class ConsulSession implements HttpSession, AsyncDisposable {
  readonly #options: ConsulOptions;
  readonly #resolved: ResolvedOptions;
  readonly #shared: Shared;
  readonly #defaults: CallDefaults;
  readonly #ownTransport: Transport | undefined;
  readonly #endpoints = new Map<string, HttpEndpoint>();
  readonly #holdings = new Holdings();
  #closing = new AbortController();
  /** Where the agent is, with the path that comes before `/v1`, and without a slash at its end. */
  readonly address: string;
  /** Any path below `/v1`. */
  readonly raw: ConsulRaw;

  constructor(options: ConsulOptions, inherited: Partial<Shared> = {}) {
    checkOptions(options);
    const { datacenter, namespace, partition, tokenIn = 'header', waitMs } = options;
    if (tokenIn !== 'header' && tokenIn !== 'query') {
      throw new TypeError(`tokenIn must be "header" or "query", not ${JSON.stringify(tokenIn)}`);
    }
    if (waitMs !== undefined) duration('waitMs', waitMs);
    const address = addressOf(options);
    const token = 'token' in inherited ? inherited.token : tokenOf(options);
    const transport = inherited.transport ?? transportTo(address, options);
    this.#options = options;
    this.address = address.baseUrl;
    this.#defaults = { token, tokenIn, datacenter, namespace, partition };
    const headers = { ...basicAuthHeader(options.basicAuth), ...options.headers };
    // Told now rather than by each call.
    lowerCase({ 'X-Consul-Token': token ?? '' });
    this.#resolved = resolveOptions({ ...options, headers });
    this.#shared = { transport, token, clock: inherited.clock ?? realClock };
    // A function given by the caller is the caller's to close.
    const isOwn = transport !== inherited.transport && typeof options.transport !== 'function';
    this.#ownTransport = isOwn ? transport : undefined;
    this.raw = new ConsulRaw(this.endpoint('raw'));
  }

  /** The endpoint of a part of the API: `kv`. For generated classes. */
  endpoint(name: string): HttpEndpoint {
    const known = this.#endpoints.get(name);
    if (known !== undefined) return known;
    const closing = () => this.#closing.signal;
    const endpoint = createEndpoint({
      service: name,
      baseUrl: `${this.address}/v1`,
      transport: this.#shared.transport,
      options: this.#resolved,
      readError: readConsulError,
      readMeta: readConsulMeta,
      recognises: isOfConsul,
      expand: (options) => expand(options, this.#defaults),
      watch: {
        clock: this.#shared.clock,
        waitMs: this.#options.waitMs,
        get closing() {
          return closing();
        },
      },
    });
    this.#endpoints.set(name, endpoint);
    return endpoint;
  }

  /**
   * A session like this one but for `overrides`; `undefined` among them takes an option away. Shares connections and
   * the token that was read, unless they say otherwise. Another `address` takes `scheme` and `pathPrefix` away, a `token`
   * the `tokenFile`, and the other way round.
   */
  with(overrides: ConsulOptions): ConsulSession {
    const { transport, token, clock } = this.#shared;
    const says = (...names: readonly (keyof ConsulOptions)[]) => names.some((name) => name in overrides);
    const elsewhere = says('address') ? { scheme: undefined, pathPrefix: undefined } : {};
    const anotherToken = says('token', 'tokenFile');
    return new ConsulSession(
      {
        ...this.#options,
        ...elsewhere,
        ...(anotherToken && { token: undefined, tokenFile: undefined }),
        ...overrides,
      },
      {
        clock,
        ...(!anotherToken && { token }),
        ...(!says('address', 'connection', 'tls', 'transport') && { transport }),
      },
    );
  }

  /** A session of Consul that lives, renewed, until it is released, it is lost, or this session is closed. */
  async keepSession(options: KeepSessionOptions = {}): Promise<KeptSession> {
    const { wire, clock } = this.#tools();
    return await this.#holdings.hold(keepSession(wire, clock, options));
  }

  /**
   * Holds the lock at `key`, as soon as nobody else does: `await using lock = await session.lock('service/leader')`. Works
   * together with the locks of all clients; `consul lock a` uses the key `a/.lock`.
   *
   * @throws LockConflictError when the key is used for something else, or `withinMs` (default: no limit) is over
   * @throws SessionLostError when the session that waits for it is lost
   */
  async lock(key: string, options: LockOptions = {}): Promise<Lock> {
    const lock = await this.#holdings.hold(acquireLock(this.#tools(), key, options));
    return lock ?? tooLate(key, options.withinMs);
  }

  /** As {@link lock}, but gives `undefined` when it isn't held within `withinMs` (default 0: at once). */
  async tryLock(key: string, options: LockOptions = {}): Promise<Lock | undefined> {
    return await this.#holdings.hold(acquireLock(this.#tools(), key, { withinMs: 0, ...options }));
  }

  /**
   * Holds one of the `limit` slots of the semaphore that is kept below `prefix`, as soon as there is one. Works together with
   * the semaphores of all clients, `consul lock -n` among them.
   *
   * @throws LockConflictError when the prefix is used for something else, or with another limit, or `withinMs`
   *   (default: no limit) is over
   * @throws SessionLostError when the session that waits for it is lost
   */
  async semaphore(prefix: string, options: SemaphoreOptions): Promise<SemaphoreSlot> {
    const slot = await this.#holdings.hold(acquireSlot(this.#tools(), prefix, options));
    return slot ?? tooLate(prefix, options.withinMs);
  }

  /** As {@link semaphore}, but gives `undefined` when no slot is held within `withinMs` (default 0: at once). */
  async trySemaphore(prefix: string, options: SemaphoreOptions): Promise<SemaphoreSlot | undefined> {
    return await this.#holdings.hold(acquireSlot(this.#tools(), prefix, { withinMs: 0, ...options }));
  }

  /**
   * Ends the watches of this session, gives back what it holds, and closes the connections, unless the transport is
   * another's: a session that was derived shares it, and one given as a function is its maker's. Calls that are under way on
   * a connection that is closed fail; a later call connects anew.
   */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the session was closed'));
    this.#closing = new AbortController();
    await this.#holdings.close();
    await this.#ownTransport?.close?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [inspectCustom](): string {
    return `ConsulSession(${this.address}${this.#shared.token === undefined ? ', anonymous' : ''})`;
  }

  #tools(): Tools {
    const wire = new ConsulWire(this.endpoint('locks'));
    return { wire, clock: this.#shared.clock, closing: this.#closing.signal };
  }
}

function transportTo({ socketPath }: Address, options: ConsulOptions): Transport {
  const { transport, connection, tls } = options;
  const asked =
    connection === undefined && tls === undefined && socketPath === undefined
      ? undefined
      : { ...connection, ...(tls && connectionOf(tls)), ...(socketPath !== undefined && { socketPath }) };
  const brief = transportOf({ transport, connection: asked });
  // Somebody's own function has connections of its own.
  if (typeof transport === 'function') return explainingLargeValues(brief);
  const endless = { ...asked, maxSockets: Number.POSITIVE_INFINITY };
  return explainingLargeValues(apart(brief, transportOf({ transport, connection: endless })));
}

function tooLate(key: string, withinMs: number | undefined): never {
  throw new LockConflictError(
    key,
    `was held by others, or not free yet after one lost it, for all of ${withinMs} ms`,
  );
}
