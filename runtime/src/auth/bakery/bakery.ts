import type { Macaroon } from '../macaroon/macaroon.ts';
import { BakeryMacaroon, type ThirdParty } from './bakery-macaroon.ts';
import { DischargeError } from './errors.ts';
import { type Course, deeper, gather } from './gather.ts';
import type { Interactor } from './interactor.ts';
import { MacaroonJar, slicesText } from './jar.ts';
import type { BakeryKey } from './key.ts';
import type { Trusts } from './reach.ts';
import type { Send, SendAnswer, SendRequest } from './send.ts';
import { askThirdParty } from './third-party.ts';
import { Turns } from './turns.ts';
import { type DischargeInfo, dischargeInfoOf, jsonOf } from './wire.ts';

/** What a {@link Bakery} is made from. */
export interface BakerySettings {
  readonly send: Send;
  /** How third parties that want to know who asks are told, the preferred way first. Default none. */
  readonly interactors?: readonly Interactor[] | undefined;
  /** Where discharged macaroons and cookies are kept. Default a jar of its own. */
  readonly cookies?: MacaroonJar | undefined;
  /** With which caveats for us ourselves are discharged. */
  readonly key?: BakeryKey | undefined;
  /** Says yes to URLs of servers that would not be asked otherwise: those over plain HTTP, or of other hosts. */
  readonly trusts?: Trusts | undefined;
  /**
   * Whether a third party is the service itself, as a Juju controller is for the users that it knows: what may be told to the
   * service may be told to it. Only for what that service asks for, since another one could pass that off as its own. Default:
   * none is.
   */
  readonly isOwn?: ((location: URL) => boolean) | undefined;
  /** How discharged macaroons are sent. Default `cookie`; `header` sends the latest one as `Macaroons`. */
  readonly sendAs?: 'cookie' | 'header' | undefined;
}

/** How often a service may ask for a discharge before it answers. */
const mostRounds = 3;

/**
 * The client side of the macaroon bakery: gets what services ask for before they answer, by asking third parties, who may
 * want to know who asks.
 */
export class Bakery {
  readonly cookies: MacaroonJar;
  readonly #settings: BakerySettings;
  readonly #trusts: Trusts;
  readonly #turns = new Turns();

  constructor(settings: BakerySettings) {
    this.#settings = settings;
    this.#trusts = settings.trusts ?? (() => false);
    this.cookies = settings.cookies ?? new MacaroonJar();
  }

  /**
   * Gathers the discharges of all caveats for third parties, and of theirs. The macaroon itself comes first; the discharges
   * are bound to it, ready to be sent.
   *
   * @throws DischargeError, InteractionError, MacaroonError; what `send` throws and the signal's reason pass
   */
  discharge(macaroon: BakeryMacaroon | Macaroon, signal?: AbortSignal): Promise<readonly Macaroon[]> {
    return this.#gather(BakeryMacaroon.from(macaroon), this.#course(signal));
  }

  /**
   * Sends a request, and as long as the answer asks for a discharge, three times at most, gets that and sends it again.
   * Gives any other answer, whatever its status.
   *
   * @throws as {@link discharge}
   */
  request(request: SendRequest): Promise<SendAnswer> {
    return this.#request(request, this.#course(request.signal));
  }

  /**
   * The headers that go with a request: the protocol's version, without which a service says 407, and what is kept for
   * that URL.
   */
  headersFor(url: string | URL): Record<string, string> {
    const version = { 'bakery-protocol-version': '3' };
    if (this.#settings.sendAs === 'header') {
      const latest = this.cookies.macaroonsFor(url).at(-1);
      return latest === undefined ? version : { ...version, macaroons: slicesText(latest) };
    }
    const cookie = this.cookies.headerFor(url);
    return cookie === undefined ? version : { ...version, cookie };
  }

