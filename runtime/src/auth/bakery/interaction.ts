import { isObject } from '../../json/is-object.ts';
import type { Macaroon } from '../macaroon/macaroon.ts';
import type { BakeryMacaroon } from './bakery-macaroon.ts';
import { clauseOf, InteractionError } from './errors.ts';
import type { BakeryKey } from './key.ts';
import { mayAsk, shownLocation, type Trusts } from './reach.ts';
import type { SendAnswer, SendRequest } from './send.ts';
import { type Fields, jsonOf } from './wire.ts';

/** Sends with what the protocol and the cookies need; with `key`, discharges what the answer asks for. */
export type Requests = (
  request: Omit<SendRequest, 'headers'> & Partial<SendRequest>,
  key?: BakeryKey,
) => Promise<SendAnswer>;

/** How something is posted. */
export interface PostOptions {
  /** What of it must not be shown. */
  readonly secrets?: readonly string[];
  /** Discharges what the answer asks for, caveats for the owner of this key included. */
  readonly key?: BakeryKey | undefined;
}

interface Means {
  readonly location: URL;
  readonly trusts: Trusts;
  readonly isOwn: (location: URL) => boolean;
  readonly signal: AbortSignal | undefined;
  readonly request: Requests;
  readonly discharge: (macaroon: BakeryMacaroon, key: BakeryKey) => Promise<readonly Macaroon[]>;
}

/**
 * What a way of showing who asks gets: what the third party says about it, and the means to talk with that one, and with
 * nobody else.
 */
export class Interaction {
  readonly kind: string;
  readonly #data: Fields;
  readonly #means: Means;

  constructor(kind: string, data: unknown, means: Means) {
    this.kind = kind;
    this.#data = isObject(data) ? data : {};
    this.#means = means;
  }

  /** What the third party says about this way. Not shown by `inspect`, since URLs in it may let in who has them. */
  get data(): Fields {
    return this.#data;
  }

  /** Where the third party is; its path ends with a slash. */
  get location(): URL {
    return new URL(this.#means.location);
  }

  /** Whether the third party is the service itself that wants the discharge: a Juju controller that knows the user. */
  get isOwn(): boolean {
    return this.#means.isOwn(this.location);
  }

  get signal(): AbortSignal | undefined {
    return this.#means.signal;
  }

  /** A URL that the third party gave, for a person to visit. */
  visitable(value: unknown): URL {
    const url =
      typeof value === 'string' && value !== '' ? URL.parse(value, this.#means.location.href) : null;
    if (url !== null && mayAsk(url, this.#means.trusts)) return url;
    throw this.failure('the third party gives no URL at https://, or http:// on this machine; see `trusts`');
  }

  /** A URL that the third party gave, for us to ask: of itself, unless `trusts` says otherwise. */
  askable(value: unknown): URL {
    const url = this.visitable(value);
    if (url.origin === this.#means.location.origin || this.#means.trusts(url)) return url;
    throw this.failure(
      `the third party gives a URL of ${url.host}, which is not its own; allow it with \`trusts\``,
    );
  }

  /** The object that a GET gives. `isPatient`: somebody is logging in meanwhile. */
  async get(url: URL, options: { isPatient?: boolean; signal?: AbortSignal } = {}): Promise<Fields> {
    return this.#read(await this.#send({ method: 'GET', url: url.href, ...options }));
  }

  /** The object that a POST of JSON gives. What is secret in it isn't shown if the third party repeats it. */
  async post(url: URL, body: unknown, { secrets = [], key }: PostOptions = {}): Promise<Fields> {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', url: url.href, headers, body: JSON.stringify(body) };
    return this.#read(await this.#send(request, key), secrets);
  }

  /** Gathers the discharges of a macaroon of the third party's own; caveats for us are discharged with `key`. */
  discharge(macaroon: BakeryMacaroon, key: BakeryKey): Promise<readonly Macaroon[]> {
    return this.#means.discharge(macaroon, key);
  }

  /** The error that says that it didn't work out. */
  failure(why: string, cause?: unknown): InteractionError {
    return new InteractionError(why, shownLocation(this.#means.location), this.kind, cause);
  }

  #send(request: Omit<SendRequest, 'headers'> & Partial<SendRequest>, key?: BakeryKey): Promise<SendAnswer> {
    const headers = { accept: 'application/json', ...request.headers };
    return this.#means.request({ signal: this.signal, isSecret: true, ...request, headers }, key);
  }

  #read(answer: SendAnswer, secrets: readonly string[] = []): Fields {
    if (answer.status !== 200) throw this.failure(clauseOf(answer, secrets));
    const body = jsonOf(answer);
    if (body === undefined) throw this.failure('the third party answers with something that is not JSON');
    return body;
  }
}
