import { Bakery } from '../../auth/bakery/bakery.ts';
import { placesOf } from '../../auth/bakery/interactors/places.ts';
import { MacaroonJar } from '../../auth/bakery/jar.ts';
import type { HttpEndpoint } from '../../http/endpoint.ts';
import { inspectCustom } from '../../inspect.ts';
import { type FacadeHost, RpcFacade, type RpcOptions, type RpcSession } from '../../rpc/facade.ts';
import type { Socket } from '../../rpc/socket.ts';
import { timeLeft } from '../../rpc/time-left.ts';
import { bestVersion } from '../../rpc/versions.ts';
import { JoinedSignal } from '../../time/joined-signal.ts';
import { ControllerHttp, proofOf } from './controller-http.ts';
import { hostPort, httpRoot, parseAddress } from './dial/address.ts';
import type { Dialled } from './dial/options.ts';
import { isTunnel, type Proxier } from './dial/proxier.ts';
import { ControllerMacaroons } from './held-macaroons.ts';
import { explainedCall } from './hints.ts';
import { type HostPort, withFirst } from './host-ports.ts';
import { Line } from './line.ts';
import { ping } from './monitor.ts';
import type { JujuOptions } from './options.ts';
import { type Settings, settingsOf } from './settings.ts';
import { WithStreams } from './with-streams.ts';

/** As long as Juju's own client waits for a controller to take a message of a stream, in milliseconds. */
const streamSendTimeoutMs = 30_000;

/**
 * One way to call a controller: where it is, who calls, and about which model. Given to each class of `@fairlead/juju`. Made
 * by {@link juju}. What it says of the controller is that of the last login, and `undefined` before the first.
 */
export class JujuSession extends WithStreams implements RpcSession, AsyncDisposable {
  readonly #settings: Settings;
  readonly #jar: MacaroonJar;
  readonly #http: ControllerHttp;
  readonly #line: Line;
  readonly #facades: FacadeHost;
  readonly #sockets = new Set<Socket>();
  #closed: Promise<void> | undefined;