  /**
   * Gets what an answer asks for, and keeps it where it goes with the same request from now on. `false`: the answer asks
   * for nothing.
   *
   * @param answer its body parsed
   * @param sent the headers of the request: when others would go with it by now, somebody else has got it
   * @throws as {@link discharge}
   */
  async satisfy(
    url: string | URL,
    answer: { readonly status: number; readonly body: unknown },
    sent: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const info = dischargeInfoOf(answer.status, answer.body);
    if (info === undefined) return false;
    await this.#satisfy(new URL(url), info, sent, this.#course(signal));
    return true;
  }

  /**
   * The public key of a third party, to make caveats for it.
   *
   * @throws DischargeError when it doesn't tell
   */
  thirdParty(location: string, signal?: AbortSignal): Promise<ThirdParty> {
    return askThirdParty((request) => this.#send(request), location, this.#trusts, signal);
  }

  #course(signal: AbortSignal | undefined): Course {
    return { key: this.#settings.key, signal, depth: 0 };
  }

  async #request(request: SendRequest, course: Course): Promise<SendAnswer> {
    for (let round = 0; ; round += 1) {
      const sent = this.headersFor(request.url);
      const answer = await this.#send(request);
      const info = dischargeInfoOf(answer.status, jsonOf(answer));
      if (info === undefined) return answer;
      const url = new URL(request.url);
      if (round === mostRounds) {
        throw new DischargeError(
          'unauthorized',
          `it asks for a discharge again after ${mostRounds}: it does not take what it asked for`,
          `${url.origin}${url.pathname}`,
        );
      }
      await this.#satisfy(url, info, sent, course);
    }
  }

  /** One after another for one place, since a person would have to log in once for each. */
  #satisfy(
    url: URL,
    { macaroon, path, suffix }: DischargeInfo,
    sent: Readonly<Record<string, string>>,
    course: Course,
  ): Promise<void> {
    const folder = pathBelow(url, path);
    const act = async () => {
      if (proofIn(this.headersFor(url)) !== proofIn(sent)) return;
      this.cookies.add(url, await this.#gather(macaroon, course), { suffix, path: folder });
    };
    // What is done for the sake of a login must not wait for it.
    if (course.depth > 0) return act();
    return this.#turns.take(`${url.origin}${folder} ${suffix}`, course.signal, act);
  }

  async #send(request: SendRequest): Promise<SendAnswer> {
    const { cookie, ...headers } = this.headersFor(request.url);
    const { cookie: own, ...rest } = request.headers;
    const both = [own, cookie].filter((part) => part !== undefined).join('; ');
    const answer = await this.#settings.send({
      ...request,
      headers: { ...rest, ...headers, ...(both !== '' && { cookie: both }) },
    });
    const received = answer.headers['set-cookie'];
    if (received !== undefined) await this.cookies.receive(request.url, received);
    return answer;
  }

  #gather(primary: BakeryMacaroon, course: Course): Promise<readonly Macaroon[]> {
    return gather(primary, course, {
      trusts: this.#trusts,
      interactors: this.#settings.interactors ?? [],
      // What a login asks for is sent to a third party, which could have got it from the service.
      isOwn: (course.depth === 0 && this.#settings.isOwn) || (() => false),
      request: (request, key) => {
        const whole = { ...request, headers: request.headers ?? {} };
        return key === undefined ? this.#send(whole) : this.#request(whole, deeper(course, key));
      },
      discharge: (macaroon, key) => this.#gather(macaroon, deeper(course, key)),
    });
  }
}

/** The macaroons among headers; other cookies may be new with every answer. */
function proofIn({ cookie = '', macaroons = '' }: Readonly<Record<string, string>>): string {
  const slices = cookie.split('; ').filter((pair) => pair.startsWith('macaroon-'));
  return [...slices, macaroons].join('; ');
}

/** The path that a service names, which must be one of its own. */
function pathBelow(url: URL, path: string | undefined): string {
  if (path === undefined || path === '' || /^[a-z][a-z0-9+.-]*:|^\/\/|[?#\\]/i.test(path)) return '/';
  return URL.parse(path, url.href)?.pathname ?? '/';
}
