import { Bakery } from '../../auth/bakery/bakery.ts';
import { BakeryAuth } from '../../auth/bakery/bakery-auth.ts';
import type { BakeryMacaroon, ThirdParty } from '../../auth/bakery/bakery-macaroon.ts';
import type { MacaroonJar } from '../../auth/bakery/jar.ts';
import type { SendAnswer } from '../../auth/bakery/send.ts';
import type { Macaroon } from '../../auth/macaroon/macaroon.ts';
import { createEndpoint, type HttpEndpoint, type HttpSession } from '../../http/endpoint.ts';
import { lowerCase } from '../../http/headers.ts';
import type { Transport } from '../../http/transport.ts';
import { transportOf } from '../../http/transports.ts';
import { inspectCustom } from '../../inspect.ts';
import {
  checkNames,
  duration,
  httpOptionNames,
  type ResolvedOptions,
  resolveOptions,
} from '../../options.ts';
import { normalBaseUrl } from '../openapi/base-url.ts';
import type { BakeryOptions, BakeryRequest } from './options.ts';
import { sendOver } from './send.ts';

const known: Readonly<Record<keyof BakeryOptions, true>> = {
  ...httpOptionNames,
  baseUrl: true,
  cookies: true,
  interactors: true,
  key: true,
  loginTimeoutMs: true,
  sendAs: true,
  trusts: true,
};

/** Calls to services that want macaroons, which are got where they are due, and kept. */
export class BakerySession implements HttpSession, AsyncDisposable {
  /** Where the service is, without a slash at its end; `undefined` when there is no one service. */
  readonly baseUrl: string | undefined;
  readonly #bakery: Bakery;
  readonly #transport: Transport;
  readonly #ownTransport: Transport | undefined;
  readonly #resolved: ResolvedOptions;
  #endpoint: HttpEndpoint | undefined;

  constructor(options: BakeryOptions) {
    checkNames(options, known, 'bakery()');
    const { baseUrl, loginTimeoutMs = 600_000, ...rest } = options;
    this.baseUrl = baseUrl === undefined ? undefined : normalBaseUrl(baseUrl);
    this.#resolved = resolveOptions(rest);
    this.#transport = transportOf(rest);
    // A function given by the caller is the caller's to close.
    if (this.#transport !== options.transport) this.#ownTransport = this.#transport;
    const send = sendOver(this.#transport, this.#resolved, duration('loginTimeoutMs', loginTimeoutMs));
    this.#bakery = new Bakery({ ...rest, send });
  }

  /** What was got so far. Given to another session, it needn't be got again. */
  get cookies(): MacaroonJar {
    return this.#bakery.cookies;
  }

  /**
   * Sends a request, and when the service asks for a discharge, up to three times, gets it and sends the request again.
   * Gives the last answer, whatever its status; what fails is not tried again.
   *
   * @throws DischargeError when a third party says no, InteractionError when it can't be told who asks, ConnectionError
   * when no answer comes, ProtocolError when it is none of HTTP, MacaroonError when what is to be discharged is none,
   * TypeError when a URL or a header can't be used
   */
  async request({ method = 'GET', url, headers = {}, body, signal }: BakeryRequest): Promise<SendAnswer> {
    const absolute = this.#urlOf(url);
    // Not given to `send`: third parties are asked with that, too, and these may be secrets of the service.
    const own = this.#isService(absolute) ? this.#resolved.headers : {};
    return await this.#bakery.request({
      method,
      url: absolute.href,
      headers: { ...lowerCase(own), ...lowerCase(headers) },
      body,
      signal,
    });
  }

  /** The endpoint of the service, for classes that were generated. A call to it gets one discharge at most. */
  endpoint(_name?: string): HttpEndpoint {
    if (this.baseUrl === undefined) throw new TypeError('a class needs a session with a baseUrl');
    this.#endpoint ??= createEndpoint({
      service: 'bakery',
      baseUrl: this.baseUrl,
      transport: this.#transport,
      options: this.#resolved,
      auth: new BakeryAuth(this.#bakery),
    });
    return this.#endpoint;
  }

  /** Gathers the discharges of a macaroon that came in another way: it first, then they, bound to it. */
  discharge(macaroon: BakeryMacaroon | Macaroon, signal?: AbortSignal): Promise<readonly Macaroon[]> {
    return this.#bakery.discharge(macaroon, signal);
  }

  /** The public key of a third party, for who makes caveats for it. */
  thirdParty(location: string, signal?: AbortSignal): Promise<ThirdParty> {
    return this.#bakery.thirdParty(location, signal);
  }

  /** Closes the connections of the transport, when this session made it itself. A later call connects anew. */
  async close(): Promise<void> {
    await this.#ownTransport?.close?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [inspectCustom](): string {
    return `BakerySession(${this.baseUrl ?? 'any service'})`;
  }

  #urlOf(url: string): URL {
    const absolute = URL.parse(url, this.baseUrl === undefined ? undefined : `${this.baseUrl}/`);
    if (absolute !== null) return absolute;
    throw new TypeError('url must be absolute, or relative to the baseUrl of the session');
  }

  /** Without a baseUrl, whatever is asked is. */
  #isService({ origin }: URL): boolean {
    return this.baseUrl === undefined || new URL(this.baseUrl).origin === origin;
  }
}
