import type { HttpEndpoint, HttpSession } from '../../http/endpoint.ts';
import type { Tag } from '../../http/tag.ts';
import type { Transport } from '../../http/transport.ts';
import { transportOf } from '../../http/transports.ts';
import { inspectCustom } from '../../inspect.ts';
import {
  type CallOptions,
  type RequestOptions,
  type ResolvedOptions,
  resolveOptions,
} from '../../options.ts';
import type { Clock } from '../../time/clock.ts';
import { clock as realClock } from '../../time/clock.ts';
import type {
  JobOptions,
  LocalBatchOptions,
  LocalOptions,
  LocalSubsetOptions,
  RunnerOptions,
  SshOptions,
  WheelOptions,
} from './call-options.ts';
import { type Chunk, localBatchChunk, localSubsetChunk, sshChunk } from './chunk.ts';
import { Connection } from './connection.ts';
import type { Doing } from './doing.ts';
import type { EventOf } from './event.ts';
import { EventFeed } from './event-feed.ts';
import type { FunctionSession } from './function-session.ts';
import { httpOptions } from './http-options.ts';
import { Jobs } from './jobs.ts';
import { type CreateKeysOptions, createKeys, type MinionKeys } from './keys.ts';
import { type ListenOptions, listenTo, type SaltListener } from './listener.ts';
import { LocalCall } from './local-call.ts';
import type { LocalJob } from './local-job.ts';
import { Lowstate } from './lowstate.ts';
import { RunnerCall, WheelCall } from './master-call.ts';
import type { MasterJob } from './master-job.ts';
import type { Netapi } from './netapi.ts';
import { checkOptions, normalUrl, type SaltOptions } from './options.ts';
import type { MinionResults } from './results.ts';
import { type RunOptions, type Settled, settle } from './run.ts';
import { Call, minionsStep, type Step } from './step.ts';
import type { Target } from './target.ts';

/** What a derived session takes over, and what a test gives. */
interface Inherited {
  readonly transport?: Transport;
  readonly connection?: Connection;
  readonly clock?: Clock;
}

/** The events by which jobs tell what comes of them. */
const jobEvents = ['salt/job/{jid}/ret/{minion}', 'salt/run/{jid}/ret', 'salt/wheel/{jid}/ret'];

/** The options that decide with whom, and as whom, a session is. */
const whoAndWhere = [
  'url',
  'netapi',
  'username',
  'password',
  'eauth',
  'credentialFields',
  'token',
  'credentialsIn',
] as const satisfies readonly (keyof SaltOptions)[];

/**
 * One way to call Salt's API: where it is, who calls, and how calls are made. Runs functions by name, and is given to each
 * class of `@fairlead/salt`. Made by {@link salt}.
 */
export class SaltSession implements HttpSession, FunctionSession, AsyncDisposable {
  readonly #options: SaltOptions;
  readonly #resolved: ResolvedOptions;
  readonly #transport: Transport;
  readonly #ownTransport: Transport | undefined;
  readonly #connection: Connection;
  readonly #ownConnection: boolean;
  readonly #clock: Clock;
  readonly #feed: EventFeed;
  readonly #doing: Doing;
  readonly #lowstate: Lowstate;
  readonly #listeners = new Set<SaltListener<unknown>>();
  /** The address of the API, without a slash at its end. */
  readonly url: string;

  constructor(options: SaltOptions, inherited: Inherited = {}) {
    checkOptions(options);
    this.url = normalUrl(options.url, 'url');
    this.#options = options;
    // A function takes as long as it takes: an attempt that is given up after half a minute would have run all the same.
    const { timeoutMs = 300_000, attemptTimeoutMs = timeoutMs } = options;
    this.#resolved = resolveOptions({ ...options, timeoutMs, attemptTimeoutMs });
    this.#clock = inherited.clock ?? realClock;
    this.#transport = inherited.transport ?? transportOf(options);
    // A function given by the caller is the caller's to close.
    const isOwn = this.#transport !== inherited.transport && this.#transport !== options.transport;
    this.#ownTransport = isOwn ? this.#transport : undefined;
    this.#ownConnection = inherited.connection === undefined;
    this.#connection =
      inherited.connection ?? new Connection(options, this.url, this.#transport, this.#clock);
    this.#lowstate = this.#makeLowstate();
    this.#feed = new EventFeed((onNotice) => this.listen(jobEvents, { onNotice }));
    this.#doing = {
      perform: (step) => this.#perform(step),
      jobs: new Jobs({
        lowstate: this.#lowstate,
        perform: (step) => this.#perform(step),
        feed: this.#feed,
        clock: this.#clock,
      }),
    };
  }

