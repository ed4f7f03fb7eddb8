import { type Listener, listen } from '../../amqp/listener.ts';
import type { MessageOf } from '../../amqp/message.ts';
import type { ListenOptions } from '../../amqp/options.ts';
import { type PulseOptions, resolvePulse } from '../../amqp/pulse.ts';
import type { Topic } from '../../amqp/topic.ts';
import { createEndpoint, type HttpEndpoint, type HttpSession } from '../../http/endpoint.ts';
import { requestUrl } from '../../http/query.ts';
import type { Transport } from '../../http/transport.ts';
import { transportOf } from '../../http/transports.ts';
import { inspectCustom } from '../../inspect.ts';
import { type ResolvedOptions, resolveOptions } from '../../options.ts';
import { captureGet, type ServiceClass } from './capture.ts';
import { ServiceClock } from './clock.ts';
import { type CredentialSource, credentialSource } from './credential-source.ts';
import { readTaskclusterError } from './error-body.ts';
import { HawkAuth } from './hawk-auth.ts';
import { Listeners } from './listeners.ts';
import { checkOptions, type TaskclusterOptions } from './options.ts';
import { normalRootUrl } from './root-url.ts';
import { type TaskclusterUrls, taskclusterUrls } from './urls.ts';

/** What sessions on the same deployment share, so that a derived session costs nothing and knows what is known. */
interface Shared {
  readonly clock: ServiceClock;
  readonly source: CredentialSource | undefined;
  readonly transport: Transport;
}

/** What `session.listen` takes: the broker may be told here or to the session. */
export interface SessionListenOptions extends Omit<ListenOptions, 'pulse'> {
  readonly pulse?: PulseOptions | undefined;
}

/** How a signed URL is made. */
export interface SignedUrlOptions {
  /** How long the URL is good for, in seconds. Default 900. Below 0 it is over already; 0 is refused. */
  readonly expiresInSeconds?: number | undefined;
}

/**
 * One way to call a deployment of Taskcluster: where it is, who calls, and how calls are made. Given to each class of
 * `@fairlead/taskcluster`. Made by {@link taskcluster}.
 */
export class TaskclusterSession implements HttpSession, AsyncDisposable {
  readonly #options: TaskclusterOptions;
  readonly #resolved: ResolvedOptions;
  readonly #shared: Shared;
  readonly #auth: HawkAuth | undefined;
  readonly #ownTransport: Transport | undefined;
  readonly #endpoints = new Map<string, HttpEndpoint>();
  readonly #listeners = new Listeners();
  /** The address of the deployment, without a slash at its end. */
  readonly rootUrl: string;
  /** Where the parts of the deployment are. */
  readonly urls: TaskclusterUrls;

  constructor(options: TaskclusterOptions, inherited: Partial<Shared> = {}) {
    checkOptions(options);
    if (options.pulse !== undefined) resolvePulse(options.pulse);
    this.rootUrl = normalRootUrl(options.rootUrl, 'rootUrl');
    this.urls = taskclusterUrls(this.rootUrl);
    const { credentials, authorizedScopes, payloadHash = false } = options;
    const source =
      inherited.source ?? (credentials === undefined ? undefined : credentialSource(credentials));
    const clock = inherited.clock ?? new ServiceClock();
    this.#options = options;
    this.#resolved = resolveOptions(options);
    const transport = inherited.transport ?? transportOf(options);
    this.#shared = { clock, source, transport };
    // A function given by the caller is the caller's to close.
    if (transport !== inherited.transport && transport !== options.transport) this.#ownTransport = transport;
    this.#auth = source && new HawkAuth({ source, clock, authorizedScopes, payloadHash });
  }

  /** The endpoint of an API, by service and version: `queue/v1`. For generated classes. */
  endpoint(name: string): HttpEndpoint {
    const known = this.#endpoints.get(name);
    if (known !== undefined) return known;
    const { traceId } = this.#options;
    const service = serviceOf(name);
    const endpoint = createEndpoint({
      service,
      baseUrl: `${this.#serviceRoot(service)}/api/${name}`,
      transport: this.#shared.transport,
      options: this.#resolved,
      auth: this.#auth,
      headers: traceId === undefined ? undefined : () => ({ 'x-taskcluster-trace-id': traceId }),
      // A 303 of Taskcluster has its answer in the body. Other redirects are those of a proxy in front of it.
      isSuccess: (status) => status < 300 || status === 303,
      readError: readTaskclusterError,
    });
    this.#endpoints.set(name, endpoint);
    return endpoint;
  }

