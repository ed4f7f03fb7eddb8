import type { Auth, AuthRequest, Refusal } from '../auth.ts';
import type { Bakery } from './bakery.ts';

/** Calls over HTTP to a service that the bakery protects. One discharge a call; what it gives is kept for the next ones. */
export class BakeryAuth implements Auth {
  readonly #bakery: Bakery;
  /** By the headers that were given out, which is how an attempt is known again. */
  readonly #urls = new WeakMap<object, string>();

  constructor(bakery: Bakery) {
    this.#bakery = bakery;
  }

  sign({ url }: AuthRequest): Readonly<Record<string, string>> {
    const headers = this.#bakery.headersFor(url);
    this.#urls.set(headers, url);
    return headers;
  }

  async renew({ status, body, signed }: Refusal, signal?: AbortSignal): Promise<boolean> {
    const url = this.#urls.get(signed);
    return url !== undefined && this.#bakery.satisfy(url, { status, body }, signed, signal);
  }
}
