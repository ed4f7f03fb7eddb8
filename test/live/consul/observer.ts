import type { Transport, TransportRequest, TransportResponse } from '@fairlead/consul';
import { type Agreement, agreementWith } from '../../contract/consul-agreement.ts';
import { consulDocuments } from '../../contract/consul-description.ts';

/** One call as it went over the wire. */
export interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly tookMs: number;
}

/** Sees all that is asked and answered, and holds it against the description of the API in `schemas/consul`. */
export class Observer {
  readonly #agreement: Agreement;
  readonly #seen: Seen[] = [];
  /** What an agent answered that the description doesn't know, each with an example of where. */
  readonly #problems = new Map<string, string>();
  readonly #operations = new Set<string>();

  private constructor(agreement: Agreement) {
    this.#agreement = agreement;
  }

  static async create(): Promise<Observer> {
    return new Observer(agreementWith(await consulDocuments()));
  }

  get seen(): readonly Seen[] {
    return this.#seen;
  }

  get problems(): readonly string[] {
    return [...this.#problems].map(([problem, where]) => `${problem}, as in ${where}`);
  }

  /** The operations that were called. */
  get operations(): ReadonlySet<string> {
    return this.#operations;
  }

  /** The same transport, observed. */
  watching(transport: Transport): Transport {
    const send: Transport = async (request) => {
      const startedAt = performance.now();
      const response = await transport(request);
      this.#see(request, response, performance.now() - startedAt);
      return response;
    };
    return Object.assign(send, { close: transport.close });
  }

  #see(request: TransportRequest, { status, headers, body }: TransportResponse, tookMs: number): void {
    const url = new URL(request.url);
    const { method } = request;
    this.#seen.push({ method, url, status, headers, tookMs });
    const path = url.pathname.replace(/^.*?\/v1(?=\/)/, '');
    const operation = this.#agreement.operationOf({ method, path })?.name;
    // What there is no description of was called on purpose.
    if (operation === undefined) return;
    this.#operations.add(operation);
    if (!(body instanceof Uint8Array)) return;
    const json = headers['content-type']?.startsWith('application/json') === true;
    const text = Buffer.from(body).toString();
    const observed = { method, path, status, headers, json, body: json ? JSON.parse(text) : text };
    for (const problem of this.#agreement.disagreements(observed)) {
      const where = `${method} ${path}${url.search} ${status}: ${text.slice(0, 300)}`;
      const name = `${operation} ${status}: ${problem.replaceAll(/\/\d+(?=[/ ])/g, '/0')}`;
      if (!this.#problems.has(name)) this.#problems.set(name, where);
    }
  }
}