  /** The endpoint of one of the three interfaces, by name: `rest-cherrypy`. For generated classes. */
  endpoint(name: string): HttpEndpoint {
    const netapi = /^rest-(cherrypy|tornado|wsgi)$/.exec(name)?.[1];
    if (netapi !== 'cherrypy' && netapi !== 'tornado' && netapi !== 'wsgi') {
      throw new TypeError(
        `${JSON.stringify(name)} is no API of Salt: there are rest-cherrypy, rest-tornado and rest-wsgi`,
      );
    }
    const auth = this.#connection.authOf(netapi);
    // A route that proves nothing, such as the login, is not to make one first.
    const chosen = ({ requires }: RequestOptions) =>
      requires?.some(({ length }) => length === 0) ? undefined : auth;
    return this.#connection.endpoint(name, chosen, this.#resolved);
  }

  /** Which of the three interfaces answers. Asks once, unless the options say it. */
  netapi(): Promise<Netapi> {
    return this.#connection.netapi();
  }

  /**
   * A function of an execution module on minions. `args` are its parameters by name; those without a name are the option
   * `arg`. Nothing is sent before something is done with the call.
   *
   * @throws TypeError when it can't be sent as it is meant
   */
  local<T = unknown>(
    fun: string,
    target: Target,
    args: object = {},
    options: LocalOptions = {},
  ): LocalCall<T> {
    return new LocalCall<T>(this.#doing, { fun, target, args, options });
  }

  /** As `local`, but started as a job: the same as `local(…).start()`. */
  localAsync<T = unknown>(
    fun: string,
    target: Target,
    args: object = {},
    options: LocalOptions & JobOptions = {},
  ): Promise<LocalJob<T>> {
    return this.local<T>(fun, target, args, options).start(options);
  }

  /** As `local`, on some minions at a time. */
  localBatch<T = unknown>(
    fun: string,
    target: Target,
    args: object,
    options: LocalBatchOptions,
  ): Call<MinionResults<T>> {
    return this.#call(minionsStep(localBatchChunk(fun, target, args, options), httpOptions(options)));
  }

  /** As `local`, on a few of the minions. */
  localSubset<T = unknown>(
    fun: string,
    target: Target,
    args: object = {},
    options: LocalSubsetOptions = {},
  ): Call<MinionResults<T>> {
    return this.#call(minionsStep(localSubsetChunk(fun, target, args, options), httpOptions(options)));
  }

  /** A function of an execution module on hosts without a minion, over SSH. */
  ssh<T = unknown>(
    fun: string,
    target: Target,
    args: object = {},
    options: SshOptions = {},
  ): Call<MinionResults<T>> {
    return this.#call(minionsStep(sshChunk(fun, target, args, options), httpOptions(options)));
  }

  /** A function of a runner module, on the master. */
  runner<T = unknown>(fun: string, args: object = {}, options: RunnerOptions = {}): RunnerCall<T> {
    return new RunnerCall<T>(this.#doing, { fun, args, options });
  }

  /** As `runner`, but started as a job. */
  runnerAsync<T = unknown>(
    fun: string,
    args: object = {},
    options: RunnerOptions & JobOptions = {},
  ): Promise<MasterJob<T>> {
    return this.runner<T>(fun, args, options).start(options);
  }

  /** A function of a wheel module, on the master. */
  wheel<T = unknown>(fun: string, args: object = {}, options: WheelOptions = {}): WheelCall<T> {
    return new WheelCall<T>(this.#doing, { fun, args, options });
  }

  /** As `wheel`, but started as a job. */
  wheelAsync<T = unknown>(
    fun: string,
    args: object = {},
    options: WheelOptions & JobOptions = {},
  ): Promise<MasterJob<T>> {
    return this.wheel<T>(fun, args, options).start(options);
  }

  /**
   * Several calls, and what became of each: `run([test.ping('*'), manage.up()])`. They run one after the other. Where one
   * that fails would take the results of the others with it, each is a request of its own.
   */
  run<const C extends readonly Call<unknown>[]>(calls: C, options: RunOptions = {}): Promise<Settled<C>> {
    return settle(this.#lowstate, calls, options);
  }

  /**
   * Sends chunks as they are, in one request, and gives what the answer returns: for what nothing else here does. Nothing
   * is checked, and nothing tells a failure from a value.
   */
  async low(chunks: readonly Chunk[], options: CallOptions = {}): Promise<readonly unknown[]> {
    const { elements } = await this.#lowstate.send(chunks, httpOptions(options));
    return elements;
  }

  /**
   * What happens on the master, as it happens: `session.listen(saltEvents.jobReturned({ jid }))`. A text is a tag, with
   * `{name}` for parts that may be anything. Nothing is connected before the loop over it begins.
   */
  listen<const T extends Tag | string>(
    tags: T | readonly T[],
    options: ListenOptions = {},
  ): SaltListener<EventOf<T>> {
    const open = (signal: AbortSignal) => this.#connection.openEvents(options, signal);
    const listener = listenTo(
      tags,
      open,
      { ...options, onClosed: () => this.#listeners.delete(listener) },
      this.#clock,
    );
    this.#listeners.add(listener);
    return listener;
  }

  /**
   * Makes the keys of a new minion and accepts them. Only rest_cherrypy does.
   *
   * @throws TypeError when the session has no credentials, or the minion no name
   * @throws NetapiError when it isn't rest_cherrypy that answers; nothing was sent then
   */
  createKeys(options: CreateKeysOptions): Promise<MinionKeys> {
    return createKeys(this.#connection, this.#resolved, options);
  }

  /**
   * A session like this one but for `overrides`; `undefined` among them takes an option away. Shares connections, and the
   * token as long as it is with the same API and as the same user.
   */
  with(overrides: Partial<SaltOptions>): SaltSession {
    const isElsewhere = whoAndWhere.some((key) => key in overrides);
    const isOtherwise = 'transport' in overrides || 'connection' in overrides;
    return new SaltSession(
      { ...this.#options, ...overrides },
      {
        clock: this.#clock,
        ...(isOtherwise ? {} : { transport: this.#transport }),
        ...(isOtherwise || isElsewhere ? {} : { connection: this.#connection }),
      },
    );
  }

  /**
   * Closes the listeners of this session, follows its jobs no longer, logs out if it has logged in, and closes the
   * connections that it made. A later call is an error. A session that was derived leaves to the first one what they share,
   * and can call nothing without it.
   */
  async close(): Promise<void> {
    this.#doing.jobs.close();
    await Promise.all([this.#feed.close(), ...Array.from(this.#listeners, (listener) => listener.close())]);
    if (this.#ownConnection) await this.#connection.close();
    await this.#ownTransport?.close?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [inspectCustom](): string {
    const { username, token } = this.#options;
    const who =
      username === undefined ? (token === undefined ? 'nobody' : 'a token') : JSON.stringify(username);
    return `SaltSession(${this.url}, as ${who})`;
  }

  #call<R>(step: Step<R>): Call<R> {
    return new Call(this.#doing.perform, step);
  }

  async #perform<R>(step: Step<R>): Promise<R> {
    return step.read(await this.#lowstate.send([step.chunk], step.options));
  }

  #makeLowstate(): Lowstate {
    const connection = this.#connection;
    return new Lowstate({
      netapi: () => connection.netapi(),
      endpoint: (auth, asked) => connection.endpoint('salt-api', auth, this.#resolved, asked),
      authOf: (netapi) => connection.authOf(netapi),
      eauth: connection.eauth,
      credentials: connection.credentials,
      limits: this.#options,
    });
  }
}
