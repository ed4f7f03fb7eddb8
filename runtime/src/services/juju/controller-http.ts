import type { Auth, Refusal } from '../../auth/auth.ts';
import type { Send } from '../../auth/bakery/send.ts';
import { createEndpoint, type HttpEndpoint } from '../../http/endpoint.ts';
import { type Transport, TransportFailure, type TransportRequest } from '../../http/transport.ts';
import { transportOf } from '../../http/transports.ts';
import { type ResolvedOptions, resolveOptions } from '../../options.ts';
import { timeLeft } from '../../rpc/time-left.ts';
import { within } from '../../time/limit.ts';
import { sendOver } from '../bakery/send.ts';
import type { Connected } from './connect.ts';
import { type ControllerAddress, hostPort, httpRoot, parseAddress } from './dial/address.ts';
import { connect } from './dial/connect.ts';
import { proxyFromEnvironment } from './dial/http-proxy.ts';
import type { Dialled } from './dial/options.ts';
import { isAt, type Trusted } from './dial/trust.ts';
import { dischargeInfoOf, readJujuError } from './http/error-body.ts';
import type { JujuOptions } from './options.ts';
import { transportThrough } from './transport-through.ts';

/** How a session finds its controller. */
interface Finding {
  /** The session's connection, which is made where there is none. */
  ready(signal?: AbortSignal): Promise<Connected>;
  /** Where the controller is, without a login. */
  reached(signal: AbortSignal): Promise<Dialled>;
}

/**
 * HTTP to the controller that a session is connected to, and to whom that sends us: the former is trusted as the session
 * trusts it, the latter as the system does.
 */
export class ControllerHttp {
  readonly #options: JujuOptions;
  readonly #resolved: ResolvedOptions;
  readonly #finding: Finding;
  /** The roots of the addresses that were given. */
  readonly #own: readonly string[];
  readonly #others: Transport;
  /** To those of them that a proxy is on the way to. */
  readonly #proxied: Transport;
  readonly #endpoints = new Map<string, HttpEndpoint>();
  /** By what the controller is trusted for, which may be another thing on another connection. */
  readonly #toController = new Map<string, { controller: Dialled; readonly transport: Transport }>();