  constructor(options: JujuOptions) {
    const settings = settingsOf(options);
    const http = () => this.http;
    const publicHttp = () => this.#http.publicEndpoint(this.#line.connected);
    super({
      model: settings.model,
      openSocket: (path, query, signal) => this.#openSocket(path, query, signal),
      get http() {
        return http();
      },
      get publicHttp() {
        return publicHttp();
      },
      discharge: async (info, signal) => (await this.#line.ready(signal)).macaroons.discharge(info, signal),
    });
    this.#settings = settings;
    this.#jar = options.bakery?.cookies ?? new MacaroonJar();
    this.#http = new ControllerHttp(options, {
      ready: (signal) => this.#line.ready(signal),
      reached: (signal) => this.#line.reached(signal),
    });
    this.#line = new Line(
      settings,
      (dialled, cookieUrl) =>
        new ControllerMacaroons(this.#bakeryFor(dialled, this.#ownPlacesOf(dialled)), cookieUrl),
    );
    const isClosed = () => this.#closed !== undefined;
    this.#facades = {
      ready: (signal, timeoutMs) => this.#line.ready(signal, timeoutMs),
      get closed() {
        return isClosed();
      },
      backOff: settings.backOff,
      clock: settings.clock,
    };
  }

  /**
   * Connects and logs in; the first call does, too. After it failed it can be tried again. An abort stops waiting, not the
   * opening, for which others may wait. An open session keeps the program running until it is closed.
   *
   * @throws DialError, DialTimeoutError when no controller was reached
   * @throws OpenTimeoutError when it takes longer than `timeoutMs`
   * @throws RpcError when the login was refused; LoginError when it was let in elsewhere than asked
   * @throws DischargeError, InteractionError when a third party of a macaroon said no
   * @throws RedirectError when the model is elsewhere, and `onRedirect` doesn't go there
   */
  async open(signal?: AbortSignal): Promise<this> {
    await this.#line.ready(signal);
    return this;
  }

  /** A facade, or an object of one. For generated classes. */
  facade(name: string, versions: readonly number[], id?: string): RpcFacade {
    return new RpcFacade(this.#facades, name, versions, id);
  }

  /**
   * Calls a method by name: for what no generated class has.
   *
   * @param version of the facade: see {@link bestFacadeVersion}
   * @param id of an object of the facade, such as a watcher; empty for none
   */
  async call<T = unknown>(
    facade: string,
    version: number,
    id: string,
    method: string,
    params: object = {},
    options: RpcOptions = {},
  ): Promise<T> {
    const { clock } = this.#settings;
    const began = clock.now();
    const ready = await this.#line.ready(options.signal, options.timeoutMs);
    const timeoutMs = timeLeft(options.timeoutMs, clock.now() - began);
    try {
      return await ready.connection.call<T>({ facade, version, id, method, params, ...options, timeoutMs });
    } catch (error) {
      throw explainedCall(error, facade, ready);
    }
  }

  /**
   * The highest version of a facade that the controller offers, of those in `known` where that is given; 0 when there is none. A
   * generated class uses the highest of its own: `bestFacadeVersion('Client', Client.versions)`. Connects where there is no
   * connection.
   */
  async bestFacadeVersion(name: string, known?: readonly number[]): Promise<number> {
    const { offered } = await this.#line.ready();
    const versions = offered.get(name) ?? [];
    return bestVersion(known ?? versions, versions) ?? 0;
  }

  /**
   * Aborted once, when nothing can be called any more: the connection was lost and isn't made again, or the session was
   * closed. The reason says why.
   */
  get broken(): AbortSignal {
    return this.#line.broken;
  }

  /** Whether calls would fail now; asks the controller for a sign of life. A session that isn't open yet isn't broken. */
  async isBroken(signal?: AbortSignal): Promise<boolean> {
    if (this.broken.aborted) return true;
    const { connection } = this.#line.connected ?? {};
    if (connection === undefined) return false;
    try {
      await ping(connection, this.#settings.pings.timeoutMs, signal);
      return false;
    } catch {
      signal?.throwIfAborted();
      return true;
    }
  }

  /** The UUID of the model; `undefined` in a session with the controller only. */
  get model(): string | undefined {
    return this.#settings.model;
  }

  /** The address that was reached: `host:port`, with a path where the controller isn't at the root. */
  get address(): string | undefined {
    return this.#line.connected?.dialled.address;
  }

  /** What that was resolved to: `ip:port`. */
  get ipAddress(): string | undefined {
    return this.#line.connected?.dialled.ipAddress;
  }

  /** Where the controller's machines are: a list a machine. The address in use is the first, unless there is something before it. */
  get hostPorts(): readonly (readonly HostPort[])[] | undefined {
    const { dialled, login } = this.#line.connected ?? {};
    if (dialled === undefined || login === undefined) return undefined;
    return dialled.proxy === undefined ? withFirst(login.servers, dialled.address) : login.servers;
  }

  /** The name that a public authority vouches for; `undefined` also when there is none. */
  get publicDnsName(): string | undefined {
    return this.#line.connected?.login?.publicDnsName;
  }

  /** `4.0.15`. */
  get serverVersion(): string | undefined {
    return this.#line.connected?.serverVersion;
  }

  /** `controller-<uuid>`. */
  get controllerTag(): string | undefined {
    return this.#line.connected?.login?.controllerTag;
  }

  /** Who is logged in: `user-admin`. */
  get authTag(): string | undefined {
    return this.#line.connected?.login?.authTag;
  }

  /** What the user may do with the controller: `superuser`, `login`; `undefined` also for agents. */
  get controllerAccess(): string | undefined {
    return this.#line.connected?.login?.controllerAccess;
  }

  /** What the user may do with the model: `admin`, `write`, `read`; `undefined` also for agents. */
  get modelAccess(): string | undefined {
    return this.#line.connected?.login?.modelAccess;
  }

  /** The URL that the controller's macaroons are kept under, whichever of its machines is in use. */
  get cookieUrl(): URL | undefined {
    const { cookieUrl } = this.#line.connected ?? {};
    return cookieUrl === undefined ? undefined : new URL(cookieUrl);
  }

  /** Whether there is a tunnel between here and the controller. */
  get isProxied(): boolean {
    return this.proxy !== undefined;
  }

  get proxy(): Proxier | undefined {
    return this.#line.proxy;
  }

  /** Where macaroons are kept: to be written to a file, for instance. */
  get cookies(): MacaroonJar {
    return this.#jar;
  }

  /** HTTP to the controller's root, with what proves who calls. The first call opens the session. */
  get http(): HttpEndpoint {
    return this.#http.endpoint(this.#line.connected);
  }

  /**
   * Requests of services that macaroons protect, with the macaroons and interactors of this session; a password needs its `at`
   * here, as a service could pass a macaroon of the controller off as its own. The controller is trusted as this session does,
   * everybody else as the system does. Connects where there is no connection.
   */
  async bakery(): Promise<Bakery> {
    const { dialled } = await this.#line.ready();
    return this.#bakeryFor(dialled);
  }

  /**
   * Closes the connection, its streams and what is between here and the controller. Calls that are under way fail at once, and
   * so do later ones. Closing twice is closing once.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [inspectCustom](): string {
    const { addresses, model, provider } = this.#settings;
    const where = this.address ?? addresses.join(', ');
    const about = model === undefined ? 'controller' : `model ${model}`;
    return `JujuSession(${where}, ${about}, ${provider?.name ?? 'not logged in'})`;
  }

  async #close(): Promise<void> {
    try {
      await Promise.all([this.#line.close(), ...Array.from(this.#sockets, (socket) => socket.close())]);
    } finally {
      await this.#http.close();
    }
  }

  async #openSocket(path: string, query: string, signal?: AbortSignal): Promise<Socket> {
    const connected = await this.#line.ready(signal);
    const headers = { 'X-Juju-ClientVersion': connected.clientVersion, ...(await proofOf(connected)) };
    const either = new JoinedSignal(signal, this.broken);
    try {
      const socket = await connected.dialled.open(query === '' ? path : `${path}?${query}`, {
        headers,
        sendTimeoutMs: streamSendTimeoutMs,
        signal: either.signal,
      });
      this.#sockets.add(socket);
      void socket.ended.then(() => this.#sockets.delete(socket));
      return socket;
    } finally {
      either.release();
    }
  }

  /** Where a password may be told without further ado: to the controller that it is for, and to none that one sends us to. */
  #ownPlacesOf(controller: Dialled): (location: URL) => boolean {
    const proxy = controller.proxy ?? this.proxy;
    const given =
      proxy !== undefined && isTunnel(proxy) ? [hostPort(proxy.host, proxy.port)] : this.#settings.addresses;
    const isGiven = given.some((address) => httpRoot(parseAddress(address)) === controller.httpRoot);
    return placesOf(isGiven ? [controller.httpRoot] : []);
  }

  #bakeryFor(controller: Dialled, isOwn?: (location: URL) => boolean): Bakery {
    const { interactors, key, trusts } = this.#settings.bakery ?? {};
    return new Bakery({
      send: this.#http.sendTo(controller),
      cookies: this.#jar,
      interactors,
      key,
      isOwn,
      trusts: (url) => this.#http.isOwn(url.href, controller) || trusts?.(url) === true,
    });
  }
}