  /** How this session sends, whoever signs: for addresses that services give out and that need no more signature. */
  get http(): { readonly transport: Transport; readonly options: ResolvedOptions } {
    return { transport: this.#shared.transport, options: this.#resolved };
  }

  /**
   * A session like this one but for `overrides`; `undefined` among them takes an option away, so that
   * `with({ credentials: undefined })` makes calls that aren't signed. Shares connections and whatever else still applies;
   * another `rootUrl` takes `serviceUrl` away, which said where the services of the first one are.
   */
  with(overrides: Partial<TaskclusterOptions>): TaskclusterSession {
    const { clock, source, transport } = this.#shared;
    const elsewhere = 'rootUrl' in overrides ? { serviceUrl: undefined } : {};
    return new TaskclusterSession(
      { ...this.#options, ...elsewhere, ...overrides },
      {
        ...('rootUrl' in overrides ? {} : { clock }),
        ...('credentials' in overrides || source === undefined ? {} : { source }),
        ...('transport' in overrides || 'connection' in overrides ? {} : { transport }),
      },
    );
  }

  /**
   * The URL that a GET method asks for, at the address that others know the deployment by:
   * `session.url(Queue, (queue) => queue.artifact(taskId, runId, name))`.
   *
   * @throws TypeError when the function doesn't call exactly one GET method
   */
  url<S>(service: ServiceClass<S>, call: (client: S) => unknown): string {
    const { endpoint, path, query } = captureGet(service, call);
    return requestUrl(`${this.rootUrl}/api/${endpoint}`, path, query);
  }

  /**
   * {@link TaskclusterSession.url} with a signature, so that whoever has the URL may GET it with the rights of this
   * session until it expires.
   *
   * @throws TypeError also when the session has no credentials, or the time is no integer or 0
   */
  async signedUrl<S>(
    service: ServiceClass<S>,
    call: (client: S) => unknown,
    { expiresInSeconds = 900 }: SignedUrlOptions = {},
  ): Promise<string> {
    if (!Number.isSafeInteger(expiresInSeconds) || expiresInSeconds === 0) {
      throw new TypeError(`expiresInSeconds must be an integer other than 0, not ${expiresInSeconds}`);
    }
    if (this.#auth === undefined) {
      throw new TypeError(
        'signedUrl needs credentials, and this session has none: use url, or give credentials',
      );
    }
    return await this.#auth.signUrl(this.url(service, call), expiresInSeconds);
  }

  /**
   * Messages of one or more topics, as they come: `session.listen(queueEvents.taskCompleted({ taskGroupId }))`.
   * Nothing is connected before the loop over them begins.
   *
   * @throws TypeError when an option can't be used, or neither the session nor `options` say where the broker is
   */
  listen<const T extends Topic>(
    topics: T | readonly T[],
    options: SessionListenOptions = {},
  ): Listener<MessageOf<T>> {
    const pulse = options.pulse ?? this.#options.pulse;
    if (pulse === undefined) {
      throw new TypeError('listen needs a broker: give pulse, to the session or to listen');
    }
    return this.#listeners.add(listen(topics, { ...options, pulse }));
  }

  /**
   * Closes the listeners of this session and, when it made the transport itself, the connections of that. A session that
   * was derived closes its listeners only, as it shares the transport. A later call connects anew.
   */
  async close(): Promise<void> {
    await Promise.all([this.#listeners.close(), this.#ownTransport?.close?.()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [inspectCustom](): string {
    return `TaskclusterSession(${this.rootUrl}${this.#auth === undefined ? ', unauthenticated' : ''})`;
  }

  #serviceRoot(service: string): string {
    const { serviceUrl } = this.#options;
    if (serviceUrl === undefined) return this.rootUrl;
    if (serviceUrl === 'k8s-dns') return `http://taskcluster-${service}`;
    return normalRootUrl(serviceUrl(service), `serviceUrl('${service}')`);
  }
}

function serviceOf(name: string): string {
  const [service] = name.split('/', 1);
  if (!service || !/^[a-z][a-z0-9_-]*\/v\d+$/.test(name)) {
    throw new TypeError(`${JSON.stringify(name)} is no API: service and version are needed, like queue/v1`);
  }
  return service;
}
