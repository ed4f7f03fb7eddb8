import { createEndpoint, type HttpEndpoint, type HttpSession } from '../../http/endpoint.ts';
import type { Transport } from '../../http/transport.ts';
import { transportOf } from '../../http/transports.ts';
import { inspectCustom } from '../../inspect.ts';
import {
  checkNames,
  type HttpOptions,
  httpOptionNames,
  type RequestOptions,
  type ResolvedOptions,
  resolveOptions,
} from '../../options.ts';
import { readConsulMeta } from '../consul/read-meta.ts';
import { normalBaseUrl } from './base-url.ts';
import { type Credentials, type Proof, proofsOf } from './credentials.ts';
import type { ApiFacts } from './facts.ts';
import { ProofAuth } from './proof-auth.ts';

/** What a session of an API can be told. */
export interface ApiOptions<F extends ApiFacts = ApiFacts> extends HttpOptions {
  /**
   * Where the API is, in place of the first server that its description names. When it is none of those, methods that
   * have a server of their own are asked for here, too.
   */
  readonly baseUrl?: string | undefined;
  /**
   * What proves who calls. A call shows the first alternative that it needs and of which all is given here, and goes out
   * without proof when there is none.
   */
  readonly credentials?: Credentials<F['security']> | undefined;
}

const known: Readonly<Record<keyof ApiOptions, true>> = {
  ...httpOptionNames,
  baseUrl: true,
  credentials: true,
};

/** {@link ApiOptions} of an API: one whose description names no server needs to be told. */
export type OptionsOf<F extends ApiFacts> = F['servers'] extends readonly []
  ? ApiOptions<F> & { readonly baseUrl: string }
  : ApiOptions<F>;

/** One way to call an API: where it is, who calls, and how calls are made. Given to each of its classes. */
export class ApiSession<F extends ApiFacts = ApiFacts> implements HttpSession, AsyncDisposable {
  readonly #facts: F;
  readonly #options: ApiOptions<F>;
  readonly #resolved: ResolvedOptions;
  readonly #proofs: ReadonlyMap<string, Proof>;
  readonly #transport: Transport;
  readonly #ownTransport: Transport | undefined;
  readonly #endpoints = new Map<string, HttpEndpoint>();
  /** Where the API is, without a slash at its end. */
  readonly baseUrl: string;

  constructor(facts: F, options: ApiOptions<F>, inherited?: Transport) {
    checkNames(options, known, `${facts.name}()`);
    const address = options.baseUrl ?? facts.servers[0];
    if (address === undefined)
      throw new TypeError(`${facts.name} needs a baseUrl: its description names none`);
    this.baseUrl = normalBaseUrl(address);
    this.#facts = facts;
    this.#options = options;
    this.#resolved = resolveOptions(options);
    this.#proofs = proofsOf(options.credentials ?? {}, facts.security);
    this.#transport = inherited ?? transportOf(options);
    // A function given by the caller is the caller's to close.
    if (inherited === undefined && this.#transport !== options.transport)
      this.#ownTransport = this.#transport;
  }

  /** The endpoint of a class. For generated code. */
  endpoint(name: string): HttpEndpoint {
    const known = this.#endpoints.get(name);
    if (known !== undefined) return known;
    const isElsewhere = !this.#facts.servers.includes(this.baseUrl);
    const endpoint = createEndpoint({
      service: this.#facts.name,
      baseUrl: this.baseUrl,
      transport: this.#transport,
      options: this.#resolved,
      auth: (options) => this.#auth(options),
      // A document that has blocking queries (`x-blocking`) has them as Consul does.
      readMeta: readConsulMeta,
      // Who calls a stand-in must not call, or show credentials to, what the description means.
      serverUrl: (server) => (isElsewhere ? this.baseUrl : server),
    });
    this.#endpoints.set(name, endpoint);
    return endpoint;
  }

  /**
   * A session like this one but for `overrides`; `undefined` among them takes an option away, so that
   * `with({ credentials: undefined })` shows no proof. Shares connections where they still apply.
   */
  with(overrides: Partial<ApiOptions<F>>): ApiSession<F> {
    const isOther = 'transport' in overrides || 'connection' in overrides;
    return new ApiSession(
      this.#facts,
      { ...this.#options, ...overrides },
      isOther ? undefined : this.#transport,
    );
  }

  /**
   * Closes the connections of the transport, when this session made it itself: not one that was derived or given a
   * function. A later call connects anew.
   */
  async close(): Promise<void> {
    await this.#ownTransport?.close?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [inspectCustom](): string {
    const proofs = [...this.#proofs.keys()].join(', ') || 'unauthenticated';
    return `ApiSession(${this.#facts.name}, ${this.baseUrl}, ${proofs})`;
  }

  #auth({ requires = this.#facts.requires }: RequestOptions): ProofAuth | undefined {
    const needed = requires.find(
      (names) => names.length > 0 && names.every((name) => this.#proofs.has(name)),
    );
    if (needed === undefined) return undefined;
    return new ProofAuth(needed.flatMap((name) => this.#proofs.get(name) ?? []));
  }
}