  constructor(options: JujuOptions, finding: Finding) {
    this.#options = options;
    this.#resolved = resolveOptions(options.http ?? {});
    this.#finding = finding;
    this.#own = options.addresses.map((address) => httpRoot(parseAddress(address)));
    this.#others = transportOf(options.http ?? {});
    const { connection = {} } = options.http ?? {};
    this.#proxied = transportThrough(({ host, port, secure }, signal) => {
      const text = hostPort(host, port);
      const address: ControllerAddress = { text, scheme: secure ? 'wss' : 'ws', host, port, path: '' };
      const proxy = this.#proxyTo(`${httpRoot(address)}/`);
      return connect({ address, host, ipAddress: text, proxy }, connection, signal);
    }, connection);
  }

  /** The controller's root, with what proves who calls; before there is a connection, under the first of its addresses. */
  endpoint(connected: Connected | undefined): HttpEndpoint {
    const root = this.#rootOf(connected);
    const known = this.#endpoints.get(root);
    if (known !== undefined) return known;
    const find = async (signal: AbortSignal) => (await this.#finding.ready(signal)).dialled;
    const endpoint = this.#endpoint(root, find, this.#auth());
    this.#endpoints.set(root, endpoint);
    return endpoint;
  }

  /** The same for what needs no proof of who calls, and is not to have one. */
  publicEndpoint(connected: Connected | undefined): HttpEndpoint {
    return this.#endpoint(this.#rootOf(connected), (signal) => this.#finding.reached(signal));
  }

  /** How a bakery reaches others, among them the controller itself, which vouches for the users that it knows. */
  sendTo(controller: Dialled): Send {
    const transportFor = (url: string) =>
      this.isOwn(url, controller) ? this.#transportTo(controller) : this.#transportToOther(url);
    return sendOver((request) => transportFor(request.url)(request), this.#resolved);
  }

  isOwn(url: string, { httpRoot: root }: Trusted): boolean {
    // Behind a redirect, the addresses that were given are another controller's.
    const roots = this.#own.includes(root) ? this.#own : [root];
    return roots.some((each) => isAt(url, { httpRoot: each }));
  }

  async close(): Promise<void> {
    // A function given by the caller is the caller's to close.
    if (typeof this.#options.http?.transport === 'function') return;
    const transports = [
      this.#others,
      this.#proxied,
      ...Array.from(this.#toController.values(), (each) => each.transport),
    ];
    await Promise.all(transports.map((transport) => transport.close?.()));
  }

  #rootOf(connected: Connected | undefined): string {
    return connected?.dialled.httpRoot ?? this.#own[0] ?? '';
  }

  #endpoint(root: string, find: (signal: AbortSignal) => Promise<Dialled>, auth?: Auth): HttpEndpoint {
    return createEndpoint({
      service: 'juju',
      baseUrl: root,
      transport: async (request) => {
        const began = performance.now();
        const controller = await inTime(find, request);
        const url = `${controller.httpRoot}${request.url.slice(root.length)}`;
        const timeoutMs = timeLeft(request.timeoutMs, performance.now() - began);
        return await this.#transportTo(controller)({ ...request, url, timeoutMs });
      },
      options: this.#resolved,
      // Whatever proves who calls is the controller's alone.
      serverUrl: () => root,
      auth,
      readError: readJujuError,
    });
  }

  #auth(): Auth {
    return {
      sign: async () => {
        const connected = await this.#finding.ready();
        return { 'x-juju-clientversion': connected.clientVersion, ...(await proofOf(connected)) };
      },
      renew: async ({ body }: Refusal, signal?: AbortSignal) => {
        const info = dischargeInfoOf(body);
        if (info === undefined) return false;
        const { macaroons } = await this.#finding.ready();
        await macaroons.discharge(info, signal);
        return true;
      },
    };
  }

  #proxyTo(url: string): string | undefined {
    const { httpProxy = proxyFromEnvironment() } = this.#options.dial ?? {};
    return httpProxy(url);
  }

  #transportToOther(url: string): Transport {
    const isOurs = typeof this.#options.http?.transport !== 'function';
    return isOurs && this.#proxyTo(url) !== undefined ? this.#proxied : this.#others;
  }

  /** By the way that the session goes itself, to the machine that it is connected to now. */
  #transportTo(controller: Dialled): Transport {
    const { http = {} } = this.#options;
    if (typeof http.transport === 'function') return http.transport;
    const trust = JSON.stringify(controller.tls);
    const known = this.#toController.get(trust);
    if (known !== undefined) {
      known.controller = controller;
      return known.transport;
    }
    const transport: Transport =
      http.transport === 'undici' && this.#proxyTo(`${controller.httpRoot}/`) === undefined
        ? transportOf({ ...http, connection: { ...http.connection, ...controller.tls } })
        : transportThrough((_place, signal) => made.controller.connect(signal), http.connection);
    const made = { controller, transport };
    this.#toController.set(trust, made);
    return transport;
  }
}

/** What is found within the time of a request. Looking for it ends with that. */
async function inTime<T>(
  find: (signal: AbortSignal) => Promise<T>,
  { timeoutMs = Number.POSITIVE_INFINITY, signal }: TransportRequest,
): Promise<T> {
  const over = new AbortController();
  const late = () => new TransportFailure('timeout', 'ETIMEDOUT', 'the controller was not reached in time');
  try {
    return await within(find(over.signal), timeoutMs, signal, late);
  } finally {
    over.abort();
  }
}

/** The headers that prove who calls where the connection itself doesn't. */
export async function proofOf({ provider, macaroons }: Connected): Promise<Readonly<Record<string, string>>> {
  return (await provider?.authHeaders(macaroons)) ?? {};
}
